using System.Security.Cryptography;
using System.Text.Json;

namespace Evergrant.Specs.OidcDiscovery;

/// <summary>OpenID Connect Discovery section 3: each member of the document agrees with what the server does.</summary>
public sealed class Section3_Metadata(Server server)
{
    private static readonly string[] Private = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

    [Fact]
    [Requirement("OIDC-DISC-3-06", "OIDC-DISC-3-07", "OIDC-DISC-3-08", "OIDC-DISC-3-09", "OIDC-CORE-15.2-04")]
    public async Task The_keys_are_bare_public_and_say_what_they_are_for()
    {
        var keys = (await server.Api.Jwks()).Json.GetProperty("keys").EnumerateArray().ToList();

        Assert.NotEmpty(keys);
        Assert.Equal(keys.Count, keys.Select(key => key.GetProperty("kid").GetString()).Distinct().Count());
        foreach (var key in keys)
        {
            Assert.Contains(key.GetProperty("use").GetString(), new[] { "sig", "enc" });
            Assert.Empty(key.EnumerateObject().Select(member => member.Name).Intersect(Private));
            var bare = key.GetProperty("kty").GetString() == "RSA" ? new[] { "n", "e" } : ["crv", "x", "y"];
            Assert.All(bare, member => Assert.False(string.IsNullOrEmpty(key.GetProperty(member).GetString())));
            if (key.TryGetProperty("x5c", out var chain)) Assert.True(Matches(key, chain[0].GetString()!));
        }
    }

    [Fact]
    [Requirement("OIDC-DISC-3-05", "OIDC-CORE-10.1-02")]
    public async Task Everything_that_is_signed_verifies_with_a_key_of_the_set()
    {
        var jwks = (await server.Api.Get((await server.Api.Discovery()).Text("jwks_uri")!)).Expect(200);

        foreach (var definition in new[] { Clients.Web, OidcCore.OidcClients.Es256, OidcCore.OidcClients.Ps256 })
        {
            var tokens = await server.Authorize(definition, "openid mail:read");
            Assert.True(tokens.IdJwt.VerifiesWith(jwks.Json), definition.Id);
            Assert.True(tokens.AccessJwt.VerifiesWith(jwks.Json), definition.Id);
        }
    }

    [Fact]
    [Requirement("OIDC-DISC-3-11", "OIDC-DISC-3-12", "OIDC-DISC-3-14", "OIDC-DISC-3-15", "OIDC-DISC-3-16", "OIDC-DISC-3-17", "OIDC-DISC-3-18")]
    public async Task The_lists_hold_what_every_provider_offers_and_nothing_weak()
    {
        var metadata = await server.Api.Discovery();

        Assert.Superset(new HashSet<string> { "openid", "profile", "email", "address", "phone", "offline_access" }, List(metadata, "scopes_supported").ToHashSet());
        Assert.Superset(new HashSet<string> { "authorization_code", "refresh_token" }, List(metadata, "grant_types_supported").ToHashSet());
        Assert.Equal(["form_post", "form_post.jwt", "fragment", "fragment.jwt", "jwt", "query", "query.jwt", "web_message"], List(metadata, "response_modes_supported").Order(StringComparer.Ordinal));
        Assert.Equal(["pairwise", "public"], List(metadata, "subject_types_supported").Order(StringComparer.Ordinal));
        Assert.Equal(["normal"], List(metadata, "claim_types_supported"));
        Assert.Contains("RS256", List(metadata, "id_token_signing_alg_values_supported"));
        Assert.DoesNotContain("implicit", List(metadata, "grant_types_supported"));
        foreach (var member in metadata.Json.EnumerateObject().Where(member => member.Name.Contains("_alg_values_", StringComparison.Ordinal)))
            Assert.DoesNotContain("none", List(metadata, member.Name));
        foreach (var mode in List(metadata, "response_modes_supported"))
        {
            var page = await (await server.SignedIn()).Authorize(new AuthorizationRequest(server.Client(Clients.Web)).With("response_mode", mode));
            Assert.True((page.Code ?? page["response"]) is not null || page.Html.Contains("\"code\":", StringComparison.Ordinal), $"{mode}: {page}");
        }
    }

    [Fact]
    [Requirement("OIDC-DISC-3-17", "OIDC-DISC-3-24", "ATTACK-423")]
    public async Task Each_listed_algorithm_can_be_registered_and_is_used()
    {
        foreach (var algorithm in List(await server.Api.Discovery(), "id_token_signing_alg_values_supported"))
        {
            var definition = new ClientDefinition("listed-" + algorithm.ToLowerInvariant()) { IdTokenAlgorithm = algorithm };
            await server.Declare(definition);
            Assert.Equal(algorithm, (await server.Authorize(definition, "openid")).IdJwt.Algorithm);
        }
    }

    [Fact]
    [Requirement("OIDC-DISC-3-20", "ATTACK-423")]
    public async Task Each_listed_way_to_authenticate_works_and_no_other()
    {
        var listed = List(await server.Api.Discovery(), "token_endpoint_auth_methods_supported");

        Assert.Equal(["client_secret_basic", "client_secret_post", "none", "private_key_jwt"], listed.Order(StringComparer.Ordinal));
        foreach (var definition in new[] { Clients.Web, Clients.Post, Clients.Asserting, Clients.Native }) Assert.NotNull((await server.Authorize(definition, "openid")).IdToken);
        foreach (var method in new[] { "client_secret_jwt", "tls_client_auth" })
        {
            var applied = await server.Apply(DeclaredState.Json(server.Issuer, new ClientDefinition("unlisted-" + method) { Method = method }));
            Assert.NotEqual(0, applied.ExitCode);
        }
    }

    [Fact]
    [Requirement("OIDC-DISC-3-26", "OIDC-DISC-3-27", "OIDC-DISC-3-28", "OIDC-DISC-3-29")]
    public async Task The_flags_say_what_is_honoured()
    {
        var metadata = (await server.Api.Discovery()).Json;
        var browser = await server.SignedIn();
        var web = server.Client(Clients.Web);

        Assert.True(metadata.GetProperty("claims_parameter_supported").GetBoolean());
        Assert.True(metadata.GetProperty("request_parameter_supported").GetBoolean());
        Assert.False(metadata.GetProperty("request_uri_parameter_supported").GetBoolean());
        Assert.False(metadata.TryGetProperty("require_request_uri_registration", out var require) && require.GetBoolean());
        (await browser.Authorize(new AuthorizationRequest(web).With("request", "a.b.c"))).ExpectError("invalid_request_object");
        (await browser.Authorize(new AuthorizationRequest(web).With("request_uri", "https://web.example/r"))).ExpectError("request_uri_not_supported");
        var asked = await server.Authorize(Clients.Web, "openid", null, ("claims", """{"userinfo":{"email":null}}"""));
        Assert.Equal("alice@example.com", (await server.Api.Get("/userinfo", asked.AccessToken)).Text("email"));
    }

    [Fact]
    [Requirement("OIDC-DISC-3-31", "OIDC-DISC-3-32", "OIDC-DISC-4-02")]
    public async Task Scripts_may_read_what_is_public_and_never_the_authorization_endpoint()
    {
        foreach (var path in new[] { "/.well-known/openid-configuration", "/jwks" })
            Assert.Equal("*", (await From("https://anybody.example", HttpMethod.Get, path)).Header("Access-Control-Allow-Origin"));
        foreach (var origin in new[] { "https://anybody.example", "https://spa.example", "null" })
        {
            Assert.Null((await From(origin, HttpMethod.Get, "/authorize")).Header("Access-Control-Allow-Origin"));
            Assert.Null((await From(origin, HttpMethod.Options, "/authorize")).Header("Access-Control-Allow-Origin"));
        }

        foreach (var path in new[] { "/token", "/userinfo" })
            Assert.Equal("https://spa.example", (await From("https://spa.example", HttpMethod.Options, path)).Header("Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("/.well-known/webfinger?resource=acct%3Aalice%40example.com&rel=http%3A%2F%2Fopenid.net%2Fspecs%2Fconnect%2F1.0%2Fissuer", "")]
    public async Task What_is_not_offered_is_neither_served_nor_listed(string path, string member)
    {
        (await server.Api.Get(path)).Expect(404);
        (await server.Api.PostJson(path, "{}")).Expect(404);
        if (member.Length > 0) Assert.False((await server.Api.Discovery()).Has(member));
    }

    private async Task<Reply> From(string origin, HttpMethod method, string path)
    {
        var request = new HttpRequestMessage(method, server.Api.Url(path));
        request.Headers.TryAddWithoutValidation("Origin", origin);
        if (method == HttpMethod.Options) request.Headers.TryAddWithoutValidation("Access-Control-Request-Method", "POST");
        return await server.Api.Send(request);
    }

    private static bool Matches(JsonElement key, string certificate)
    {
        using var leaf = System.Security.Cryptography.X509Certificates.X509CertificateLoader.LoadCertificate(Convert.FromBase64String(certificate));
        using var rsa = leaf.PublicKey.GetRSAPublicKey();
        return rsa is not null && key.GetProperty("n").GetString() == System.Buffers.Text.Base64Url.EncodeToString(rsa.ExportParameters(false).Modulus);
    }

    private static List<string> List(Reply metadata, string member) =>
        metadata.Json.TryGetProperty(member, out var values) ? [.. values.EnumerateArray().Select(value => value.GetString()!)] : [];
}
