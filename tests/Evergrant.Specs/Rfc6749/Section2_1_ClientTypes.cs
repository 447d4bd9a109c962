namespace Evergrant.Specs.Rfc6749;

/// <summary>RFC 6749 sections 2.1 and 2.2: client types and identifiers.</summary>
public sealed class Section2_1_ClientTypes(Server server)
{
    [Fact]
    [Requirement("RFC6749-2.1-01", "RFC6749-2.3-02")]
    public async Task A_public_client_that_sends_a_secret_stays_a_public_client()
    {
        var native = server.Client(Clients.Native);
        (string, string)[] withSecret = [("client_id", native.Id), ("client_secret", "shipped-with-the-app")];

        var tokens = await server.Authorize(Clients.Native, "openid mail:read");
        var introspected = await server.Api.Post("/introspect", [("token", tokens.AccessToken), .. withSecret]);
        var asItself = await server.Api.Post("/token", [("grant_type", "client_credentials"), .. withSecret]);
        var asked = await (await server.SignedIn()).Authorize(new AuthorizationRequest(native).With("scope", "openid mail:read"));

        introspected.Expect(401, "invalid_client");
        Assert.True(asItself.Error is "invalid_client" or "unauthorized_client", asItself.ToString());
        asked.Expect(PageKind.Consent);
    }

    [Fact]
    [Requirement("RFC6749-2.2-01")]
    public async Task One_client_id_names_one_client()
    {
        var json = DeclaredState.Json(server.Issuer, new("twice") { Name = "First" }, new("twice") { Name = "Second" });

        var applied = await server.Apply(json);

        Assert.NotEqual(0, applied.ExitCode);
        (await server.Api.Post("/token", [("grant_type", "authorization_code"), ("code", "x"), ("client_id", "twice")])).Expect(401, "invalid_client");
    }

    [Fact]
    [Requirement("RFC6749-2.2-02", "RFC6749-3.2.1-01", "ATTACK-115")]
    public async Task A_client_id_alone_does_not_authenticate_a_confidential_client()
    {
        var web = server.Client(Clients.Web);
        var request = new AuthorizationRequest(web).With("scope", "openid offline_access");
        var browser = await server.SignedIn();
        var code = await browser.Code(request);

        var redeemed = await server.Api.Post("/token",
        [
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", web.Definition.RedirectUri), ("code_verifier", request.Verifier), ("client_id", web.Id),
        ]);
        var tokens = Tokens.Of(await web.Redeem(request, code));
        var refreshed = await server.Api.Post("/token", [("grant_type", "refresh_token"), ("refresh_token", tokens.Refresh), ("client_id", web.Id)]);
        var machine = await server.Api.Post("/token", [("grant_type", "client_credentials"), ("client_id", Clients.Machine.Id)]);

        redeemed.Expect(401, "invalid_client");
        refreshed.Expect(401, "invalid_client");
        machine.Expect(401, "invalid_client");
        (await web.Refresh(tokens.Refresh)).Expect(200);
    }

    [Theory]
    [InlineData("authorization_code")]
    [InlineData("refresh_token")]
    [InlineData("client_credentials")]
    [Requirement("RFC6749-3.2.1-01")]
    public async Task No_grant_type_is_served_without_client_authentication(string grantType)
    {
        var reply = await server.Api.Post("/token", [("grant_type", grantType), ("code", "x"), ("refresh_token", "x"), ("client_id", Clients.Web.Id)]);

        reply.Expect(401, "invalid_client");
    }
}
