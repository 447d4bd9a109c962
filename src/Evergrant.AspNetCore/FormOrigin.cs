using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Evergrant.AspNetCore;

/// <summary>Whether a form was posted by a page of this server. Beside the tickets and tokens that forms carry: no other site reaches them at all.</summary>
/// <remarks>Browsers that send Sec-Fetch-Site tell the truth in it. Others send Origin, which our own no-referrer makes "null" on our own forms
/// (Fetch standard, "append a request Origin header"), so that it refuses only what names another origin; the ticket or token does the rest.</remarks>
public static class FormOrigin
{
    /// <summary>Whether nothing says that another site posted it.</summary>
    /// <param name="http">The request; its services have the <see cref="IssuerSites"/>.</param>
    public static bool IsOwn(HttpContext http)
    {
        string? site = http.Request.Headers["Sec-Fetch-Site"];
        if (!string.IsNullOrEmpty(site)) return site is "same-origin" or "none";
        string? origin = http.Request.Headers.Origin;
        return string.IsNullOrEmpty(origin) || origin == "null" || origin == $"{http.Request.Scheme}://{http.Request.Host.Value}"
            || http.RequestServices.GetRequiredService<IssuerSites>().All.Any(s => s.Base == origin + s.Prefix);
    }
}
