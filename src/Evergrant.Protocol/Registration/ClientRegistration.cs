using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Evergrant.Protocol.Clients;

namespace Evergrant.Protocol.Registration;

/// <summary>What becomes of the metadata with which a client registers itself, or updates its registration.</summary>
public abstract record RegistrationDecision;

/// <summary>It can be registered; without secret and registration access token.</summary>
/// <param name="Client">The client as it will be.</param>
public sealed record Registrable(Client Client) : RegistrationDecision;

/// <summary>It cannot.</summary>
/// <param name="Error">What the caller is told, and why.</param>
public sealed record RegistrationRefused(OAuthError Error) : RegistrationDecision;

/// <summary>Judges self-asserted client metadata (RFC 7591 sections 2 and 5, OpenID Connect Registration section 2). What is not known is ignored, what may not be had is replaced where the
/// client can live without it and refused where it cannot; what only the operator may say, such as consent, is not looked at.</summary>
public static class ClientRegistration
{
    private const int LongestName = 200;

    // What a client may say of itself: registered names only. Ours, and what is about the server's trust in the client, is said by nobody but the operator.
    private static readonly string[] OfTheClient =
    [
        "client_name", "client_uri", "logo_uri", "tos_uri", "policy_uri", "contacts", "software_id", "software_version", "application_type", "token_endpoint_auth_method",
        "token_endpoint_auth_signing_alg", "redirect_uris", "post_logout_redirect_uris", "grant_types", "response_types", "scope", "jwks", "jwks_uri", "subject_type", "sector_identifier_uri",
        "id_token_signed_response_alg", "id_token_encrypted_response_alg", "id_token_encrypted_response_enc", "userinfo_signed_response_alg", "userinfo_encrypted_response_alg",
        "userinfo_encrypted_response_enc", "request_object_signing_alg", "request_object_encryption_alg", "request_object_encryption_enc", "require_signed_request_object", "request_uris",
        "authorization_signed_response_alg", "authorization_encrypted_response_alg", "authorization_encrypted_response_enc", "introspection_signed_response_alg", "introspection_encrypted_response_alg",
        "introspection_encrypted_response_enc", "require_pushed_authorization_requests", "dpop_bound_access_tokens", "tls_client_certificate_bound_access_tokens", "tls_client_auth_subject_dn",
        "tls_client_auth_san_dns", "tls_client_auth_san_uri", "tls_client_auth_san_ip", "tls_client_auth_san_email", "authorization_details_types", "default_max_age", "require_auth_time",
        "default_acr_values", "initiate_login_uri", "frontchannel_logout_uri", "frontchannel_logout_session_required", "backchannel_logout_uri", "backchannel_logout_session_required",
        "backchannel_token_delivery_mode", "backchannel_client_notification_endpoint", "backchannel_authentication_request_signing_alg", "backchannel_user_code_parameter",
    ];

    private static readonly string[] Links = ["client_uri", "logo_uri", "tos_uri", "policy_uri"];

    private static readonly OAuthError NotAnObject = new("invalid_client_metadata", "The body must be a JSON object in which each member occurs once.", Refusal.RegistrationInvalid);
    private static readonly OAuthError NoGrants = new("invalid_client_metadata", "None of the grant types asked for can be registered here.", Refusal.RegistrationNotAllowed);
    private static readonly OAuthError NoScopes = new("invalid_client_metadata", "None of the scope values asked for can be registered here.", Refusal.RegistrationNotAllowed);
    private static readonly OAuthError Inconsistent = new("invalid_client_metadata", "grant_types and response_types contradict each other (RFC 7591 section 2.1).", Refusal.RegistrationInvalid);
    private static readonly OAuthError BadName = new("invalid_client_metadata", "client_name is too long or has no visible character.", Refusal.RegistrationInvalid);
    private static readonly OAuthError MixedKeys = new("invalid_client_metadata", "jwks has keys for signing and for encryption, so every key needs use (OpenID Connect Registration section 2).", Refusal.RegistrationInvalid);

    /// <summary>Judges metadata.</summary>
    /// <param name="asked">The object, with the values of a software statement in it already.</param>
    /// <param name="clientId">The id that the server has chosen, or that the client has.</param>
    /// <param name="terms">What it may have.</param>
    /// <param name="existing">The client as it is registered now; null for a new one.</param>
    public static RegistrationDecision Decide(JsonElement asked, string clientId, RegistrationTerms terms, Client? existing)
    {
        if (asked.ValueKind != JsonValueKind.Object) return new RegistrationRefused(NotAnObject);
        var metadata = new JsonObject();
        foreach (JsonProperty member in asked.EnumerateObject())
        {
            int tag = member.Name.IndexOf('#');
            string name = tag < 0 ? member.Name : member.Name[..tag];
            bool known = ClientMetadata.Members.Contains(name) && OfTheClient.Contains(name) && (tag < 0 || ClientMetadata.Localizable.Contains(name));
            if (known && member.Value.ValueKind != JsonValueKind.Null) metadata[member.Name] = JsonNode.Parse(member.Value.GetRawText());
        }
        metadata["issuer"] = terms.Issuer;
        metadata["client_id"] = clientId;
        metadata["consent"] = "ask";
        if (Name(metadata) is { } badName) return new RegistrationRefused(badName);
        IReadOnlyList<string> redirects = Texts(metadata["redirect_uris"]) ?? [];
        // A loopback or private-use redirect URI says what application_type would say (RFC 8252 section 7).
        if (!metadata.ContainsKey("application_type")) metadata["application_type"] = redirects.Any(IsNative) ? "native" : "web";
        ApplicationType type = (metadata["application_type"] as JsonValue)?.TryGetValue(out string? named) == true && named == "native" ? ApplicationType.Native : ApplicationType.Web;
        foreach (string uri in redirects)
        {
            // The sentence is a constant; the URI is not repeated.
            if (RedirectUri.Fault(uri, type, terms.AllowLoopback) is { } fault) return new RegistrationRefused(new("invalid_redirect_uri", $"A redirect URI {fault}.", Refusal.RegistrationRedirectUri));
        }
        if (!metadata.ContainsKey("token_endpoint_auth_method")) metadata["token_endpoint_auth_method"] = "client_secret_basic";
        if (Grants(metadata, terms) is { } badGrants) return new RegistrationRefused(badGrants);
        if (Scopes(metadata, terms) is { } badScopes) return new RegistrationRefused(badScopes);
        metadata["resources"] = List(terms.AllowedResources);
        if (LinksFault(metadata, ClientDocument.IsNamedBy(clientId) ? [.. redirects, clientId] : redirects, terms.Open) is { } badLink) return new RegistrationRefused(badLink);

        using JsonDocument settled = JsonDocument.Parse(metadata.ToJsonString());
        Parsed<Client> parsed = ClientMetadata.Parse(
            settled.RootElement, new ClientRegistrationContext(terms.Issuer, terms.Catalogue, terms.AllowLoopback, terms.Now, existing) { OwnSecret = true, IsDocument = ClientDocument.IsNamedBy(clientId), Profile = terms.Profile });
        if (!parsed.IsValid) return new RegistrationRefused(Told(parsed.Faults));
        Client client = parsed.Value;
        if (client.Keys is { } keys && keys.Keys.Any(k => k.Use == "enc") && keys.Keys.Any(k => k.Use is null)) return new RegistrationRefused(MixedKeys);
        return new Registrable(client with
        {
            Registration = (existing?.Registration ?? new DynamicRegistration { Open = terms.Open }) with { GrantTypes = terms.GrantTypes },
            ConsentSince = existing is not null && IsAnother(existing, client) ? terms.Now : existing?.ConsentSince,
            SecretExpiresAt = existing?.SecretExpiresAt,
        });
    }

    /// <summary>Whether a member is one that clients say of themselves; all others are the operator's.</summary>
    /// <param name="name">Its name, with a language tag or without.</param>
    internal static bool IsOfTheClient(string name) => OfTheClient.Contains(name.Split('#')[0]);

    /// <summary>Whether users should be asked again, for the client may have come into other hands.</summary>
    /// <param name="before">As it was.</param>
    /// <param name="after">As it will be.</param>
    public static bool IsAnother(Client before, Client after) =>
        !before.RedirectUris.ToHashSet(StringComparer.Ordinal).SetEquals(after.RedirectUris) || before.Jwks != after.Jwks || before.JwksUri != after.JwksUri || before.AuthenticationMethod != after.AuthenticationMethod
        || before.Name != after.Name;

    private static OAuthError? Grants(JsonObject metadata, RegistrationTerms terms)
    {
        IReadOnlyList<string>? responses = Texts(metadata["response_types"]);
        bool named = metadata.ContainsKey("grant_types");
        IReadOnlyList<string>? asked = named ? Texts(metadata["grant_types"]) : ["authorization_code"];
        // Not a list of texts: the general rules say so.
        if (asked is null || (responses is null && metadata.ContainsKey("response_types"))) return null;
        foreach (string response in responses ?? [])
        {
            string[] parts = response.Split(' ');
            string[] needed = [.. parts.Contains("code") ? ["authorization_code"] : Array.Empty<string>(), .. parts.Contains("token") || parts.Contains("id_token") ? ["implicit"] : Array.Empty<string>()];
            if (named && needed.Except(asked).Any()) return Inconsistent;
            if (!named) asked = [.. asked.Union(needed)];
        }
        string[] granted = [.. asked.Where(g => terms.GrantTypes.Contains(g) && ClientMetadata.GrantTypes.Contains(g))];
        // A refresh token alone is of no use to anybody.
        if (granted.All(g => g == "refresh_token") && asked.Any(g => g != "refresh_token")) return NoGrants;
        metadata["grant_types"] = List(granted);
        if (responses is not null && !granted.Contains("authorization_code")) metadata["response_types"] = List(responses.Where(r => !r.Split(' ').Contains("code")));
        return null;
    }

    private static OAuthError? Scopes(JsonObject metadata, RegistrationTerms terms)
    {
        if (!metadata.TryGetPropertyValue("scope", out JsonNode? node))
        {
            metadata["scope"] = Scope.Join(terms.AllowedScopes);
            return null;
        }
        if (node is not JsonValue value || !value.TryGetValue(out string? text)) return null;
        string[] asked = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        IReadOnlyList<string> allowed = terms.AllowedScopes;
        string[] granted = [.. asked.Where(allowed.Contains).Distinct()];
        if (asked.Length > 0 && granted.Length == 0) return NoScopes;
        if (granted.Length == 0) metadata["scope"] = Scope.Join(allowed);
        else metadata["scope"] = Scope.Join(granted);
        return null;
    }

    // RFC 7591 section 5: pages of a stranger are shown only where they are those of the redirect URIs' host.
    private static OAuthError? LinksFault(JsonObject metadata, IReadOnlyList<string> redirects, bool open)
    {
        string[] hosts = [.. redirects.Select(r => Uri.TryCreate(r, UriKind.Absolute, out Uri? uri) && uri.Scheme == "https" ? uri.IdnHost : "").Where(h => h.Length > 0)];
        foreach (string member in metadata.Select(m => m.Key).Where(k => Links.Contains(k.Split('#')[0])).ToList())
        {
            if (metadata[member] is not JsonValue value || !value.TryGetValue(out string? text) || !Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("https" or "http"))
            {
                return Told([member.Split('#')[0]]);
            }
            if (open && (uri.Scheme != "https" || !hosts.Contains(uri.IdnHost))) metadata.Remove(member);
        }
        return null;
    }

    // What cannot be seen makes one name look like another.
    private static OAuthError? Name(JsonObject metadata)
    {
        foreach (string member in metadata.Select(m => m.Key).Where(k => k.Split('#')[0] == "client_name").ToList())
        {
            if (metadata[member] is not JsonValue value || !value.TryGetValue(out string? text)) continue;
            var visible = new StringBuilder(text.Length);
            foreach (Rune rune in text.EnumerateRunes())
            {
                UnicodeCategory category = Rune.GetUnicodeCategory(rune);
                if (category is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned) continue;
                visible.Append(rune.ToString());
            }
            string name = visible.ToString().Trim();
            if (name.Length is 0 or > LongestName) return BadName;
            metadata[member] = name;
        }
        return null;
    }

    private static bool IsNative(string uri) => !uri.StartsWith("https:", StringComparison.OrdinalIgnoreCase);

    private static OAuthError Told(IReadOnlyList<string> faults)
    {
        string member = faults[0].Split(' ', '.', '#')[0];
        if (member == "redirect_uris") return new("invalid_redirect_uri", "redirect_uris cannot be accepted: it is missing, empty or not a list of URIs.", Refusal.RegistrationRedirectUri);
        // The name is one of ours, not of the input.
        return ClientMetadata.Members.Contains(member) ? new("invalid_client_metadata", $"The value of {member} cannot be accepted.", Refusal.RegistrationInvalid) : NotAnObject;
    }

    private static List<string>? Texts(JsonNode? node)
    {
        if (node is not JsonArray array) return null;
        var texts = new List<string>();
        foreach (JsonNode? item in array)
        {
            if (item is not JsonValue value || !value.TryGetValue(out string? text)) return null;
            texts.Add(text);
        }
        return texts;
    }

    private static JsonArray List(IEnumerable<string> values) => new([.. values.Select(v => (JsonNode)v)]);
}
