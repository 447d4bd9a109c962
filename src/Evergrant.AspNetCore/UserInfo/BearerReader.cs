using Evergrant.Protocol;
using Microsoft.AspNetCore.Http;

namespace Evergrant.AspNetCore.UserInfo;

/// <summary>The access token that a request shows.</summary>
/// <param name="Token">Its text; null for none.</param>
/// <param name="ByDpop">Whether it came with the scheme DPoP (RFC 9449 section 7.1) and not Bearer.</param>
/// <param name="Error">Why there is none; null when there is.</param>
internal readonly record struct ShownAccess(string? Token, bool ByDpop, OAuthError? Error);

/// <summary>Finds the access token of a request (RFC 6750 section 2, RFC 9449 section 7.1): header or form body; never the query (OAuth 2.1 section 5.1).</summary>
internal static class BearerReader
{
    private const string BearerScheme = "Bearer ", DpopScheme = "DPoP ";

    public static readonly OAuthError Missing = new("", "An access token is needed.", Refusal.AccessTokenMissing);
    private static readonly OAuthError Repeated = new("invalid_request", "The access token came in more than one way.", Refusal.AccessTokenRepeated);
    private static readonly OAuthError RepeatedParameter = new("invalid_request", "A parameter was sent more than once.", Refusal.ParameterRepeated);
    private static readonly OAuthError BadHeader = new("invalid_request", "The Authorization header has several values.", Refusal.ParameterRepeated);

    /// <summary>Reads the token.</summary>
    /// <param name="http">The request.</param>
    /// <param name="bodyLimit">Bytes of body at most.</param>
    public static async ValueTask<ShownAccess> ReadAsync(HttpContext http, int bodyLimit)
    {
        (string? token, bool byDpop, OAuthError? wrong) = OfHeader(http);
        if (wrong == BadHeader) return new(null, false, wrong);
        if (HttpMethods.IsPost(http.Request.Method) && FormReader.IsForm(http.Request.ContentType))
        {
            (Parameters? form, OAuthError? error) = await FormReader.ReadAsync(http, bodyLimit);
            if (form is null) return new(null, false, error);
            if (form.Repeated is not null) return new(null, false, RepeatedParameter);
            if (form["access_token"] is { } inBody)
            {
                if (token is not null) return new(null, false, Repeated);
                token = inBody;
            }
        }
        return token is { Length: > 0 } ? new(token, byDpop, null) : new(null, false, Missing);
    }

    /// <summary>Reads the token of the header alone.</summary>
    /// <param name="http">The request.</param>
    public static ShownAccess OfHeader(HttpContext http)
    {
        if (http.Request.Headers.Authorization.Count > 1) return new(null, false, BadHeader);
        string? header = http.Request.Headers.Authorization.Count == 1 ? http.Request.Headers.Authorization[0] : null;
        bool byDpop = header is not null && header.StartsWith(DpopScheme, StringComparison.OrdinalIgnoreCase);
        string? token = byDpop ? header![DpopScheme.Length..].Trim()
            : header is not null && header.StartsWith(BearerScheme, StringComparison.OrdinalIgnoreCase) ? header[BearerScheme.Length..].Trim() : null;
        return token is { Length: > 0 } ? new(token, byDpop, null) : new(token, byDpop, Missing);
    }
}
