using Evergrant.Protocol;
using Microsoft.AspNetCore.Http;

namespace Evergrant.AspNetCore.UserInfo;

/// <summary>Finds the bearer token of a request (RFC 6750 section 2): header or form body; never the query (OAuth 2.1 section 5.1).</summary>
internal static class BearerReader
{
    public static readonly OAuthError Missing = new("", "An access token is needed.", Refusal.AccessTokenMissing);
    private static readonly OAuthError Repeated = new("invalid_request", "The access token came in more than one way.", Refusal.AccessTokenRepeated);
    private static readonly OAuthError RepeatedParameter = new("invalid_request", "A parameter was sent more than once.", Refusal.ParameterRepeated);
    private static readonly OAuthError BadHeader = new("invalid_request", "The Authorization header has several values.", Refusal.ParameterRepeated);

    /// <summary>Reads the token.</summary>
    /// <param name="http">The request.</param>
    /// <param name="bodyLimit">Bytes of body at most.</param>
    public static async ValueTask<(string? Token, OAuthError? Error)> ReadAsync(HttpContext http, int bodyLimit)
    {
        if (http.Request.Headers.Authorization.Count > 1) return (null, BadHeader);
        string? header = http.Request.Headers.Authorization.Count == 1 ? http.Request.Headers.Authorization[0] : null;
        string? token = header is not null && header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header[7..].Trim() : null;
        if (HttpMethods.IsPost(http.Request.Method) && FormReader.IsForm(http.Request.ContentType))
        {
            (Parameters? form, OAuthError? error) = await FormReader.ReadAsync(http, bodyLimit);
            if (form is null) return (null, error);
            if (form.Repeated is not null) return (null, RepeatedParameter);
            if (form["access_token"] is { } inBody)
            {
                if (token is not null) return (null, Repeated);
                token = inBody;
            }
        }
        return token is { Length: > 0 } ? (token, null) : (null, Missing);
    }
}
