namespace Evergrant.Specs.Rfc9700;

/// <summary>RFC 9700 section 4.14: protection of refresh tokens.</summary>
public sealed class Section4_14_RefreshTokens(Server server)
{
    private const string Scope = "openid offline_access mail:read";

    [Fact]
    [Requirement("RFC9700-4.14.2-01")]
    public async Task A_client_whose_policy_is_never_gets_none_whatever_it_asks()
    {
        var first = await server.Authorize(Clients.WithoutRefresh, Scope, null, ("prompt", "consent"));

        Assert.Null(first.RefreshToken);
        Assert.DoesNotContain("offline_access", first.Scopes);
    }

    [Fact]
    [Requirement("RFC9700-4.14.2-02", "RFC6749-6-01")]
    public async Task A_refresh_token_carries_what_the_user_allowed_and_no_more()
    {
        var asking = server.Client(Clients.Asking);
        var browser = await server.SignedIn(Users.Bob);
        var request = new AuthorizationRequest(asking).With(("scope", "openid offline_access mail:read mail:send"), ("prompt", "consent"));
        var page = await browser.Decide(await browser.Authorize(request), "allow", ["openid", "offline_access", "mail:read"]);
        var tokens = Tokens.Of(await asking.Redeem(request, page.Code!));

        (await asking.Refresh(tokens.Refresh, ("scope", "mail:read mail:send"))).Expect(400, "invalid_scope");
        var refreshed = Tokens.Of(await asking.Refresh(tokens.Refresh));

        Assert.Equal(["mail:read", "offline_access", "openid"], refreshed.Scopes);
    }

    [Fact]
    [Requirement("RFC9700-4.14.2-03")]
    public async Task A_spent_token_presented_again_revokes_its_family()
    {
        foreach (var definition in new[] { Clients.Web, Clients.Native, Clients.WithoutRetry })
        {
            var client = server.Client(definition);
            var first = await server.Authorize(definition, Scope);
            var second = Tokens.Of(await client.Refresh(first.Refresh));
            var third = Tokens.Of(await client.Refresh(second.Refresh));

            (await client.Refresh(first.Refresh)).Expect(400, "invalid_grant");

            (await client.Refresh(third.Refresh)).Expect(400, "invalid_grant");
            (await server.Api.Get("/userinfo", third.AccessToken)).Expect(401);
        }
    }

    [Fact]
    [Requirement("RFC9700-4.14.2-03")]
    public async Task Where_no_retry_is_allowed_the_predecessor_revokes_too()
    {
        var client = server.Client(Clients.WithoutRetry);
        var first = await server.Authorize(Clients.WithoutRetry, Scope);
        var second = Tokens.Of(await client.Refresh(first.Refresh));

        (await client.Refresh(first.Refresh)).Expect(400, "invalid_grant");

        (await client.Refresh(second.Refresh)).Expect(400, "invalid_grant");
    }

    [Fact]
    [Requirement("RFC9700-4.14.2-04")]
    public async Task A_tampered_token_is_refused_and_harms_nobody()
    {
        var native = server.Client(Clients.Native);
        var tokens = await server.Authorize(Clients.Native, Scope);

        for (var index = 0; index < tokens.Refresh.Length; index++) (await native.Refresh(Altering.At(tokens.Refresh, index))).Expect(400, "invalid_grant");
        (await native.Refresh(tokens.Refresh)).Expect(200);
    }
}
