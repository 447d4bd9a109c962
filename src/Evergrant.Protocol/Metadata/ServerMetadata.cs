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
        ["token_endpoint_auth_methods_supported"] = List(ClientAuthentication.MethodNames),
        ["token_endpoint_auth_signing_alg_values_supported"] = List(SignatureAlgorithm.Asymmetric),
        ["introspection_endpoint_auth_methods_supported"] = List(ClientAuthentication.MethodNames.Where(m => m != "none")),
        ["introspection_endpoint_auth_signing_alg_values_supported"] = List(SignatureAlgorithm.Asymmetric),
        ["revocation_endpoint_auth_methods_supported"] = List(ClientAuthentication.MethodNames),
        ["revocation_endpoint_auth_signing_alg_values_supported"] = List(SignatureAlgorithm.Asymmetric),
        ["dpop_signing_alg_values_supported"] = List(BindingRules.Algorithms),
        ["authorization_response_iss_parameter_supported"] = true,
        ["authorization_signing_alg_values_supported"] = List(ClientMetadata.SigningAlgorithms),
        ["subject_types_supported"] = List(["public", "pairwise"]),
        ["id_token_signing_alg_values_supported"] = List(ClientMetadata.SigningAlgorithms),
        ["userinfo_signing_alg_values_supported"] = List(ClientMetadata.SigningAlgorithms),
        ["acr_values_supported"] = List(Authorization.AcrValues),
        ["display_values_supported"] = List(["page"]),
        ["claim_types_supported"] = List(["normal"]),
        ["claims_supported"] = List(ClaimRules.Supported),
        ["claims_parameter_supported"] = true,
        ["request_parameter_supported"] = true,
        ["request_object_signing_alg_values_supported"] = List(SignatureAlgorithm.Asymmetric),
        // Absent it would mean true (OpenID Connect Discovery section 3).
        ["request_uri_parameter_supported"] = features.FetchesRequestObjects,
        ["prompt_values_supported"] = List(["none", "login", "consent", "select_account"]),
        ["ui_locales_supported"] = List(["en"]),
    };

    private static JsonArray List(IEnumerable<string> values) => new([.. values.Select(v => (JsonNode)v)]);
}
