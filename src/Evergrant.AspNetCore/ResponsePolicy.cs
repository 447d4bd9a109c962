using Evergrant.AspNetCore.Clients;
using Evergrant.Protocol;
using Evergrant.Protocol.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Evergrant.AspNetCore;

/// <summary>Response headers by the endpoint's declaration (docs/operations/headers.md), CORS, and the one place where exceptions become answers.</summary>
internal sealed class ResponsePolicy(RequestDelegate next, IssuerSites sites, ClientCatalogue clients, RefusalLog log)
{
    private static readonly OAuthError Unavailable = new("temporarily_unavailable", "The server cannot answer now; try again.", Refusal.StoreUnavailable);
    private static readonly OAuthError Fault = new("server_error", "Something went wrong here.", Refusal.ServerFault);
    private static readonly OAuthError TooLarge = new("invalid_request", "The request is too large.", Refusal.RequestTooLarge);
    private static readonly OAuthError Malformed = new("invalid_request", "The request is not well-formed.", Refusal.RequestMalformed);

    public async Task InvokeAsync(HttpContext http)
    {
        EndpointRule? rule = http.GetEndpoint()?.Metadata.GetMetadata<EndpointRule>();
        IssuerSite site = sites.Of(http);
        SetHeaders(http.Response.Headers, rule, site.IsSecure);
        try
        {
            if (rule is { Cors: not Cors.Never } || (rule is null && HttpMethods.IsOptions(http.Request.Method)))
            {
                if (await CrossOriginAsync(http, rule, site)) return;
            }
            await next(http);
            // Only where nobody of ours has answered.
            if (rule is null && http.Response.StatusCode is 404 or 405 && !http.Response.HasStarted && http.Response.ContentLength is null) await NothingHereAsync(http);
        }
        catch (StoreUnavailableException exception)
        {
            await FaultAsync(http, rule, exception, Unavailable, 503);
        }
        catch (BadHttpRequestException exception)
        {
            await FaultAsync(http, rule, null, exception.StatusCode == 413 ? TooLarge : Malformed, exception.StatusCode);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone; what was committed stays committed, and a retry finds it.
            http.Response.StatusCode = 499;
        }
#pragma warning disable CA1031 // The one place where whatever failed becomes an answer without a stack trace.
        catch (Exception exception)
#pragma warning restore CA1031 // The rule holds again.
        {
            await FaultAsync(http, rule, exception, Fault, 500);
        }
    }

    private static void SetHeaders(IHeaderDictionary headers, EndpointRule? rule, bool secure)
    {
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        if (secure) headers.StrictTransportSecurity = "max-age=63072000; includeSubDomains";
        if (rule is not { Headers: HeaderSet.Asset })
        {
            headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
            headers.XFrameOptions = "DENY";
        }
        if (rule is { Caching: Caching.Public })
        {
            headers.CacheControl = "public, max-age=900";
            return;
        }
        headers["Cross-Origin-Resource-Policy"] = rule is { Cors: Cors.Registered } ? "cross-origin" : "same-origin";
        headers.CacheControl = "no-store";
        headers.Pragma = "no-cache";
        if (rule is { Headers: HeaderSet.Page })
        {
            headers["X-Robots-Tag"] = "noindex";
            headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=()";
        }
    }

    /// <summary>Sets the CORS headers; answers a preflight.</summary>
    /// <returns>Whether the request has been answered.</returns>
    private async ValueTask<bool> CrossOriginAsync(HttpContext http, EndpointRule? rule, IssuerSite site)
    {
        IHeaderDictionary headers = http.Response.Headers;
        StringValues origin = http.Request.Headers.Origin;
        bool preflight = HttpMethods.IsOptions(http.Request.Method) && http.Request.Headers.AccessControlRequestMethod.Count > 0;
        // Routing knows no OPTIONS; the rule of the path decides.
        if (preflight && rule is null) rule = sites.RuleOf(http.Request.Path);
        if (rule is null or { Cors: Cors.Never }) return false;
        if (rule.Cors == Cors.Public) headers.AccessControlAllowOrigin = "*";
        else
        {
            headers.Vary = "Origin";
            if (origin.Count != 1 || !await clients.KnowsOriginAsync(site.Issuer, origin[0]!, http.RequestAborted)) return preflight && Answer();
            headers.AccessControlAllowOrigin = origin;
            // Some libraries ask with credentials; no endpoint that says so looks at cookies.
            headers.AccessControlAllowCredentials = "true";
        }
        headers.AccessControlExposeHeaders = "WWW-Authenticate, DPoP-Nonce, Retry-After, Evergrant-Decision";
        if (!preflight) return false;
        headers.AccessControlAllowMethods = "GET, POST, PUT, DELETE, HEAD";
        headers.AccessControlAllowHeaders = http.Request.Headers.AccessControlRequestHeaders;
        headers.AccessControlMaxAge = "600";
        return Answer();

        bool Answer()
        {
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            return true;
        }
    }

    private async Task FaultAsync(HttpContext http, EndpointRule? rule, Exception? exception, OAuthError error, int status)
    {
        string reference = exception is null
            ? await log.RecordAsync(new Told("Refused", rule?.Name ?? "Unknown", null, null, error), http.RequestAborted)
            : log.Fault(exception, rule?.Name ?? "Unknown");
        if (http.Response.HasStarted)
        {
            http.Abort();
            return;
        }
        http.Response.StatusCode = status;
        // Of a public document only the document itself may be kept.
        http.Response.Headers.CacheControl = "no-store";
        if (status == 503) http.Response.Headers.RetryAfter = "1";
        if (rule is { Headers: HeaderSet.Page })
        {
            http.Response.ContentType = "text/plain; charset=utf-8";
            await http.Response.WriteAsync(RefusalLog.Describe(error, reference), http.RequestAborted);
            return;
        }
        await JsonReply.WriteAsync(http, status, json =>
        {
            json.WriteString("error", error.Code);
            json.WriteString("error_description", RefusalLog.Describe(error, reference));
        });
    }

    private static Task NothingHereAsync(HttpContext http) => JsonReply.WriteAsync(http, http.Response.StatusCode, json =>
        json.WriteString("error", http.Response.StatusCode == 404 ? "not_found" : "method_not_allowed"));
}
