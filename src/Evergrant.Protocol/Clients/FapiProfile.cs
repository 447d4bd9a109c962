using System.Text.Json;
using System.Text.Json.Nodes;
using Evergrant.Jose;
using Evergrant.Protocol.Policies;

namespace Evergrant.Protocol.Clients;

/// <summary>What FAPI 2.0 makes of a registration: what it demands is set, what contradicts it is a fault.</summary>
internal static class FapiProfile
{
    /// <summary>Algorithms of all that is signed, by either side (FAPI 2.0 Security Profile section 5.4.1).</summary>
    public static IReadOnlyList<string> Algorithms { get; } = [SignatureAlgorithm.PS256, SignatureAlgorithm.ES256];

    /// <summary>The longest that a code lives (section 5.3.2.1, number 11).</summary>
    public static TimeSpan LongestCode { get; } = TimeSpan.FromSeconds(60);

    /// <summary>Applies the profile.</summary>
    /// <param name="client">The client as registered.</param>
    /// <param name="read">Where faults go.</param>
    public static Client Apply(Client client, JsonMembers read)
    {
        // Section 5.3.2.1, numbers 3 and 6.
        if (client.AuthenticationMethod is ClientAuthenticationMethod.None or ClientAuthenticationMethod.ClientSecretBasic or ClientAuthenticationMethod.ClientSecretPost)
        {
            read.Fault("token_endpoint_auth_method", "is neither private_key_jwt nor mutual TLS, though profile demands it (FAPI 2.0 section 5.3.2.1)");
        }
        if (client.GrantTypes.Contains("password") || client.GrantTypes.Contains("implicit")) read.Fault("grant_types", "has password or implicit, though profile forbids it (FAPI 2.0 section 5.3.2)");
        if (client.ResponseTypes.Any(type => type != "code")) read.Fault("response_types", "has more than code, though profile forbids it (FAPI 2.0 section 5.3.2.2)");
        if (!client.RequirePkce) read.Fault("require_pkce", "is false, though profile demands it (FAPI 2.0 section 5.3.2.2)");
        if (client.BearerWithoutCertificate) read.Fault("bearer_without_certificate", "is true, though profile forbids it (FAPI 2.0 section 5.3.2.1)");
        if (client.LegacyAssertionAudience) read.Fault("legacy_assertion_audience", "is true, though profile forbids it (FAPI 2.0 section 5.3.2.1)");
        if (client.MergesRequestObject) read.Fault("merge_request_object", "is true, though profile forbids it (FAPI 2.0 Message Signing section 5.3.1)");
        foreach (string name in (ReadOnlySpan<string>)["id_token_signed_response_alg", "userinfo_signed_response_alg", "access_token_signed_alg", "authorization_signed_response_alg", "introspection_signed_response_alg", "request_object_signing_alg", "token_endpoint_auth_signing_alg"])
        {
            if (read.Text(name) is { } algorithm && !Algorithms.Contains(algorithm)) read.Fault(name, $"is none of {string.Join(", ", Algorithms)}, though profile demands it (FAPI 2.0 section 5.4.1)");
        }
        if (client.TokenDeliveryMode != TokenDeliveryMode.None) client = OverBackChannel(client, read);
        bool signing = client.Profile == Profile.Fapi2MessageSigning.Name;
        return client with
        {
            RequirePushedAuthorizationRequests = true,
            RequireSignedRequestObject = signing || client.RequireSignedRequestObject,
            ResponseModes = signing && client.ResponseModes.Count == 0 ? ["jwt", "query.jwt", "fragment.jwt", "form_post.jwt"] : client.ResponseModes,
            IdTokenSignedResponseAlg = client.IdTokenSignedResponseAlg ?? SignatureAlgorithm.ES256,
            AuthorizationSignedResponseAlg = client.AuthorizationSignedResponseAlg ?? SignatureAlgorithm.ES256,
            IntrospectionSignedResponseAlg = client.IntrospectionSignedResponseAlg ?? SignatureAlgorithm.ES256,
            // Section 5.3.2.1, number 4; by certificate only where the registration says so.
            DpopBoundAccessTokens = client.DpopBoundAccessTokens || !client.CertificateBoundAccessTokens,
            Policy = WithoutRotation(client.Policy, read),
        };
    }

    // FAPI-CIBA section 5.2.2: poll or ping, with signed requests.
    private static Client OverBackChannel(Client client, JsonMembers read)
    {
        if (client.TokenDeliveryMode == TokenDeliveryMode.Push) read.Fault("backchannel_token_delivery_mode", "is push, though profile forbids it (FAPI-CIBA section 5.2.2)");
        if (client.Jwks is null && client.JwksUri is null) read.Fault("jwks", "is missing, but requests over the back channel have to be signed (FAPI-CIBA section 5.2.2)");
        return client with { BackchannelSigningAlg = client.BackchannelSigningAlg ?? SignatureAlgorithm.ES256 };
    }

    // Section 5.3.2.1, number 9: a token that is bound to its client needs no rotation. A policy that rotates nevertheless has to say so.
    private static PolicyDocument? WithoutRotation(PolicyDocument? policy, JsonMembers read)
    {
        JsonObject json = policy?.Write() ?? [];
        if (json.ContainsKey("rotate"))
        {
            // Number 16: what is rotated all the same may be presented again for a while.
            if (json["rotate"]!.GetValue<bool>() && json["retry"] is JsonValue retry && retry.TryGetValue(out string? rule) && rule == "never") read.Fault("policy", "has rotate and retry never, though profile demands a time for retries (FAPI 2.0 section 5.3.2.1)");
            return policy;
        }
        json["rotate"] = false;
        using var document = JsonDocument.Parse(json.ToJsonString());
        return PolicyDocument.Parse(document.RootElement, "policy.", read.Faults, false);
    }
}
