using System.Text.Json;
using System.Text.Json.Nodes;

namespace Evergrant.Specs.OidcCore;

/// <summary>OpenID Connect Core section 9: how clients authenticate.</summary>
public sealed class Section9_ClientAuthentication(Server server)
{
    [Fact]
    [Requirement("OIDC-CORE-9-01", "OIDC-DISC-3-20")]
    public async Task A_client_registered_without_a_method_uses_Basic()
    {
        var definition = Clients.Machine with { Id = "without-method" };
        var json = definition.ToJson(server.Issuer);
        json.Remove("token_endpoint_auth_method");

        var applied = await server.Apply(new JsonObject { ["clients"] = new JsonArray(json) }.ToJsonString());
        Assert.True(applied.ExitCode == 0, applied.Errors);
        using var output = JsonDocument.Parse(applied.Output);
        var secret = output.RootElement.GetProperty("changes")[0].GetProperty("client_secret").GetString()!;

        Tokens.Of(await new Client(server.Api, definition, secret).ClientCredentials(("scope", "mail:read")));
        (await server.Api.Post("/token", [("grant_type", "client_credentials"), ("scope", "mail:read"), ("client_id", definition.Id)])).Expect(401, "invalid_client");
    }

    [Fact]
    [Requirement("OIDC-CORE-9-02", "OIDC-DISC-3-20")]
    public async Task A_client_registered_for_the_body_sends_its_secret_there()
    {
        var post = server.Client(Clients.Post);

        Assert.NotNull((await server.Authorize(Clients.Post, "openid")).IdToken);
        (await server.Api.Post("/token", [("grant_type", "refresh_token"), ("refresh_token", "x"), ("client_id", post.Id), ("client_secret", post.Secret)])).Expect(400, "invalid_grant");
        (await server.Api.Post("/token", [("grant_type", "refresh_token"), ("refresh_token", "x"), ("client_id", post.Id), ("client_secret", "wrong")])).Expect(401, "invalid_client");
    }

    [Theory]
    [InlineData("ES256")]
    [InlineData("RS256")]
    [InlineData("PS256")]
    [Requirement("OIDC-CORE-9-04", "OIDC-DISC-3-20", "OIDC-DISC-3-21", "OIDC-DISC-3-22")]
    public async Task An_assertion_signed_with_the_registered_key_is_good(string algorithm)
    {
        (await Present(server.Client(Clients.Asserting).Assertion(algorithm))).Expect(200);
        var listed = (await server.Api.Discovery()).Json.GetProperty("token_endpoint_auth_signing_alg_values_supported").EnumerateArray().Select(one => one.GetString()).ToList();
        Assert.Contains(algorithm, listed);
        Assert.DoesNotContain("none", listed);
    }

    [Fact]
    [Requirement("OIDC-CORE-9-04", "OIDC-DISC-3-22")]
    public async Task An_assertion_signed_otherwise_is_refused()
    {
        var asserting = server.Client(Clients.Asserting);
        using var foreign = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        var claims = new { iss = asserting.Id, sub = asserting.Id, aud = server.Issuer, jti = Pkce.Random(16), exp = Now() + 60 };

        foreach (var assertion in new[] { Jwt.Sign(claims, "ES256", foreign, "ec"), Jwt.Sign(claims, "none", null), Jwt.Sign(claims, "HS256", new byte[32], "ec") })
            (await Present(Client.Carrying(assertion))).Expect(401, "invalid_client");
    }

    [Theory]
    [InlineData("iss", "somebody")]
    [InlineData("iss", null)]
    [InlineData("sub", "somebody")]
    [InlineData("sub", null)]
    [InlineData("aud", "https://elsewhere.example")]
    [InlineData("aud", null)]
    [InlineData("jti", null)]
    [InlineData("exp", null)]
    [Requirement("OIDC-CORE-9-05", "OIDC-CORE-9-06", "OIDC-CORE-9-07", "OIDC-CORE-9-08")]
    public async Task An_assertion_with_a_wrong_or_missing_claim_is_refused(string claim, string? value)
    {
        (await Present(server.Client(Clients.Asserting).Assertion("ES256", (claim, value)))).Expect(401, "invalid_client");
    }

    [Fact]
    [Requirement("OIDC-CORE-9-08")]
    public async Task An_expired_assertion_is_refused()
    {
        (await Present(server.Client(Clients.Asserting).Assertion("ES256", ("exp", Now() - 600), ("iat", Now() - 660)))).Expect(401, "invalid_client");
    }

    [Fact]
    [Requirement("OIDC-CORE-9-07")]
    public async Task An_assertion_counts_once()
    {
        var assertion = server.Client(Clients.Asserting).Assertion();

        (await Present(assertion)).Expect(200);
        (await Present(assertion)).Expect(401, "invalid_client");
    }

    [Fact]
    [Requirement("OIDC-CORE-9-09")]
    public async Task Claims_that_are_not_understood_are_ignored()
    {
        (await Present(server.Client(Clients.Asserting).Assertion("ES256", ("foo", "bar"), ("nbf", Now() - 10)))).Expect(200);
    }

    [Theory]
    [InlineData("urn:ietf:params:oauth:client-assertion-type:saml2-bearer")]
    [InlineData("jwt-bearer")]
    [InlineData(null)]
    [Requirement("OIDC-CORE-9-10")]
    public async Task The_type_of_an_assertion_is_said(string? type)
    {
        var form = server.Client(Clients.Asserting).Assertion().Where(parameter => parameter.Name != "client_assertion_type").ToList();
        if (type is not null) form.Add(("client_assertion_type", type));

        var reply = await Present(form);

        Assert.True((reply.Status == 401 && reply.Error == "invalid_client") || (reply.Status == 400 && reply.Error == "invalid_request"), reply.ToString());
    }

    [Fact]
    [Requirement("OIDC-CORE-9-11")]
    public async Task A_public_client_redeems_without_a_secret()
    {
        Assert.False(server.Client(Clients.Native).HasSecret);
        Assert.NotNull((await server.Authorize(Clients.Native, "openid")).IdToken);
    }

    [Fact]
    [Requirement("OIDC-CORE-16.19-01")]
    public void Secrets_are_long()
    {
        foreach (var definition in new[] { Clients.Web, Clients.Post, Clients.Machine })
        {
            var secret = server.Client(definition).Secret;
            Assert.True(secret.Length >= 43 && secret.Distinct().Count() >= 16, $"{secret.Length} characters");
        }
    }

    private Task<Reply> Present(IEnumerable<(string Name, string Value)> assertion) =>
        server.Api.Post("/token", [("grant_type", "client_credentials"), ("scope", "mail:read"), .. assertion]);

    private static long Now() => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
}
