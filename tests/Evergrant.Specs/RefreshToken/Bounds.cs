namespace Evergrant.Specs.RefreshToken;

/// <summary>docs/grants.md, rows 1, 2, 3 and 7: whose token it is, and that nothing widens.</summary>
public sealed class Bounds(Server server)
{
    [Fact]
    [Requirement("RFC6749-6-01", "RFC6749-6-02", "RFC6749-6-05", "RFC9700-4.14.2-02", "ATTACK-099")]
    public async Task Narrowing_never_narrows_the_grant_and_nothing_widens_it()
    {
        var client = server.Client(RefreshClients.Acknowledged);
        var tokens = await server.Authorize(RefreshClients.Acknowledged, "openid offline_access mail:read");

        var narrow = (await client.Refresh(tokens.Refresh, ("scope", "mail:read"))).By("Rotated");
        foreach (var wide in new[] { "mail:read mail:send", "profile", "openid extra", "backstage" })
            Assert.Equal("ScopeWidened", await server.Why((await client.Refresh(narrow.Refresh, ("scope", wide))).Expect(400, "invalid_scope")));
        var full = (await client.Refresh(narrow.Refresh)).By("Rotated");

        Assert.Equal(["mail:read"], narrow.Scopes);
        Assert.Equal(tokens.Scopes, full.Scopes);
    }

    [Fact]
    [Requirement("ATTACK-100")]
    public async Task Resources_narrow_and_never_widen()
    {
        var client = server.Client(RefreshClients.TwoApis);
        var both = await server.Authorize(RefreshClients.TwoApis, "offline_access mail:read", null, ("resource", DeclaredState.Mail));

        var refused = (await client.Refresh(both.Refresh, ("resource", DeclaredState.Files))).Expect(400, "invalid_target");
        var unknown = (await client.Refresh(both.Refresh, ("resource", "https://unheard-of.example"))).Expect(400, "invalid_target");
        var kept = (await client.Refresh(both.Refresh, ("resource", DeclaredState.Mail))).By("Rotated");

        Assert.Equal("ResourceWidened", await server.Why(refused));
        Assert.Contains(await server.Why(unknown), new[] { "ResourceWidened", "ResourceInvalid" });
        Assert.Equal([DeclaredState.Mail], kept.AccessJwt.Audience);
        Assert.Equal([DeclaredState.Mail], (await client.Refresh(kept.Refresh)).By("Rotated").AccessJwt.Audience);
    }

    [Fact]
    [Requirement("RFC6749-6-03", "RFC9700-4.14.2-04", "ATTACK-097", "ATTACK-120")]
    public async Task Another_client_kills_nothing_whichever_generation_it_holds()
    {
        var client = server.Client(RefreshClients.Once);
        var first = await server.Authorize(RefreshClients.Once, Families.Scope);
        var second = (await client.Refresh(first.Refresh)).By("Rotated");

        foreach (var thief in new[] { Clients.Other, Clients.Native })
        {
            foreach (var token in new[] { first.Refresh, second.Refresh })
                Assert.Equal("RefreshTokenOfAnotherClient", await server.Why((await server.Client(thief).Refresh(token)).Expect(400, "invalid_grant")));
            Assert.NotEqual(500, (await server.Client(thief).Revoke(second.Refresh)).Status);
        }

        (await client.Refresh(second.Refresh)).By("Rotated");
    }

    [Fact]
    [Requirement("RFC6749-6-03")]
    public async Task A_client_that_fails_to_authenticate_consumes_nothing()
    {
        var client = server.Client(RefreshClients.Once);
        var tokens = await server.Authorize(RefreshClients.Once, Families.Scope);
        (string Name, string Value)[] form = [("grant_type", "refresh_token"), ("refresh_token", tokens.Refresh)];

        for (var round = 0; round < 3; round++)
        {
            (await server.Api.Post("/token", form, Api.Basic(client.Id, "wrong"))).Expect(401, "invalid_client");
            (await server.Api.Post("/token", [.. form, ("client_id", client.Id)])).Expect(401, "invalid_client");
        }

        (await client.Refresh(tokens.Refresh)).By("Rotated");
    }

    [Fact]
    [Requirement("RFC9700-4.14.2-04")]
    public async Task What_was_never_a_refresh_token_is_unknown_and_kills_nothing()
    {
        var client = server.Client(RefreshClients.Once);
        var tokens = await server.Authorize(RefreshClients.Once, Families.Scope);
        var (request, code) = await NewCode(RefreshClients.Once);
        string[] wrong = ["x", "", "evg_", tokens.AccessToken, tokens.IdToken!, code, .. Altering.EachPart(tokens.Refresh)];

        foreach (var token in wrong.Where(token => token.Length > 0))
            Assert.Equal("RefreshTokenUnknown", await server.Why((await client.Refresh(token)).Expect(400, "invalid_grant")));

        (await client.Refresh(tokens.Refresh)).By("Rotated");
        (await request.Client.Redeem(request, code)).Expect(200);
    }

    [Fact]
    public async Task A_replayed_code_revokes_its_family()
    {
        var (request, code) = await NewCode(RefreshClients.Acknowledged);
        var first = Tokens.Of(await request.Client.Redeem(request, code));
        var second = (await request.Client.Refresh(first.Refresh)).By("Rotated");

        Assert.Equal("CodeReplayed", await server.Why((await request.Client.Redeem(request, code)).Expect(400, "invalid_grant")));

        await server.Dead(request.Client, first, second);
    }

    [Fact]
    public async Task The_lost_answer_to_a_code_is_not_given_again()
    {
        var (request, code) = await NewCode(RefreshClients.Acknowledged);
        (await request.Client.Redeem(request, code)).Expect(200);

        (await request.Client.Redeem(request, code)).Expect(400, "invalid_grant");
        var again = Tokens.Of(await NewRedemption());

        (await request.Client.Refresh(again.Refresh)).By("Rotated");

        async Task<Reply> NewRedemption()
        {
            var (anew, fresh) = await NewCode(RefreshClients.Acknowledged);
            return await anew.Client.Redeem(anew, fresh);
        }
    }

    [Fact]
    public async Task Revocation_of_any_generation_ends_the_family()
    {
        var client = server.Client(RefreshClients.Acknowledged);
        var first = await server.Authorize(RefreshClients.Acknowledged, Families.Scope);
        var second = (await client.Refresh(first.Refresh)).By("Rotated");

        (await client.Revoke(first.Refresh)).Expect(200);

        await server.Dead(client, first, second);
        Assert.Equal("GrantRevoked", await server.Why(await client.Refresh(second.Refresh)));
    }

    private async Task<(AuthorizationRequest Request, string Code)> NewCode(ClientDefinition definition)
    {
        var request = new AuthorizationRequest(server.Client(definition)).With("scope", Families.Scope);
        return (request, await (await server.SignedIn()).Code(request));
    }
}
