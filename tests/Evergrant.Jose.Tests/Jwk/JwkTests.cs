using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Evergrant.Jose.Tests;

public sealed class JwkTests
{
    private const string X = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
    private const string Y = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";
    private static readonly string Ec = $$"""{"kty":"EC","crv":"P-256","x":"{{X}}","y":"{{Y}}"}""";

    [Fact]
    [Requirement("RFC7517-4-01")]
    public void Unknown_members_are_ignored()
    {
        Assert.True(Jwk.TryParse(Forged.Json(With(Ec, "\"foo\":{\"d\":1},\"x5u\":\"https://nowhere.example\",\"kid\":\"a\"")), out Jwk? key, out _));
        Assert.Equal(("EC", "P-256", "a", null, null), (key.KeyType, key.Curve, key.KeyId, key.Algorithm, key.Use));
    }

    [Theory]
    [Requirement("RFC7517-9.2-01")]
    [InlineData("d")]
    [InlineData("p")]
    [InlineData("q")]
    [InlineData("dp")]
    [InlineData("dq")]
    [InlineData("qi")]
    [InlineData("oth")]
    [InlineData("k")]
    public void A_key_with_a_private_member_is_refused(string member)
    {
        Assert.False(Jwk.TryParse(Forged.Json(With(Ec, $"\"{member}\":null")), out _, out string? fault));
        Assert.Equal("the key has private or symmetric members", fault);
    }

    [Theory]
    [Requirement("RFC7517-4.1-01", "RFC7518-6.2.1-01")]
    [InlineData("[]")]
    [InlineData("\"EC\"")]
    [InlineData("{}")]
    [InlineData($$"""{"crv":"P-256","x":"{{X}}","y":"{{Y}}"}""")]
    [InlineData($$"""{"kty":1,"crv":"P-256","x":"{{X}}","y":"{{Y}}"}""")]
    [InlineData($$"""{"kty":"ec","crv":"P-256","x":"{{X}}","y":"{{Y}}"}""")]
    [InlineData($$"""{"kty":"EC","crv":"P-384","x":"{{X}}","y":"{{Y}}"}""")]
    [InlineData($$"""{"kty":"EC","crv":"secp256k1","x":"{{X}}","y":"{{Y}}"}""")]
    [InlineData($$"""{"kty":"EC","x":"{{X}}","y":"{{Y}}"}""")]
    [InlineData($$"""{"kty":"EC","crv":"P-256","x":"{{X}}"}""")]
    [InlineData($$"""{"kty":"EC","crv":"P-256","x":"{{X}}","y":"{{X}}"}""")]
    [InlineData($$"""{"kty":"EC","crv":"P-256","x":"{{X}}","y":"AA{{Y}}"}""")]
    [InlineData($$"""{"kty":"EC","crv":"P-256","x":"{{X}}=","y":"{{Y}}"}""")]
    [InlineData($$"""{"kty":"EC","crv":"P-256","x":"{{X}}","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a1"}""")]
    [InlineData("""{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}""")]
    public void A_malformed_key_is_refused_with_a_reason(string json)
    {
        Assert.False(Jwk.TryParse(Forged.Json(json), out Jwk? key, out string? fault));
        Assert.Null(key);
        Assert.NotEmpty(fault);
    }

    [Theory]
    [InlineData("\"kid\":1")]
    [InlineData("\"kid\":\"\"")]
    [InlineData("\"kid\":\"\\ud800\"")]
    [InlineData("\"alg\":1")]
    [InlineData("\"use\":[]")]
    [InlineData("\"key_ops\":\"verify\"")]
    [InlineData("\"key_ops\":[1]")]
    [InlineData("\"x5c\":[]")]
    [InlineData("\"x5c\":\"AAAA\"")]
    [InlineData("\"x5c\":[\"AAAA\"]")]
    [InlineData("\"x5c\":[\"?\"]")]
    public void A_malformed_optional_member_is_refused(string member) =>
        Assert.False(Jwk.TryParse(Forged.Json(With(Ec, member)), out _, out _));

    [Theory]
    [Requirement("RFC7518-3.3-01")]
    [InlineData(1024, false)]
    [InlineData(2040, false)]
    [InlineData(2048, true)]
    [InlineData(3072, true)]
    public void An_RSA_key_has_at_least_2048_bits(int bits, bool accepted)
    {
        using RSA rsa = RSA.Create(bits);
        RSAParameters key = rsa.ExportParameters(false);
        Assert.Equal(accepted, ParsesRsa(key.Modulus!, key.Exponent!));
    }

    [Fact]
    public void RSA_numbers_that_make_no_sense_are_refused()
    {
        using RSA rsa = RSA.Create(2048);
        RSAParameters key = rsa.ExportParameters(false);
        byte[] even = [.. key.Modulus!];
        even[^1] &= 0xFE;
        Assert.False(ParsesRsa(even, key.Exponent!));
        Assert.False(ParsesRsa([0, .. key.Modulus!], key.Exponent!), "RFC 7518 section 6.3.1.1: no leading zero octets");
        Assert.False(ParsesRsa([.. Enumerable.Repeat((byte)0xFF, 1025)], key.Exponent!), "more than 8192 bits");
        foreach (byte[] exponent in (byte[][])[[0], [1], [2], [0, 3], [1, 0], [1, 0, 0, 0, 1], []])
            Assert.False(ParsesRsa(key.Modulus!, exponent), Convert.ToHexString(exponent));
        Assert.True(ParsesRsa(key.Modulus!, [3]));
    }

    [Fact]
    [Requirement("RFC7517-4.7-01")]
    public void The_first_certificate_certifies_the_key_itself()
    {
        using ECDsa ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using RSA rsa = RSA.Create(2048);
        DateTimeOffset start = DateTimeOffset.UnixEpoch;
        using X509Certificate2 ofEc = new CertificateRequest("CN=ec", ec, HashAlgorithmName.SHA256).CreateSelfSigned(start, start.AddYears(100));
        using X509Certificate2 ofRsa = new CertificateRequest("CN=rsa", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(start, start.AddYears(100));
        string ecChain = $"\"x5c\":[\"{Convert.ToBase64String(ofEc.RawData)}\"]";
        string rsaChain = $"\"x5c\":[\"{Convert.ToBase64String(ofRsa.RawData)}\"]";
        string ecKey = KeyJson(SigningKey.Import(ec.ExportPkcs8PrivateKey(), SignatureAlgorithm.ES256, "k"));
        string rsaKey = KeyJson(SigningKey.Import(rsa.ExportPkcs8PrivateKey(), SignatureAlgorithm.RS256, "k"));
        Assert.True(Jwk.TryParse(Forged.Json(With(ecKey, ecChain)), out _, out _));
        Assert.True(Jwk.TryParse(Forged.Json(With(rsaKey, rsaChain)), out _, out _));
        Assert.False(Jwk.TryParse(Forged.Json(With(ecKey, rsaChain)), out _, out _));
        Assert.False(Jwk.TryParse(Forged.Json(With(rsaKey, ecChain)), out _, out _));
        Assert.False(Jwk.TryParse(Forged.Json(With(Ec, ecChain)), out _, out string? fault));
        Assert.Equal("x5c certifies another key", fault);
    }

    [Theory]
    [Requirement("RFC7517-4.4-01", "RFC8725-3.1-03")]
    [InlineData("", true)]
    [InlineData("\"alg\":\"ES256\",\"use\":\"sig\"", true)]
    [InlineData("\"key_ops\":[\"verify\"]", true)]
    [InlineData("\"alg\":\"ES384\"", false)]
    [InlineData("\"alg\":\"es256\"", false)]
    [InlineData("\"use\":\"enc\"", false)]
    [InlineData("\"key_ops\":[]", false)]
    [InlineData("\"key_ops\":[\"deriveKey\"]", false)]
    [InlineData("\"use\":\"enc\",\"key_ops\":[\"verify\"]", false)]
    public void A_key_verifies_only_what_its_owner_meant_it_for(string member, bool fits)
    {
        Assert.True(Jwk.TryParse(Forged.Json(With(Ec, member)), out Jwk? key, out _));
        Assert.Equal(fits, key.Fits(SignatureAlgorithm.ES256));
        foreach (string other in SignatureAlgorithm.Asymmetric.Except([SignatureAlgorithm.ES256]).Concat(["none", "HS256", ""]))
            Assert.False(key.Fits(other));
    }

    private static bool ParsesRsa(byte[] n, byte[] e) => Jwk.TryParse(Forged.Json(
        $$"""{"kty":"RSA","n":"{{CanonicalBase64Url.Encode(n)}}","e":"{{CanonicalBase64Url.Encode(e)}}"}"""), out _, out _);

    private static string With(string key, string members) => members.Length == 0 ? key : key[..^1] + "," + members + "}";

    private static string KeyJson(SigningKey key) => Forged.Json(Encoding.UTF8.GetString(Forged.SetOf(key).ToUtf8Json())).GetProperty("keys")[0].GetRawText();
}
