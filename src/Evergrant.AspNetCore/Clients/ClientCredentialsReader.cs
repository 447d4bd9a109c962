using System.Buffers.Text;
using System.Text;
using Evergrant.Jose;
using Evergrant.Protocol;
using Evergrant.Protocol.Clients;
using Microsoft.AspNetCore.Http;

namespace Evergrant.AspNetCore.Clients;

/// <summary>Reads what a request shows about its client: header, body, assertion (RFC 6749 section 2.3, RFC 7521 section 4.2).</summary>
internal static class ClientCredentialsReader
{
    private static readonly OAuthError InQuery = new("invalid_client", "Client credentials are not accepted in the URL.", Refusal.ClientCredentialsInQuery);
    private static readonly OAuthError Ambiguous = new("invalid_request", "The request shows two different client credentials.", Refusal.ClientCredentialsAmbiguous);
    private static readonly OAuthError TwoMethods = new("invalid_client", "A client assertion excludes other credentials.", Refusal.ClientCredentialsAmbiguous);
    private static readonly OAuthError BadHeader = new("invalid_client", "The Authorization header is not that of RFC 7617.", Refusal.ClientCredentialsMissing);
    private static readonly OAuthError BadType = new("invalid_client", "The client_assertion_type is not supported.", Refusal.ClientMethodWrong);

    /// <summary>Reads the credentials.</summary>
    /// <param name="request">For its header and query.</param>
    /// <param name="form">Its body.</param>
    /// <param name="shown">What it shows.</param>
    /// <returns>The error, or null.</returns>
    public static OAuthError? Read(HttpRequest request, Parameters form, out ShownCredentials shown)
    {
        string? bodyId = form["client_id"];
        string? bodySecret = form["client_secret"];
        string? assertion = form["client_assertion"];
        shown = new ShownCredentials(bodyId, bodySecret, assertion, false);
        // Looked for in the raw text first: the token path has no query.
        if (request.QueryString.HasValue && (request.Query.ContainsKey("client_secret") || request.Query.ContainsKey("client_assertion"))) return InQuery;

        if (Basic(request) is { } basic)
        {
            if (!TryReadBasic(basic, out string id, out string? secret)) { shown = shown with { UsedHeader = true }; return BadHeader; }
            shown = new ShownCredentials(id, secret, assertion, true);
            if (assertion is not null) return TwoMethods;
            // The same credentials twice are tolerated, for a widespread client sends them so; different ones are not.
            if ((bodyId is not null && bodyId != id) || (bodySecret is not null && bodySecret != secret)) return Ambiguous;
            return null;
        }
        if (assertion is null) return form["client_assertion_type"] is null ? null : BadType;
        if (form["client_assertion_type"] != ClientAuthentication.AssertionType) return BadType;
        if (bodySecret is not null) return TwoMethods;
        // RFC 7521 section 4.2: client_id may be left out; it is then the assertion's subject, unverified until the signature is.
        if (bodyId is null) shown = shown with { ClientId = ClientAssertion.TryPeekClientId(assertion, out string? subject) ? subject : null };
        return null;
    }

    private static string? Basic(HttpRequest request)
    {
        string? header = request.Headers.Authorization.Count == 1 ? request.Headers.Authorization[0] : null;
        return header is not null && header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase) ? header[6..].Trim() : null;
    }

    private static bool TryReadBasic(string encoded, out string id, out string? secret)
    {
        id = "";
        secret = null;
        if (encoded.Length > 4096 || !Base64.IsValid(encoded)) return false;
        string text = Encoding.UTF8.GetString(Convert.FromBase64String(encoded));
        int colon = text.IndexOf(':');
        // A public client may come as "id:" or "id".
        id = FormDecode(colon < 0 ? text : text[..colon]);
        string after = colon < 0 ? "" : text[(colon + 1)..];
        secret = after.Length == 0 ? null : FormDecode(after);
        return id.Length > 0;
    }

    /// <summary>RFC 6749 section 2.3.1 form-encodes both; many clients do not. Ids and secrets of ours are the same either way.</summary>
    private static string FormDecode(string value) =>
        value.AsSpan().IndexOfAny('%', '+') < 0 ? value : Uri.UnescapeDataString(value.Replace('+', ' '));
}
