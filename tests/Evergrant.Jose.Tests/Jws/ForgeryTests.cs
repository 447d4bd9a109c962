using System.Security.Cryptography;
using System.Text;

namespace Evergrant.Jose.Tests;

/// <summary>Attacks on signatures (RFC 8725 §2). Every algorithm is allowed here, so that nothing but the check itself stands in the way.</summary>
public sealed class ForgeryTests
{
    private static readonly List<string> Everything = [.. SignatureAlgorithm.Asymmetric, "none", "None", "NONE", "nOnE", "HS256", "HS384", "HS512"];
    private static readonly JwkSet Keys = Forged.SetOf(Key.Es256, Key.Rs256);
    private static readonly JwkSet Unmarked = new([Key.Published(Key.Es256), Key.Published(Key.Rs256)]);

    [Theory]
    [Requirement("RFC7518-3.6-01", "RFC8725-3.2-02")]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("NONE")]
    [InlineData("nOnE")]
    [InlineData(" none")]
    [InlineData("none\\u0000")]
    public void None_is_refused_however_it_is_spelled(string algorithm)
    {
        string start = Forged.Part($$"""{"alg":"{{algorithm}}"}""") + "." + Forged.Part("{}") + ".";
        string signature = Forged.Signed(Key.Es256, """{"alg":"ES256"}""", "{}").Split('.')[2];
        AssertRefused(start);
        AssertRefused(start + signature);
    }

    [Theory]
    [Requirement("RFC8725-3.1-01", "RFC7515-5.2-02", "RFC7523-3-05", "ATTACK-155")]
    [InlineData("HS256")]
    [InlineData("HS384")]
    [InlineData("HS512")]
    public void A_public_key_is_never_an_HMAC_secret(string algorithm)
    {
        using RSA rsa = RSA.Create();
        rsa.ImportPkcs8PrivateKey(Key.Rs256.ExportPkcs8(), out _);
        byte[][] secrets =
        [
            rsa.ExportSubjectPublicKeyInfo(), rsa.ExportRSAPublicKey(), rsa.ExportParameters(false).Modulus!,
            Encoding.ASCII.GetBytes(rsa.ExportSubjectPublicKeyInfoPem()), Encoding.ASCII.GetBytes(rsa.ExportSubjectPublicKeyInfoPem() + "\n"), Keys.ToUtf8Json(), [],
        ];
        string signed = Forged.Part($$"""{"alg":"{{algorithm}}","kid":"rsa-1"}""") + "." + Forged.Part("{}");
        foreach (byte[] secret in secrets)
        {
            byte[] text = Encoding.ASCII.GetBytes(signed);
            byte[] mac = algorithm switch { "HS256" => HMACSHA256.HashData(secret, text), "HS384" => HMACSHA384.HashData(secret, text), _ => HMACSHA512.HashData(secret, text) };
            AssertRefused($"{signed}.{CanonicalBase64Url.Encode(mac)}");
        }
    }

    [Fact]
    [Requirement("RFC8725-3.10-02")]
    public void Keys_and_addresses_in_the_header_are_not_used()
    {
        string jwk = Encoding.UTF8.GetString(Forged.SetOf(Key.OtherEs256).ToUtf8Json())["{\"keys\":[".Length..^2];
        foreach (string member in (string[])[$"\"jwk\":{jwk}", "\"jku\":\"https://evil.example/jwks\"", "\"x5u\":\"https://evil.example/\"", "\"x5c\":[\"AAAA\"]", "\"x5t\":\"AAAA\""])
        {
            AssertRefused(Forged.Signed(Key.OtherEs256, $$"""{"alg":"ES256",{{member}}}""", "{}"));
            Assert.True(CompactJws.TryParse(Forged.Signed(Key.Es256, $$"""{"alg":"ES256",{{member}}}""", "{}"), out CompactJws? jws, out _));
            Assert.True(jws.VerifiedByAny(Keys, Everything), "the right key verifies, whatever the header points to");
        }
    }

    [Fact]
    [Requirement("RFC7518-3.4-01")]
    public void An_ES256_signature_in_DER_form_is_refused()
    {
        using ECDsa key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(Key.Es256.ExportPkcs8(), out _);
        string signed = Forged.Part("""{"alg":"ES256"}""") + "." + Forged.Part("{}");
        byte[] der = key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        AssertRefused($"{signed}.{CanonicalBase64Url.Encode(der)}");
    }

    [Theory]
    [InlineData(SignatureAlgorithm.ES256)]
    [InlineData(SignatureAlgorithm.ES384)]
    [InlineData(SignatureAlgorithm.ES512)]
    public async Task R_or_S_out_of_range_is_refused(string algorithm)
    {
        using SigningKey key = SigningKey.Create(algorithm, "k");
        int half = key.MaxSignatureLength / 2;
        byte[] good = new byte[2 * half];
        await key.SignAsync("text"u8.ToArray(), good, default);
        byte[] zero = new byte[half];
        byte[] one = [.. new byte[half - 1], 1];
        byte[] highest = [.. Enumerable.Repeat((byte)0xFF, half)];
        byte[][] forged = [[.. zero, .. zero], [.. zero, .. good[half..]], [.. good[..half], .. zero], [.. one, .. one], [.. highest, .. highest], [.. good[..half], .. highest]];
        foreach (byte[] signature in forged)
            Assert.False(key.PublicKey.Verify(algorithm, "text"u8, signature));
        Assert.True(key.PublicKey.Verify(algorithm, "text"u8, good));
    }

    [Fact]
    [Requirement("RFC7518-3.4-01", "RFC8725-3.1-02")]
    public async Task A_signature_is_not_taken_for_that_of_another_algorithm()
    {
        foreach (string signedWith in SignatureAlgorithm.Asymmetric)
        {
            using SigningKey key = Key.For(signedWith);
            byte[] signature = new byte[key.MaxSignatureLength];
            await key.SignAsync("text"u8.ToArray(), signature, default);
            Jwk unmarked = Key.Published(key);
            foreach (string named in SignatureAlgorithm.Asymmetric)
            {
                Assert.Equal(named == signedWith, unmarked.Verify(named, "text"u8, signature));
                Assert.Equal(named == signedWith, key.PublicKey.Verify(named, "text"u8, signature));
            }
        }
    }

    [Theory]
    [Requirement("RFC8725-3.1-03", "RFC7517-4.4-01")]
    [InlineData(SignatureAlgorithm.PS256, SignatureAlgorithm.RS256)]
    [InlineData(SignatureAlgorithm.RS256, SignatureAlgorithm.PS256)]
    public void A_key_marked_for_one_RSA_scheme_does_not_verify_the_other(string marked, string used)
    {
        using SigningKey key = SigningKey.Import(Key.Rs256.ExportPkcs8(), used, "k");
        Assert.True(CompactJws.TryParse(Forged.Typed(key, null, "{}"), out CompactJws? jws, out _));
        Assert.False(jws.VerifiedBy(Key.Published(key, alg: marked)));
        Assert.False(jws.VerifiedByAny(new JwkSet([Key.Published(key, kid: "k", alg: marked)]), Everything));
        Assert.True(jws.VerifiedBy(Key.Published(key)));
    }

    [Fact]
    public void A_kid_of_one_key_does_not_let_another_key_of_the_set_sign()
    {
        Assert.True(CompactJws.TryParse(Forged.Signed(Key.OtherEs256, """{"alg":"ES256","kid":"ec-1"}""", "{}"), out CompactJws? jws, out _));
        Assert.False(jws.VerifiedByAny(Forged.SetOf(Key.Es256, Key.OtherEs256), Everything));
        Assert.True(CompactJws.TryParse(Forged.Signed(Key.OtherEs256, """{"alg":"ES256"}""", "{}"), out jws, out _));
        Assert.True(jws.VerifiedByAny(Forged.SetOf(Key.Es256, Key.OtherEs256), Everything), "without kid every key that fits is tried");
    }

    [Fact]
    [Requirement("RFC7515-5.2-01")]
    public void No_token_that_differs_in_one_character_verifies()
    {
        string token = Forged.Signed(Key.Es256, """{"alg":"ES256"}""", """{"sub":"alice"}""");
        foreach (char replacement in "AB-9_.=")
        {
            for (int i = 0; i < token.Length; i++)
            {
                if (token[i] != replacement)
                    AssertRefused(string.Concat(token.AsSpan(0, i), [replacement], token.AsSpan(i + 1)));
            }
        }
        for (int i = 0; i < token.Length; i++)
            AssertRefused(token.Remove(i, 1));
        AssertRefused(token + "A");
        AssertRefused(token + "AA");
    }

    private static void AssertRefused(string token)
    {
        if (!CompactJws.TryParse(token, out CompactJws? jws, out _))
            return;
        Assert.False(jws.VerifiedByAny(Keys, Everything), token);
        Assert.False(jws.VerifiedByAny(Unmarked, Everything), token);
    }
}
