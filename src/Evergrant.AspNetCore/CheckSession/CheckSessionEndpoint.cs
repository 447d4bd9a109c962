using Evergrant.AspNetCore.Clients;
using Evergrant.Protocol.Clients;
using Microsoft.AspNetCore.Http;

namespace Evergrant.AspNetCore.CheckSession;

/// <summary>The iframe of OpenID Connect Session Management section 3.2, and the question that it asks about whoever writes to it.</summary>
internal sealed class CheckSessionEndpoint(ClientCatalogue clients)
{
    /// <summary>GET: the page. It shows nothing, and only a page that a client of the issuer is registered with may frame it.</summary>
    public async Task ShowAsync(HttpContext http, IssuerSite site, EndpointRule rule)
    {
        _ = rule;
        IHeaderDictionary headers = http.Response.Headers;
        string? framer = await FramerAsync(http, site);
        headers.ContentSecurityPolicy = $"default-src 'none'; script-src '{CheckSessionPage.ScriptHash}'; connect-src 'self'; frame-ancestors {framer ?? "'none'"}; base-uri 'none'; form-action 'none'";
        // It knows no origins; the policy above does.
        if (framer is not null) headers.Remove("X-Frame-Options");
        headers["Cross-Origin-Resource-Policy"] = "cross-origin";
        headers["Cross-Origin-Embedder-Policy"] = "require-corp";
        headers.Vary = "Referer";
        http.Response.ContentType = "text/html; charset=utf-8";
        http.Response.ContentLength = CheckSessionPage.Html.Length;
        if (HttpMethods.IsGet(http.Request.Method)) await http.Response.Body.WriteAsync(CheckSessionPage.Html, http.RequestAborted);
    }

    /// <summary>GET /client: 204 when an origin is one of a client's, otherwise 404.</summary>
    public async Task JudgeAsync(HttpContext http, IssuerSite site, EndpointRule rule)
    {
        _ = rule;
        string id = http.Request.Query["client_id"].ToString(), origin = http.Request.Query["origin"].ToString();
        bool known = id.Length > 0 && origin.Length > 0 && await clients.FindAsync(site.Issuer, id, http.RequestAborted) is { } client && RedirectUri.IsOriginOf(origin, client);
        http.Response.StatusCode = known ? StatusCodes.Status204NoContent : StatusCodes.Status404NotFound;
        if (!known) await JsonReply.WriteAsync(http, StatusCodes.Status404NotFound, json => json.WriteString("error", "not_found"));
    }

    /// <summary>The origin of the page that frames this one, as the browser says, if it is a client's. The policy cannot name all of them: it would tell anybody who the clients are.</summary>
    private async ValueTask<string?> FramerAsync(HttpContext http, IssuerSite site)
    {
        string referer = http.Request.Headers.Referer.ToString();
        if (!Uri.TryCreate(referer, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("https" or "http")) return null;
        string origin = uri.GetLeftPart(UriPartial.Authority);
        return origin.Any(c => c is ';' or ',' or '*' or '\'' || char.IsWhiteSpace(c)) || !await clients.KnowsOriginAsync(site.Issuer, origin, http.RequestAborted) ? null : origin;
    }
}
