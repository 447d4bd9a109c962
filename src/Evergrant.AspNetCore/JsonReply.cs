using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Evergrant.Protocol;
using Microsoft.AspNetCore.Http;

namespace Evergrant.AspNetCore;

/// <summary>Writes JSON answers for programs.</summary>
internal static class JsonReply
{
    // Letters stand as they are; what would be markup to a browser that takes the answer for a page is escaped.
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All), SkipValidation = true };

    private const string ContentType = "application/json; charset=utf-8";

    /// <summary>Writes an object.</summary>
    public static Task WriteAsync(HttpContext http, int status, Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }
        return WriteAsync(http, status, buffer.WrittenMemory);
    }

    /// <summary>Writes JSON text that is ready.</summary>
    public static Task WriteAsync(HttpContext http, int status, ReadOnlyMemory<byte> utf8, string contentType = ContentType)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = contentType;
        http.Response.ContentLength = utf8.Length;
        return http.Response.Body.WriteAsync(utf8, http.RequestAborted).AsTask();
    }

    /// <summary>Writes an error of a token-like endpoint (RFC 6749 section 5.2).</summary>
    /// <param name="http">The request to answer.</param>
    /// <param name="error">The error.</param>
    /// <param name="reference">Its reference; null for an answer that nobody will ask about.</param>
    /// <param name="challenge">Value of WWW-Authenticate for a failed client authentication; null for none.</param>
    /// <param name="status">Status, where an endpoint has another than the usual one; null for that.</param>
    public static Task ErrorAsync(HttpContext http, OAuthError error, string? reference, string? challenge = null, int? status = null)
    {
        int usual = error.Code switch
        {
            "invalid_client" => 401,
            "temporarily_unavailable" => 503,
            "server_error" => 500,
            _ => error.Refusal switch
            {
                Refusal.RequestTooLarge => 413,
                Refusal.ContentTypeWrong => 400,
                _ => 400,
            },
        };
        if (error.Refusal is Refusal.ClientThrottled or Refusal.PushesThrottled) usual = 429;
        int answered = status ?? usual;
        if (answered == 401 && challenge is not null) http.Response.Headers.WWWAuthenticate = challenge;
        if (answered is 503 && http.Response.Headers.RetryAfter.Count == 0) http.Response.Headers.RetryAfter = "1";
        return WriteAsync(http, answered, json =>
        {
            json.WriteString("error", error.Code);
            json.WriteString("error_description", reference is null ? error.Description : RefusalLog.Describe(error, reference));
        });
    }
}
