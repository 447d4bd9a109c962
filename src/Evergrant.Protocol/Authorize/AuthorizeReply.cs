using System.Text;

namespace Evergrant.Protocol.Authorize;

/// <summary>The parameters of an authorization response and the ways they travel (RFC 6749 section 4.1.2, RFC 9207, OAuth 2.0 Form Post Response Mode).</summary>
public static class AuthorizeReply
{
    /// <summary>Parameters of a success.</summary>
    /// <param name="code">The code.</param>
    /// <param name="state">state as sent; null when it was not.</param>
    /// <param name="issuer">Issuer.</param>
    public static List<KeyValuePair<string, string>> Success(string code, string? state, string issuer) => Success([new("code", code)], state, issuer);

    /// <summary>Parameters of a success.</summary>
    /// <param name="issued">What is issued; the rest is added to it.</param>
    /// <param name="state">state as sent; null when it was not.</param>
    /// <param name="issuer">Issuer.</param>
    public static List<KeyValuePair<string, string>> Success(List<KeyValuePair<string, string>> issued, string? state, string issuer)
    {
        List<KeyValuePair<string, string>> list = issued;
        if (state is not null) list.Add(new("state", state));
        list.Add(new("iss", issuer));
        return list;
    }

    /// <summary>Parameters of an error.</summary>
    /// <param name="error">The error.</param>
    /// <param name="description">Its description with the reference.</param>
    /// <param name="state">state as sent; null when it was not.</param>
    /// <param name="issuer">Issuer.</param>
    public static List<KeyValuePair<string, string>> Failure(OAuthError error, string description, string? state, string issuer)
    {
        var list = new List<KeyValuePair<string, string>>(4) { new("error", error.Code), new("error_description", description) };
        if (state is not null) list.Add(new("state", state));
        list.Add(new("iss", issuer));
        return list;
    }

    /// <summary>The Location of a redirect. A query that the redirect URI has already is kept (RFC 6749 section 3.1).</summary>
    /// <param name="redirectUri">The verified redirect URI.</param>
    /// <param name="fragment">Whether the parameters go into the fragment.</param>
    /// <param name="parameters">The parameters.</param>
    public static string Location(string redirectUri, bool fragment, IReadOnlyList<KeyValuePair<string, string>> parameters)
    {
        var location = new StringBuilder(redirectUri);
        char separator = fragment ? '#' : redirectUri.Contains('?') ? (redirectUri[^1] is '?' or '&' ? '\0' : '&') : '?';
        foreach ((string name, string value) in parameters)
        {
            if (separator != '\0') location.Append(separator);
            location.Append(name).Append('=').Append(Uri.EscapeDataString(value));
            separator = '&';
        }
        return location.ToString();
    }
}
