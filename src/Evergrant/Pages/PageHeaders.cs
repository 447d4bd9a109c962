using Microsoft.Extensions.Primitives;

namespace Evergrant.Pages;

/// <summary>The response headers of everything that people see, in one place (docs/operations/headers.md).</summary>
internal static class PageHeaders
{
    /// <summary>Sets the headers of a page: nothing runs, nothing frames it, nothing is stored, and its forms lead back here or to one origin more.</summary>
    /// <param name="http">The request to answer.</param>
    /// <param name="formOrigin">Origins (or schemes with colon) to which the answer of a form may redirect, space-delimited; null for none. Browsers apply form-action to redirects too.</param>
    /// <param name="nonce">Nonce of the one inline script; null for pages without.</param>
    /// <param name="scripts">Whether scripts and calls of this origin are allowed (the playground).</param>
    /// <param name="frames">Registered addresses that the page loads in iframes (front-channel logout); null or empty for none.</param>
    /// <param name="opener">Whether the page stays in touch with the window that opened it (response_mode web_message).</param>
    /// <param name="framedBy">Origin that may frame the page; null for none.</param>
    public static void Apply(HttpContext http, string? formOrigin = null, string? nonce = null, bool scripts = false, IReadOnlyList<string>? frames = null, bool opener = false, string? framedBy = null)
    {
        IHeaderDictionary headers = http.Response.Headers;
        headers.ContentSecurityPolicy = "default-src 'none'"
            + (nonce is not null ? $"; script-src 'nonce-{nonce}'" : scripts ? "; script-src 'self'; connect-src 'self'" : "")
            + (frames is { Count: > 0 } ? "; frame-src" + string.Concat(frames.Select(FrameSource).Distinct().Select(s => " " + s)) : "")
            + "; style-src 'self'; img-src 'self' data:; form-action 'self'" + (IsSource(formOrigin) ? " " + formOrigin : "")
            + "; frame-ancestors " + (IsSource(framedBy) ? framedBy : "'none'") + "; base-uri 'none'; object-src 'none'";
        // It knows no origins; where one may frame the page, the policy above says which.
        headers.XFrameOptions = framedBy is null ? "DENY" : StringValues.Empty;
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = opener ? "unsafe-none" : "same-origin";
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=(), publickey-credentials-get=(self), publickey-credentials-create=(self)";
        headers["X-Robots-Tag"] = "noindex";
        NoStore(headers);
        Common(http);
    }

    /// <summary>Sets the headers of a redirect.</summary>
    public static void ApplyRedirect(HttpContext http)
    {
        http.Response.Headers["Referrer-Policy"] = "no-referrer";
        NoStore(http.Response.Headers);
        Common(http);
    }

    /// <summary>Sets the headers of a style sheet, picture or script.</summary>
    /// <param name="http">The request to answer.</param>
    /// <param name="immutable">Whether its address changes with its content.</param>
    public static void ApplyAsset(HttpContext http, bool immutable)
    {
        http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
        http.Response.Headers.CacheControl = immutable ? "public, max-age=31536000, immutable" : "no-cache";
        Common(http);
    }

    /// <summary>Sets the headers of a small JSON answer to a page's script.</summary>
    public static void ApplyJson(HttpContext http)
    {
        http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
        NoStore(http.Response.Headers);
        Common(http);
    }

    private static void Common(HttpContext http)
    {
        http.Response.Headers.XContentTypeOptions = "nosniff";
        http.Response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
        // RFC 6797 section 7.2: never over http.
        if (PageScheme.IsSecure(http)) http.Response.Headers.StrictTransportSecurity = "max-age=63072000; includeSubDomains";
    }

    private static void NoStore(IHeaderDictionary headers)
    {
        headers.CacheControl = "no-store";
        headers.Pragma = StringValues.Empty;
    }

    // The address as far as the directive can say it, which has no query; the origin where a character of the path could end the directive.
    private static string FrameSource(string address)
    {
        int query = address.IndexOf('?');
        string source = query < 0 ? address : address[..query];
        return IsSource(source) && !source.Contains(' ') ? source : Protocol.Clients.RedirectUri.OriginOf(address);
    }

    // An origin goes into the header as it is; one that could end the directive does not go in.
    private static bool IsSource(string? origin) => origin is { Length: > 1 } && !origin.AsSpan().ContainsAnyExcept(SourceCharacters);

    private static readonly System.Buffers.SearchValues<char> SourceCharacters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/[]%+ ");
}
