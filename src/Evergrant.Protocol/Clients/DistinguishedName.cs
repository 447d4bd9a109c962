using System.Formats.Asn1;
using System.Globalization;
using System.Text;

namespace Evergrant.Protocol.Clients;

/// <summary>A distinguished name, compared by what it says and not by how it is spelled or encoded (RFC 4514, RFC 4517 section 4.2.15): the same types with the same values in the same order.</summary>
public sealed class DistinguishedName : IEquatable<DistinguishedName>
{
    private const int MaximumLength = 4096;

    // RFC 4514 section 3, and what OpenSSL and .NET write besides.
    private static readonly Dictionary<string, string> Types = new(StringComparer.OrdinalIgnoreCase)
    {
        ["CN"] = "2.5.4.3", ["SN"] = "2.5.4.4", ["SERIALNUMBER"] = "2.5.4.5", ["C"] = "2.5.4.6", ["L"] = "2.5.4.7", ["ST"] = "2.5.4.8", ["S"] = "2.5.4.8", ["STREET"] = "2.5.4.9",
        ["O"] = "2.5.4.10", ["OU"] = "2.5.4.11", ["T"] = "2.5.4.12", ["TITLE"] = "2.5.4.12", ["BUSINESSCATEGORY"] = "2.5.4.15", ["POSTALCODE"] = "2.5.4.17", ["GN"] = "2.5.4.42", ["G"] = "2.5.4.42",
        ["DNQUALIFIER"] = "2.5.4.46", ["ORGANIZATIONIDENTIFIER"] = "2.5.4.97", ["DC"] = "0.9.2342.19200300.100.1.25", ["UID"] = "0.9.2342.19200300.100.1.1",
        ["EMAILADDRESS"] = "1.2.840.113549.1.9.1", ["E"] = "1.2.840.113549.1.9.1",
        ["JURISDICTIONLOCALITY"] = "1.3.6.1.4.1.311.60.2.1.1", ["JURISDICTIONSTATE"] = "1.3.6.1.4.1.311.60.2.1.2", ["JURISDICTIONCOUNTRY"] = "1.3.6.1.4.1.311.60.2.1.3",
    };

    // Of each relative name its pairs in order, as one text; the last of the certificate first, as RFC 4514 writes them.
    private readonly string[] _names;

    private DistinguishedName(IEnumerable<string> names) => _names = [.. names];

    /// <summary>Reads the text form of RFC 4514.</summary>
    /// <param name="text">E.g. <c>CN=client,O=Example\, Inc.,C=CH</c>.</param>
    /// <returns>Null when it is not of that form, has a type that is not known, or is empty.</returns>
    public static DistinguishedName? Parse(string text)
    {
        if (text.Length is 0 or > MaximumLength) return null;
        var names = new List<string>();
        var pairs = new List<string>();
        for (int at = 0; at <= text.Length; at++)
        {
            if (ReadPair(text, ref at) is not { } pair) return null;
            pairs.Add(pair);
            if (at < text.Length && text[at] == '+') continue;
            names.Add(Joined(pairs));
            pairs.Clear();
        }
        return new DistinguishedName(names);
    }

    /// <summary>Reads the DER form of a certificate.</summary>
    /// <param name="der">A Name (RFC 5280 section 4.1.2.4).</param>
    /// <returns>Null when it is none, or has a value that is no text.</returns>
    public static DistinguishedName? Parse(ReadOnlyMemory<byte> der)
    {
        try
        {
            var names = new List<string>();
            AsnReader sequence = new AsnReader(der, AsnEncodingRules.DER).ReadSequence();
            while (sequence.HasData)
            {
                var pairs = new List<string>();
                AsnReader set = sequence.ReadSetOf();
                while (set.HasData)
                {
                    AsnReader pair = set.ReadSequence();
                    string type = pair.ReadObjectIdentifier();
                    pairs.Add(Pair(type, pair.ReadCharacterString((UniversalTagNumber)pair.PeekTag().TagValue)));
                }
                names.Add(Joined(pairs));
            }
            names.Reverse();
            return names.Count == 0 ? null : new DistinguishedName(names);
        }
        catch (Exception e) when (e is AsnContentException or ArgumentException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public bool Equals(DistinguishedName? other) => other is not null && _names.SequenceEqual(other._names);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as DistinguishedName);

    /// <inheritdoc/>
    public override int GetHashCode() => _names.Length == 0 ? 0 : _names[0].GetHashCode(StringComparison.Ordinal);

    /// <summary>Reads type, equals sign and value; leaves the index at the sign behind it, or at the end.</summary>
    private static string? ReadPair(string text, ref int at)
    {
        int equals = text.IndexOf('=', at);
        if (equals < 0) return null;
        string type = text[at..equals].Trim();
        if (type.StartsWith("OID.", StringComparison.OrdinalIgnoreCase)) type = type[4..];
        string? oid = Types.GetValueOrDefault(type) ?? (type.Length > 2 && type.All(c => char.IsAsciiDigit(c) || c == '.') ? type : null);
        at = equals + 1;
        return oid is not null && ReadValue(text, ref at) is { Length: > 0 } value ? Pair(oid, value) : null;
    }

    private static string? ReadValue(string text, ref int at)
    {
        while (at < text.Length && text[at] == ' ') at++;
        var octets = new List<byte>();
        int kept = 0;
        bool quoted = at < text.Length && text[at] == '"';
        if (quoted) at++;
        for (; at < text.Length; at++)
        {
            char c = text[at];
            if (quoted ? c == '"' : c is ',' or '+' or ';') break;
            if (c == '\\')
            {
                if (at + 1 >= text.Length) return null;
                bool hex = at + 2 < text.Length && char.IsAsciiHexDigit(text[at + 1]) && char.IsAsciiHexDigit(text[at + 2]);
                if (hex) octets.Add(byte.Parse(text.AsSpan(at + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                else octets.AddRange(Encoding.UTF8.GetBytes(text, at + 1, 1));
                at += hex ? 2 : 1;
                kept = octets.Count;
                continue;
            }
            // A hash sign begins a value in BER, which is not read.
            if (!quoted && (c is '<' or '>' or '"' || (c == '#' && octets.Count == 0))) return null;
            bool pair = char.IsHighSurrogate(c) && at + 1 < text.Length;
            octets.AddRange(Encoding.UTF8.GetBytes(text, at, pair ? 2 : 1));
            if (pair) at++;
            if (quoted || c != ' ') kept = octets.Count;
        }
        if (quoted)
        {
            if (at >= text.Length) return null;
            for (at++; at < text.Length && text[at] == ' '; at++) { }
            if (at < text.Length && text[at] is not (',' or '+' or ';')) return null;
        }
        // Blanks at the end belong to no value.
        return Encoding.UTF8.GetString([.. octets.Take(kept)]);
    }

    // Blanks at the ends and their number do not count (RFC 4518 section 2.6.1); letters do: who is told apart by case alone stays so.
    private static string Pair(string oid, string value) => $"{oid}={string.Join(' ', value.Split(' ', StringSplitOptions.RemoveEmptyEntries))}";

    // The pairs of one relative name have no order.
    private static string Joined(IEnumerable<string> pairs) => string.Join('\n', pairs.Order(StringComparer.Ordinal));
}
