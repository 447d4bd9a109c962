using System.Text.Json.Nodes;
using Evergrant.Protocol.BackchannelAuthentication;
using Evergrant.Protocol.EndSession;
using Evergrant.Protocol.Token;

namespace Evergrant.Protocol.Clients;

/// <summary>How a client gets the results of requests over the back channel (CIBA Core section 5).</summary>
public enum TokenDeliveryMode
{
    /// <summary>It makes no such requests.</summary>
    None,

    /// <summary>It asks at the token endpoint until they are there.</summary>
    Poll,

    /// <summary>It is told when there is something to fetch.</summary>
    Ping,

    /// <summary>They are sent to it.</summary>
    Push,
}

/// <summary>The members of a client's metadata that are about CIBA (Core section 4).</summary>
internal sealed record BackchannelMetadata(TokenDeliveryMode Mode, string? Endpoint, string? SigningAlg)
{
    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Members { get; } =
        ["backchannel_token_delivery_mode", "backchannel_client_notification_endpoint", "backchannel_authentication_request_signing_alg", "backchannel_user_code_parameter"];

    /// <summary>Reads and judges them.</summary>
    public static BackchannelMetadata Read(JsonMembers read, IReadOnlyList<string> grants, bool isPublic, bool pairwise, bool hasJwksUri, bool allowLoopback)
    {
        TokenDeliveryMode mode = read.Choice("backchannel_token_delivery_mode", TokenDeliveryMode.None, ("poll", TokenDeliveryMode.Poll), ("ping", TokenDeliveryMode.Ping), ("push", TokenDeliveryMode.Push));
        string? endpoint = read.Text("backchannel_client_notification_endpoint");
        string? algorithm = read.Text("backchannel_authentication_request_signing_alg");
        bool granted = grants.Contains(CibaGrant.Name);
        if (mode == TokenDeliveryMode.None && granted) read.Fault("backchannel_token_delivery_mode", "is missing, but the CIBA grant needs it: poll, ping or push");
        if (mode is TokenDeliveryMode.Poll or TokenDeliveryMode.Ping && !granted) read.Fault("grant_types", $"lacks {CibaGrant.Name}, which poll and ping need (CIBA Core section 4)");
        if (mode != TokenDeliveryMode.None && isPublic) read.Fault("token_endpoint_auth_method", "is none, but only confidential clients may use CIBA (FAPI-CIBA section 5.2.2)");
        if (mode is TokenDeliveryMode.Ping or TokenDeliveryMode.Push && endpoint is null) read.Fault("backchannel_client_notification_endpoint", "is missing, but ping and push need it (CIBA Core section 4)");
        if (endpoint is not null && FrontchannelLogout.Fault(endpoint, isPublic, allowLoopback) is { } fault) read.Fault("backchannel_client_notification_endpoint", fault);
        if (mode is TokenDeliveryMode.Poll or TokenDeliveryMode.Ping && pairwise && !hasJwksUri) read.Fault("jwks_uri", "is missing, but pairwise clients that poll or are pinged need it (CIBA Core section 4)");
        if (algorithm is not null && !BackchannelRequest.SigningAlgorithms.Contains(algorithm)) read.Fault("backchannel_authentication_request_signing_alg", $"is none of {string.Join(", ", BackchannelRequest.SigningAlgorithms)}");
        if (read.Flag("backchannel_user_code_parameter") == true) read.Fault("backchannel_user_code_parameter", "is true, but user codes are not offered");
        return new(mode, endpoint, algorithm);
    }

    /// <summary>Writes them; members with the built-in value are left out.</summary>
    public static void Write(Client client, JsonObject json)
    {
        if (client.TokenDeliveryMode != TokenDeliveryMode.None) json["backchannel_token_delivery_mode"] = client.TokenDeliveryMode.ToString().ToLowerInvariant();
        if (client.BackchannelNotificationEndpoint is { } endpoint) json["backchannel_client_notification_endpoint"] = endpoint;
        if (client.BackchannelSigningAlg is { } algorithm) json["backchannel_authentication_request_signing_alg"] = algorithm;
    }
}
