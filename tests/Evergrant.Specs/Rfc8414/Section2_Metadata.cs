using System.Text.Json;

namespace Evergrant.Specs.Rfc8414;

/// <summary>RFC 8414 section 2: each member of the metadata agrees with what the server does.</summary>
public sealed class Section2_Metadata(Server server)
{
    private static readonly string[] AllMethods = ["client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "tls_client_auth", "self_signed_tls_client_auth", "none"];

    [Fact]
    [Requirement("RFC8414-2-02", "RFC8414-2-12")]
    public async Task Each_endpoint_that_exists_is_named_and_no_other()
    {
        var metadata = await server.Api.Metadata();

        Assert.Equal(server.Api.Url("/authorize"), metadata.Text("authorization_endpoint"));
        Assert.Equal(server.Api.Url("/token"), metadata.Text("token_endpoint"));
        Assert.Equal(server.Api.Url("/revoke"), metadata.Text("revocation_endpoint"));
        Assert.Equal(server.Api.Url("/introspect"), metadata.Text("introspection_endpoint"));
        Assert.Equal(server.Api.Url("/jwks"), metadata.Text("jwks_uri"));
        Assert.Equal(server.Api.Url("/register"), metadata.Text("registration_endpoint"));
        // Of the grant management endpoint only what is below it answers.
        Assert.Equal(401, (await server.Api.Get(metadata.Text("grant_management_endpoint") + "/any")).Status);
        foreach (var member in metadata.Json.EnumerateObject().Where(member => member.Name.EndsWith("_endpoint", StringComparison.Ordinal) && member.Name != "grant_management_endpoint"))
            Assert.NotEqual(404, (await server.Api.Post(member.Value.GetString()!, [])).Status);
    }

    [Fact]
    [Requirement("RFC8414-2-03", "ATTACK-423")]
    public async Task Response_types_are_listed_as_they_are_served()
    {
        var listed = List(await server.Api.Metadata(), "response_types_supported");
        var browser = await server.SignedIn();

        foreach (var type in new[] { "code", "token", "id_token", "code token", "code id_token", "id_token token", "code id_token token", "none" })
        {
            var page = await browser.Authorize(new AuthorizationRequest(server.Client(Clients.Web)).With(("response_type", type), ("nonce", "n")));
            Assert.True(listed.Contains(type) == (page.Error is null), $"{type}: listed {listed.Contains(type)}, {page}");
        }
    }

    [Fact]
    [Requirement("RFC8414-2-04", "ATTACK-423")]
    public async Task Grant_types_are_listed_as_they_are_served()
    {
        var listed = List(await server.Api.Metadata(), "grant_types_supported");
        string[] all =
        [
            "authorization_code", "refresh_token", "client_credentials", "password", "implicit", "urn:ietf:params:oauth:grant-type:device_code",
            "urn:ietf:params:oauth:grant-type:jwt-bearer", "urn:ietf:params:oauth:grant-type:token-exchange", "urn:openid:params:grant-type:ciba",
        ];

        foreach (var type in all)
        {
            var reply = await server.Client(Clients.Web).Token(("grant_type", type));
            Assert.True(listed.Contains(type) == (reply.Error != "unsupported_grant_type"), $"{type}: listed {listed.Contains(type)}, {reply}");
        }
    }

    [Fact]
    [Requirement("RFC8414-2-05", "ATTACK-423")]
    public async Task Response_modes_are_listed_as_they_are_served()
    {
        var listed = List(await server.Api.Metadata(), "response_modes_supported");
        var browser = await server.SignedIn();

        Assert.Equal(["form_post", "form_post.jwt", "fragment", "fragment.jwt", "jwt", "query", "query.jwt", "web_message"], listed.Order(StringComparer.Ordinal));
        foreach (var mode in new[] { "query", "fragment", "form_post", "okta_post_message", "jwt", "query.jwt", "Query", "web_message" })
        {
            var page = await browser.Authorize(new AuthorizationRequest(server.Client(Clients.Web)).With("response_mode", mode));
            var answered = page.Code is not null || page["response"] is not null || page.Html.Contains("postMessage", StringComparison.Ordinal);
            Assert.True(listed.Contains(mode) == answered, $"{mode}: listed {listed.Contains(mode)}, {page}");
            if (mode is "query") Assert.Contains("?code=", Marked(page), StringComparison.Ordinal);
            if (mode is "fragment") Assert.Contains("#code=", Marked(page), StringComparison.Ordinal);
            if (mode is "form_post") page.Expect(PageKind.FormPost);
        }
    }

    [Fact]
    [Requirement("RFC8414-2-06")]
    public async Task Authentication_methods_are_listed_as_they_are_accepted()
    {
        var metadata = await server.Api.Metadata();

        Assert.Equal(["client_secret_basic", "client_secret_post", "none", "private_key_jwt"], List(metadata, "token_endpoint_auth_methods_supported").Order(StringComparer.Ordinal));
        foreach (var definition in new[] { Clients.Web, Clients.Post, Clients.Asserting, Clients.Native }) await server.Authorize(definition, "openid");
        foreach (var method in AllMethods.Except(List(metadata, "token_endpoint_auth_methods_supported")))
        {
            var applied = await server.Apply(DeclaredState.Json(server.Issuer, new ClientDefinition("by-" + method) { Method = method }));
            Assert.True(applied.ExitCode != 0, $"{method} was accepted");
        }

        Assert.DoesNotContain("none", List(metadata, "introspection_endpoint_auth_methods_supported"));
    }

    [Fact]
    [Requirement("RFC8414-2-06", "RFC8414-2-08", "ATTACK-182")]
    public async Task A_secret_does_not_sign_assertions()
    {
        var machine = server.Client(Clients.Machine);
        var assertion = Jwt.Sign(
            new { iss = machine.Id, sub = machine.Id, aud = server.Issuer, jti = Pkce.Random(16), exp = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + 60 },
            "HS256", System.Text.Encoding.UTF8.GetBytes(machine.Secret));

        var reply = await server.Api.Post("/token", [("grant_type", "client_credentials"), ("scope", "mail:read"), .. Client.Carrying(assertion)]);

        reply.Expect(401, "invalid_client");
    }

    [Fact]
    [Requirement("RFC8414-2-07", "RFC8414-2-08")]
    public async Task Algorithms_for_assertions_are_listed_and_none_is_not_among_them()
    {
        var metadata = await server.Api.Metadata();

        foreach (var endpoint in new[] { "token", "revocation", "introspection" })
        {
            var methods = List(metadata, endpoint + "_endpoint_auth_methods_supported");
            if (methods.Contains("private_key_jwt") || methods.Contains("client_secret_jwt"))
                Assert.NotEmpty(List(metadata, endpoint + "_endpoint_auth_signing_alg_values_supported"));
        }

        foreach (var member in metadata.Json.EnumerateObject().Where(member => member.Name.EndsWith("auth_signing_alg_values_supported", StringComparison.Ordinal)))
            Assert.DoesNotContain("none", List(metadata, member.Name));
    }

    [Fact]
    [Requirement("RFC8414-2-09", "RFC8414-2-07")]
    public async Task Each_listed_algorithm_for_assertions_is_accepted()
    {
        var listed = List(await server.Api.Metadata(), "token_endpoint_auth_signing_alg_values_supported");
        var asserting = server.Client(Clients.Asserting);

        Assert.Contains("RS256", listed);
        foreach (var algorithm in listed.Intersect(["RS256", "PS256", "ES256"]))
        {
            var reply = await server.Api.Post("/token", [("grant_type", "client_credentials"), ("scope", "mail:read"), .. asserting.Assertion(algorithm)]);
            Assert.True(reply.Status == 200, $"{algorithm}: {reply}");
        }
    }

    [Fact]
    [Requirement("RFC8414-2-11")]
    public async Task Scopes_are_listed_unless_they_are_hidden()
    {
        var listed = List(await server.Api.Metadata(), "scopes_supported");
        var tokens = await server.Authorize(Clients.Web, "openid " + DeclaredState.HiddenScope);

        Assert.Superset(new HashSet<string> { "openid", "profile", "email", "offline_access", "mail:read", "mail:send", "files:read", "extra" }, listed.ToHashSet());
        Assert.DoesNotContain(DeclaredState.HiddenScope, listed);
        Assert.Contains(DeclaredState.HiddenScope, tokens.Scopes);
    }

    [Fact]
    [Requirement("RFC8414-3.2-01", "RFC8414-3.2-02", "RFC8414-3.1-01")]
    public async Task The_document_is_JSON_without_empty_lists()
    {
        var metadata = await server.Api.Metadata();

        Assert.Equal("application/json", metadata.MediaType);
        Assert.All(metadata.Json.EnumerateObject(), member => Assert.False(member.Value.ValueKind == JsonValueKind.Array && member.Value.GetArrayLength() == 0, member.Name));
        Assert.All(metadata.Json.EnumerateObject(), member => Assert.NotEqual(JsonValueKind.Null, member.Value.ValueKind));
    }

    private static string Marked(Page page) => page.Location!.Replace(page.Code!, "…", StringComparison.Ordinal);

    private static List<string> List(Reply metadata, string member) =>
        metadata.Json.TryGetProperty(member, out var values) ? [.. values.EnumerateArray().Select(value => value.GetString()!)] : [];
}
