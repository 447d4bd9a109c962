using System.Text;

namespace Evergrant.Postgres;

/// <summary>Texts as PostgreSQL can hold them: it has no U+0000, and takes no halves of surrogate pairs. Equal texts stay equal and different ones different.</summary>
/// <remarks>U+0000 becomes U+0001 "0", U+0001 becomes U+0001 "1". A lone surrogate becomes U+FFFD, as UTF-8 has it everywhere.</remarks>
internal static class Texts
{
    private const char Mark = '\u0001';

    public static string Write(string text)
    {
        if (text.AsSpan().IndexOfAny('\0', Mark) >= 0) text = text.Replace("\u0001", "\u00011", StringComparison.Ordinal).Replace("\0", "\u00010", StringComparison.Ordinal);
        return text.AsSpan().IndexOfAnyInRange('\ud800', '\udfff') >= 0 ? Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) : text;
    }

    public static string Read(string text) =>
        text.Contains(Mark) ? text.Replace("\u00010", "\0", StringComparison.Ordinal).Replace("\u00011", "\u0001", StringComparison.Ordinal) : text;
}
