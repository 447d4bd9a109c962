using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Evergrant.Specs.OidcCore;

/// <summary>OpenID Connect Core section 10.1.1, Registration section 2: keys that a client publishes under its jwks_uri.</summary>
[Collection<ClockCollection>]
public sealed class Section10_ClientKeySets(ClockServer server)
{
    private static readonly string Public = ClientKeys.Public().ToJsonString();

    [Fact]
    [Requirement("OIDC-CORE-9-04")]
    public async Task A_client_authenticates_with_the_keys_under_its_URL_which_are_kept()
    {
        await using var documents = new DocumentServer();
        var url = documents.Put(Public);
        var client = await Declare("published-keys", url);

        for (var i = 0; i < 3; i++) Tokens.Of(await Fresh(client));
        Assert.Equal(1, documents.Hits(url));
        var (_, headers) = Assert.Single(documents.Requests);
        Assert.False(headers.ContainsKey("Cookie") || headers.ContainsKey("Authorization") || headers.ContainsKey("traceparent"));
    }

    [Fact]
    [Requirement("ATTACK-197", "ATTACK-198")]
    public async Task An_unknown_kid_leads_to_one_fetch_in_its_time_and_a_rotated_key_is_found()
    {
        await using var documents = new DocumentServer();
        var url = documents.Put(Public);
        var client = await Declare("rotating-keys", url);
        Tokens.Of(await Fresh(client));
        using var next = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        for (var i = 0; i < 8; i++) (await Present(client, next, "made-up-" + i)).Expect(401, "invalid_client");
        Assert.Equal(1, documents.Hits(url));

        documents.Put(With(next, "next"), new Uri(url).AbsolutePath);
        await server.Advance(TimeSpan.FromSeconds(31));
        Tokens.Of(await Present(client, next, "next"));
        Assert.Equal(2, documents.Hits(url));
    }

    [Fact]
    public async Task Keys_outlive_a_server_that_is_down_for_a_day_at_most()
    {
        await using var documents = new DocumentServer();
        var url = documents.Put(Public);
        var client = await Declare("absent-keys", url);
        Tokens.Of(await Fresh(client));

        documents.Put("{}", new Uri(url).AbsolutePath, status: 503);
        await server.Advance(TimeSpan.FromHours(1));
        Tokens.Of(await Fresh(client));
        await server.Advance(TimeSpan.FromHours(24));
        (await Fresh(client)).Expect(401, "invalid_client");
    }

    [Theory]
    [InlineData("redirect")]
    [InlineData("html")]
    [InlineData("private")]
    [InlineData("large")]
    [InlineData("compressed")]
    [InlineData("missing")]
    [InlineData("nonsense")]
    [Requirement("ATTACK-267", "ATTACK-263")]
    public async Task Keys_that_come_in_another_way_are_none(string way)
    {
        await using var documents = new DocumentServer();
        var good = documents.Put(Public);
        var url = way switch
        {
            "redirect" => documents.Put("", status: 302, headers: ("Location", good)),
            "html" => documents.Put(Public, type: "text/html"),
            "private" => documents.Put(Public.Replace("\"kid\":\"ec\"", "\"kid\":\"ec\",\"d\":\"AAAA\"", StringComparison.Ordinal)),
            "large" => documents.Put(Public + new string(' ', 70_000)),
            "compressed" => documents.Put(Public, headers: ("Content-Encoding", "gzip")),
            "missing" => documents.Put("{}", status: 404),
            _ => documents.Put("[1,2"),
        };
        var client = await Declare("keys-" + way, url);
        (await Fresh(client)).Expect(401, "invalid_client");
        Assert.Equal(0, documents.Hits(good));
        Assert.True(documents.Hits(url) is 1 or 2);
    }

    [Fact]
    [Requirement("ATTACK-389", "ATTACK-263")]
    public async Task Slow_keys_hold_up_their_own_client_only_and_not_for_ever()
    {
        await using var documents = new DocumentServer();
        var held = new TaskCompletionSource();
        var url = documents.Answer(null, _ => held.Task);
        var client = await Declare("slow-keys", url);

        var waiting = Enumerable.Range(0, 50).Select(_ => Fresh(client)).ToList();
        Tokens.Of(await server.Client(Clients.Machine).ClientCredentials(("scope", "mail:read")));
        foreach (var reply in await Task.WhenAll(waiting)) Assert.True(reply.Status is 401 or 429, reply.ToString());
        held.SetResult();
        Assert.InRange(documents.Hits(url), 1, 2);
    }

    [Fact]
    [Requirement("OIDC-REG-2-10", "OIDC-REG-2-11", "RFC7591-2-05")]
    public async Task A_key_URL_is_https_and_stands_alone()
    {
        foreach (var (name, url, inline) in new[] { ("http", "http://keys.example/jwks", false), ("nonsense", "keys", false), ("both", "https://keys.example/jwks", true) })
        {
            var further = new Dictionary<string, JsonNode> { ["jwks_uri"] = url };
            var definition = Definition("refused-" + name) with { Further = further, Jwks = inline ? ClientKeys.Public() : null };
            var applied = await server.Apply(DeclaredState.Json(server.Issuer, definition));
            Assert.NotEqual(0, applied.ExitCode);
            Assert.Contains("jwks_uri", applied.Errors, StringComparison.Ordinal);
        }
    }

    private static ClientDefinition Definition(string id) => Clients.Machine with { Id = id, Method = "private_key_jwt" };

    private async Task<Client> Declare(string id, string url)
    {
        var definition = Definition(id) with { Further = new Dictionary<string, JsonNode> { ["jwks_uri"] = url } };
        await server.Declare(definition);
        return server.Client(definition);
    }

    // The server's time has been moved on; that of the assertion goes with it.
    private async Task<Reply> Fresh(Client client) => await Present(client, ClientKeys.Ec, "ec");

    private async Task<Reply> Present(Client client, ECDsa key, string kid)
    {
        var clock = (await server.Api.PostJson("/dev/clock", """{"advance":"00:00:00.0010000"}""")).Expect(200).Json.GetProperty("now").GetDateTimeOffset().ToUnixTimeSeconds();
        var claims = new { iss = client.Id, sub = client.Id, aud = server.Issuer, jti = Pkce.Random(16), iat = clock, exp = clock + 60 };
        return await server.Api.Post("/token", [("grant_type", "client_credentials"), ("scope", "mail:read"), .. Client.Carrying(Jwt.Sign(claims, "ES256", key, kid))]);
    }

    private static string With(ECDsa key, string kid)
    {
        var parameters = key.ExportParameters(includePrivateParameters: false);
        static string Text(byte[]? bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
        return new JsonObject { ["keys"] = new JsonArray(new JsonObject { ["kty"] = "EC", ["crv"] = "P-256", ["kid"] = kid, ["use"] = "sig", ["x"] = Text(parameters.Q.X), ["y"] = Text(parameters.Q.Y) }) }.ToJsonString();
    }
}
