using Microsoft.AspNetCore.Http;

namespace Evergrant.AspNetCore.Metadata;

/// <summary>Writes a document that caches may keep, with its entity tag.</summary>
internal static class PublicDocument
{
    public static Task WriteAsync(HttpContext http, byte[] json, string etag, string contentType = "application/json; charset=utf-8")
    {
        http.Response.Headers.ETag = etag;
        if (http.Request.Headers.IfNoneMatch == etag)
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }
        if (!HttpMethods.IsHead(http.Request.Method)) return JsonReply.WriteAsync(http, 200, json, contentType);
        http.Response.ContentType = contentType;
        http.Response.ContentLength = json.Length;
        return Task.CompletedTask;
    }
}
