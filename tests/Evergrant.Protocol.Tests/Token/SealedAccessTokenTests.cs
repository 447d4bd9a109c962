using Evergrant.Jose;
using Evergrant.Protocol.Token;

namespace Evergrant.Protocol.Tests.Token;

public class SealedAccessTokenTests
{
    private static readonly AccessToken Token = AccessTokenTests.Of with { GrantId = null, Serial = 0 };
    private static readonly byte[] Nonce = new byte[12];

    [Fact]
    public void It_is_read_as_it_was_written()
    {
        string text = SealedAccessToken.Write(Sample.Keys, Token, Nonce);
        Assert.StartsWith("evk_", text, StringComparison.Ordinal);
        Assert.DoesNotContain("web", text, StringComparison.Ordinal);
        Assert.True(AccessTokenTests.Same(Token with { Id = text }, SealedAccessToken.Read(Sample.Keys, text, Sample.Issuer)!));
    }

    [Fact]
    [Requirement("RFC6749-10.3-02")]
    public void No_bit_of_it_can_be_changed()
    {
        string text = SealedAccessToken.Write(Sample.Keys, Token, Nonce);
        Assert.True(CanonicalBase64Url.TryDecode(text.AsSpan(4), out byte[]? bytes));
        for (int bit = 0; bit < bytes.Length * 8; bit++)
        {
            byte[] forged = [.. bytes];
            forged[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Null(SealedAccessToken.Read(Sample.Keys, "evk_" + CanonicalBase64Url.Encode(forged), Sample.Issuer));
        }
    }

    [Fact]
    public void No_part_of_it_will_do()
    {
        string text = SealedAccessToken.Write(Sample.Keys, Token, Nonce);
        for (int length = 0; length < text.Length; length++) Assert.Null(SealedAccessToken.Read(Sample.Keys, text[..length], Sample.Issuer));
        Assert.Null(SealedAccessToken.Read(Sample.Keys, text + "A", Sample.Issuer));
    }

    [Fact]
    public void Another_issuer_or_another_key_cannot_read_it()
    {
        string text = SealedAccessToken.Write(Sample.Keys, Token, Nonce);
        Assert.Null(SealedAccessToken.Read(Sample.Keys, text, "https://other.example"));
        Assert.Null(SealedAccessToken.Read(Sample.KeysOf((1, 9)), text, Sample.Issuer));
        Assert.Null(SealedAccessToken.Read(Sample.KeysOf((2, 1)), text, Sample.Issuer));
    }

    [Fact]
    public void An_older_key_still_reads_after_a_rotation() =>
        Assert.NotNull(SealedAccessToken.Read(Sample.KeysOf((1, 1), (2, 2)), SealedAccessToken.Write(Sample.Keys, Token, Nonce), Sample.Issuer));

    [Fact]
    public void Whatever_is_written_can_be_read_again()
    {
        AccessToken large = Token with { Scope = string.Join(' ', Enumerable.Range(0, 300).Select(i => $"scope:number{i}")), ClientId = new string('c', 128) };
        Assert.NotNull(SealedAccessToken.Read(Sample.Keys, SealedAccessToken.Write(Sample.Keys, large, Nonce), Sample.Issuer));
    }
}
