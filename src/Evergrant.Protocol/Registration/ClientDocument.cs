using System.Text.Json;
using System.Text.Json.Nodes;
using Evergrant.Jose;
using Evergrant.Protocol.Clients;

namespace Evergrant.Protocol.Registration;

/// <summary>Clients that are named by the URL of their metadata (draft-ietf-oauth-client-id-metadata-document): which URLs name one, and what the document makes of it.</summary>
public static class ClientDocument
{
    /// <summary>Longest URL that names a client.</summary>
    public const int LongestUrl = 512;

    // Section 4.1: whoever can read the document would know a secret that it speaks of.
    private static readonly string[] Secrets = ["client_secret", "client_secret_expires_at"];

    private static readonly OAuthError NotAllowed = OAuthError.InvalidRequest("The application is named by a URL that cannot name one here.", Refusal.ClientDocumentNotAllowed);
    private static readonly OAuthError Invalid = OAuthError.InvalidRequest("The description that the application publishes of itself cannot be used.", Refusal.ClientDocumentInvalid);

    /// <summary>Whether a client_id is a URL, and not one that this server has issued.</summary>
    /// <param name="clientId">The client_id.</param>
    public static bool IsNamedBy(string clientId) => clientId.StartsWith("https://", StringComparison.Ordinal) || clientId.StartsWith("http://", StringComparison.Ordinal);

    /// <summary>Judges the URL before anything is fetched (section 3): https, a path without dot segments, no user information, no fragment, and no query unless that is allowed.</summary>
    /// <param name="clientId">The client_id.</param>
    /// <param name="rules">What is allowed.</param>
    /// <returns>The error, or null.</returns>
    public static OAuthError? Fault(string clientId, ClientDocumentRules rules)
    {
        if (clientId.Length > LongestUrl || clientId.Any(c => c is <= ' ' or > '~' or '\\' or '#' or '"' or '<' or '>' or '@')) return NotAllowed;
        if (!Uri.TryCreate(clientId, UriKind.Absolute, out Uri? uri) || uri.UserInfo.Length > 0 || uri.Host.Length == 0) return NotAllowed;
        if (uri.Scheme != "https" && !(rules.AllowLoopback && uri is { Scheme: "http", IsLoopback: true })) return NotAllowed;
        int query = clientId.IndexOf('?');
        if (query >= 0 && !rules.AllowQuery) return NotAllowed;
        string beforeQuery = query < 0 ? clientId : clientId[..query];
        int path = beforeQuery.IndexOf('/', uri.Scheme.Length + 3);
        if (path < 0) return NotAllowed;
        if (beforeQuery[path..].Split('/').Any(s => s.Replace("%2e", ".", StringComparison.OrdinalIgnoreCase) is "." or "..")) return NotAllowed;
        return rules.AllowedHosts.Count == 0 || rules.AllowedHosts.Any(h => IsHost(uri.IdnHost.ToLowerInvariant(), h)) ? null : NotAllowed;
    }

    /// <summary>Reads a document that was fetched from the URL (sections 4.1 and 4.5).</summary>
    /// <param name="clientId">The URL.</param>
    /// <param name="utf8Json">The document.</param>
    /// <param name="terms">What a client that registers itself may have.</param>
    /// <param name="rules">What is allowed.</param>
    /// <param name="existing">The client as it was known until now; null for none.</param>
    /// <returns>The client, or the error.</returns>
    public static (Client? Client, OAuthError? Error) Read(string clientId, ReadOnlyMemory<byte> utf8Json, RegistrationTerms terms, ClientDocumentRules rules, Client? existing)
    {
        if (!StrictJson.TryParseObject(utf8Json, out JsonDocument? document)) return (null, Invalid);
        using (document)
        {
            JsonElement root = document.RootElement;
            if (!root.TryGetProperty("client_id", out JsonElement id) || id.ValueKind != JsonValueKind.String || id.GetString() != clientId) return (null, Invalid);
            if (Secrets.Any(name => root.TryGetProperty(name, out _))) return (null, Invalid);
            var metadata = (JsonObject)JsonNode.Parse(root.GetRawText())!;
            string method = metadata["token_endpoint_auth_method"] is JsonValue value && value.TryGetValue(out string? text) ? text : "none";
            if (method is not ("none" or "private_key_jwt")) return (null, Invalid);
            metadata["token_endpoint_auth_method"] = method;
            // Whoever may refresh says so in most documents; for those that say nothing the code alone is not what their authors meant.
            if (!metadata.ContainsKey("grant_types")) metadata["grant_types"] = new JsonArray("authorization_code", "refresh_token");
            using JsonDocument settled = JsonDocument.Parse(metadata.ToJsonString());
            if (ClientRegistration.Decide(settled.RootElement, clientId, terms, existing) is not Registrable { Client: { } client }) return (null, Invalid);
            if (rules.SameOriginRedirects && client.RedirectUris.Any(r => RedirectUri.OriginOf(r) != RedirectUri.OriginOf(clientId))) return (null, Invalid);
            return (client, null);
        }
    }

    // Whole labels: *.example.com is for names below it, example.com for itself.
    private static bool IsHost(string host, string allowed) =>
        allowed.StartsWith("*.", StringComparison.Ordinal) ? host.EndsWith(allowed[1..], StringComparison.Ordinal) : host == allowed;
}

/// <summary>Which URLs may name a client.</summary>
/// <param name="AllowedHosts">Hosts, or *.host for those below it, in lower case; empty for all.</param>
/// <param name="AllowQuery">Whether the URL may have a query (section 3 advises against it).</param>
/// <param name="SameOriginRedirects">Whether redirect URIs have to be of the URL's origin (section 6.1).</param>
/// <param name="AllowLoopback">Development mode.</param>
public sealed record ClientDocumentRules(IReadOnlyList<string> AllowedHosts, bool AllowQuery, bool SameOriginRedirects, bool AllowLoopback);
