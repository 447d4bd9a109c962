namespace Evergrant.Specs.Rfc6749;

/// <summary>RFC 6749 section 6: refreshing an access token.</summary>
public sealed class Section6_Refreshing(Server server)
{
    private const string Granted = "openid offline_access mail:read mail:send";

    [Theory]
    [InlineData("openid offline_access mail:read mail:send extra")]
    [InlineData("profile")]
    [InlineData("mail:read files:read")]
    [InlineData("mail:read unheard-of")]
    [Requirement("RFC6749-6-01", "RFC6749-5.2-08")]
    public async Task Scope_beyond_the_grant_is_refused_and_the_token_stays_good(string scope)
    {
        var web = server.Client(Clients.Web);
        var tokens = await server.Authorize(Clients.Web, Granted);

        (await web.Refresh(tokens.Refresh, ("scope", scope))).Expect(400, "invalid_scope");
        Assert.Equal(tokens.Scopes, Tokens.Of(await web.Refresh(tokens.Refresh)).Scopes);
    }

    [Fact]
    [Requirement("RFC6749-6-02", "RFC6749-6-05", "RFC6749-3.3-03")]
    public async Task A_narrower_scope_narrows_this_access_token_only()
    {
        var web = server.Client(Clients.Web);
        var tokens = await server.Authorize(Clients.Web, Granted);

        var narrowed = Tokens.Of(await web.Refresh(tokens.Refresh, ("scope", "mail:read")));
        var omitted = Tokens.Of(await web.Refresh(narrowed.Refresh));
        var full = Tokens.Of(await web.Refresh(omitted.Refresh, ("scope", Granted)));

        Assert.Equal(["mail:read"], narrowed.Scopes);
        Assert.Equal(["mail:read"], narrowed.AccessJwt.Scopes);
        Assert.Equal(tokens.Scopes, omitted.Scopes);
        Assert.Equal(tokens.Scopes, full.Scopes);
    }

    [Fact]
    [Requirement("RFC6749-6-03", "RFC6749-5.2-05")]
    public async Task Another_client_cannot_use_the_token_nor_harm_it()
    {
        var tokens = await server.Authorize(Clients.Web, Granted);
        var native = await server.Authorize(Clients.Native, Granted);

        (await server.Client(Clients.Other).Refresh(tokens.Refresh)).Expect(400, "invalid_grant");
        (await server.Client(Clients.Native).Refresh(tokens.Refresh)).Expect(400, "invalid_grant");
        (await server.Client(Clients.OtherNative).Refresh(native.Refresh)).Expect(400, "invalid_grant");
        (await server.Client(Clients.Web).Refresh(native.Refresh)).Expect(400, "invalid_grant");
        (await server.Client(Clients.Web).Refresh(tokens.Refresh)).Expect(200);
        (await server.Client(Clients.Native).Refresh(native.Refresh)).Expect(200);
    }

    [Fact]
    [Requirement("RFC6749-6-04")]
    public async Task Rotation_is_a_setting_of_the_client()
    {
        var rotating = await server.Authorize(Clients.Web, Granted);
        var keeping = await server.Authorize(Clients.WithoutRotation, Granted);

        var rotated = Tokens.Of(await server.Client(Clients.Web).Refresh(rotating.Refresh));
        var kept = Tokens.Of(await server.Client(Clients.WithoutRotation).Refresh(keeping.Refresh));

        Assert.NotEqual(rotating.Refresh, rotated.Refresh);
        Assert.Equal(keeping.Refresh, kept.Refresh);
        Assert.NotEqual(keeping.AccessToken, kept.AccessToken);
        Tokens.Of(await server.Client(Clients.WithoutRotation).Refresh(keeping.Refresh));
    }

    [Fact]
    [Requirement("RFC6749-5.2-05")]
    public async Task A_token_of_another_kind_is_no_refresh_token()
    {
        var web = server.Client(Clients.Web);
        var tokens = await server.Authorize(Clients.Web, Granted);
        var request = new AuthorizationRequest(web);
        var code = await (await server.SignedIn()).Code(request);

        foreach (var wrong in new[] { tokens.AccessToken, tokens.IdToken!, code, "x" })
            (await web.Refresh(wrong)).Expect(400, "invalid_grant");
        (await web.Redeem(request, tokens.Refresh)).Expect(400, "invalid_grant");
        (await web.Redeem(request, code)).Expect(200);
        (await web.Refresh(tokens.Refresh)).Expect(200);
    }
}
