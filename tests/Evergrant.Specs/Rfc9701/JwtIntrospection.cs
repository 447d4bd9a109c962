using Evergrant.Specs.Rfc7516;

namespace Evergrant.Specs.Rfc9701;

/// <summary>RFC 9701: introspection answers in the form of JWTs.</summary>
public sealed class JwtIntrospection(Server server)
{
    private const string MediaType = "application/token-introspection+jwt";

    private async Task<Reply> Ask(ClientDefinition caller, string token, string? accept = MediaType) =>
        await (accept is null ? server.Client(caller) : server.Client(caller).Sending(("Accept", accept))).Call("/introspect", ("token", token));

    private async Task<string> Token() => (await server.Authorize(Clients.Web, "openid mail:read")).AccessToken;

    [Fact]
    [Requirement("RFC9701-3-01", "RFC9701-4-01", "RFC9701-5-01", "RFC9701-5-02", "RFC9701-5-05", "RFC9701-6-01", "FAPI2-MS-5.5.1-01")]
    public async Task Whoever_accepts_a_JWT_gets_one_that_is_signed_for_them()
    {
        var token = await Token();
        var reply = (await Ask(Clients.MailApi, token, "application/json;q=0.5, " + MediaType)).Expect(200);
        Assert.Equal(MediaType, reply.MediaType);
        var jwt = Jwt.Parse(reply.Body);
        Assert.Equal(("RS256", "token-introspection+jwt"), (jwt.Algorithm, jwt.Header.GetProperty("typ").GetString()));
        Assert.True(jwt.VerifiesWith((await server.Api.Jwks()).Json));
        Assert.Equal((server.Issuer, Clients.MailApi.Id), (jwt.Claim("iss"), jwt.Claim("aud")));
        Assert.InRange(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - jwt.Number("iat"), -5, 60);
        Assert.False(jwt.Has("sub") || jwt.Has("exp"));
        var told = jwt.Payload.GetProperty("token_introspection");
        Assert.True(told.GetProperty("active").GetBoolean());
        Assert.Equal(Clients.Web.Id, told.GetProperty("client_id").GetString());

        var plain = (await Ask(Clients.MailApi, token, null)).Expect(200);
        Assert.Equal("application/json", plain.MediaType);
        Assert.Equal(told.EnumerateObject().Select(m => m.Name), plain.Json.EnumerateObject().Select(m => m.Name));
    }

    [Fact]
    [Requirement("RFC9701-5-03", "RFC9701-5-04")]
    public async Task A_caller_is_told_what_is_its_business()
    {
        var token = await Token();
        Assert.Equal("mail:read", Told((await Ask(Clients.MailApi, token)).Expect(200).Body).GetProperty("scope").GetString()!.Split(' ').Single(s => s.Contains(':', StringComparison.Ordinal)));
        foreach (var body in (string[])[(await Ask(Clients.FilesApi, token)).Expect(200).Body, (await Ask(Clients.MailApi, "unheard-of")).Expect(200).Body])
            Assert.Equal("""{"active":false}""", Told(body).GetRawText());
        (await server.Client(Clients.Web).Revoke(token)).Expect(200);
        Assert.Equal("""{"active":false}""", Told((await Ask(Clients.MailApi, token)).Expect(200).Body).GetRawText());
    }

    [Fact]
    [Requirement("RFC9701-3-03", "RFC9701-5-06", "RFC9701-6-01", "RFC8725-3.11-02")]
    public async Task A_caller_that_is_registered_so_gets_it_encrypted()
    {
        foreach (var definition in EncryptedClients.All)
        {
            var token = (await server.Authorize(definition, "openid")).AccessToken;
            var reply = (await Ask(definition, token)).Expect(200);
            Assert.Equal(MediaType, reply.MediaType);
            var (header, content) = EncryptedClients.Open(reply.Body);
            Assert.Equal("JWT", header.GetProperty("cty").GetString());
            Assert.Equal(definition == EncryptedClients.WithRsa ? "A128CBC-HS256" : "A256GCM", header.GetProperty("enc").GetString());
            Assert.Equal(definition == EncryptedClients.WithRsa ? "RS256" : "ES256", Jwt.Parse(content).Algorithm);
            Assert.Equal("token-introspection+jwt", Jwt.Parse(content).Header.GetProperty("typ").GetString());
            Assert.True(Told(content).GetProperty("active").GetBoolean());
        }
    }

    [Fact]
    [Requirement("RFC9701-5-07", "RFC9701-3-01")]
    public async Task Whoever_is_not_let_in_is_told_by_400_where_a_JWT_was_asked_for()
    {
        foreach (var (headers, status) in (List<((string, string)[], int)>)[([("Accept", MediaType)], 400), ([], 401)])
        {
            (await server.Api.Post("/introspect", [("token", "x")], headers: headers)).Expect(status, "invalid_client");
            (await server.Api.Post("/introspect", [("token", "x")], Api.Basic(Clients.MailApi.Id, "wrong"), headers)).Expect(status, "invalid_client");
            (await server.Api.Post("/introspect", [("token", "x"), ("client_id", Clients.Native.Id)], headers: headers)).Expect(status, "invalid_client");
        }
    }

    [Fact]
    [Requirement("RFC9701-3-02")]
    public async Task The_credentials_of_a_resource_server_are_good_for_what_it_is_registered_for()
    {
        (await server.Client(Clients.MailApi).Token(("grant_type", "refresh_token"), ("refresh_token", "x"))).Expect(400, "unauthorized_client");
        (await server.Client(Clients.MailApi).Token(("grant_type", "authorization_code"), ("code", "x"))).Expect(400, "unauthorized_client");
    }

    [Fact]
    [Requirement("RFC9701-8.1-01")]
    public async Task An_answer_is_no_access_token()
    {
        var answer = (await Ask(Clients.MailApi, await Token())).Expect(200).Body;
        (await server.Api.Get("/userinfo", answer)).Expect(401, "invalid_token");
        Assert.Equal("""{"active":false}""", Told((await Ask(Clients.MailApi, answer)).Expect(200).Body).GetRawText());
    }

    [Fact]
    [Requirement("RFC9701-7-01")]
    public async Task The_algorithms_are_announced()
    {
        var metadata = (await server.Api.Metadata()).Json;
        Assert.Contains("RS256", metadata.GetProperty("introspection_signing_alg_values_supported").EnumerateArray().Select(a => a.GetString()));
        Assert.NotEmpty(metadata.GetProperty("introspection_encryption_alg_values_supported").EnumerateArray());
        Assert.Contains("A128CBC-HS256", metadata.GetProperty("introspection_encryption_enc_values_supported").EnumerateArray().Select(a => a.GetString()));
    }

    private static System.Text.Json.JsonElement Told(string jwt) => Jwt.Parse(jwt).Payload.GetProperty("token_introspection");
}
