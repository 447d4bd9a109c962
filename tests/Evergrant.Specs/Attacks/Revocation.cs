using Evergrant.Specs.RefreshToken;

namespace Evergrant.Specs.Attacks;

/// <summary>Revocation that has to hold.</summary>
public sealed class Revocation(Server server)
{
    [Fact]
    [Requirement("ATTACK-137", "ATTACK-138", "ATTACK-140", "ATTACK-141")]
    public async Task Whatever_way_a_client_proves_itself_its_tokens_are_dead_after_200()
    {
        foreach (var definition in new[] { AttackClients.App, Clients.Post, Clients.Asserting, AttackClients.Page })
        {
            var client = server.Client(definition);
            foreach (var hint in new[] { null, "access_token", "refresh_token", "pkce", "id_token", new string('h', 2_000) })
            {
                var tokens = await server.Authorize(definition, Families.Scope);
                (await client.Revoke(tokens.AccessToken, hint)).Expect(200);
                (await server.Api.Get("/userinfo", tokens.AccessToken)).Expect(401, "invalid_token");
                // An access token dies alone (docs/grants.md); a refresh token takes the grant with it.
                var next = Tokens.Of(await client.Refresh(tokens.Refresh));
                (await server.Api.Get("/userinfo", next.AccessToken)).Expect(200);
                (await client.Revoke(next.Refresh, hint)).Expect(200);
                (await server.Api.Get("/userinfo", next.AccessToken)).Expect(401, "invalid_token");
                (await client.Refresh(next.Refresh)).Expect(400, "invalid_grant");
                if (!definition.IsPublic) Assert.False(await client.Finds(next.AccessToken));
            }
        }
    }

    [Fact]
    [Requirement("ATTACK-146")]
    public async Task Twenty_revocations_at_once_are_one_event()
    {
        var client = server.Client(AttackClients.App);
        var tokens = await server.Authorize(AttackClients.App, Families.Scope);
        var replies = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => server.Client(AttackClients.App).Revoke(tokens.Refresh)));
        Assert.All(replies, reply => reply.Expect(200));
        var once = await server.Authorize(AttackClients.App, Families.Scope);
        (await client.Revoke(once.Refresh)).Expect(200);
        // The story of a grant that was revoked twenty times is as long as that of one that was revoked once.
        Assert.Equal(await Told(once), await Told(tokens));

        async Task<int> Told(Tokens dead) =>
            System.Text.RegularExpressions.Regex.Count((await server.Explained((await client.Refresh(dead.Refresh)).Expect(400, "invalid_grant"))).GetRawText(), "Revoked");
    }

    [Fact]
    [Requirement("ATTACK-143", "ATTACK-147")]
    public async Task When_the_command_has_said_so_no_grant_of_the_person_or_client_works_though_all_are_in_use()
    {
        var user = new User("attacked-many", "correct horse battery staple 13", "Many Grants");
        Assert.Equal(0, (await server.Apply(new System.Text.Json.Nodes.JsonObject { ["users"] = new System.Text.Json.Nodes.JsonArray(user.ToJson()) }.ToJsonString())).ExitCode);
        var browser = await server.NewSignedIn(user);
        var client = server.Client(RefreshClients.CrowdAcknowledged);
        List<Tokens> grants = [];
        for (var n = 0; n < 40; n++) grants.Add(await server.Authorize(RefreshClients.CrowdAcknowledged, Families.Scope, browser));
        using var stop = new CancellationTokenSource();
        var load = grants.Select(async grant =>
        {
            var last = grant;
            while (!stop.IsCancellationRequested)
            {
                var reply = await client.Refresh(last.Refresh);
                if (reply.Status != 200) break;
                last = Tokens.Of(reply);
            }

            return last;
        }).ToList();
        var revoked = await server.Run("grant", "revoke", "--user", user.Username, "--client", RefreshClients.CrowdAcknowledged.Id);
        var asked = await Task.WhenAll(grants.Select(grant => client.Introspect(grant.AccessToken)));
        await stop.CancelAsync();
        var lasts = await Task.WhenAll(load);

        Assert.True(revoked.ExitCode == 0, revoked.Errors);
        Assert.All(asked, reply => Assert.False(reply.Expect(200).Json.GetProperty("active").GetBoolean()));
        foreach (var last in lasts) (await client.Refresh(last.Refresh)).Expect(400, "invalid_grant");
        // Later ones are none of them.
        Tokens.Of(await client.Refresh((await server.Authorize(RefreshClients.CrowdAcknowledged, Families.Scope, browser)).Refresh));
    }
}
