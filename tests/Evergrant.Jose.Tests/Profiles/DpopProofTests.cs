using System.Text.Json;

namespace Evergrant.Jose.Tests;

public sealed class DpopProofTests
{
    private const string Address = "https://issuer.example/token";
    private const string AccessToken = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU";
    private static readonly DpopProof Sent = new() { JwtId = "proof-1", HttpMethod = "POST", HttpAddress = Address, IssuedAt = Sample.Now };

    private static JwtVerdict<DpopProof> Judge(string proof, string method = "POST", string address = Address, string? accessToken = null, bool demandsNonce = false, DateTimeOffset? now = null) =>
        DpopProof.Judge(proof, new DpopRequest(method, [address], accessToken, SignatureAlgorithm.Asymmetric, demandsNonce, nonce => nonce == "good", now ?? Sample.Now));

    private static async Task<JwtVerdict<DpopProof>> JudgeSent(DpopProof proof, string method = "POST", string address = Address, string? accessToken = null, bool demandsNonce = false) =>
        Judge(await proof.WriteAsync(Key.Es256, default), method, address, accessToken, demandsNonce);

    private static string JwkOf(SigningKey key)
    {
        using var document = JsonDocument.Parse(Forged.SetOf(key).ToUtf8Json());
        return document.RootElement.GetProperty("keys")[0].GetRawText();
    }

    private static string Header(string? typ = "\"dpop+jwt\"", string? alg = "\"ES256\"", string? jwk = null, string more = "")
    {
        string text = string.Join(',', new[] { typ is null ? null : "\"typ\":" + typ, alg is null ? null : "\"alg\":" + alg, jwk == "" ? null : "\"jwk\":" + (jwk ?? JwkOf(Key.Es256)) }.OfType<string>());
        return "{" + text + more + "}";
    }

    private static string Claims(string? jti = "\"proof-1\"", string? htm = "\"POST\"", string? htu = "\"" + Address + "\"", string? iat = null, string more = "")
    {
        string?[] members =
        [
            jti is null ? null : "\"jti\":" + jti, htm is null ? null : "\"htm\":" + htm, htu is null ? null : "\"htu\":" + htu, iat == "" ? null : "\"iat\":" + (iat ?? $"{Sample.Second}"),
        ];
        return "{" + string.Join(',', members.OfType<string>()) + more + "}";
    }

    [Theory]
    [InlineData("ES256")]
    [InlineData("ES384")]
    [InlineData("ES512")]
    [InlineData("RS256")]
    [InlineData("PS256")]
    public async Task What_a_client_writes_is_accepted(string algorithm)
    {
        SigningKey key = Key.For(algorithm);
        JwtVerdict<DpopProof> verdict = Judge(await Sent.WriteAsync(key, default));
        Assert.True(verdict.Holds, verdict.Detail);
        Assert.Equal(Sent with { Thumbprint = key.PublicKey.Thumbprint() }, verdict.Value);
    }

    // The example of RFC 9449 section 4.1, without its line breaks.
    [Fact]
    public void The_example_of_the_specification_holds()
    {
        const string Proof = "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19" +
            ".eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ" +
            ".2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg";
        JwtVerdict<DpopProof> verdict = Judge(Proof, address: "https://server.example.com/token", now: DateTimeOffset.FromUnixTimeSeconds(1562262616));
        Assert.Equal("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I", verdict.Value?.Thumbprint);
        // Section 7.1.
        Assert.Equal("fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo", DpopProof.HashOf(AccessToken));
    }

    [Fact]
    public void Each_part_is_needed()
    {
        Assert.True(Judge(Forged.Signed(Key.Es256, Header(), Claims())).Holds);
        Assert.Equal(JwtFault.WrongType, Judge(Forged.Signed(Key.Es256, Header(typ: null), Claims())).Fault);
        Assert.Equal(JwtFault.NotAJws, Judge(Forged.Signed(Key.Es256, Header(alg: null), Claims())).Fault);
        Assert.Equal(JwtFault.KeyUnknown, Judge(Forged.Signed(Key.Es256, Header(jwk: ""), Claims())).Fault);
        foreach (string claims in (string[])[Claims(jti: null), Claims(htm: null), Claims(htu: null), Claims(iat: "")]) Assert.Equal(JwtFault.ClaimMissing, Judge(Forged.Signed(Key.Es256, Header(), claims)).Fault);
        foreach (string claims in (string[])[Claims(jti: "\"\""), Claims(jti: "1"), Claims(htm: "[]"), Claims(htu: "null"), Claims(iat: "\"1\""), Claims(jti: $"\"{new string('j', 256)}\"")]) Assert.Equal(JwtFault.ClaimMalformed, Judge(Forged.Signed(Key.Es256, Header(), claims)).Fault);
    }

    [Theory]
    [InlineData("\"JWT\"")]
    [InlineData("\"at+jwt\"")]
    [InlineData("\"dpop\"")]
    [InlineData("\"\"")]
    public void Another_type_is_refused(string typ) => Assert.Equal(JwtFault.WrongType, Judge(Forged.Signed(Key.Es256, Header(typ: typ), Claims())).Fault);

    [Theory]
    [InlineData("none")]
    [InlineData("nOnE")]
    [InlineData("HS256")]
    [InlineData("RS1")]
    public void An_algorithm_that_is_not_asymmetric_is_refused(string alg) => Assert.Equal(JwtFault.AlgorithmNotAllowed, Judge(Forged.Signed(Key.Es256, Header(alg: $"\"{alg}\""), Claims())).Fault);

    [Fact]
    public void A_private_or_foreign_key_is_refused()
    {
        string jwk = JwkOf(Key.Es256);
        Assert.Equal(JwtFault.KeyUnknown, Judge(Forged.Signed(Key.Es256, Header(jwk: jwk[..^1] + ",\"d\":\"AAAA\"}"), Claims())).Fault);
        Assert.Equal(JwtFault.KeyUnknown, Judge(Forged.Signed(Key.Es256, Header(jwk: """{"kty":"oct","k":"AAAA"}"""), Claims())).Fault);
        Assert.Equal(JwtFault.KeyUnknown, Judge(Forged.Signed(Key.Es256, Header(jwk: "\"key\""), Claims())).Fault);
        Assert.Equal(JwtFault.SignatureInvalid, Judge(Forged.Signed(Key.OtherEs256, Header(), Claims())).Fault);
        Assert.Equal(JwtFault.SignatureInvalid, Judge(Forged.Signed(Key.Es256, Header(jwk: JwkOf(Key.Rs256)), Claims())).Fault);
    }

    [Theory]
    [InlineData("https://issuer.example/token", true)]
    [InlineData("HTTPS://ISSUER.example:443/token", true)]
    [InlineData("https://issuer.example/token?a=b#c", true)]
    [InlineData("https://issuer.example/a/../%74oken", true)]
    [InlineData("http://issuer.example/token", false)]
    [InlineData("https://issuer.example:8443/token", false)]
    [InlineData("https://issuer.example/token/", false)]
    [InlineData("https://issuer.example/Token", false)]
    [InlineData("https://user@issuer.example/token", false)]
    [InlineData("https://other.example/token", false)]
    [InlineData("/token", false)]
    [InlineData("token", false)]
    public async Task The_address_is_compared_normalized(string htu, bool good) => Assert.Equal(good ? JwtFault.None : JwtFault.RequestWrong, (await JudgeSent(Sent with { HttpAddress = htu })).Fault);

    [Theory]
    [InlineData("POST", "POST", true)]
    [InlineData("GET", "POST", false)]
    [InlineData("post", "POST", false)]
    public async Task The_method_is_compared_exactly(string htm, string method, bool good) => Assert.Equal(good ? JwtFault.None : JwtFault.RequestWrong, (await JudgeSent(Sent with { HttpMethod = htm }, method)).Fault);

    [Fact]
    public async Task Beside_an_access_token_the_proof_names_it()
    {
        Assert.Equal(JwtFault.RequestWrong, (await JudgeSent(Sent, accessToken: AccessToken)).Fault);
        Assert.Equal(JwtFault.RequestWrong, (await JudgeSent(Sent with { AccessTokenHash = DpopProof.HashOf("other") }, accessToken: AccessToken)).Fault);
        Assert.True((await JudgeSent(Sent with { AccessTokenHash = DpopProof.HashOf(AccessToken) }, accessToken: AccessToken)).Holds);
    }

    [Theory]
    [InlineData(0, JwtFault.None)]
    [InlineData(-90, JwtFault.None)]
    [InlineData(-91, JwtFault.Expired)]
    [InlineData(30, JwtFault.None)]
    [InlineData(31, JwtFault.IssuedInTheFuture)]
    public async Task A_proof_is_of_this_minute(int seconds, JwtFault fault) => Assert.Equal(fault, (await JudgeSent(Sent with { IssuedAt = Sample.Now.AddSeconds(seconds) })).Fault);

    [Fact]
    public async Task A_nonce_of_the_server_stands_for_the_time()
    {
        DpopProof old = Sent with { IssuedAt = Sample.Now.AddHours(-3) };
        Assert.True((await JudgeSent(old with { Nonce = "good" })).Holds);
        Assert.Equal(JwtFault.NonceWrong, (await JudgeSent(old with { Nonce = "stale" })).Fault);
        Assert.Equal(JwtFault.NonceWrong, (await JudgeSent(Sent with { Nonce = "stale" })).Fault);
        Assert.Equal(JwtFault.NonceWrong, (await JudgeSent(Sent, demandsNonce: true)).Fault);
        Assert.True((await JudgeSent(Sent with { Nonce = "good" }, demandsNonce: true)).Holds);
    }

    [Theory]
    [InlineData("nbf", 60, JwtFault.NotYetValid)]
    [InlineData("nbf", 10, JwtFault.None)]
    [InlineData("exp", -60, JwtFault.Expired)]
    [InlineData("exp", 60, JwtFault.None)]
    public void Times_that_no_proof_needs_hold_where_they_are(string claim, int seconds, JwtFault fault) =>
        Assert.Equal(fault, Judge(Forged.Signed(Key.Es256, Header(), Claims(more: $",\"{claim}\":{Sample.Second + seconds}"))).Fault);

    [Theory]
    [InlineData("")]
    [InlineData("a.b")]
    [InlineData("a.b.c.d.e")]
    [InlineData("eyJhbGciOiJFUzI1NiJ9..")]
    public void What_is_no_JWT_is_no_proof(string text) => Assert.False(Judge(text).Holds);

    [Fact]
    public void A_header_that_asks_for_extensions_is_refused() => Assert.Equal(JwtFault.CriticalHeader, Judge(Forged.Signed(Key.Es256, Header(more: ",\"crit\":[\"x\"]"), Claims())).Fault);
}
