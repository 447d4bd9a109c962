using Evergrant.AspNetCore;

namespace Evergrant.Pages;

/// <summary>Whether people reach this server by https. The issuers say so: behind a proxy the request itself may not know.</summary>
internal static class PageScheme
{
    /// <summary>Whether cookies are for https only and browsers are told to stay there.</summary>
    public static bool IsSecure(HttpContext http) => http.Request.IsHttps || Sites(http).Any(s => s.IsSecure);

    private static IReadOnlyList<IssuerSite> Sites(HttpContext http) => http.RequestServices.GetRequiredService<IssuerSites>().All;
}
