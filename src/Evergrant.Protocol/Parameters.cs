using System.Text;
using System.Text.Unicode;

namespace Evergrant.Protocol;

/// <summary>The parameters of a query or form (application/x-www-form-urlencoded in UTF-8, RFC 6749 appendix B).</summary>
/// <remarks>A parameter without a value counts as absent (RFC 6749 section 3.1). Everything is read once and refused as a whole when any of it is malformed.</remarks>
public sealed class Parameters
{
    /// <summary>Parameters at most.</summary>
    public const int MaximumCount = 64;

    private readonly List<KeyValuePair<string, string>> _items = [];

    private Parameters() { }

    /// <summary>No parameters.</summary>
    public static Parameters Empty { get; } = new();

    /// <summary>Name of the first parameter that occurs more than once, other than resource and audience; null for none.</summary>
    public string? Repeated { get; private set; }

    /// <summary>All parameters with a value, in the order sent.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> All => _items;

    /// <summary>The first value of a parameter; null when absent or empty.</summary>
    /// <param name="name">Case-sensitive name.</param>
    public string? this[string name]
    {
        get
        {
            foreach ((string key, string value) in _items)
            {
                if (key == name) return value;
            }
            return null;
        }
    }

    /// <summary>All values of a parameter that may occur several times.</summary>
    /// <param name="name">Case-sensitive name.</param>
    public IReadOnlyList<string> Many(string name)
    {
        List<string>? list = null;
        foreach ((string key, string value) in _items)
        {
            if (key == name) (list ??= []).Add(value);
        }
        return list is null ? [] : list;
    }

    /// <summary>Reads a query or form.</summary>
    /// <param name="encoded">The bytes without a leading question mark.</param>
    /// <returns>Null when an escape is broken, a value is not UTF-8 or holds NUL, or there are more than <see cref="MaximumCount"/>.</returns>
    public static Parameters? Parse(ReadOnlySpan<byte> encoded)
    {
        if (encoded.IsEmpty) return Empty;
        var result = new Parameters();
        byte[]? rented = encoded.Length > 1024 ? new byte[encoded.Length] : null;
        Span<byte> buffer = rented ?? stackalloc byte[1024];
        int seen = 0;
        foreach (Range range in encoded.Split((byte)'&'))
        {
            ReadOnlySpan<byte> pair = encoded[range];
            if (pair.IsEmpty) continue;
            if (++seen > MaximumCount) return null;
            int equals = pair.IndexOf((byte)'=');
            ReadOnlySpan<byte> rawName = equals < 0 ? pair : pair[..equals];
            ReadOnlySpan<byte> rawValue = equals < 0 ? default : pair[(equals + 1)..];
            if (Decode(rawName, buffer) is not { } name || Decode(rawValue, buffer) is not { } value) return null;
            if (name.Length > 0 && value.Length > 0) result.Add(name, value);
        }
        return result;
    }

    /// <summary>Makes parameters from pairs that were read before, for example those of a ticket.</summary>
    /// <param name="pairs">Names and values.</param>
    public static Parameters From(IEnumerable<KeyValuePair<string, string>> pairs)
    {
        var result = new Parameters();
        foreach ((string name, string value) in pairs)
        {
            if (value.Length > 0) result.Add(name, value);
        }
        return result;
    }

    private void Add(string name, string value)
    {
        if (Repeated is null && name is not ("resource" or "audience") && this[name] is not null) Repeated = name;
        _items.Add(new(name, value));
    }

    private static string? Decode(ReadOnlySpan<byte> raw, Span<byte> buffer)
    {
        if (raw.IsEmpty) return "";
        int length = 0;
        for (int i = 0; i < raw.Length; i++)
        {
            byte b = raw[i];
            if (b == '+') b = (byte)' ';
            else if (b == '%')
            {
                if (i + 2 >= raw.Length || !char.IsAsciiHexDigit((char)raw[i + 1]) || !char.IsAsciiHexDigit((char)raw[i + 2])) return null;
                b = (byte)((Digit(raw[i + 1]) << 4) | Digit(raw[i + 2]));
                i += 2;
            }
            if (b == 0) return null;
            buffer[length++] = b;
        }
        ReadOnlySpan<byte> bytes = buffer[..length];
        return Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : null;
    }

    private static int Digit(byte c) => c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}
