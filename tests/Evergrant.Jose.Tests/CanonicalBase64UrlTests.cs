namespace Evergrant.Jose.Tests;

public sealed class CanonicalBase64UrlTests
{
    [Theory]
    [InlineData(new byte[] { }, "")]
    [InlineData(new byte[] { 3, 236, 255, 224, 193 }, "A-z_4ME")] // RFC 7515 appendix C
    [InlineData(new byte[] { 0 }, "AA")]
    [InlineData(new byte[] { 255, 255 }, "__8")]
    public void Octets_have_one_spelling_and_are_read_back_from_it(byte[] octets, string text)
    {
        Assert.Equal(text, CanonicalBase64Url.Encode(octets));
        Assert.True(CanonicalBase64Url.TryDecode(text, out byte[]? read));
        Assert.Equal(octets, read);
        Span<char> written = new char[text.Length];
        Assert.True(CanonicalBase64Url.TryEncode(octets, written, out int length));
        Assert.Equal(text, new string(written[..length]));
    }

    [Theory]
    [Requirement("RFC7515-2-01")]
    [InlineData("AA==")]
    [InlineData("AA=")]
    [InlineData("=")]
    [InlineData(" AA")]
    [InlineData("AA ")]
    [InlineData("A A")]
    [InlineData("AA\n")]
    [InlineData("A\r\nA")]
    [InlineData("\t")]
    [InlineData("A")]
    [InlineData("AAAAA")]
    [InlineData("AB")]
    [InlineData("__9")]
    [InlineData("_w+A")]
    [InlineData("_w/A")]
    [InlineData("_w.A")]
    [InlineData("AA\0")]
    [InlineData("AАAA")] // a Cyrillic letter
    [InlineData("AA%3D")]
    public void Any_other_spelling_is_refused(string text)
    {
        Assert.False(CanonicalBase64Url.TryDecode(text, out byte[]? octets));
        Assert.Null(octets);
        Assert.False(CanonicalBase64Url.TryDecode(text, new byte[64], out int written));
        Assert.Equal(0, written);
    }

    [Fact]
    public void Of_all_texts_of_two_letters_exactly_one_per_octet_is_accepted()
    {
        const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        var read = new List<byte>();
        foreach (char first in Letters)
        {
            foreach (char second in Letters)
            {
                if (CanonicalBase64Url.TryDecode($"{first}{second}", out byte[]? octets))
                    read.Add(Assert.Single(octets));
            }
        }
        Assert.Equal(256, read.Count);
        Assert.Equal(256, read.Distinct().Count());
    }

    [Fact]
    public void Too_little_room_is_said_and_does_not_throw()
    {
        Assert.False(CanonicalBase64Url.TryDecode("AAAA", new byte[2], out _));
        Assert.False(CanonicalBase64Url.TryEncode(new byte[3], new char[3], out _));
    }
}
