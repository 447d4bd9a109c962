using System.Text.Json;

namespace Evergrant.Specs.OidcCore;

/// <summary>OpenID Connect Core section 5.3: the UserInfo endpoint.</summary>
public sealed class Section5_3_UserInfo(Server server)
{
    [Fact]
    [Requirement("OIDC-CORE-5.3-01", "OIDC-CORE-5.3-02", "OIDC-CORE-5.3.2-01", "OIDC-CORE-5.3.2-03", "OIDC-CORE-15.2-03")]
    public async Task It_answers_GET_and_POST_with_a_bearer_token()
    {
        var tokens = await server.Authorize(Clients.Web, "openid profile");
        var endpoint = (await server.Api.Discovery()).Text("userinfo_endpoint")!;

        var get = await server.Api.Get(endpoint, tokens.AccessToken);
        var post = await server.Api.Post(endpoint, [], "Bearer " + tokens.AccessToken);
        var body = await server.Api.Post(endpoint, [("access_token", tokens.AccessToken)]);

        foreach (var reply in new[] { get, post, body })
        {
            Assert.Equal("application/json", reply.Expect(200).MediaType);
            Assert.Equal(tokens.IdJwt.Claim("sub"), reply.Text("sub"));
            Assert.Equal(Users.Alice.Name, reply.Text("name"));
        }
    }

    [Theory]
    [InlineData("web")]
    [InlineData("pairwise")]
    [InlineData("sector-two")]
    [InlineData("oidc-es256")]
    [Requirement("OIDC-CORE-5.3.2-03")]
    public async Task The_subject_is_always_there_and_that_of_the_ID_Token(string clientId)
    {
        var tokens = await server.Authorize(Clients.All.Single(client => client.Id == clientId), "openid");

        var reply = (await server.Api.Get("/userinfo", tokens.AccessToken)).Expect(200);

        var subject = reply.MediaType == "application/jwt" ? Jwt.Parse(reply.Body).Claim("sub") : reply.Text("sub");
        Assert.Equal(tokens.IdJwt.Claim("sub"), subject);
    }

    [Fact]
    [Requirement("OIDC-CORE-5.3.2-04", "OIDC-REG-2-19")]
    public async Task Names_beyond_ASCII_come_as_UTF8()
    {
        var tokens = await server.Authorize(Clients.Web, "openid profile", await server.SignedIn(Users.Zoe));

        var reply = (await server.Api.Get("/userinfo", tokens.AccessToken)).Expect(200);

        Assert.Equal("application/json", reply.MediaType);
        Assert.Equal(Users.Zoe.Name, reply.Text("name"));
        Assert.DoesNotContain("charset=iso", reply.Header("Content-Type"), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("oidc-rs256", "RS256")]
    [InlineData("oidc-es256", "ES256")]
    [InlineData("oidc-ps256", "PS256")]
    [Requirement("OIDC-CORE-5.3.2-05", "OIDC-CORE-5.3.2-07", "OIDC-DISC-3-24", "OIDC-REG-2-19")]
    public async Task A_client_that_is_registered_for_it_gets_a_signed_answer(string clientId, string algorithm)
    {
        var tokens = await server.Authorize(Clients.All.Single(client => client.Id == clientId), "openid profile");

        var reply = (await server.Api.Get("/userinfo", tokens.AccessToken)).Expect(200);
        var jwt = Jwt.Parse(reply.Body);

        Assert.Equal("application/jwt", reply.MediaType);
        Assert.Equal(algorithm, jwt.Algorithm);
        Assert.True(jwt.VerifiesWith((await server.Api.Jwks()).Json));
        Assert.Equal(server.Issuer, jwt.Claim("iss"));
        Assert.Equal([clientId], jwt.Audience);
        Assert.Equal(Users.Alice.Name, jwt.Claim("name"));
    }

    [Theory]
    [InlineData("userinfo_encrypted_response_alg", "RSA1_5")]
    [InlineData("id_token_encrypted_response_alg", "dir")]
    [InlineData("userinfo_signed_response_alg", "none")]
    [InlineData("userinfo_signed_response_alg", "HS256")]
    [InlineData("request_object_signing_alg", "HS256")]
    [Requirement("OIDC-CORE-2-14")]
    public async Task What_is_not_offered_cannot_be_registered(string member, string value)
    {
        var definition = new ClientDefinition("not-offered") { Further = new Dictionary<string, System.Text.Json.Nodes.JsonNode> { [member] = value } };

        var applied = await server.Apply(DeclaredState.Json(server.Issuer, definition));

        Assert.NotEqual(0, applied.ExitCode);
        Assert.Contains(member, applied.Output + applied.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain((await server.Api.Discovery()).Json.EnumerateObject(), one => one.Name.Contains("_alg_values_", StringComparison.Ordinal) && one.Value.EnumerateArray().Any(v => v.GetString() == value));
    }

    [Fact]
    [Requirement("OIDC-CORE-5.3.3-01")]
    public async Task Its_errors_are_challenges()
    {
        var withoutOpenId = await server.Authorize(Clients.Web, "profile");
        var withOpenId = await server.Authorize(Clients.Web, "openid offline_access");
        var machine = Tokens.Of(await server.Client(Clients.Machine).ClientCredentials(("scope", "mail:read")));

        foreach (var bad in new[] { "x", Altering.At(withOpenId.AccessToken, withOpenId.AccessToken.Length - 10), withOpenId.Refresh, withOpenId.IdToken! })
            Challenged((await server.Api.Get("/userinfo", bad)).Expect(401), "invalid_token");
        Challenged((await server.Api.Get("/userinfo", withoutOpenId.AccessToken)).Expect(403), "insufficient_scope");
        var own = await server.Api.Get("/userinfo", machine.AccessToken);
        Assert.True(own.Status is 401 or 403, own.ToString());
        Assert.StartsWith("Bearer", (await server.Api.Get("/userinfo")).Expect(401).Header("WWW-Authenticate"), StringComparison.Ordinal);
    }

    [Fact]
    [Requirement("OIDC-CORE-5.3-03", "OIDC-DISC-3-31")]
    public async Task Scripts_of_registered_origins_may_read_it()
    {
        var preflight = new HttpRequestMessage(HttpMethod.Options, server.Api.Url("/userinfo"));
        preflight.Headers.TryAddWithoutValidation("Origin", "https://spa.example");
        preflight.Headers.TryAddWithoutValidation("Access-Control-Request-Method", "GET");
        preflight.Headers.TryAddWithoutValidation("Access-Control-Request-Headers", "authorization");

        var reply = await server.Api.Send(preflight);

        Assert.InRange(reply.Status, 200, 204);
        Assert.Equal("https://spa.example", reply.Header("Access-Control-Allow-Origin"));
        Assert.Contains("authorization", reply.Header("Access-Control-Allow-Headers"), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    [Requirement("OIDC-CORE-13.3-01", "OIDC-CORE-5.3.2-02")]
    public async Task Nothing_is_null()
    {
        var tokens = await server.Authorize(OidcClients.Person, "openid profile email address phone", await server.SignedIn(Users.Dave));

        var reply = (await server.Api.Get("/userinfo", tokens.AccessToken)).Expect(200);

        Assert.All(reply.Json.EnumerateObject(), member => Assert.False(member.Value.ValueKind == JsonValueKind.Null || member.Value.GetRawText() == "\"\"", member.Name));
    }

    private static void Challenged(Reply reply, string error)
    {
        var challenge = reply.Header("WWW-Authenticate") ?? "";
        Assert.StartsWith("Bearer ", challenge, StringComparison.Ordinal);
        Assert.Contains($"error=\"{error}\"", challenge, StringComparison.Ordinal);
    }
}
