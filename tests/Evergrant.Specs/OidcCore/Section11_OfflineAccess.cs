namespace Evergrant.Specs.OidcCore;

/// <summary>OpenID Connect Core sections 11 and 12: offline access, and what a refresh answers.</summary>
public sealed class Section11_OfflineAccess(Server server)
{
    [Fact]
    [Requirement("OIDC-CORE-11-01", "OIDC-CORE-11-05")]
    public async Task Offline_access_that_nobody_consented_to_is_not_given_silently()
    {
        var browser = await server.SignedIn(Users.Dave);
        Assert.NotNull((await browser.Complete(New(OidcClients.NeverOffline).With("scope", "openid profile"))).Code);

        var silent = await browser.Authorize(New(OidcClients.NeverOffline).With(("scope", "openid profile offline_access"), ("prompt", "none")));
        var asked = await browser.Authorize(New(OidcClients.NeverOffline).With("scope", "openid profile offline_access"));

        silent.ExpectError("consent_required");
        asked.Expect(PageKind.Consent);
    }

    [Fact]
    [Requirement("OIDC-CORE-11-01")]
    public async Task Offline_access_is_ignored_where_the_client_may_not_have_it()
    {
        var tokens = await server.Authorize(Clients.WithoutRefresh, "openid offline_access", null, ("prompt", "consent"));

        Assert.Null(tokens.RefreshToken);
        Assert.DoesNotContain("offline_access", tokens.Scopes);
        Assert.Null((await server.Authorize(Clients.Web, "openid")).RefreshToken);
    }

    [Theory]
    [InlineData("oidc-asking")]
    [InlineData("oidc-native")]
    [Requirement("OIDC-CORE-11-03", "OIDC-CORE-11-04", "OIDC-CORE-11-05", "OIDC-CORE-16.18-02")]
    public async Task The_consent_page_names_offline_access_and_how_long_it_lasts(string clientId)
    {
        var definition = OidcClients.All.Single(client => client.Id == clientId);
        var browser = await server.SignedIn(Users.Dave);
        var request = New(definition).With(("scope", "openid offline_access"), ("prompt", "consent"));

        var page = (await browser.Authorize(request)).Expect(PageKind.Consent);
        Assert.Contains("away", page.Text, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("90 days", page.Text, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(page.FormWith("decision").Fields, field => field.Value == "offline_access");
        var allowed = await browser.Decide(page, "allow");

        Assert.NotNull(Tokens.Of(await request.Client.Redeem(request, allowed.Code!)).RefreshToken);
    }

    [Fact]
    [Requirement("OIDC-CORE-11-05", "OIDC-CORE-11-03")]
    public async Task Whoever_declines_offline_access_gives_no_refresh_token()
    {
        var browser = await server.SignedIn(Users.Zoe);
        var request = New(OidcClients.Asking).With(("scope", "openid offline_access"), ("prompt", "consent"));

        var allowed = await browser.Decide(await browser.Authorize(request), "allow", ["openid"]);
        var tokens = Tokens.Of(await request.Client.Redeem(request, allowed.Code!));

        Assert.Null(tokens.RefreshToken);
        Assert.DoesNotContain("offline_access", tokens.Scopes);
    }

    [Fact]
    [Requirement("OIDC-CORE-11-06")]
    public async Task A_client_may_be_registered_for_refresh_tokens_without_it()
    {
        Assert.NotNull((await server.Authorize(Clients.AlwaysRefresh, "openid")).RefreshToken);
    }

    [Fact]
    [Requirement("OIDC-CORE-12.1-01", "OIDC-CORE-12.3-01")]
    public async Task A_refresh_token_needs_its_client_and_the_clients_proof()
    {
        var tokens = await server.Authorize(Clients.Web, "openid offline_access");

        (await server.Client(Clients.Other).Refresh(tokens.Refresh)).Expect(400, "invalid_grant");
        (await server.Api.Post("/token", [("grant_type", "refresh_token"), ("refresh_token", tokens.Refresh), ("client_id", Clients.Web.Id)])).Expect(401, "invalid_client");
        (await server.Client(Clients.Web).Refresh(tokens.Refresh + "x")).Expect(400, "invalid_grant");
        (await server.Client(Clients.Web).Refresh(tokens.Refresh)).Expect(200);
    }

    [Fact]
    [Requirement("OIDC-CORE-12.3-01")]
    public async Task A_revoked_token_is_answered_by_invalid_grant()
    {
        var web = server.Client(Clients.Web);
        var tokens = await server.Authorize(Clients.Web, "openid offline_access");
        (await web.Revoke(tokens.Refresh)).Expect(200);

        (await web.Refresh(tokens.Refresh)).Expect(400, "invalid_grant");
    }

    [Fact]
    [Requirement("OIDC-CORE-12.2-01", "OIDC-CORE-12.2-02", "OIDC-CORE-12.2-04", "OIDC-CORE-12.2-05", "OIDC-CORE-12.2-06", "OIDC-CORE-12.2-07", "OIDC-CORE-3.1.3.6-01")]
    public async Task A_refresh_answers_like_the_first_request_about_the_same_sign_in()
    {
        var first = await server.Authorize(Clients.Web, "openid offline_access", null, ("nonce", "once"));

        var reply = (await server.Client(Clients.Web).Refresh(first.Refresh)).Expect(200);
        var second = Tokens.Of(reply);

        Assert.Equal("application/json", reply.MediaType);
        Assert.Contains("no-store", reply.Header("Cache-Control"), StringComparison.Ordinal);
        Assert.Equal("Bearer", reply.Text("token_type"), ignoreCase: true);
        foreach (var claim in new[] { "iss", "sub", "azp", "acr" }) Assert.Equal(first.IdJwt.Claim(claim), second.IdJwt.Claim(claim));
        Assert.Equal(first.IdJwt.Audience, second.IdJwt.Audience);
        Assert.Equal(first.IdJwt.Number("auth_time"), second.IdJwt.Number("auth_time"));
        Assert.False(second.IdJwt.Has("nonce"));
        Assert.True(second.IdJwt.VerifiesWith((await server.Api.Jwks()).Json));
        Assert.NotEqual(first.IdJwt.Claim("at_hash"), second.IdJwt.Claim("at_hash"));
    }

    private AuthorizationRequest New(ClientDefinition definition) => new(server.Client(definition));
}
