using System.Buffers;
using System.Text;
using Evergrant.Protocol;
using Microsoft.AspNetCore.Http;

namespace Evergrant.AspNetCore;

/// <summary>Reads an application/x-www-form-urlencoded body once, within the endpoint's limit.</summary>
internal static class FormReader
{
    private const string FormType = "application/x-www-form-urlencoded";
    private static readonly OAuthError WrongType = new("invalid_request", "The body must be application/x-www-form-urlencoded.", Refusal.ContentTypeWrong);
    private static readonly OAuthError Malformed = new("invalid_request", "The body is not well-formed.", Refusal.RequestMalformed);
    private static readonly OAuthError BadQuery = new("invalid_request", "The request is not well-formed.", Refusal.RequestMalformed);
    private static readonly OAuthError TooLarge = new("invalid_request", "The body is too large.", Refusal.RequestTooLarge);

    /// <summary>Reads the body.</summary>
    /// <param name="http">The request.</param>
    /// <param name="limit">Bytes at most.</param>
    /// <returns>The parameters, or the error.</returns>
    public static async ValueTask<(Parameters? Form, OAuthError? Error)> ReadAsync(HttpContext http, int limit)
    {
        // Nothing is decompressed: a small body could become a large one.
        if (!IsForm(http.Request.ContentType) || http.Request.Headers.ContentEncoding.Count > 0) return (null, WrongType);
        (Parameters? form, bool tooLarge) = await BodyReader.ReadAsync(http, limit, static body => body.IsSingleSegment ? Parameters.Parse(body.FirstSpan) : Parameters.Parse(body.ToArray()));
        return form is not null ? (form, null) : (null, tooLarge ? TooLarge : Malformed);
    }

    /// <summary>Reads the parameters of an endpoint that browsers call by GET or by POST: of the query, or of the body.</summary>
    /// <param name="http">The request.</param>
    /// <param name="limit">Bytes at most of a body.</param>
    /// <returns>The parameters, or the error.</returns>
    public static async ValueTask<(Parameters? Parameters, OAuthError? Error)> ReadQueryOrFormAsync(HttpContext http, int limit)
    {
        if (HttpMethods.IsPost(http.Request.Method)) return await ReadAsync(http, limit);
        string query = http.Request.QueryString.Value ?? "";
        return Parameters.Parse(Encoding.UTF8.GetBytes(query.Length == 0 ? "" : query[1..])) is { } parameters ? (parameters, null) : (null, BadQuery);
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
