using System.Buffers;
using System.IO.Pipelines;
using Evergrant.Protocol;
using Microsoft.AspNetCore.Http;

namespace Evergrant.AspNetCore;

/// <summary>Reads an application/x-www-form-urlencoded body once, within the endpoint's limit.</summary>
internal static class FormReader
{
    private const string FormType = "application/x-www-form-urlencoded";
    private static readonly OAuthError WrongType = new("invalid_request", "The body must be application/x-www-form-urlencoded.", Refusal.ContentTypeWrong);
    private static readonly OAuthError Malformed = new("invalid_request", "The body is not well-formed.", Refusal.RequestMalformed);
    private static readonly OAuthError TooLarge = new("invalid_request", "The body is too large.", Refusal.RequestTooLarge);

    /// <summary>Reads the body.</summary>
    /// <param name="http">The request.</param>
    /// <param name="limit">Bytes at most.</param>
    /// <returns>The parameters, or the error.</returns>
    public static async ValueTask<(Parameters? Form, OAuthError? Error)> ReadAsync(HttpContext http, int limit)
    {
        // Nothing is decompressed: a small body could become a large one.
        if (!IsForm(http.Request.ContentType) || http.Request.Headers.ContentEncoding.Count > 0) return (null, WrongType);
        if (http.Request.ContentLength > limit) return (null, TooLarge);
        PipeReader body = http.Request.BodyReader;
        while (true)
        {
            ReadResult read = await body.ReadAsync(http.RequestAborted);
            ReadOnlySequence<byte> buffer = read.Buffer;
            if (buffer.Length > limit)
            {
                body.AdvanceTo(buffer.End);
                return (null, TooLarge);
            }
            if (read.IsCompleted)
            {
                Parameters? form = buffer.IsSingleSegment ? Parameters.Parse(buffer.FirstSpan) : Parameters.Parse(buffer.ToArray());
                body.AdvanceTo(buffer.End);
                return form is null ? (null, Malformed) : (form, null);
            }
            body.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    /// <summary>Whether a media type is that of a form; parameters such as charset are allowed.</summary>
    /// <param name="contentType">The header.</param>
    public static bool IsForm(string? contentType)
    {
        if (contentType is null) return false;
        ReadOnlySpan<char> type = contentType.AsSpan();
        int semicolon = type.IndexOf(';');
        return (semicolon < 0 ? type : type[..semicolon]).Trim().Equals(FormType, StringComparison.OrdinalIgnoreCase);
    }
}
