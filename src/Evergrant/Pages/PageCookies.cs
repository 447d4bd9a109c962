using System.Security.Cryptography;
using Microsoft.AspNetCore.WebUtilities;

namespace Evergrant.Pages;

/// <summary>The cookies of the pages: random values, readable by no script, sent to this host only.</summary>
/// <remarks>Over https their names begin with __Host-, so that no sibling host can plant one (RFC 6265bis section 4.1.3.2).</remarks>
internal static class PageCookies
{
    /// <summary>The sessions of the browser.</summary>
    public const string Session = "evergrant-session";

    /// <summary>What the forms outside an authorization request are bound to.</summary>
    public const string Form = "evergrant-form";

    /// <summary>The mark of a known device.</summary>
    public const string Device = "evergrant-device";

    /// <summary>Reads a cookie. One that occurs twice counts as none: another host may have planted it.</summary>
    public static string? Read(HttpContext http, string name)
    {
        string wanted = FullName(http, name) + "=";
        string? found = null;
        foreach (string? header in http.Request.Headers.Cookie)
        {
            foreach (Range range in header.AsSpan().Split(';'))
            {
                ReadOnlySpan<char> pair = header.AsSpan(range).Trim();
                if (!pair.StartsWith(wanted, StringComparison.Ordinal)) continue;
                if (found is not null) return null;
                found = pair[wanted.Length..].ToString();
            }
        }
        return found;
    }

    /// <summary>Sets a cookie for as long as the browser runs, or longer.</summary>
    public static void Set(HttpContext http, string name, string value, TimeSpan? maxAge = null) =>
        http.Response.Cookies.Append(FullName(http, name), value, OptionsOf(http, maxAge));

    /// <summary>Removes a cookie.</summary>
    public static void Remove(HttpContext http, string name) => http.Response.Cookies.Delete(FullName(http, name), OptionsOf(http, null));

    /// <summary>A value of 256 random bits, 43 characters.</summary>
    public static string NewValue() => Base64UrlTextEncoder.Encode(RandomNumberGenerator.GetBytes(32));

    /// <summary>Whether a value has the form of <see cref="NewValue"/>.</summary>
    public static bool IsValue(string value) => value.Length == 43 && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    private static string FullName(HttpContext http, string name) => PageScheme.IsSecure(http) ? "__Host-" + name : name;

    private static CookieOptions OptionsOf(HttpContext http, TimeSpan? maxAge) =>
        new() { HttpOnly = true, Secure = PageScheme.IsSecure(http), SameSite = SameSiteMode.Lax, Path = "/", MaxAge = maxAge, IsEssential = true };
}
