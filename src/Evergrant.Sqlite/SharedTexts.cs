using System.Text;

namespace Evergrant.Sqlite;

/// <summary>Keeps one string for texts that come again in row after row (issuers, client ids), so that reading a grant does not allocate them.</summary>
internal sealed class SharedTexts
{
    private const int Slots = 128;
    private const int Longest = 256;

    private readonly string?[] _texts = new string?[Slots];

    /// <summary>The text of some UTF-8 bytes.</summary>
    public string Get(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length is 0 or > Longest) return Encoding.UTF8.GetString(utf8);
        ref string? slot = ref _texts[(utf8.Length + 31 * utf8[^1] + 7 * utf8[utf8.Length / 2]) & (Slots - 1)];
        return slot is not null && Ascii.Equals(utf8, slot) ? slot : slot = Encoding.UTF8.GetString(utf8);
    }
}
