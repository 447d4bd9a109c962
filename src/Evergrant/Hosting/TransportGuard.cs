namespace Evergrant.Hosting;

/// <summary>In production nothing is answered that did not come over TLS, to this server or to a trusted proxy before it (RFC 6749 section 3.1). It is refused, not redirected: a secret that came in the clear is lost already.</summary>
internal sealed class TransportGuard(RequestDelegate next)
{
    /// <summary>Passes on what is https.</summary>
    public async Task InvokeAsync(HttpContext http)
    {
        if (http.Request.IsHttps)
        {
            await next(http);
            return;
        }
        http.Response.StatusCode = StatusCodes.Status400BadRequest;
        http.Response.ContentType = "application/json; charset=utf-8";
        await http.Response.WriteAsync("""{"error":"invalid_request","error_description":"This server is reached over https only."}""", http.RequestAborted);
    }
}
