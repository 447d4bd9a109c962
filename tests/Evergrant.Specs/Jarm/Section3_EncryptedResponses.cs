using System.Text.Json.Nodes;
using Evergrant.Specs.Rfc7516;

namespace Evergrant.Specs.Jarm;

/// <summary>JARM sections 2.2 and 3: responses that are signed, then encrypted to the client.</summary>
public sealed class Section3_EncryptedResponses(Server server)
{
    [Theory]
    [InlineData("jwt")]
    [InlineData("form_post.jwt")]
    [Requirement("JARM-2.2-01", "JARM-3-02", "JARM-4-01", "JARM-5.4-01")]
    public async Task Success_and_error_are_signed_inside_and_encrypted_outside(string mode)
    {
        var alice = await server.SignedIn();
        var metadata = (await server.Api.Discovery()).Json;
        foreach (var (definition, alg, enc) in new[] { (JarmClients.Encrypted, "RSA-OAEP-256", "A128CBC-HS256"), (JarmClients.Agreed, "ECDH-ES", "A256GCM") })
        {
            foreach (var decision in new[] { "allow", "deny" })
            {
                var request = new AuthorizationRequest(server.Client(definition)).With("response_mode", mode).With("prompt", "consent");
                var page = await alice.Decide(await alice.Authorize(request), decision);
                var (name, text) = Assert.Single(page.Parameters);
                Assert.Equal("response", name);
                var (header, content) = EncryptedClients.Open(text);
                Assert.Equal((alg, enc, "JWT"), (header.GetProperty("alg").GetString(), header.GetProperty("enc").GetString(), header.GetProperty("cty").GetString()));
                Assert.Contains(metadata.GetProperty("authorization_encryption_alg_values_supported").EnumerateArray(), v => v.GetString() == alg);
                Assert.Contains(metadata.GetProperty("authorization_encryption_enc_values_supported").EnumerateArray(), v => v.GetString() == enc);
                var response = Jwt.Parse(content);
                Assert.True(response.VerifiesWith((await server.Api.Jwks()).Json));
                Assert.Equal((server.Issuer, definition.Id, request.State), (response.Claim("iss"), response.Claim("aud"), response.Claim("state")));
                if (decision == "allow") Tokens.Of(await request.Client.Redeem(request, response.Claim("code")!));
                else Assert.Equal("access_denied", response.Claim("error"));
            }
        }
    }

    [Fact]
    [Requirement("JARM-3-02", "JARM-3-03")]
    public async Task What_cannot_be_encrypted_is_not_registered()
    {
        foreach (var members in new[]
        {
            """{ "authorization_encrypted_response_enc": "A256GCM" }""", """{ "authorization_encrypted_response_alg": "RSA1_5" }""", """{ "authorization_encrypted_response_alg": "dir" }""",
            """{ "authorization_encrypted_response_alg": "ECDH-ES", "authorization_encrypted_response_enc": "none" }""",
        })
        {
            var definition = JarmClients.Encrypted with { Id = "jarm-badly", Further = JsonNode.Parse(members)!.AsObject().ToDictionary(m => m.Key, m => m.Value!) };
            var refused = await server.Apply(DeclaredState.Json(server.Issuer, definition));
            Assert.NotEqual(0, refused.ExitCode);
            Assert.Contains("authorization_encrypted_response", refused.Errors + refused.Output, StringComparison.Ordinal);
            var body = JsonNode.Parse(members)!.AsObject();
            body["redirect_uris"] = new JsonArray("https://jarm-badly.example/callback");
            body["jwks"] = EncryptedClients.Jwks;
            (await server.Api.PostJson("/register", body.ToJsonString())).Expect(400, "invalid_client_metadata");
        }
        var keyless = await server.Apply(DeclaredState.Json(server.Issuer, JarmClients.Encrypted with { Id = "jarm-badly", Jwks = null }));
        Assert.NotEqual(0, keyless.ExitCode);
    }
}
