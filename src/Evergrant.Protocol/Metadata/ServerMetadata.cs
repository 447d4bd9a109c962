using System.Text.Json.Nodes;
using Evergrant.Jose;
using Evergrant.Protocol.Authorize;
using Evergrant.Protocol.Binding;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.UserInfo;

namespace Evergrant.Protocol.Metadata;

/// <summary>The metadata document (RFC 8414, OpenID Connect Discovery section 3): one document, whichever of the well-known addresses is asked.</summary>
public static class ServerMetadata
{
    private static readonly string[] Aliased =
        ["token_endpoint", "revocation_endpoint", "introspection_endpoint", "device_authorization_endpoint", "pushed_authorization_request_endpoint", "backchannel_authentication_endpoint", "userinfo_endpoint"];

    /// <summary>Builds it.</summary>
    /// <param name="issuer">Issuer, byte for byte as configured.</param>
    /// <param name="root">The issuer without a trailing slash; endpoints are below it.</param>
    /// <param name="catalogue">The server's scopes.</param>
    /// <param name="features">What is on at the issuer beyond what always is.</param>
    public static JsonObject Build(string issuer, string root, ScopeCatalogue catalogue, ServerFeatures features)
    {
        JsonObject document = Document(issuer, root, catalogue, features);
        // Absent they mean false (RFC 9126 section 5, RFC 9101 section 10.5).
        if (features.Demands.PushedRequests) document["require_pushed_authorization_requests"] = true;
        if (features.Demands.SignedRequests) document["require_signed_request_object"] = true;
        if (features.FetchesRequestObjects) document["require_request_uri_registration"] = true;
        string[] types = [.. catalogue.DetailsTypes];
        if (types.Length > 0) document["authorization_details_types_supported"] = List(types);
        if (features.AssertionTypes.Count > 0) document["identity_chaining_requested_token_types_supported"] = List(features.AssertionTypes);
        if (features.GrantProfiles.Count > 0) document["authorization_grant_profiles_supported"] = List(features.GrantProfiles);
        if (features.Backchannel)
        {
            document["backchannel_authentication_endpoint"] = root + "/bc-authorize";
            document["backchannel_token_delivery_modes_supported"] = List(["poll", "ping", "push"]);
            document["backchannel_authentication_request_signing_alg_values_supported"] = List(BackchannelAuthentication.BackchannelRequest.SigningAlgorithms);
            document["backchannel_user_code_parameter_supported"] = false;
        }
        if (features.NativeSso)
        {
            document["native_sso_supported"] = true;
            document["scopes_supported"]!.AsArray().Add(Scope.DeviceSso);
        }
        if (features.EncryptedRequests)
        {
            document["request_object_encryption_alg_values_supported"] = List(Keys.KeyRing.ForEncryption);
            document["request_object_encryption_enc_values_supported"] = List(JweAlgorithm.ContentEncryption);
        }
        if (features.GrantManagement)
        {
            document["grant_management_endpoint"] = root + "/grants";
            document["grant_management_actions_supported"] = List(["query", "revoke", .. GrantManagement.ManagedGrant.Actions]);
            document["scopes_supported"]!.AsArray().Add(Scope.GrantQuery);
            document["scopes_supported"]!.AsArray().Add(Scope.GrantRevoke);
        }
        if (features.Demands.GrantActions) document["grant_management_action_required"] = true;
        if (features.SessionManagement) document["check_session_iframe"] = root + "/check_session";
        if (features.MutualTls) document["tls_client_certificate_bound_access_tokens"] = true;
        if (features.MutualTlsRoot is { } alias)
        {
            // RFC 8705 section 5: of the endpoints that clients call themselves.
            document["mtls_endpoint_aliases"] = new JsonObject([.. document.Where(m => Aliased.Contains(m.Key)).Select(m => KeyValuePair.Create(m.Key, (JsonNode?)(alias + ((string)m.Value!)[root.Length..])))]);
        }
        if (features.Registration) document["registration_endpoint"] = root + "/register";
        if (features.ClientDocuments) document["client_id_metadata_document_supported"] = true;
        if (features.Fapi) Narrow(document);
        return document;
    }

    private static JsonObject Document(string issuer, string root, ScopeCatalogue catalogue, ServerFeatures features) => new()
    {
        ["issuer"] = issuer,
        ["authorization_endpoint"] = root + "/authorize",
        ["token_endpoint"] = root + "/token",
        ["device_authorization_endpoint"] = root + "/device_authorization",
        ["pushed_authorization_request_endpoint"] = root + "/par",
        ["userinfo_endpoint"] = root + "/userinfo",
        ["jwks_uri"] = root + "/jwks",
        ["introspection_endpoint"] = root + "/introspect",
        ["revocation_endpoint"] = root + "/revoke",
        ["end_session_endpoint"] = root + "/end_session",
        ["backchannel_logout_supported"] = true,
        ["backchannel_logout_session_supported"] = true,
        ["frontchannel_logout_supported"] = true,
        ["frontchannel_logout_session_supported"] = true,
        ["scopes_supported"] = List(catalogue.Published),
        ["response_types_supported"] = List(features.ResponseTypes),
        ["response_modes_supported"] = List(AuthorizeTarget.ModeNames),
        ["grant_types_supported"] = List(features.GrantTypes),
        ["code_challenge_methods_supported"] = List([Pkce.Method]),
        ["token_endpoint_auth_methods_supported"] = List(MethodsOf(features)),
        ["token_endpoint_auth_signing_alg_values_supported"] = List(SignatureAlgorithm.Asymmetric),
        ["introspection_endpoint_auth_methods_supported"] = List(MethodsOf(features).Where(m => m != "none")),
        ["introspection_endpoint_auth_signing_alg_values_supported"] = List(SignatureAlgorithm.Asymmetric),
        ["revocation_endpoint_auth_methods_supported"] = List(MethodsOf(features)),
        ["revocation_endpoint_auth_signing_alg_values_supported"] = List(SignatureAlgorithm.Asymmetric),
        ["dpop_signing_alg_values_supported"] = List(BindingRules.Algorithms),
        ["authorization_response_iss_parameter_supported"] = true,
        ["refresh_token_expiration_types_supported"] = List(["authorization", "credential"]),
        ["authorization_signing_alg_values_supported"] = List(ClientMetadata.SigningAlgorithms),
        ["authorization_encryption_alg_values_supported"] = List(JweAlgorithm.KeyManagement),
        ["authorization_encryption_enc_values_supported"] = List(JweAlgorithm.ContentEncryption),
        ["subject_types_supported"] = List(["public", "pairwise"]),
        ["id_token_signing_alg_values_supported"] = List(ClientMetadata.SigningAlgorithms),
        ["userinfo_signing_alg_values_supported"] = List(ClientMetadata.SigningAlgorithms),
        ["id_token_encryption_alg_values_supported"] = List(JweAlgorithm.KeyManagement),
        ["id_token_encryption_enc_values_supported"] = List(JweAlgorithm.ContentEncryption),
        ["userinfo_encryption_alg_values_supported"] = List(JweAlgorithm.KeyManagement),
        ["userinfo_encryption_enc_values_supported"] = List(JweAlgorithm.ContentEncryption),
        ["introspection_signing_alg_values_supported"] = List(ClientMetadata.SigningAlgorithms),
        ["introspection_encryption_alg_values_supported"] = List(JweAlgorithm.KeyManagement),
        ["introspection_encryption_enc_values_supported"] = List(JweAlgorithm.ContentEncryption),
        ["acr_values_supported"] = List(Authorization.AcrValues),
        ["display_values_supported"] = List(["page"]),
        ["claim_types_supported"] = List(["normal"]),
        ["claims_supported"] = List(ClaimRules.Supported),
        ["claims_parameter_supported"] = true,
        ["request_parameter_supported"] = true,
        ["request_object_signing_alg_values_supported"] = List(SignatureAlgorithm.Asymmetric),
        // Absent it would mean true (OpenID Connect Discovery section 3).
        ["request_uri_parameter_supported"] = features.FetchesRequestObjects,
        ["prompt_values_supported"] = List(["none", "login", "consent", "select_account", .. features.Demands.RefusesCreate ? [] : (string[])["create"]]),
        ["ui_locales_supported"] = List(["en"]),
    };

    // FAPI 2.0 Security Profile sections 5.3.2 and 5.4.1, FAPI-CIBA section 5.2.2.
    private static void Narrow(JsonObject document)
    {
        foreach ((string name, JsonNode? value) in document.ToList())
        {
            Func<string, bool>? kept = name switch
            {
                _ when name.EndsWith("_signing_alg_values_supported", StringComparison.Ordinal) => FapiProfile.Algorithms.Contains,
                _ when name.EndsWith("_auth_methods_supported", StringComparison.Ordinal) => m => m == "private_key_jwt" || ClientAuthentication.MutualTlsMethodNames.Contains(m),
                "response_types_supported" => t => t == ResponseType.CodeName,
                "grant_types_supported" => t => t is not ("implicit" or "password"),
                "backchannel_token_delivery_modes_supported" => m => m != "push",
                _ => null,
            };
            if (kept is not null) document[name] = List(((JsonArray)value!).Select(v => (string)v!).Where(kept));
        }
    }

    private static IEnumerable<string> MethodsOf(ServerFeatures features) =>
        features.MutualTls ? ClientAuthentication.MethodNames.Concat(ClientAuthentication.MutualTlsMethodNames) : ClientAuthentication.MethodNames;

    private static JsonArray List(IEnumerable<string> values) => new([.. values.Select(v => (JsonNode)v)]);
}
