using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;

namespace Evergrant.Jose;

/// <summary>
/// Base64url as JOSE writes it (RFC 7515 §2): no padding, no white space, unused bits zero.
/// One octet string has exactly one accepted spelling, so a token cannot be respelled and stay valid.
/// </summary>
public static class CanonicalBase64Url
{
    private static readonly SearchValues<char> Alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    /// <summary>The one spelling of these octets; empty for none.</summary>
    public static string Encode(ReadOnlySpan<byte> octets) => Base64Url.EncodeToString(octets);

    /// <summary>Writes the spelling into <paramref name="text"/>; false, with nothing promised about its content, when it is too short.</summary>
    public static bool TryEncode(ReadOnlySpan<byte> octets, Span<char> text, out int written) =>
        Base64Url.TryEncodeToChars(octets, text, out written);

    /// <summary>Reads canonical text into <paramref name="octets"/>; false when the text is not canonical or the room does not suffice.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, Span<byte> octets, out int written)
    {
        written = 0;
        return IsCanonical(text) && Base64Url.TryDecodeFromChars(text, octets, out written);
    }

    /// <summary>Reads canonical text into a new array of exactly its length; false, and null, when the text is not canonical.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? octets)
    {
        octets = IsCanonical(text) ? Base64Url.DecodeFromChars(text) : null;
        return octets is not null;
    }

    /// <summary>The number of octets that canonical text of this length stands for.</summary>
    internal static int OctetCount(int textLength) => (int)(textLength * 3L / 4);

    // The BCL's decoder skips white space and accepts padding; both are refused here before it runs.
    private static bool IsCanonical(ReadOnlySpan<char> text)
    {
        if (text.ContainsAnyExcept(Alphabet))
            return false;
        return (text.Length & 3) switch
        {
            0 => true,
            2 => (SixBits(text[^1]) & 0b1111) == 0,
            3 => (SixBits(text[^1]) & 0b11) == 0,
            _ => false,
        };
    }

    private static int SixBits(char letter) => letter switch
    {
        >= 'A' and <= 'Z' => letter - 'A',
        >= 'a' and <= 'z' => letter - 'a' + 26,
        >= '0' and <= '9' => letter - '0' + 52,
        '-' => 62,
        _ => 63,
    };
}
