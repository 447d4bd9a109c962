namespace Evergrant.Specs.OidcNativeSso;

/// <summary>OpenID Connect Native SSO section 3: the device secret.</summary>
public sealed class Section3_DeviceSecret(Server server)
{
    private const string Scope = "openid offline_access device_sso mail:read";

    private Client Mail => server.Client(Apps.Mail);

    [Fact]
    [Requirement("NATIVE-SSO-3.1-01", "NATIVE-SSO-3.2-01", "NATIVE-SSO-3.3-01", "NATIVE-SSO-3.4-02", "NATIVE-SSO-3.4.1-01", "NATIVE-SSO-3.4.1-02")]
    public async Task A_code_with_device_sso_brings_a_secret_that_the_ID_Token_knows()
    {
        var one = await server.Authorize(Apps.Mail, Scope);
        var secret = Apps.ExpectSecret(one);
        Assert.DoesNotContain(one.IdJwt.Claim("sub")!, secret, StringComparison.Ordinal);
        Assert.DoesNotContain(one.IdJwt.Claim("sid")!, secret, StringComparison.Ordinal);
        Assert.NotEqual(secret, Apps.ExpectSecret(await server.Authorize(Apps.Mail, Scope)));
        foreach (var scope in new[] { "openid offline_access mail:read", "device_sso mail:read", "device_sso offline_access mail:read" })
        {
            var none = await server.Authorize(Apps.Mail, scope);
            Assert.Null(Apps.Secret(none));
            Assert.DoesNotContain("device_sso", none.Scopes);
            if (none.IdToken is not null) Assert.False(none.IdJwt.Has("ds_hash"));
        }
        Assert.DoesNotContain("device_sso", (await server.Authorize(Apps.Alone, "openid device_sso")).Scopes);
    }

    [Fact]
    [Requirement("NATIVE-SSO-3.3-01", "NATIVE-SSO-3.3-02", "NATIVE-SSO-3.4-01", "NATIVE-SSO-3.4.3-01", "NATIVE-SSO-3.4.3-02")]
    public async Task A_refresh_keeps_a_secret_that_is_good_and_replaces_what_is_none()
    {
        var tokens = await server.Authorize(Apps.Mail, Scope);
        var secret = Apps.ExpectSecret(tokens);
        async Task<Tokens> Refresh(params (string Name, string? Value)[] more) => tokens = Tokens.Of(await Mail.Refresh(tokens.Refresh, more));

        Apps.ExpectSecret(await Refresh());
        Assert.Equal(secret, Apps.ExpectSecret(await Refresh(("device_secret", secret))));
        foreach (var garbage in new[] { "nonsense", secret[..^1], Altering.At(secret, 40), tokens.Refresh }) Assert.NotEqual(garbage, Apps.ExpectSecret(await Refresh(("device_secret", garbage))));
        Apps.ExpectSecret(await Refresh(("scope", "openid device_sso")));
        await Refresh(("scope", "openid mail:read"));
        Assert.Null(Apps.Secret(tokens));
        Assert.False(tokens.IdJwt.Has("ds_hash"));
        Apps.ExpectSecret(await Refresh());
    }

    [Fact]
    [Requirement("NATIVE-SSO-3.4-01", "NATIVE-SSO-3.4.3-02")]
    public async Task A_code_keeps_the_secret_of_the_same_sign_in_and_no_other()
    {
        async Task<Tokens> SignIn(Browser browser, ClientDefinition app, string shown)
        {
            var request = new AuthorizationRequest(server.Client(app)).With("scope", Scope);
            return Tokens.Of(await server.Client(app).Redeem(request, await browser.Code(request), ("device_secret", shown)));
        }

        var alice = await server.SignedIn();
        var secret = Apps.ExpectSecret(await server.Authorize(Apps.Mail, Scope));
        Assert.Equal(secret, Apps.ExpectSecret(await SignIn(alice, Apps.Files, secret)));
        Assert.NotEqual(secret, Apps.ExpectSecret(await SignIn(alice, Apps.Foreign, secret)));
        Assert.NotEqual(secret, Apps.ExpectSecret(await SignIn(await server.SignedIn(Users.Bob), Apps.Files, secret)));
        Assert.NotEqual("nonsense", Apps.ExpectSecret(await SignIn(alice, Apps.Files, "nonsense")));
    }

    [Fact]
    public async Task It_is_no_token()
    {
        var secret = Apps.ExpectSecret(await server.Authorize(Apps.Mail, Scope));
        (await server.Api.Get("/userinfo", secret)).Expect(401);
        (await Mail.Refresh(secret)).Expect(400, "invalid_grant");
        Assert.False(await server.Client(Clients.MailApi).Finds(secret));
        (await server.Client(Clients.Other).Revoke(secret)).Expect(400, "invalid_grant");
    }

    [Fact]
    [Requirement("NATIVE-SSO-5-01")]
    public async Task The_metadata_say_that_it_is_offered()
    {
        var metadata = (await server.Api.Metadata()).Json;
        Assert.True(metadata.GetProperty("native_sso_supported").GetBoolean());
        Assert.Contains("device_sso", metadata.GetProperty("scopes_supported").EnumerateArray().Select(v => v.GetString()));
    }

    [Fact]
    public async Task Nobody_puts_themselves_into_a_group()
    {
        var reply = await server.Api.PostJson("/register", """{ "redirect_uris": ["https://stranger.example/callback"], "scope": "openid device_sso", "native_sso_group": "specs-apps" }""");
        Assert.Equal(201, reply.Status);
        Assert.False(reply.Json.TryGetProperty("native_sso_group", out _));
        Assert.Equal("openid", reply.Text("scope"));
        foreach (var further in new[] { """{ "native_sso_group": "two words" }""", """{ "native_sso_group": "" }""", "{ }" })
        {
            var refused = await server.Apply(DeclaredState.Json(server.Issuer, Apps.Mail with { Id = "sso-wrong", Further = System.Text.Json.Nodes.JsonNode.Parse(further)!.AsObject().ToDictionary(m => m.Key, m => m.Value!) }));
            Assert.NotEqual(0, refused.ExitCode);
            Assert.Contains("native_sso_group", refused.Errors + refused.Output, StringComparison.Ordinal);
        }
    }
}
