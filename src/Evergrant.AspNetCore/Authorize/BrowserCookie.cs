using System.Security.Cryptography;
using Evergrant.Jose;
using Microsoft.AspNetCore.Http;

namespace Evergrant.AspNetCore.Authorize;

/// <summary>A random value by which a browser is known again while it answers pages; it says nothing about who uses it.</summary>
internal static class BrowserCookie
{
    private const string Plain = "evergrant-browser";
    private const string Secure = "__Host-evergrant-browser";

    /// <summary>The value; null when the browser has none, or not one of ours by its form.</summary>
    public static string? Read(HttpContext http, IssuerSite site)
    {
        if (http.Items.TryGetValue(typeof(BrowserCookie), out object? set)) return (string)set!;
        string? value = http.Request.Cookies[site.IsSecure ? Secure : Plain];
        return value is { Length: 27 } && CanonicalBase64Url.TryDecode(value, out byte[]? bytes) && bytes.Length == 20 ? value : null;
    }

    /// <summary>The value; a new one is set on the response when there is none.</summary>
    public static string Ensure(HttpContext http, IssuerSite site)
    {
        if (Read(http, site) is { } value) return value;
        value = CanonicalBase64Url.Encode(RandomNumberGenerator.GetBytes(20));
        http.Items[typeof(BrowserCookie)] = value;
        http.Response.Cookies.Append(site.IsSecure ? Secure : Plain, value, new CookieOptions { HttpOnly = true, Secure = site.IsSecure, SameSite = SameSiteMode.Lax, Path = "/" });
        return value;
    }
}
