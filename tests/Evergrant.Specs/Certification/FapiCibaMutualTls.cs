using Evergrant.Specs.Ciba;
using Evergrant.Specs.Rfc8705;

namespace Evergrant.Specs.Certification;

/// <summary>The modules of the FAPI-CIBA plan with mutual TLS: a certificate says who the client is, and its tokens are bound to it.</summary>
[Collection(typeof(MtlsCollection))]
public sealed class FapiCibaMutualTls(MtlsServer server)
{
    private const string Prefix = "fapi-ciba-id1-";

    [Fact]
    [Module(
        "fapi-ciba-id1", Prefix + "ensure-different-client-id-and-issuer-in-backchannel-authorization-request", Prefix + "ensure-wrong-client-id-in-token-endpoint-request",
        Prefix + "ensure-wrong-client-id-in-backchannel-authorization-request", Prefix + "ensure-mtls-holder-of-key-required")]
    public async Task The_certificate_says_who_asks_and_whose_the_tokens_are()
    {
        var (own, definition) = (MtlsClients.Ciba, MtlsClients.FapiCiba);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        string Object(string? iss = null) => Jwt.Sign(CibaObject.Claims(definition, server.Issuer, now, ("iss", iss ?? definition.Id)), "ES256", ClientKeys.Ec, "ec");
        Task<Reply> Ask(string clientId, string text) => server.At(own).Post("/bc-authorize", [("request", text), ("client_id", clientId)]);
        (await Ask(MtlsClients.SelfSigned.Id, Object(MtlsClients.SelfSigned.Id))).Expect(401, "invalid_client");
        (await Ask(MtlsClients.SelfSigned.Id, Object())).Expect(401, "invalid_client");
        (await Ask(definition.Id, Object(MtlsClients.SelfSigned.Id))).Expect(400, "invalid_request");
        (await server.At(null).Post("/bc-authorize", [("request", Object()), ("client_id", definition.Id)])).Expect(401, "invalid_client");

        var begun = (await Ask(definition.Id, Object())).Expect(200);
        var browser = await server.NewSignedIn(Users.Alice);
        await browser.Decide(await CibaRequest.Open(browser), "allow");
        (string, string)[] form = [("grant_type", CibaClients.GrantType), ("auth_req_id", begun.Text("auth_req_id")!)];
        (await server.At(own).Post("/token", [.. form, ("client_id", MtlsClients.SelfSigned.Id)])).Expect(401, "invalid_client");
        (await server.At(MtlsClients.Own).Post("/token", [.. form, ("client_id", definition.Id)])).Expect(401, "invalid_client");
        (await server.At(null).Post("/token", [.. form, ("client_id", definition.Id)])).Expect(401, "invalid_client");
        var tokens = Tokens.Of(await server.At(own).Post("/token", [.. form, ("client_id", definition.Id)]));
        Assert.Equal(Certificates.Thumbprint(own), tokens.AccessJwt.Payload.GetProperty("cnf").GetProperty("x5t#S256").GetString());
        (await server.At(own).Get("/userinfo", tokens.AccessToken)).Expect(200);
        (await server.At(null).Get("/userinfo", tokens.AccessToken)).Expect(401, "invalid_token");
    }
}
