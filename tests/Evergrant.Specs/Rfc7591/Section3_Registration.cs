using System.Text.Json;
using System.Text.Json.Nodes;

namespace Evergrant.Specs.Rfc7591;

/// <summary>RFC 7591 section 3: the registration endpoint of a server at which anybody may register.</summary>
public sealed class Section3_Registration(Server server)
{
    [Fact]
    [Requirement("RFC7591-3.2.1-01", "RFC7591-3.2.1-02", "RFC7591-3.2.1-03", "RFC7591-3.2.1-04", "OIDC-REG-3.1-01", "OIDC-REG-3.2-04", "OIDC-REG-3.2-05", "OIDC-REG-3.2-06", "OIDC-REG-3.2-07", "CIMD-6.9-01", "RFC7591-3-03", "OIDC-REG-3-02", "FAPI2-SP-6.7-01")]
    public async Task A_client_registers_and_gets_an_id_and_a_secret_of_its_own()
    {
        var first = await server.Api.Registered(Registrations.Web().With("client_id", "chosen-by-me").With("client_secret", "mine"));
        var second = await server.Api.Registered(Registrations.Web());

        Assert.Equal("application/json", first.Reply.MediaType);
        Assert.NotEqual("chosen-by-me", first.Id);
        Assert.NotEqual(first.Id, second.Id);
        Assert.NotEqual(first.Reply.Text("client_secret"), second.Reply.Text("client_secret"));
        Assert.Equal("0", first.Member("client_secret_expires_at"));
        Assert.InRange(first.Reply.Json.GetProperty("client_id_issued_at").GetInt64(), Now() - 300, Now() + 300);
        Assert.Matches("^[A-Za-z0-9_-]+$", first.Id + first.Reply.Text("client_secret"));
        Assert.StartsWith(server.Issuer + "/register?", first.Uri, StringComparison.Ordinal);

        var without = await server.Api.Registered(Registrations.Web().With("token_endpoint_auth_method", "none"));
        Assert.False(without.Reply.Has("client_secret") || without.Reply.Has("client_secret_expires_at"));
        var asserting = await server.Api.Registered(Registrations.Web().With("token_endpoint_auth_method", "private_key_jwt").With("jwks", ClientKeys.Public()));
        Assert.False(asserting.Reply.Has("client_secret"));
    }

    [Fact]
    [Requirement("OIDC-REG-2-14", "OIDC-REG-2-26", "OIDC-REG-3.2-01", "ATTACK-345", "OIDC-CORE-15.2-02")]
    public async Task The_whole_flow_works_as_the_answer_says()
    {
        var registered = await server.Api.Registered(Registrations.Web().With("grant_types", new JsonArray("authorization_code", "refresh_token")).With("scope", "openid offline_access mail:read nobody:knows"));
        Assert.Equal("openid offline_access mail:read", registered.Reply.Text("scope"));
        var client = registered.Client;
        var request = new AuthorizationRequest(client).With("scope", "openid offline_access mail:read").With("resource", DeclaredState.Mail);

        var code = await (await server.SignedIn()).Code(request);
        (await server.Api.Post("/token", [("grant_type", "authorization_code"), ("code", code), ("client_id", client.Id), ("redirect_uri", request["redirect_uri"]!), ("code_verifier", request.Verifier)])).Expect(401, "invalid_client");
        var tokens = Tokens.Of(await client.Redeem(request, code));
        Assert.Contains(DeclaredState.Mail, Jwt.Parse(tokens.AccessToken).Payload.GetProperty("aud").ToString(), StringComparison.Ordinal);
        Tokens.Of(await client.Refresh(tokens.RefreshToken!));
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded", "client_name=x")]
    [InlineData("application/json", "[]")]
    [InlineData("application/json", "{")]
    [InlineData("application/json", """{"redirect_uris":["https://dynamic.example/a"],"redirect_uris":["https://dynamic.example/b"]}""")]
    [InlineData("application/json", """{"client_name":"\ud800","redirect_uris":["https://dynamic.example/a"]}""")]
    [Requirement("RFC7591-3-01", "OIDC-REG-3.3-01", "OIDC-REG-7-01")]
    public async Task A_body_that_is_no_JSON_object_is_refused(string type, string body) =>
        (await server.Api.Send(HttpMethod.Post, server.Api.Url("/register"), null, body, type)).Expect(400, "invalid_client_metadata");

    [Fact]
    [Requirement("ATTACK-351")]
    public async Task A_body_without_measure_is_refused()
    {
        (await server.Api.Register(Registrations.Web(new string('x', 40_000)))).Expect(413);
        (await server.Api.Register(Registrations.Web().With("redirect_uris", new JsonArray([.. Enumerable.Range(0, 500).Select(i => (JsonNode)$"https://d.example/{i}")])))).Expect(400);
    }

    [Fact]
    [Requirement("OIDC-REG-3-04", "OIDC-REG-4-02", "OIDC-DISC-3-31")]
    public async Task Scripts_of_any_origin_may_register_but_send_no_cookies()
    {
        var request = new HttpRequestMessage(HttpMethod.Options, server.Api.Url("/register"));
        request.Headers.Add("Origin", "https://inspector.example");
        request.Headers.Add("Access-Control-Request-Method", "PUT");
        request.Headers.Add("Access-Control-Request-Headers", "authorization, content-type");
        var reply = await server.Api.Send(request);
        Assert.Equal("*", reply.Header("Access-Control-Allow-Origin"));
        Assert.Contains("PUT", reply.Header("Access-Control-Allow-Methods"), StringComparison.Ordinal);
        Assert.Null(reply.Header("Access-Control-Allow-Credentials"));
    }

    [Fact]
    [Requirement("RFC8414-2-12")]
    public async Task The_endpoint_is_announced() => Assert.Equal(server.Issuer + "/register", (await server.Api.Discovery()).Text("registration_endpoint"));

    [Fact]
    [Requirement("OIDC-REG-5-02", "OIDC-CORE-8.1-05", "ATTACK-264", "ATTACK-415")]
    public async Task A_sector_has_to_name_all_redirect_URIs()
    {
        await using var documents = new DocumentServer();
        var pairwise = Registrations.Web().With("subject_type", "pairwise").With("redirect_uris", new JsonArray("https://one.example/cb", "https://two.example/cb"));
        (await server.Api.Register(pairwise)).Expect(400, "invalid_client_metadata");

        var missing = documents.Put("""["https://one.example/cb"]""");
        var nonsense = documents.Put("""{"redirect_uris":[]}""");
        var huge = documents.Put("[" + new string(' ', 100_000) + "]");
        var good = documents.Put("""["https://one.example/cb","https://two.example/cb","https://three.example/cb"]""");
        foreach (var bad in new[] { missing, nonsense, huge, documents.Origin + "/nothing" })
            (await server.Api.Register(pairwise.With("sector_identifier_uri", bad))).Expect(400, "invalid_client_metadata");
        (await server.Api.Register(pairwise.With("sector_identifier_uri", good))).Expect(201);
        Assert.Equal(1, documents.Hits(good));
    }

    [Fact]
    [Requirement("OIDC-REG-2-24")]
    public async Task Assertions_are_signed_as_registered()
    {
        var registered = await server.Api.Registered(Registrations.Web().With("token_endpoint_auth_method", "private_key_jwt").With("jwks", ClientKeys.Public()).With("token_endpoint_auth_signing_alg", "ES256").With("grant_types", new JsonArray("authorization_code", "refresh_token")));
        (string, string)[] form = [("grant_type", "refresh_token"), ("refresh_token", "x")];
        (await server.Api.Post("/token", [.. form, .. registered.Client.Assertion("RS256")])).Expect(401, "invalid_client");
        (await server.Api.Post("/token", [.. form, .. registered.Client.Assertion("ES256")])).Expect(400, "invalid_grant");
    }

    [Fact]
    public async Task An_initial_access_token_serves_once_and_allows_what_it_names()
    {
        var made = await server.Run("registration", "token", "--grant-type", "client_credentials", "--json");
        Assert.True(made.ExitCode == 0, made.Errors);
        using var json = JsonDocument.Parse(made.Output);
        var token = json.RootElement.GetProperty("initial_access_token").GetString()!;
        var machine = new JsonObject { ["client_name"] = "Machine", ["grant_types"] = new JsonArray("client_credentials"), ["response_types"] = new JsonArray(), ["redirect_uris"] = new JsonArray(), ["scope"] = "mail:read" };

        (await server.Api.Register(machine)).Expect(400, "invalid_client_metadata");
        (await server.Api.Register(machine.With("scope", 7), token)).Expect(400, "invalid_client_metadata");
        var registered = await server.Api.Registered(machine, token);
        Tokens.Of(await registered.Client.ClientCredentials(("scope", "mail:read")));
        var again = await server.Api.Register(machine, token);
        again.Expect(401, "invalid_token");
        Assert.Contains("invalid_token", again.Header("WWW-Authenticate"), StringComparison.Ordinal);
    }

    [Fact]
    [Requirement("RFC7591-3.1.1-02")]
    public async Task A_software_statement_is_ignored_where_nobody_is_trusted()
    {
        var registered = await server.Api.Registered(Registrations.Web().With("software_statement", "x.y.z"));
        Assert.Null(registered.Member("software_statement"));
    }

    private static long Now() => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
}
