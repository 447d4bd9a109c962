namespace Evergrant.Specs.OidcCore;

/// <summary>OpenID Connect Core sections 2 and 3.1.2.1: the age of an authentication, and what else time does.</summary>
[Collection(typeof(ClockCollection))]
public sealed class Section3_1_2_1_MaxAge(ClockServer server)
{
    [Fact]
    [Requirement("OIDC-CORE-3.1.2.1-18", "OIDC-CORE-2-07", "OIDC-CORE-3.1.2.3-03", "ATTACK-236")]
    public async Task An_authentication_older_than_max_age_is_not_enough()
    {
        var browser = await server.NewSignedIn(Users.Alice);
        var at = (await server.Authorize(Clients.Web, "openid", browser, ("max_age", "3600"))).IdJwt.Number("auth_time");
        await server.Advance(TimeSpan.FromMinutes(2));

        var young = (await server.Authorize(Clients.Web, "openid", browser, ("max_age", "3600"))).IdJwt;
        var old = New().With("max_age", "60");
        var page = (await browser.Authorize(old)).Expect(PageKind.SignIn);
        (await browser.Authorize(New().With(("max_age", "60"), ("prompt", "none")))).ExpectError("login_required");
        var again = Tokens.Of(await old.Client.Redeem(old, (await browser.SignIn(page, Users.Alice.Username, Users.Alice.Password)).Code!)).IdJwt;

        Assert.Equal(at, young.Number("auth_time"));
        Assert.True(young.Number("iat") >= at + 120);
        Assert.True(again.Number("auth_time") >= at + 120, $"{again.Number("auth_time") - at}");
    }

    [Fact]
    [Requirement("OIDC-CORE-3.1.2.1-19", "OIDC-CORE-3.1.2.3-02", "ATTACK-236")]
    public async Task A_max_age_of_zero_and_prompt_login_give_a_later_authentication()
    {
        var browser = await server.NewSignedIn(Users.Alice);
        var last = (await server.Authorize(Clients.Web, "openid", browser)).IdJwt.Number("auth_time");
        foreach (var (name, value) in new[] { ("max_age", "0"), ("prompt", "login") })
        {
            await server.Advance(TimeSpan.FromSeconds(10));
            var request = New().With(name, value);
            var page = (await browser.Authorize(request)).Expect(PageKind.SignIn);
            var token = Tokens.Of(await request.Client.Redeem(request, (await browser.SignIn(page, Users.Alice.Username, Users.Alice.Password)).Code!)).IdJwt;

            Assert.True(token.Number("auth_time") >= last + 10, name);
            last = token.Number("auth_time");
        }
    }

    [Fact]
    [Requirement("OIDC-CORE-3.1.2.1-18", "OIDC-CORE-2-07")]
    public async Task The_registered_default_counts_where_the_request_says_nothing()
    {
        var browser = await server.NewSignedIn(Users.Alice);
        Assert.True((await server.Authorize(OidcClients.Impatient, "openid", browser)).IdJwt.Has("auth_time"));
        await server.Advance(TimeSpan.FromMinutes(3));

        (await browser.Authorize(New(OidcClients.Impatient))).Expect(PageKind.SignIn);
        Assert.NotNull((await browser.Authorize(New(OidcClients.Impatient).With("max_age", "3600"))).Code);
    }

    [Fact]
    [Requirement("OIDC-CORE-3.1.2.2-07", "OIDC-CORE-3.1.2.1-23")]
    public async Task An_expired_hint_is_still_a_hint()
    {
        var browser = await server.NewSignedIn(Users.Alice);
        var token = await server.Authorize(Clients.Web, "openid", browser);
        await server.Advance(TimeSpan.FromMinutes(30));

        var page = await browser.Authorize(New().With(("id_token_hint", token.IdToken), ("prompt", "none")));

        Assert.NotNull(page.Code);
    }

    [Fact]
    [Requirement("OIDC-CORE-3.1.3.2-03", "OIDC-CORE-16.9-01")]
    public async Task A_code_lives_for_a_minute()
    {
        var browser = await server.NewSignedIn(Users.Alice);
        var fresh = New();
        var stale = New();
        var freshCode = await browser.Code(fresh);
        var staleCode = await browser.Code(stale);

        await server.Advance(TimeSpan.FromSeconds(30));
        (await fresh.Client.Redeem(fresh, freshCode)).Expect(200);
        await server.Advance(TimeSpan.FromSeconds(31));

        (await stale.Client.Redeem(stale, staleCode)).Expect(400, "invalid_grant");
    }

    [Fact]
    [Requirement("OIDC-CORE-5.3.3-01")]
    public async Task UserInfo_refuses_an_expired_access_token()
    {
        var browser = await server.NewSignedIn(Users.Alice);
        var tokens = await server.Authorize(Clients.Web, "openid", browser);
        (await server.Api.Get("/userinfo", tokens.AccessToken)).Expect(200);
        await server.Advance(TimeSpan.FromMinutes(6));

        var reply = (await server.Api.Get("/userinfo", tokens.AccessToken)).Expect(401);

        Assert.Contains("error=\"invalid_token\"", reply.Header("WWW-Authenticate"), StringComparison.Ordinal);
    }

    [Fact]
    [Requirement("OIDC-CORE-12.2-03", "OIDC-CORE-12.2-05", "OIDC-CORE-12.2-02", "OIDC-CORE-12.2-04", "OIDC-CORE-12.2-06", "OIDC-CORE-12.2-07")]
    public async Task A_refreshed_ID_Token_has_its_own_time_and_the_first_authentication()
    {
        var browser = await server.NewSignedIn(Users.Alice);
        var first = await server.Authorize(Clients.Web, "openid offline_access", browser, ("nonce", "once"), ("max_age", "3600"));
        await server.Advance(TimeSpan.FromMinutes(10));

        var second = Tokens.Of(await server.Client(Clients.Web).Refresh(first.Refresh)).IdJwt;

        Assert.True(second.Number("iat") >= first.IdJwt.Number("iat") + 600);
        Assert.Equal(first.IdJwt.Number("auth_time"), second.Number("auth_time"));
        Assert.Equal(first.IdJwt.Claim("iss"), second.Claim("iss"));
        Assert.Equal(first.IdJwt.Claim("sub"), second.Claim("sub"));
        Assert.Equal(first.IdJwt.Audience, second.Audience);
        Assert.False(second.Has("nonce"));
    }

    private AuthorizationRequest New(ClientDefinition? definition = null) => new(server.Client(definition ?? Clients.Web));
}
