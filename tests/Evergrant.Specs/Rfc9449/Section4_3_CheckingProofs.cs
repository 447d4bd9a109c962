using System.Text.Json.Nodes;

namespace Evergrant.Specs.Rfc9449;

/// <summary>RFC 9449 section 4.3: what is refused as a proof, and that nothing is issued for it.</summary>
public sealed class Section4_3_CheckingProofs(Server server)
{
    private static readonly DpopKey Key = new();

    private Task<Reply> Ask(params (string Name, string Value)[] headers) => server.Client(DpopClients.Web).Sending(headers).ClientCredentials(("scope", "mail:read"));

    private Task<Reply> AskWith(params (string Name, JsonNode? Value)[] changes) => Ask(Key.ForToken(server, changes));

    [Fact]
    [Requirement("RFC9449-4.3-01")]
    public async Task Two_proofs_are_refused()
    {
        (await Ask(Key.ForToken(server), Key.ForToken(server))).Expect(400, "invalid_dpop_proof");
        (await Ask(("DPoP", Key.ForToken(server).Value + "," + Key.ForToken(server).Value))).Expect(400, "invalid_dpop_proof");
    }

    [Theory]
    [Requirement("RFC9449-4.3-02")]
    [InlineData("x")]
    [InlineData("a.b.c")]
    [InlineData("eyJ.eyJ.x.y.z")]
    [InlineData("")]
    public async Task What_is_no_JWT_is_refused(string proof) => (await Ask(("DPoP", proof))).Expect(400, "invalid_dpop_proof");

    [Theory]
    [Requirement("RFC9449-4.3-03")]
    [InlineData("header.typ")]
    [InlineData("header.alg")]
    [InlineData("header.jwk")]
    [InlineData("jti")]
    [InlineData("htm")]
    [InlineData("htu")]
    [InlineData("iat")]
    public async Task A_part_that_is_missing_is_missed(string name) => (await AskWith((name, null))).Expect(400, "invalid_dpop_proof");

    [Theory]
    [Requirement("RFC9449-4.3-04", "ATTACK-164")]
    [InlineData("JWT")]
    [InlineData("at+jwt")]
    [InlineData("client-authentication+jwt")]
    public async Task A_proof_has_its_type(string typ) => (await AskWith(("header.typ", typ))).Expect(400, "invalid_dpop_proof");

    [Theory]
    [Requirement("RFC9449-4.3-05", "RFC9449-11.6-01", "ATTACK-154", "RFC7518-3.6-01")]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("nOnE")]
    [InlineData("HS256")]
    [InlineData("RS1")]
    [InlineData("RS256")]
    public async Task The_algorithm_is_asymmetric_and_the_keys_own(string algorithm)
    {
        var proof = Key.Proof("POST", server.Issuer + "/token", ("header.alg", algorithm));
        (await Ask(("DPoP", proof))).Expect(400, "invalid_dpop_proof");
        (await Ask(("DPoP", proof[..(proof.LastIndexOf('.') + 1)]))).Expect(400, "invalid_dpop_proof");
    }

    [Fact]
    [Requirement("RFC9449-4.3-06")]
    public async Task A_proof_is_signed_by_the_key_in_it() => (await AskWith(("header.jwk", new DpopKey().Jwk))).Expect(400, "invalid_dpop_proof");

    [Fact]
    [Requirement("RFC9449-4.3-07")]
    public async Task A_key_that_discloses_its_secret_is_refused()
    {
        (await AskWith(("header.jwk", Key.PrivateJwk))).Expect(400, "invalid_dpop_proof");
        (await AskWith(("header.jwk", new JsonObject { ["kty"] = "oct", ["k"] = "AAAA" }))).Expect(400, "invalid_dpop_proof");
    }

    [Fact]
    [Requirement("RFC9449-4.3-08", "RFC9449-4.3-09", "ATTACK-185")]
    public async Task A_proof_is_for_one_method_and_one_address()
    {
        (await AskWith(("htm", "GET"))).Expect(400, "invalid_dpop_proof");
        foreach (var address in (string[])["/introspect", "/token/", "/Token", "/token/../userinfo"]) (await AskWith(("htu", server.Issuer + address))).Expect(400, "invalid_dpop_proof");
        (await AskWith(("htu", "https://attacker.example/token"))).Expect(400, "invalid_dpop_proof");
        (await AskWith(("htu", "/token"))).Expect(400, "invalid_dpop_proof");
        Tokens.Of(await AskWith(("htu", server.Issuer + "/token?a=b#c")));
    }

    [Fact]
    [Requirement("ATTACK-185")]
    public async Task The_address_is_that_of_the_settings_whatever_Host_says()
    {
        var other = server.Issuer.Replace("localhost", "127.0.0.1", StringComparison.Ordinal);
        (await Ask(("Host", new Uri(other).Authority), ("DPoP", Key.Proof("POST", other + "/token")))).Expect(400, "invalid_dpop_proof");
        Tokens.Of(await Ask(("Host", new Uri(other).Authority), Key.ForToken(server)));
    }

    [Fact]
    [Requirement("RFC9449-4.3-12")]
    public async Task The_address_is_compared_after_normalization() =>
        Tokens.Of(await AskWith(("htu", server.Issuer.Replace("localhost", "LOCALHOST", StringComparison.Ordinal).Replace("http:", "HTTP:", StringComparison.Ordinal) + "/a/../t%6Fken")));

    [Fact]
    [Requirement("RFC9449-4.3-10", "RFC9449-11.1-01", "RFC9449-11.1-04", "FAPI2-SP-5.3.2.1-13")]
    public async Task A_proof_is_good_for_a_short_time()
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        foreach (var seconds in (int[])[-3600, -180, 120, 3600]) (await AskWith(("iat", now + seconds))).Expect(400, "invalid_dpop_proof");
        foreach (var seconds in (int[])[-30, -10, 8, 10]) Tokens.Of(await AskWith(("iat", now + seconds)));
        (await AskWith(("iat", "now"))).Expect(400, "invalid_dpop_proof");
        (await AskWith(("exp", now - 60))).Expect(400, "invalid_dpop_proof");
        Tokens.Of(await AskWith(("exp", now + 60), ("nbf", now - 60)));
    }

    [Fact]
    [Requirement("RFC9449-11.1-02", "RFC9449-11.1-03", "ATTACK-166")]
    public async Task A_proof_counts_once_and_its_id_is_not_boundless()
    {
        var proof = Key.ForToken(server);
        Tokens.Of(await Ask(proof));
        (await Ask(proof)).Expect(400, "invalid_dpop_proof");
        (await AskWith(("jti", new string('j', 10_000)))).Expect(400, "invalid_dpop_proof");
        Tokens.Of(await AskWith(("jti", new string('j', 200))));
    }

    [Fact]
    [Requirement("RFC9449-11.1-02")]
    public async Task Of_many_requests_with_one_proof_one_is_answered()
    {
        var proof = Key.ForToken(server);
        var replies = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Ask(proof)));
        Assert.Single(replies, reply => reply.Status == 200);
        Assert.All(replies.Where(reply => reply.Status != 200), reply => reply.Expect(400, "invalid_dpop_proof"));
    }

    [Fact]
    [Requirement("RFC9449-5.1-01")]
    public async Task Every_algorithm_that_is_announced_works()
    {
        var announced = (await server.Api.Metadata()).Json.GetProperty("dpop_signing_alg_values_supported").EnumerateArray().Select(one => one.GetString()!).ToList();
        Assert.Contains("ES256", announced);
        foreach (var algorithm in announced)
        {
            var key = new DpopKey(algorithm);
            Tokens.Of(await Ask(key.ForToken(server))).IsBoundTo(key);
        }
    }
}
