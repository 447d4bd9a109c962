namespace Evergrant.Specs.Rfc7516;

/// <summary>OpenID Connect Core section 10.2 and RFC 7516: answers that are encrypted to their client.</summary>
public sealed class EncryptedAnswers(Server server)
{
    [Fact]
    [Requirement("OIDC-CORE-2-13", "OIDC-CORE-10.2-01", "OIDC-REG-2-17", "RFC7516-5.1-01", "RFC7519-5.2-01", "RFC7519-11.2-01", "RFC7519-5.3-01", "RFC8725-3.6-01")]
    public async Task An_ID_Token_is_signed_and_then_encrypted_to_the_client()
    {
        foreach (var definition in EncryptedClients.All)
        {
            var tokens = await server.Authorize(definition, "openid offline_access");
            var (header, content) = EncryptedClients.Open(tokens.IdToken!);
            Assert.Equal(definition == EncryptedClients.WithRsa ? ("RSA-OAEP-256", "A128CBC-HS256", "enc-rsa") : ("ECDH-ES", "A256GCM", "enc-ec"),
                (header.GetProperty("alg").GetString(), header.GetProperty("enc").GetString(), header.GetProperty("kid").GetString()));
            Assert.Equal("JWT", header.GetProperty("cty").GetString());
            // Nothing is compressed, and no claim is repeated where it could differ.
            Assert.Subset(new HashSet<string> { "alg", "enc", "kid", "cty", "typ", "epk", "apu", "apv" }, header.EnumerateObject().Select(m => m.Name).ToHashSet());
            var inner = Jwt.Parse(content);
            Assert.True(inner.VerifiesWith((await server.Api.Jwks()).Json));
            Assert.Equal(definition.Id, inner.Claim("aud"));
            var refreshed = Tokens.Of(await server.Client(definition).Refresh(tokens.Refresh));
            Assert.NotEqual(tokens.IdToken, refreshed.IdToken);
            Assert.Equal(inner.Claim("sub"), Jwt.Parse(EncryptedClients.Open(refreshed.IdToken!).Content).Claim("sub"));
        }
    }

    [Fact]
    [Requirement("OIDC-CORE-5.3.2-05", "OIDC-CORE-5.3.2-06", "OIDC-REG-2-20")]
    public async Task Userinfo_is_signed_where_that_is_registered_and_then_encrypted()
    {
        var signed = (await server.Api.Get("/userinfo", (await server.Authorize(EncryptedClients.WithRsa, "openid email")).AccessToken)).Expect(200);
        Assert.Equal("application/jwt", signed.MediaType);
        var (header, content) = EncryptedClients.Open(signed.Body);
        Assert.Equal("A128CBC-HS256", header.GetProperty("enc").GetString());
        var inner = Jwt.Parse(content);
        Assert.Equal("ES256", inner.Algorithm);
        Assert.True(inner.VerifiesWith((await server.Api.Jwks()).Json));
        Assert.Equal("alice@example.com", inner.Claim("email"));

        var plain = (await server.Api.Get("/userinfo", (await server.Authorize(EncryptedClients.WithEc, "openid email")).AccessToken)).Expect(200);
        Assert.Equal("application/jwt", plain.MediaType);
        using var json = System.Text.Json.JsonDocument.Parse(EncryptedClients.Open(plain.Body).Content);
        Assert.Equal("alice@example.com", json.RootElement.GetProperty("email").GetString());
    }

    [Theory]
    [Requirement("OIDC-REG-2-18", "OIDC-REG-2-20", "RFC9701-6-02", "RFC7518-4.3-01", "RFC8725-3.2-03", "OIDC-CORE-10.2-03")]
    [InlineData("\"id_token_encrypted_response_enc\":\"A128GCM\"", "id_token_encrypted_response_enc")]
    [InlineData("\"userinfo_encrypted_response_enc\":\"A128GCM\"", "userinfo_encrypted_response_enc")]
    [InlineData("\"introspection_encrypted_response_enc\":\"A128GCM\"", "introspection_encrypted_response_enc")]
    [InlineData("\"id_token_encrypted_response_alg\":\"RSA-OAEP\"", "id_token_encrypted_response_alg")]
    [InlineData("\"id_token_encrypted_response_alg\":\"RSA1_5\"", "id_token_encrypted_response_alg")]
    [InlineData("\"id_token_encrypted_response_alg\":\"dir\"", "id_token_encrypted_response_alg")]
    [InlineData("\"token_endpoint_auth_method\":\"none\",\"application_type\":\"native\",\"id_token_encrypted_response_alg\":\"A128KW\"", "id_token_encrypted_response_alg")]
    [InlineData("\"token_endpoint_auth_method\":\"none\",\"application_type\":\"native\",\"userinfo_encrypted_response_alg\":\"A256GCMKW\"", "userinfo_encrypted_response_alg")]
    [InlineData("\"introspection_signed_response_alg\":\"none\"", "introspection_signed_response_alg")]
    public async Task A_registration_that_cannot_be_kept_is_refused(string member, string named)
    {
        var refused = await server.Apply($$"""{"clients":[{"issuer":"{{server.Issuer}}","client_id":"jwe-wrong",{{member}},"redirect_uris":["https://jwe-wrong.example/cb"]}]}""");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains(named, refused.Output + refused.Errors, StringComparison.Ordinal);
    }

    [Fact]
    [Requirement("RFC7516-9-01")]
    public async Task What_is_encrypted_is_taken_for_nothing_else()
    {
        var tokens = await server.Authorize(EncryptedClients.WithRsa, "openid");
        (await server.Api.Get("/userinfo", tokens.IdToken)).Expect(401, "invalid_token");
        (await server.Api.Post("/token", [("grant_type", "client_credentials"), .. Client.Carrying(tokens.IdToken!)])).Expect(401, "invalid_client");
    }
}
