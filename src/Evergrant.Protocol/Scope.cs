namespace Evergrant.Protocol;

/// <summary>Lists of scope values (RFC 6749 section 3.3): case-sensitive, single spaces, order without meaning.</summary>
public static class Scope
{
    private const int Many = 32;

    /// <summary>Asks for an ID Token.</summary>
    public const string OpenId = "openid";

    /// <summary>Asks for access while the End-User is away.</summary>
    public const string OfflineAccess = "offline_access";

    /// <summary>The scope values of OpenID Connect Core section 5.4 and 11.</summary>
    public static IReadOnlyList<string> Standard { get; } = [OpenId, "profile", "email", "address", "phone", OfflineAccess];

    /// <summary>Asks for a device secret (OpenID Connect Native SSO section 3.1); only clients of a group may have it.</summary>
    public const string DeviceSso = "device_sso";

    /// <summary>Lets a client ask what its grants allow (Grant Management section 6.1).</summary>
    public const string GrantQuery = "grant_management_query";

    /// <summary>Lets a client end its grants by name.</summary>
    public const string GrantRevoke = "grant_management_revoke";

    /// <summary>Whether a scope value is about the client itself, so that no End-User is asked for it.</summary>
    /// <param name="scope">The value.</param>
    public static bool IsOfClient(string scope) => scope is GrantQuery or GrantRevoke;

    /// <summary>Whether a scope value is about an End-User who signs in here, so that it means nothing without one.</summary>
    /// <param name="scope">The value.</param>
    public static bool IsOfSignIn(string scope) => scope == DeviceSso || Standard.Contains(scope);

    /// <summary>Splits a scope parameter; doubled values are kept once.</summary>
    /// <param name="value">The parameter.</param>
    /// <param name="scopes">The values in order.</param>
    /// <returns>False when the syntax is broken: a character outside %x21 / %x23-5B / %x5D-7E, or not single spaces.</returns>
    public static bool TryParse(string value, out IReadOnlyList<string> scopes)
    {
        scopes = [];
        var list = new List<string>();
        HashSet<string>? seen = null; // Of very many; looking through the list would take time by the square of its length.
        foreach (Range range in value.AsSpan().Split(' '))
        {
            ReadOnlySpan<char> item = value.AsSpan(range);
            if (item.IsEmpty) return false;
            foreach (char c in item)
            {
                if (c is < '!' or > '~' or '"' or '\\') return false;
            }
            string text = item.ToString();
            if (list.Count == Many) seen ??= new HashSet<string>(list, StringComparer.Ordinal);
            if (seen?.Add(text) ?? !list.Contains(text)) list.Add(text);
        }
        scopes = list;
        return true;
    }

    /// <summary>Splits a stored scope string, which is well-formed.</summary>
    /// <param name="value">Space-delimited values; empty for none.</param>
    public static string[] Split(string value) => value.Length == 0 ? [] : value.Split(' ');

    /// <summary>Whether a stored scope string contains a value.</summary>
    /// <param name="scope">Space-delimited values.</param>
    /// <param name="value">One value.</param>
    public static bool Contains(string scope, string value)
    {
        foreach (Range range in scope.AsSpan().Split(' '))
        {
            if (scope.AsSpan(range).SequenceEqual(value)) return true;
        }
        return false;
    }

    /// <summary>Joins values with single spaces.</summary>
    /// <param name="values">The values.</param>
    public static string Join(IEnumerable<string> values) => string.Join(' ', values);
}
