using System.Text.Json.Nodes;
using Evergrant.Specs.OidcRpInitiatedLogout;

namespace Evergrant.Specs.OidcBackchannelLogout;

/// <summary>OpenID Connect Back-Channel Logout section 2: who is told, and what the token says.</summary>
public sealed class Section2_LogoutToken(Server server)
{
    private const string Event = "http://schemas.openid.net/event/backchannel-logout";

    [Fact]
    [Requirement("OIDC-BACK-2.2-01", "OIDC-BACK-2.3-01", "OIDC-BACK-2.4-01", "OIDC-BACK-2.4-02", "OIDC-BACK-2.4-03", "OIDC-BACK-2.4-04", "OIDC-BACK-2.4-05", "OIDC-BACK-2.4-06", "OIDC-BACK-2.4-08",
        "OIDC-BACK-2.5-01", "OIDC-BACK-2.1-03", "OIDC-BACK-4-01", "OIDC-RPINIT-2-14", "OIDC-RPINIT-3-03")]
    [Module("oidcc-backchannel-rp-initiated-logout")]
    public async Task Every_client_of_the_session_is_told_before_the_browser_goes_on()
    {
        await using var receiver = new LogoutReceiver();
        var first = receiver.Client("back-first");
        var second = receiver.Client("back-second") with { IdTokenAlgorithm = "ES256", SubjectType = "pairwise" };
        var elsewhere = receiver.Client("back-elsewhere");
        await server.Declare(first with { Further = LogoutClients.Members([.. first.Further!.Select(m => (m.Key, m.Value)), ("post_logout_redirect_uris", new JsonArray("https://back-first.example/out"))]) }, second, elsewhere);
        await Leaving.SignIn(server, elsewhere);
        var alice = await Leaving.SignIn(server, first);
        var other = await Leaving.SignIn(server, second, browser: alice.Browser);
        var page = await alice.Get(("id_token_hint", alice.IdToken), ("post_logout_redirect_uri", "https://back-first.example/out"), ("state", "s"));
        Assert.Equal("https://back-first.example/out?state=s", page.Location);
        Assert.Equal((1, 1, 0), (receiver.Waiting("back-first"), receiver.Waiting("back-second"), receiver.Waiting("back-elsewhere")));

        var keys = (await server.Api.Get("/jwks")).Json;
        foreach (var (told, algorithm) in new[] { (alice, "RS256"), (other, "ES256") })
        {
            var id = told.Tokens.IdJwt.Audience[0];
            var notice = await receiver.Next(id);
            Assert.Equal(("application/x-www-form-urlencoded", "?kept=1"), (notice.ContentType, notice.Query));
            Assert.Single(notice.Form);
            var token = notice.Token;
            Assert.True(token.VerifiesWith(keys));
            Assert.Equal((algorithm, "logout+jwt"), (token.Algorithm, token.Header.GetProperty("typ").GetString()));
            Assert.Equal((server.Issuer, told.Tokens.IdJwt.Claim("sub"), told.SessionId), (token.Claim("iss"), token.Claim("sub"), token.Claim("sid")));
            Assert.Equal([id], token.Audience);
            Assert.InRange(token.Number("exp") - token.Number("iat"), 1, 120);
            Assert.NotEmpty(token.Claim("jti")!);
            Assert.False(token.Has("nonce"));
            var event_ = Assert.Single(token.Payload.GetProperty("events").EnumerateObject());
            Assert.Equal((Event, "{}"), (event_.Name, event_.Value.GetRawText()));
        }
        Assert.NotEqual(alice.Tokens.IdJwt.Claim("sub"), other.Tokens.IdJwt.Claim("sub"));
        Assert.Equal(0, receiver.Waiting("back-elsewhere"));
    }

    [Fact]
    [Requirement("OIDC-BACK-2.7-01", "OIDC-BACK-2.7-02")]
    public async Task Refresh_tokens_end_with_the_session_unless_they_were_granted_for_offline_access()
    {
        await using var receiver = new LogoutReceiver();
        var definition = receiver.Client("back-refreshing") with { Policy = Clients.Rule("refresh_tokens", "always") };
        await server.Declare(definition);
        var alice = await Leaving.SignIn(server, definition);
        var offline = await server.Authorize(definition, "openid offline_access", alice.Browser);
        await alice.Get(("id_token_hint", alice.IdToken));
        Assert.Equal(alice.SessionId, (await receiver.Next("back-refreshing")).Token.Claim("sid"));
        (await server.Client(definition).Refresh(alice.Tokens.Refresh)).Expect(400, "invalid_grant");
        (await server.Client(definition).Refresh(offline.Refresh)).Expect(200);
        Assert.Equal(0, receiver.Waiting("back-refreshing"));
    }

    [Fact]
    [Requirement("OIDC-BACK-2.6-01", "ATTACK-154")]
    public async Task No_client_can_have_unsigned_logout_tokens()
    {
        await using var receiver = new LogoutReceiver();
        var refused = await server.Apply(DeclaredState.Json(server.Issuer, receiver.Client("back-none") with { IdTokenAlgorithm = "none" }));
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("id_token_signed_response_alg", refused.Errors + refused.Output, StringComparison.Ordinal);
    }

    [Fact]
    [Requirement("OIDC-BACK-2.2-04", "OIDC-BACK-2.4-04")]
    public async Task An_account_that_ends_ends_at_every_client_by_session_where_the_client_needs_it()
    {
        await using var receiver = new LogoutReceiver();
        ClientDefinition[] definitions = [receiver.Client("back-any"), receiver.Client("back-each", sessionRequired: true)];
        await server.Declare(definitions);
        foreach (var (command, number) in new[] { ("sign-out", 1), ("disable", 2), ("remove", 3) })
        {
            var user = new User("leaver-" + number, Users.Alice.Password, "Leaver");
            Assert.Equal(0, (await server.Apply(new JsonObject { ["users"] = new JsonArray(user.ToJson()) }.ToJsonString())).ExitCode);
            HashSet<string> sessions = [];
            for (var i = 0; i < 2; i++)
            {
                var one = await Leaving.SignIn(server, definitions[0], user: user);
                await Leaving.SignIn(server, definitions[1], browser: one.Browser);
                sessions.Add(one.SessionId);
            }
            var run = await server.Run("user", command, user.Username);
            Assert.True(run.ExitCode == 0, run.Errors);
            var all = (await receiver.Next("back-any")).Token;
            Assert.Equal((true, false), (all.Has("sub"), all.Has("sid")));
            var each = new[] { (await receiver.Next("back-each")).Token, (await receiver.Next("back-each")).Token };
            Assert.Equal(sessions.Order(StringComparer.Ordinal), each.Select(t => t.Claim("sid")!).Order(StringComparer.Ordinal));
            Assert.Equal(2, each.Select(t => t.Claim("jti")).Distinct().Count());
            Assert.Equal((0, 0), (receiver.Waiting("back-any"), receiver.Waiting("back-each")));
        }
    }

    [Fact]
    [Requirement("OIDC-BACK-2.8-02", "OIDC-BACK-2.5-02")]
    public async Task Two_hundred_four_is_success_and_a_refusal_is_not_repeated()
    {
        await using var receiver = new LogoutReceiver();
        ClientDefinition[] definitions = [receiver.Client("back-204", false, 204), receiver.Client("back-400", false, 400)];
        await server.Declare(definitions);
        var alice = await Leaving.SignIn(server, definitions[0]);
        await Leaving.SignIn(server, definitions[1], browser: alice.Browser);
        await alice.Get(("id_token_hint", alice.IdToken));
        await receiver.Next("back-204");
        await receiver.Next("back-400");
        Assert.DoesNotContain("client back-204 was given up", server.Output, StringComparison.Ordinal);
        await server.Printed("client back-400 was given up after 1 tries");
    }

    [Fact]
    [Requirement("OIDC-BACK-2.5-01", "OIDC-BACK-2.2-04")]
    public async Task A_client_that_is_told_of_many_sessions_at_once_hears_of_each_over_a_connection_of_its_own()
    {
        await using var receiver = new LogoutReceiver();
        var release = new TaskCompletionSource();
        var definition = receiver.Slow("back-many", release.Task, sessionRequired: true);
        await server.Declare([definition]);
        var user = new User("many-sessions", Users.Alice.Password, "Many Sessions");
        Assert.Equal(0, (await server.Apply(new JsonObject { ["users"] = new JsonArray(user.ToJson()) }.ToJsonString())).ExitCode);
        HashSet<string> sessions = [];
        while (sessions.Count < 12) sessions.Add((await Leaving.SignIn(server, definition, user: user)).SessionId);
        var run = await server.Run("user", "sign-out", user.Username);
        Assert.True(run.ExitCode == 0, run.Errors);
        // A host has eight places at a time: the others wait for theirs.
        List<LogoutReceiver.Notice> notices = [];
        while (notices.Count < 8) notices.Add(await receiver.Next("back-many"));
        release.SetResult();
        while (notices.Count < sessions.Count) notices.Add(await receiver.Next("back-many"));
        Assert.Equal(sessions.Order(StringComparer.Ordinal), notices.Select(n => n.Token.Claim("sid")!).Order(StringComparer.Ordinal));
        Assert.Equal(notices.Count, notices.Select(n => n.Connection).Distinct().Count());
        Assert.DoesNotContain($"from {receiver.Authority}: Busy", server.Output, StringComparison.Ordinal);
    }

    [Fact]
    [Requirement("ATTACK-418", "ATTACK-265")]
    public async Task A_client_that_is_slow_down_or_redirects_keeps_nobody_waiting()
    {
        await using var receiver = new LogoutReceiver();
        var release = new TaskCompletionSource();
        ClientDefinition[] definitions = [receiver.Slow("back-slow", release.Task), LogoutReceiver.Down("back-down"), receiver.Client("back-moved", false, 302), receiver.Client("back-good")];
        await server.Declare(definitions);
        var alice = await Leaving.SignIn(server, definitions[0]);
        foreach (var definition in definitions[1..]) await Leaving.SignIn(server, definition, browser: alice.Browser);
        var began = System.Diagnostics.Stopwatch.GetTimestamp();
        var page = await alice.Get(("id_token_hint", alice.IdToken));
        Assert.Contains("You are signed out", page.Text, StringComparison.Ordinal);
        Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(5));
        foreach (var id in new[] { "back-slow", "back-moved", "back-good" }) Assert.Equal(alice.SessionId, (await receiver.Next(id)).Token.Claim("sid"));
        Assert.Equal(0, receiver.Hits("/elsewhere"));
        release.SetResult();
    }

    [Fact]
    [Requirement("OIDC-BACK-2.1-01", "OIDC-BACK-2.1-02")]
    [Module("oidcc-backchannel-logout-discovery-endpoint-verification", "oidcc-frontchannel-logout-discovery-endpoint-verification", "oidcc-rp-initiated-logout-discovery-endpoint-verification")]
    public async Task The_metadata_says_that_it_is_offered_with_sessions()
    {
        var metadata = (await server.Api.Metadata()).Json;
        foreach (var name in new[] { "backchannel_logout_supported", "backchannel_logout_session_supported", "frontchannel_logout_supported", "frontchannel_logout_session_supported" })
            Assert.True(metadata.GetProperty(name).GetBoolean(), name);
        Assert.Equal(server.Issuer + "/end_session", metadata.GetProperty("end_session_endpoint").GetString());
    }

    [Fact]
    [Requirement("OIDC-BACK-2.2-01", "OIDC-BACK-2.2-02", "OIDC-BACK-2.2-03")]
    public async Task Addresses_that_are_none_are_not_registered()
    {
        foreach (var (address, definition) in new[]
        {
            ("/back", Clients.Web), ("https://web.example/back#f", Clients.Web), ("http://web.example/back", Clients.Web), ("http://127.0.0.1:9/back", Clients.Native), ("ftp://web.example/back", Clients.Web),
            ("https://me@web.example/back", Clients.Web), ("https:///back", Clients.Web),
        })
        {
            var refused = await server.Apply(DeclaredState.Json(server.Issuer, definition with { Id = "back-badly", Further = LogoutClients.Members(("backchannel_logout_uri", JsonValue.Create(address))) }));
            Assert.True(refused.ExitCode != 0 && (refused.Errors + refused.Output).Contains("backchannel_logout_uri", StringComparison.Ordinal), address);
        }
    }
}
