using System.Text;
using System.Text.Json;

namespace Evergrant.Jose.Tests;

public sealed class CompactJweTests
{
    private static readonly DecryptionKey Rsa = DecryptionKey.Create("RSA-OAEP-256", "rsa"), OtherRsa = DecryptionKey.Create("RSA-OAEP", "rsa-2"), Ec = DecryptionKey.Create("ECDH-ES", "ec"), OtherEc = DecryptionKey.Create("ECDH-ES", "ec");
    private static readonly byte[] Content = Encoding.UTF8.GetBytes("""{"sub":"alice","text":"ä €"}""");

    public static TheoryData<string, string> Algorithms
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (string alg in JweAlgorithm.KeyManagement)
            {
                foreach (string enc in JweAlgorithm.ContentEncryption) all.Add(alg, enc);
            }
            return all;
        }
    }

    private static DecryptionKey KeyFor(string alg) => alg.StartsWith("RSA", StringComparison.Ordinal) ? Rsa : Ec;

    private static byte[]? Open(string token, params DecryptionKey[] keys) =>
        CompactJwe.TryParse(token, out CompactJwe? jwe, out _) ? jwe.Open(keys.Length == 0 ? [OtherRsa, Rsa, Ec] : keys, JweAlgorithm.KeyManagement, JweAlgorithm.ContentEncryption) : null;

    private static string Changed(string token, int part, Func<string, string> change)
    {
        string[] parts = token.Split('.');
        parts[part] = change(parts[part]);
        return string.Join('.', parts);
    }

    private static string Flip(string part) => (part[0] == 'A' ? 'B' : 'A') + part[1..];

    [Theory, MemberData(nameof(Algorithms))]
    [Requirement("RFC7516-4.1.1-01", "RFC7516-5.2-01", "RFC7518-4.6-01", "RFC9864-3-01")]
    public void What_is_encrypted_is_opened_and_nothing_else_is(string alg, string enc)
    {
        string token = JweWriter.Write(KeyFor(alg).PublicKey, alg, enc, Content, "JWT");
        Assert.Equal(Content, Open(token));
        for (int part = 1; part < 5; part++)
        {
            if (token.Split('.')[part].Length > 0) Assert.Null(Open(Changed(token, part, Flip)));
        }
        Assert.Null(Open(token, OtherRsa, OtherEc));
        Assert.True(CompactJwe.TryParse(token, out CompactJwe? jwe, out _));
        Assert.Equal((alg, enc, "JWT", KeyFor(alg).KeyId), (jwe.Algorithm, jwe.Encryption, jwe.ContentType, jwe.KeyId));
        Assert.Null(jwe.Open([KeyFor(alg)], [], JweAlgorithm.ContentEncryption));
        Assert.Null(jwe.Open([KeyFor(alg)], JweAlgorithm.KeyManagement, []));
    }

    [Theory]
    [InlineData("RSA-OAEP-256", "A256GCM")]
    [InlineData("ECDH-ES", "A128CBC-HS256")]
    [Requirement("RFC7516-5.1-01", "RFC7518-4.6-01", "RFC7518-5.3-01")]
    public void Every_message_has_keys_and_vectors_of_its_own(string alg, string enc)
    {
        string[] one = JweWriter.Write(KeyFor(alg).PublicKey, alg, enc, Content).Split('.'), other = JweWriter.Write(KeyFor(alg).PublicKey, alg, enc, Content).Split('.');
        Assert.NotEqual(one[2], other[2]);
        Assert.NotEqual(one[3], other[3]);
        Assert.NotEqual(one[alg == "ECDH-ES" ? 0 : 1], other[alg == "ECDH-ES" ? 0 : 1]);
        Assert.Equal(alg == "ECDH-ES", one[1].Length == 0);
        Assert.Equal(enc == "A256GCM" ? 16 : 22, one[2].Length);
        Assert.Equal(22, one[4].Length);
    }

    [Fact]
    [Requirement("RFC7516-5.2-02")]
    public void An_agreed_key_is_the_content_key_and_none_is_encrypted()
    {
        string token = JweWriter.Write(Ec.PublicKey, "ECDH-ES", "A128GCM", Content);
        Assert.Equal(Content, Open(token));
        Assert.Null(Open(Changed(token, 1, _ => "AAAA")));
    }

    [Theory]
    [InlineData("\"zip\":\"DEF\"")]
    [InlineData("\"crit\":[\"foo\"]")]
    [InlineData("\"crit\":[]")]
    [Requirement("RFC7516-4.1.3-01", "RFC7516-4.1.13-01", "ATTACK-171")]
    public void Extensions_and_compression_are_refused_unread(string member)
    {
        string token = JweWriter.Write(Rsa.PublicKey, "RSA-OAEP", "A128GCM", Content);
        Assert.False(CompactJwe.TryParse(Changed(token, 0, header => With(header, member)), out _, out string? fault));
        Assert.Contains("not supported", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"alg":"RSA1_5","enc":"A128GCM"}""")]
    [InlineData("""{"alg":"dir","enc":"A128GCM"}""")]
    [InlineData("""{"alg":"A128GCMKW","enc":"A128GCM","iv":"AAAAAAAAAAAAAAAA","tag":"AAAAAAAAAAAAAAAAAAAAAA"}""")]
    [InlineData("""{"alg":"PBES2-HS256+A128KW","enc":"A128GCM","p2s":"AAAAAAAAAAAAAAAA","p2c":2147483647}""")]
    [InlineData("""{"alg":"RSA-OAEP","enc":"none"}""")]
    [InlineData("""{"alg":"RSA-OAEP"}""")]
    [InlineData("""{"enc":"A128GCM"}""")]
    [InlineData("""{"alg":"ECDH-ES","enc":"A128GCM"}""")]
    [InlineData("""{"alg":"ECDH-ES","enc":"A128GCM","epk":{"kty":"EC","crv":"P-256","x":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","y":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}}""")]
    [InlineData("""{"alg":"ECDH-ES","enc":"A128GCM","epk":{"kty":"EC","crv":"P-256","x":"gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0","y":"gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0"}}""")]
    [Requirement("RFC7516-4.1.1-01", "RFC7516-11.5-01", "RFC7518-4.8-01", "ATTACK-172", "ATTACK-173", "ATTACK-174", "ATTACK-175")]
    public void Other_algorithms_and_points_off_the_curve_are_refused_at_once(string header) => Assert.Null(Open($"{Forged.Part(header)}.AAAA.AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA"));

    [Fact]
    [Requirement("RFC7516-11.5-01", "RFC7516-5.2-01", "ATTACK-173", "ATTACK-174")]
    public void Whatever_fails_fails_in_the_same_way()
    {
        string token = JweWriter.Write(Rsa.PublicKey, "RSA-OAEP-256", "A256GCM", Content);
        foreach (string wrong in (string[])[Changed(token, 1, Flip), Changed(token, 1, _ => ""), Changed(token, 4, Flip), Changed(token, 4, t => t[..4]), Changed(token, 2, t => t[..4]), Changed(token, 3, _ => "")]) Assert.Null(Open(wrong, Rsa));
    }

    [Fact]
    [Requirement("RFC7518-4.3-01")]
    public void Keys_that_are_too_short_or_meant_for_signatures_are_not_encrypted_to()
    {
        using var rsa = System.Security.Cryptography.RSA.Create(1024);
        var parameters = rsa.ExportParameters(false);
        string json = $$"""{"kty":"RSA","n":"{{CanonicalBase64Url.Encode(parameters.Modulus)}}","e":"AQAB"}""";
        Assert.False(Jwk.TryParse(Forged.Json(json), out _, out _));
        Assert.False(Key.Rs256.PublicKey.FitsEncryption("RSA-OAEP"));
        Assert.True(Key.Published(Key.Rs256).FitsEncryption("RSA-OAEP"));
        Assert.False(Key.Published(Key.Rs256, use: "sig").FitsEncryption("RSA-OAEP"));
        Assert.False(Key.Published(Key.Rs256, alg: "RSA-OAEP-256", use: "enc").FitsEncryption("RSA-OAEP"));
        Assert.False(Key.Published(Key.Rs256, use: "enc").Fits("RS256"));
        Assert.Throws<ArgumentException>(() => JweWriter.Write(Key.Rs256.PublicKey, "RSA-OAEP", "A128GCM", Content));
        Assert.Throws<ArgumentException>(() => JweWriter.Write(Rsa.PublicKey, "ECDH-ES", "A128GCM", Content));
        Assert.Throws<ArgumentException>(() => JweWriter.Write(Rsa.PublicKey, "RSA-OAEP", "A128CBC", Content));
    }

    [Fact]
    [Requirement("RFC7516-9-01")]
    public async Task A_JWS_is_no_JWE_and_a_JWE_is_no_JWS()
    {
        string jws = await Sample.IdToken.WriteAsync(Key.Es256, default), jwe = JweWriter.Write(Rsa.PublicKey, "RSA-OAEP", "A128GCM", Encoding.ASCII.GetBytes(jws), "JWT");
        Assert.False(CompactJwe.TryParse(jws, out _, out _));
        Assert.False(CompactJws.TryParse(jwe, out _, out _));
        Assert.False(CompactJwe.TryParse(jwe + ".AAAA", out _, out _));
        Assert.False(CompactJwe.TryParse(new string('a', CompactJwe.MaxLength + 1), out _, out _));
        Assert.Equal(jws, Encoding.ASCII.GetString(Open(jwe)!));
    }

    [Fact]
    public void A_key_that_is_stored_opens_what_it_opened_before()
    {
        foreach (string alg in (string[])["RSA-OAEP", "ECDH-ES+A256KW"])
        {
            DecryptionKey key = KeyFor(alg);
            using DecryptionKey again = DecryptionKey.Import(key.ExportPkcs8(), alg == "RSA-OAEP", key.KeyId);
            Assert.Equal(key.PublicKey.Thumbprint(), again.PublicKey.Thumbprint());
            Assert.Equal(Content, Open(JweWriter.Write(key.PublicKey, alg, "A128CBC-HS256", Content), again));
            Assert.Equal("enc", again.PublicKey.Use);
        }
    }

    private static string With(string header, string member)
    {
        CanonicalBase64Url.TryDecode(header, out byte[]? octets);
        return Forged.Part(Encoding.UTF8.GetString(octets!)[..^1] + "," + member + "}");
    }
}
