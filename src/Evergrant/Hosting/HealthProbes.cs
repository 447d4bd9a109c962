using Evergrant.Protocol.Storage;

namespace Evergrant.Hosting;

/// <summary>/health/live: the process answers. /health/ready: its store can be asked and written. "degraded" while the disk refuses writes, but reads are answered. Nothing else is told.</summary>
internal sealed class HealthProbes(RequestDelegate next, OpenStore store)
{
    /// <summary>Answers the two paths and passes on all others.</summary>
    public async Task InvokeAsync(HttpContext http)
    {
        bool live = http.Request.Path == "/health/live";
        if (!live && http.Request.Path != "/health/ready")
        {
            await next(http);
            return;
        }
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method))
        {
            http.Response.Headers.Allow = "GET, HEAD";
            http.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return;
        }
        bool good = live || await IsReadyAsync(http.RequestAborted);
        http.Response.StatusCode = good ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        http.Response.ContentType = "text/plain; charset=utf-8";
        await http.Response.WriteAsync(!good ? "not ready\n" : !live && store.Trouble is not null ? "degraded\n" : "ok\n", http.RequestAborted);
    }

    private async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (store.Failure is not null) return false;
            await store.Clients.ListScopesAsync(cancellationToken);
            return true;
        }
        catch (StoreUnavailableException)
        {
            return false;
        }
    }
}
