using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Evergrant.AspNetCore.Keys;
using Microsoft.AspNetCore.WebUtilities;

namespace Evergrant.Pages;

/// <summary>Binds the forms outside an authorization request to the browser that asked for them: the hidden token is an HMAC over the browser's form cookie
/// and the session in use, so that neither another site nor an earlier user of the browser can post one.</summary>
internal sealed class FormTokens(IServerSecrets secrets)
{
    /// <summary>Name of the hidden field.</summary>
    public const string Field = "form_token";

    private const string Purpose = "page-form";

    /// <summary>Makes the token for a form of this answer; sets the cookie when the browser has none.</summary>
    public string Issue(HttpContext http)
    {
        string? cookie = PageCookies.Read(http, PageCookies.Form);
        if (cookie is null || !PageCookies.IsValue(cookie))
        {
            cookie = PageCookies.NewValue();
            PageCookies.Set(http, PageCookies.Form, cookie);
        }
        return TokenOf(http, cookie, secrets.Derive(Purpose).CurrentNumber)!;
    }

    /// <summary>Whether a posted token was made for this browser as it is now.</summary>
    public bool Fits(HttpContext http, string? token) =>
        token is not null && PageCookies.Read(http, PageCookies.Form) is { } cookie && PageCookies.IsValue(cookie)
        && int.TryParse(token.AsSpan(0, Math.Max(0, token.IndexOf('.'))), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && TokenOf(http, cookie, number) is { } expected
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(expected));

    // Number of the root key, a dot, and the HMAC; null when that key is not there.
    private string? TokenOf(HttpContext http, string cookie, int number) => secrets.Derive(Purpose).Find(number) is not { } key ? null
        : string.Create(CultureInfo.InvariantCulture, $"{number}.{Base64UrlTextEncoder.Encode(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(cookie + "\n" + PageCookies.Read(http, PageCookies.Session))))}");
}
