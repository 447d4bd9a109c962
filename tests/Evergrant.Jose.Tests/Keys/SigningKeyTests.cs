using System.Security.Cryptography;
using System.Text;

namespace Evergrant.Jose.Tests;

public sealed class SigningKeyTests
{
    private static readonly byte[] Text = Encoding.UTF8.GetBytes("what is signed");

    public static TheoryData<string> Algorithms => [.. SignatureAlgorithm.Asymmetric];

    [Theory]
    [Requirement("RFC7518-3.1-01")]
    [MemberData(nameof(Algorithms))]
    public async Task What_a_key_signs_its_public_half_verifies(string algorithm)
    {
        using SigningKey key = Key.For(algorithm);
        byte[] signature = await Sign(key, Text);
        Assert.True(key.PublicKey.Verify(algorithm, Text, signature));
        Assert.False(key.PublicKey.Verify(algorithm, Text.AsSpan(1), signature));
        for (int i = 0; i < signature.Length; i += 7)
        {
            signature[i] ^= 1;
            Assert.False(key.PublicKey.Verify(algorithm, Text, signature));
            signature[i] ^= 1;
        }
        Assert.False(key.PublicKey.Verify(algorithm, Text, signature.AsSpan(1)));
        Assert.False(key.PublicKey.Verify(algorithm, Text, []));
        Assert.False(key.PublicKey.Verify(algorithm, Text, new byte[signature.Length]));
        Assert.False(key.PublicKey.Verify(algorithm, Text, [.. Enumerable.Repeat((byte)0xFF, signature.Length)]));
        Assert.False(key.PublicKey.Verify(algorithm, Text, (byte[])[.. signature, 0]));
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public async Task A_key_comes_back_from_its_export(string algorithm)
    {
        using SigningKey key = Key.For(algorithm);
        using SigningKey again = SigningKey.Import(key.ExportPkcs8(), algorithm, "again");
        byte[] signature = await Sign(again, Text);
        Assert.True(key.PublicKey.Verify(algorithm, Text, signature));
        Assert.Equal(key.PublicKey.Thumbprint(), again.PublicKey.Thumbprint());
        Assert.Equal(("again", algorithm, "sig"), (again.PublicKey.KeyId, again.PublicKey.Algorithm, again.PublicKey.Use));
    }

    [Theory]
    [Requirement("RFC7518-3.5-01")]
    [InlineData(SignatureAlgorithm.PS256, 32)]
    [InlineData(SignatureAlgorithm.PS384, 48)]
    [InlineData(SignatureAlgorithm.PS512, 64)]
    public async Task A_PSS_salt_is_exactly_as_long_as_the_hash(string algorithm, int salt)
    {
        using SigningKey key = Key.For(algorithm);
        using RSA rsa = RSA.Create();
        rsa.ImportPkcs8PrivateKey(key.ExportPkcs8(), out _);
        var pss = new RawPss(rsa.ExportParameters(true), SignatureAlgorithm.HashOf(algorithm));
        Assert.Equal(salt, pss.SaltLengthOf(await Sign(key, Text)));
        Assert.True(key.PublicKey.Verify(algorithm, Text, pss.Sign(Text, salt)));
        foreach (int other in (int[])[0, salt - 1, salt + 1])
            Assert.False(key.PublicKey.Verify(algorithm, Text, pss.Sign(Text, other)), $"a salt of {other} octets");
    }

    [Fact]
    public async Task Eight_threads_sign_with_one_key_at_once()
    {
        foreach (SigningKey key in (SigningKey[])[Key.Es256, Key.Rs256])
        {
            await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(async () =>
            {
                for (int i = 0; i < 50; i++)
                {
                    byte[] text = Encoding.UTF8.GetBytes($"{thread}/{i}");
                    byte[] signature = await Sign(key, text);
                    Assert.True(key.PublicKey.Verify(key.Algorithm, text, signature));
                }
            })));
        }
    }

    [Fact]
    [Requirement("RFC7518-3.3-01")]
    public void A_short_RSA_key_does_not_sign()
    {
        using RSA rsa = RSA.Create(1024);
        Assert.Throws<ArgumentException>(() => SigningKey.Import(rsa.ExportPkcs8PrivateKey(), SignatureAlgorithm.RS256, "k"));
    }

    [Fact]
    public void A_key_is_refused_for_another_curve_another_type_or_an_algorithm_that_is_none()
    {
        using ECDsa ec = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        byte[] pkcs8 = ec.ExportPkcs8PrivateKey();
        Assert.Throws<ArgumentException>(() => SigningKey.Import(pkcs8, SignatureAlgorithm.ES256, "k"));
        Assert.ThrowsAny<CryptographicException>(() => SigningKey.Import(pkcs8, SignatureAlgorithm.RS256, "k"));
        Assert.ThrowsAny<CryptographicException>(() => SigningKey.Import([1, 2, 3], SignatureAlgorithm.ES256, "k"));
        Assert.Throws<ArgumentException>(() => SigningKey.Import(pkcs8, "HS256", "k"));
        Assert.Throws<ArgumentException>(() => SigningKey.Create("none", "k"));
        Assert.Throws<ArgumentException>(() => SigningKey.Create(SignatureAlgorithm.ES256, ""));
    }

    [Fact]
    public async Task A_disposed_key_neither_signs_nor_exports()
    {
        SigningKey key = SigningKey.Create(SignatureAlgorithm.ES256, "k");
        key.Dispose();
        key.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await key.SignAsync(Text, new byte[64], default));
        Assert.Throws<ObjectDisposedException>(key.ExportPkcs8);
    }

    [Fact]
    public async Task Too_little_room_for_the_signature_is_misuse() =>
        await Assert.ThrowsAsync<ArgumentException>(async () => await Key.Es256.SignAsync(Text, new byte[63], default));

    [Fact]
    [Requirement("RFC7517-9.2-01")]
    public void A_signing_key_publishes_and_prints_nothing_private()
    {
        string published = Encoding.UTF8.GetString(Forged.SetOf(Key.Es256, Key.Rs256).ToUtf8Json());
        foreach (string member in (string[])["d", "p", "q", "dp", "dq", "qi", "oth", "k"])
            Assert.DoesNotContain($"\"{member}\":", published, StringComparison.Ordinal);
        Assert.Equal("ES256 ec-1", Key.Es256.ToString());
    }

    private static async Task<byte[]> Sign(SigningKey key, byte[] text)
    {
        byte[] signature = new byte[key.MaxSignatureLength];
        return signature[..await key.SignAsync(text, signature, default)];
    }
}
