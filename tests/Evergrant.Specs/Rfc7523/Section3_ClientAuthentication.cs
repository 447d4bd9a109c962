namespace Evergrant.Specs.Rfc7523;

/// <summary>RFC 7521 section 4.2, RFC 7523 sections 2.2 and 3, RFC 7523bis: a client authenticates with a JWT.</summary>
/// <remarks>A client of its own for each test: who shows many wrong assertions waits.</remarks>
public sealed class Section3_ClientAuthentication(Server server)
{
    private Client? asserting;

    private Client Asserting => asserting ?? throw new InvalidOperationException("The client is not declared yet.");

    private async Task New()
    {
        var definition = Clients.Asserting with { Id = "asserting-" + Pkce.Random(8) };
        await server.Declare(definition);
        asserting = server.Client(definition);
    }

    private static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

    private Task<Reply> Present(IEnumerable<(string Name, string Value)> assertion, string path = "/token", params (string Name, string Value)[] more) =>
        server.Api.Post(path, [("grant_type", "client_credentials"), ("scope", "mail:read"), ("token", "x"), .. more, .. assertion]);

    private async Task Refused(IEnumerable<(string Name, string Value)> assertion, string path = "/token") => (await Present(assertion, path)).Expect(401, "invalid_client");

    [Fact]
    [Requirement("RFC7521-4.2-01", "RFC7523-2.2-01", "RFC7523BIS-3-01")]
    public async Task Both_parameters_are_needed_and_the_type_is_that_of_JWTs()
    {
        await New();
        var assertion = Asserting.Assertion()[1].Value;
        foreach (var form in new (string, string)[][]
        {
            [("client_assertion", assertion)],
            [("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"), ("client_id", Asserting.Id)],
            [("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"), ("client_assertion", assertion)],
            [("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"), ("client_assertion", "PHNhbWw+"), ("client_id", Asserting.Id)],
            [("client_assertion_type", "jwt-bearer"), ("client_assertion", assertion)],
        })
        {
            var reply = await Present(form);
            Assert.True(reply is { Status: 401, Error: "invalid_client" } or { Status: 400, Error: "invalid_request" }, reply.ToString());
        }

        (await Present(Client.Carrying(assertion))).Expect(200);
    }

    [Fact]
    [Requirement("RFC7521-4.2-02", "ATTACK-169")]
    public async Task A_client_id_beside_an_assertion_is_that_of_the_same_client()
    {
        await New();
        (await Present(Asserting.Assertion(), "/token", ("client_id", Asserting.Id))).Expect(200);
        (await Present(Asserting.Assertion(), "/token", ("client_id", Clients.Machine.Id))).Expect(401, "invalid_client");
        await Refused(Asserting.Assertion("ES256", ("iss", Clients.Machine.Id), ("sub", Clients.Machine.Id)));
    }

    [Fact]
    [Requirement("RFC7521-4.2.1-01", "ATTACK-039")]
    public async Task An_assertion_beside_another_credential_is_refused()
    {
        await New();
        var form = new (string, string)[] { ("grant_type", "client_credentials"), ("scope", "mail:read") };
        var header = await server.Api.Post("/token", [.. form, .. Asserting.Assertion()], Api.Basic(Asserting.Id, "x"));
        header.Expect(401, "invalid_client");
        (await server.Api.Post("/token", [.. form, .. Asserting.Assertion(), ("client_secret", "x")])).Expect(401, "invalid_client");
    }

    [Fact]
    [Requirement("RFC7523-3-01", "RFC7521-5.2-01", "RFC7521-5.2-02", "RFC7521-5.1-01", "ATTACK-169")]
    public async Task Issuer_and_subject_are_the_client()
    {
        await New();
        await Refused(Asserting.Assertion("ES256", ("iss", "somebody")));
        await Refused(Asserting.Assertion("ES256", ("sub", "somebody")));
        await Refused(Asserting.Assertion("ES256", ("iss", null)));
        await Refused(Asserting.Assertion("ES256", ("sub", null)));
        await Refused(Asserting.Assertion("ES256", ("iss", Asserting.Id.ToUpperInvariant()), ("sub", Asserting.Id.ToUpperInvariant())));
    }

    [Theory]
    [InlineData("/token")]
    [InlineData("/introspect")]
    [InlineData("/revoke")]
    [InlineData("/device_authorization")]
    [Requirement("RFC7523BIS-4-01", "RFC7523BIS-4-02", "RFC7521-5.2-03", "ATTACK-165")]
    public async Task The_issuer_is_the_only_audience_at_every_endpoint(string path)
    {
        await New();
        foreach (object? audience in new object?[]
        {
            server.Issuer + "/token", server.Issuer + path, server.Issuer + "/", new[] { server.Issuer, "https://elsewhere.example" }, new[] { server.Issuer, server.Issuer + "/token" },
            "https://elsewhere.example", server.Issuer.ToUpperInvariant(), null,
        }) await Refused(Asserting.Assertion("ES256", ("aud", audience)), path);
        Assert.NotEqual("invalid_client", (await Present(Asserting.Assertion(), path)).Error);
        Assert.NotEqual("invalid_client", (await Present(Asserting.Assertion("ES256", ("aud", new[] { server.Issuer })), path)).Error);
    }

    [Fact]
    [Requirement("RFC7523BIS-4-01")]
    public async Task A_client_of_the_old_rules_may_name_the_token_endpoint()
    {
        var definition = Clients.Asserting with { Id = "asserting-legacy", Further = new Dictionary<string, System.Text.Json.Nodes.JsonNode> { ["legacy_assertion_audience"] = true } };
        await server.Declare(definition);
        var legacy = server.Client(definition);
        (await Present(legacy.Assertion("ES256", ("aud", server.Issuer + "/token")))).Expect(200);
        (await Present(legacy.Assertion("ES256", ("aud", new[] { server.Issuer, server.Issuer + "/token" })))).Expect(200);
        await Refused(legacy.Assertion("ES256", ("aud", "https://elsewhere.example")));
    }

    [Fact]
    [Requirement("RFC7523BIS-4-04", "RFC7523BIS-4-05", "ATTACK-164")]
    public async Task The_type_of_the_JWT_is_right_or_not_said()
    {
        await New();
        foreach (var (type, status) in new (string?, int)[]
        {
            ("client-authentication+jwt", 200), ("application/client-authentication+jwt", 200), ("JWT", 200), (null, 200), ("at+jwt", 401), ("dpop+jwt", 401), ("logout+jwt", 401), ("authorization-grant+jwt", 401),
        })
        {
            var claims = new { iss = Asserting.Id, sub = Asserting.Id, aud = server.Issuer, jti = Pkce.Random(16), exp = Now + 60 };
            (await Present(Client.Carrying(Jwt.Sign(claims, "ES256", ClientKeys.Ec, "ec", type)))).Expect(status);
        }
    }

    [Fact]
    [Requirement("RFC7521-5.2-04", "RFC7523-3-02", "RFC7523-3-03", "ATTACK-167", "ATTACK-397")]
    public async Task Its_times_are_numbers_within_reason()
    {
        await New();
        foreach (var (claim, value) in new (string, object?)[]
        {
            ("exp", "4000000000"), ("exp", 4_000_000_000), ("exp", -1), ("exp", 1e300), ("exp", null), ("exp", true), ("nbf", 4_000_000_000), ("iat", 4_000_000_000), ("iat", "1"),
        }) await Refused(Asserting.Assertion("ES256", (claim, value)));
    }

    [Fact]
    [Requirement("ATTACK-393", "ATTACK-397")]
    public async Task Clocks_may_differ_a_little_and_times_may_have_a_fraction()
    {
        await New();
        (await Present(Asserting.Assertion("ES256", ("exp", Now - 2)))).Expect(200);
        (await Present(Asserting.Assertion("ES256", ("iat", Now + 2), ("nbf", Now + 2.5), ("exp", Now + 60.5)))).Expect(200);
        foreach (int off in new[] { 61, 300 })
        {
            await Refused(Asserting.Assertion("ES256", ("exp", Now - off)));
            await Refused(Asserting.Assertion("ES256", ("nbf", Now + off), ("exp", Now + off + 60)));
        }
    }

    [Fact]
    [Requirement("RFC7521-5.2-05", "RFC7523-3-05", "ATTACK-154")]
    public async Task It_is_signed_with_a_registered_key()
    {
        await New();
        var claims = new { iss = Asserting.Id, sub = Asserting.Id, aud = server.Issuer, jti = Pkce.Random(16), exp = Now + 60 };
        using var foreign = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        await Refused(Client.Carrying(Jwt.Sign(claims, "ES256", foreign, "ec")));
        await Refused(Client.Carrying(Jwt.Sign(claims, "HS256", ClientKeys.Rsa.ExportSubjectPublicKeyInfo(), "rsa")));
        foreach (string none in new[] { "none", "None", "nOnE", "" }) await Refused(Client.Carrying(Unsigned(none, claims)));
        (await Present(Client.Carrying(Jwt.Sign(claims, "RS256", ClientKeys.Rsa, "rsa")))).Expect(200);
    }

    [Fact]
    [Requirement("RFC7521-8.2-01", "ATTACK-166")]
    public async Task It_counts_once_at_all_endpoints_together()
    {
        await New();
        var assertion = Asserting.Assertion();
        (await Present(assertion)).Expect(200);
        foreach (string path in new[] { "/token", "/introspect", "/revoke", "/device_authorization" }) await Refused(assertion, path);
    }

    private static string Unsigned(string algorithm, object claims)
    {
        static string Part(object value) => System.Buffers.Text.Base64Url.EncodeToString(System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(value));
        return $"{Part(new { alg = algorithm, typ = "JWT" })}.{Part(claims)}.";
    }
}
