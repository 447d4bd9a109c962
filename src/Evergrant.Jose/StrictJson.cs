using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;

namespace Evergrant.Jose;

/// <summary>
/// JSON from strangers (RFC 7515 §4 and §10.12, RFC 8725 §3.7): one object, valid UTF-8, no member twice, no comments, no trailing commas,
/// at most <see cref="MaxDepth"/> levels, and every string readable (no lone surrogate hidden in an escape).
/// </summary>
public static class StrictJson
{
    /// <summary>Levels of nesting that are read; deeper text is refused.</summary>
    public const int MaxDepth = 16;

    private static readonly JsonDocumentOptions Options = new()
    {
        AllowDuplicateProperties = false,
        AllowTrailingCommas = false,
        CommentHandling = JsonCommentHandling.Disallow,
        MaxDepth = MaxDepth,
    };

    /// <summary>Reads one object. The document refers to <paramref name="utf8"/>, which must not change while it is in use; the caller disposes it.</summary>
    public static bool TryParseObject(ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out JsonDocument? document)
    {
        document = null;
        if (!Utf8.IsValid(utf8.Span) || HidesLoneSurrogate(utf8.Span))
            return false;
        try
        {
            document = JsonDocument.Parse(utf8, Options);
        }
        catch (JsonException)
        {
            return false;
        }
        if (document.RootElement.ValueKind == JsonValueKind.Object)
            return true;
        document.Dispose();
        document = null;
        return false;
    }

    /// <summary>
    /// Reads one object again that is part of a document from elsewhere, which may have been read with looser rules. Copies it; the caller disposes the document.
    /// </summary>
    internal static bool TryParseObject(JsonElement element, [NotNullWhen(true)] out JsonDocument? document)
    {
        document = null;
        return element.ValueKind == JsonValueKind.Object && TryParseObject(JsonMarshal.GetRawUtf8Value(element).ToArray(), out document);
    }

    /// <summary>Whether an escape hides half of a surrogate pair, on which every reader of the string would throw (<c>"\ud800"</c>). For JSON that is otherwise read with looser rules, such as settings with comments.</summary>
    /// <param name="utf8">The text.</param>
    public static bool HidesLoneSurrogate(ReadOnlySpan<byte> utf8)
    {
        bool highIsOpen = false;
        while (true)
        {
            int backslash = utf8.IndexOf((byte)'\\');
            if (backslash < 0 || backslash + 1 >= utf8.Length)
                return highIsOpen;
            if (highIsOpen && backslash != 0)
                return true;
            utf8 = utf8[(backslash + 1)..];
            if (utf8[0] != 'u' || utf8.Length < 5 ||
                !ushort.TryParse(utf8[1..5], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort unit))
            {
                if (highIsOpen)
                    return true;
                utf8 = utf8[1..];
                continue;
            }
            if (char.IsLowSurrogate((char)unit) != highIsOpen)
                return true;
            highIsOpen = char.IsHighSurrogate((char)unit);
            utf8 = utf8[5..];
        }
    }
}
