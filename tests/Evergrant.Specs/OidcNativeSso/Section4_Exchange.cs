using Evergrant.Specs.OidcRpInitiatedLogout;
using Evergrant.Specs.RefreshToken;

namespace Evergrant.Specs.OidcNativeSso;

/// <summary>OpenID Connect Native SSO section 4: a second app signs in.</summary>
public sealed class Section4_Exchange(Server server)
{
    private const string Scope = "openid offline_access device_sso mail:read";
    private const string Types = Rfc8693.ExchangeClients.Types;

    private Task<Reply> Share(ClientDefinition app, Tokens first, params (string Name, string? Value)[] changes) => Apps.Share(server, app, first.IdToken!, Apps.Secret(first)!, changes);

    private Task<Tokens> SignIn(Browser? browser = null) => server.Authorize(Apps.Mail, Scope, browser);

    [Fact]
    [Requirement("NATIVE-SSO-4.1-01", "NATIVE-SSO-4.1-03", "NATIVE-SSO-4.4-01", "NATIVE-SSO-4.4-02")]
    public async Task A_second_app_gets_tokens_of_its_own_and_lives_by_its_policy()
    {
        var first = await SignIn();
        foreach (var app in new[] { Apps.Files, Apps.Plain, Apps.Confidential })
        {
            var reply = await Share(app, first);
            var tokens = Tokens.Of(reply);
            Assert.Equal((Types + "access_token", "Bearer"), (reply.Text("issued_token_type"), reply.Text("token_type")));
            Assert.Equal([app.Id], tokens.IdJwt.Audience);
            Assert.Equal(first.IdJwt.Claim("sub"), tokens.IdJwt.Claim("sub"));
            Assert.Equal(first.IdJwt.Claim("sid"), tokens.IdJwt.Claim("sid"));
            Assert.Equal(first.IdJwt.Number("auth_time"), tokens.IdJwt.Number("auth_time"));
            Assert.False(tokens.IdJwt.Has("ds_hash"));
            Assert.Null(Apps.Secret(tokens));
            (await server.Api.Get("/userinfo", tokens.AccessToken)).Expect(200);
            Assert.True(await server.Client(Clients.MailApi).Finds(tokens.AccessToken));
            Assert.Equal(app.Policy is null, tokens.RefreshToken is null);
            if (tokens.RefreshToken is null) continue;
            // A refresh, a lost answer, a replay; and the first app goes on.
            var next = (await server.Client(app).Refresh(tokens.Refresh)).By("Rotated");
            Assert.Equal(next.Refresh, (await server.Client(app).Refresh(tokens.Refresh)).By("Repeated").Refresh);
            (await server.Client(app).Refresh(next.Refresh)).By("Rotated");
            (await server.Client(app).Refresh(tokens.Refresh)).Expect(400, "invalid_grant");
            (await server.Client(app).Refresh(next.Refresh)).Expect(400, "invalid_grant");
            first = Tokens.Of(await server.Client(Apps.Mail).Refresh(first.Refresh));
        }
        // One that asks for device_sso too hands on what it was shown.
        var third = Tokens.Of(await Share(Apps.Files, first, ("scope", "openid device_sso")));
        Assert.Equal(Apps.Secret(first), Apps.ExpectSecret(third));
        Tokens.Of(await Share(Apps.Confidential, third));
        Assert.Equal([DeclaredState.Mail], Tokens.Of(await Share(Apps.Files, first, ("resource", DeclaredState.Mail))).AccessJwt.Audience);
        Tokens.Of(await Share(Apps.Files, first, ("scope", null)));
    }

    [Fact]
    [Requirement("NATIVE-SSO-4.1-01", "NATIVE-SSO-4.1-02", "NATIVE-SSO-4.1-03", "NATIVE-SSO-4.1-04")]
    public async Task What_is_asked_otherwise_is_refused()
    {
        var first = await SignIn();
        foreach (var (name, value, error) in new (string, string?, string)[]
        {
            ("subject_token_type", Types + "access_token", "invalid_request"), ("subject_token_type", Types + "jwt", "invalid_request"), ("subject_token_type", null, "invalid_request"), ("actor_token_type", Types + "id_token", "invalid_request"),
            ("actor_token_type", "urn:x-oath:params:oauth:token-type:device-secret", "invalid_request"), ("actor_token_type", null, "invalid_request"), ("actor_token", null, "invalid_request"), ("requested_token_type", Types + "jwt", "invalid_request"),
            ("audience", "https://elsewhere.example", "invalid_target"), ("audience", DeclaredState.Mail, "invalid_target"), ("audience", null, "invalid_target"),
            ("scope", "mail:read", "invalid_scope"), ("scope", "offline_access", "invalid_scope"), ("scope", "openid files:read", "invalid_scope"), ("resource", "https://elsewhere.example", "invalid_target"),
        }) (await Share(Apps.Files, first, (name, value))).Expect(400, error);
        var form = new[] { ("grant_type", Rfc8693.ExchangeClients.Exchange), ("audience", server.Issuer), ("subject_token", first.IdToken!), ("subject_token_type", Types + "id_token"), ("actor_token", Apps.Secret(first)!), ("actor_token_type", "urn:openid:params:token-type:device-secret") };
        (await server.Api.Post("/token", form)).Expect(401, "invalid_client");
        (await server.Api.Post("/token", [.. form, ("client_id", Apps.Confidential.Id)])).Expect(401, "invalid_client");
    }

    [Fact]
    [Requirement("NATIVE-SSO-4.3-01", "NATIVE-SSO-4.3-02", "NATIVE-SSO-4.3-03", "NATIVE-SSO-4.3-05")]
    public async Task Secret_and_ID_Token_are_real_and_belong_together_and_to_the_same_vendor()
    {
        var first = await SignIn();
        var elsewhere = await SignIn();
        var bob = await SignIn(await server.SignedIn(Users.Bob));
        var secret = Apps.Secret(first)!;
        foreach (var altered in Altering.EachPart(secret)) Assert.Equal("DeviceSecretInvalid", await server.Why((await Apps.Share(server, Apps.Files, first.IdToken!, altered)).Expect(400, "invalid_grant")));
        foreach (var altered in new[] { Altering.At(first.IdToken!, 60), first.IdToken![..^4] + "AAAA", Jwt.Sign(first.IdJwt.Payload, "none", null), Jwt.Sign(first.IdJwt.Payload, "ES256", ClientKeys.Ec), first.AccessToken, "nonsense" })
            Assert.Equal("SubjectTokenInvalid", await server.Why((await Apps.Share(server, Apps.Files, altered, secret)).Expect(400, "invalid_request")));
        foreach (var (token, shown) in new[] { (first, elsewhere), (elsewhere, first), (first, bob), (bob, first) })
            Assert.Equal("DeviceSecretMismatch", await server.Why((await Apps.Share(server, Apps.Files, token.IdToken!, Apps.Secret(shown)!)).Expect(400, "invalid_grant")));
        var plain = await server.Authorize(Apps.Mail, "openid");
        Assert.Equal("DeviceSecretMismatch", await server.Why((await Apps.Share(server, Apps.Files, plain.IdToken!, secret)).Expect(400, "invalid_grant")));
        foreach (var app in new[] { Apps.Foreign, Apps.Alone }) Assert.Equal("NativeSsoNotShared", await server.Why((await Share(app, first)).Expect(400, "unauthorized_client")));
        (await Share(Clients.Native, first)).Expect(400, "unauthorized_client");
        Tokens.Of(await Share(Apps.Files, first));
    }

    [Fact]
    [Requirement("NATIVE-SSO-4.3-01")]
    public async Task A_secret_that_is_revoked_is_good_no_more()
    {
        foreach (var refresh in new[] { false, true })
        {
            var first = await SignIn();
            var second = Tokens.Of(await Share(Apps.Files, first));
            (await server.Client(Apps.Mail).Revoke(refresh ? first.Refresh : Apps.Secret(first)!)).Expect(200);
            Assert.Equal("DeviceSecretInvalid", await server.Why((await Share(Apps.Files, first)).Expect(400, "invalid_grant")));
            (await server.Client(Apps.Mail).Refresh(first.Refresh)).Expect(400, "invalid_grant");
            Tokens.Of(await server.Client(Apps.Files).Refresh(second.Refresh));
        }
    }

    [Fact]
    [Requirement("NATIVE-SSO-4.3-04", "NATIVE-SSO-4.3-07", "NATIVE-SSO-4.3-08")]
    public async Task Leaving_ends_everything_that_came_of_the_sign_in()
    {
        var alice = await Leaving.SignIn(server, Apps.Mail, Scope);
        var elsewhere = await SignIn();
        var second = Tokens.Of(await Share(Apps.Files, alice.Tokens));
        var third = Tokens.Of(await Share(Apps.Confidential, alice.Tokens));
        await alice.Get(("id_token_hint", alice.IdToken));
        Assert.Equal("DeviceSecretInvalid", await server.Why((await Share(Apps.Files, alice.Tokens)).Expect(400, "invalid_grant")));
        foreach (var (app, tokens) in new[] { (Apps.Mail, alice.Tokens), (Apps.Files, second), (Apps.Confidential, third) })
        {
            (await server.Client(app).Refresh(tokens.Refresh)).Expect(400, "invalid_grant");
            (await server.Api.Get("/userinfo", tokens.AccessToken)).Expect(401);
        }
        Tokens.Of(await Share(Apps.Files, elsewhere));
    }

    [Fact]
    [Requirement("NATIVE-SSO-4.3-06")]
    public async Task What_the_person_has_not_allowed_takes_a_page()
    {
        var carol = await server.NewSignedIn(Users.Carol);
        var first = await SignIn(carol);
        (await Share(Apps.Asking, first)).Expect(400, "interaction_required");
        await carol.Complete(new AuthorizationRequest(server.Client(Apps.Asking)).With("scope", "openid offline_access mail:read"));
        Assert.Equal(["mail:read", "offline_access", "openid"], Tokens.Of(await Share(Apps.Asking, first)).Scopes);
        (await Share(Apps.Asking, first, ("scope", "openid mail:send"))).Expect(400, "interaction_required");
    }
}

/// <summary>The same after a while.</summary>
[Collection(typeof(ClockCollection))]
public sealed class Section4_TimeBounds(ClockServer server)
{
    [Fact]
    [Requirement("NATIVE-SSO-4.3-02")]
    public async Task The_ID_Token_may_have_expired_and_the_secret_lives_on_without_a_refresh_token()
    {
        var first = await server.Authorize(Apps.Mail, "openid device_sso", await server.NewSignedIn(Users.Alice));
        Assert.Null(first.RefreshToken);
        await server.Advance(TimeSpan.FromDays(20));
        Tokens.Of(await Apps.Share(server, Apps.Files, first.IdToken!, Apps.Secret(first)!));
        await server.Advance(TimeSpan.FromDays(80));
        (await Apps.Share(server, Apps.Files, first.IdToken!, Apps.Secret(first)!)).Expect(400, "invalid_grant");
    }
}
