namespace Evergrant.Protocol.Authorize;

/// <summary>What an authorization response carries (RFC 6749 section 3.1.1, OAuth 2.0 Multiple Response Type Encoding Practices).</summary>
/// <param name="Code">An authorization code.</param>
/// <param name="Token">An access token.</param>
/// <param name="IdToken">An ID Token.</param>
public sealed record ResponseType(bool Code, bool Token, bool IdToken)
{
    /// <summary>The one that is always on.</summary>
    public const string CodeName = "code";

    /// <summary>Grant type that a client is registered for besides, when a token comes through the browser (RFC 7591 section 2.1).</summary>
    public const string ImplicitGrant = "implicit";

    /// <summary>All that a client can be registered for; those with tokens in the browser are off unless it is.</summary>
    public static IReadOnlyList<string> Names { get; } = [CodeName, "code id_token", "id_token", "id_token token", "code id_token token", "code token", "token"];

    /// <summary>Whether a token comes through the browser, where everything but a code is better not (RFC 9700 section 2.1.2).</summary>
    public bool IsFrontChannel => Token || IdToken;

    /// <summary>Reads a value; the order of its words does not matter.</summary>
    /// <param name="text">The parameter; null when absent.</param>
    /// <returns>Null when it is none of <see cref="Names"/>.</returns>
    public static ResponseType? Parse(string? text)
    {
        if (text == CodeName) return new(true, false, false);
        if (text is null || !Names.Any(name => IsSame(name, text))) return null;
        string[] words = text.Split(' ');
        return new(words.Contains("code"), words.Contains("token"), words.Contains("id_token"));
    }

    /// <summary>Whether two values are the same set of words.</summary>
    /// <param name="one">A value.</param>
    /// <param name="other">Another.</param>
    public static bool IsSame(string one, string other)
    {
        if (one == other) return true;
        string[] words = other.Split(' ');
        return words.Length == words.Distinct().Count() && one.Split(' ').ToHashSet().SetEquals(words);
    }
}
