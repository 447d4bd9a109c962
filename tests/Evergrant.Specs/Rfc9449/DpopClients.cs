using System.Text.Json.Nodes;

namespace Evergrant.Specs.Rfc9449;

/// <summary>The clients of the DPoP tests.</summary>
public static class DpopClients
{
    private static readonly IReadOnlyList<string> EveryGrant = ["authorization_code", "refresh_token", "client_credentials", Rfc8628.DeviceClients.GrantType];

    /// <summary>Confidential; may send proofs.</summary>
    public static ClientDefinition Web { get; } = new("dpop-web") { GrantTypes = EveryGrant };

    /// <summary>Public; may send proofs.</summary>
    public static ClientDefinition Native { get; } = new("dpop-native")
    {
        Type = "native", Method = "none", RedirectUris = ["https://dpop-native.example/callback"], GrantTypes = ["authorization_code", "refresh_token", Rfc8628.DeviceClients.GrantType],
    };

    /// <summary>Another public one, with the same policy.</summary>
    public static ClientDefinition OtherNative { get; } = Native with { Id = "dpop-other-native", RedirectUris = ["https://dpop-other-native.example/callback"] };

    /// <summary>Registered for proofs with every token request.</summary>
    public static ClientDefinition Bound { get; } = Web with { Id = "dpop-bound", RedirectUris = ["https://dpop-bound.example/callback"], Further = Clients.Rule("dpop_bound_access_tokens", true) };

    /// <summary>Its proofs have to carry a nonce.</summary>
    public static ClientDefinition Nonced { get; } = Web with { Id = "dpop-nonced", RedirectUris = ["https://dpop-nonced.example/callback"], Further = Clients.Rule("require_dpop_nonce", true) };

    /// <summary>Gets opaque access tokens.</summary>
    public static ClientDefinition Opaque { get; } = Web with { Id = "dpop-opaque", RedirectUris = ["https://dpop-opaque.example/callback"], AccessTokenFormat = "opaque" };

    /// <summary>Pushes its requests.</summary>
    public static ClientDefinition Pushing { get; } = Web with { Id = "dpop-pushing", RedirectUris = ["https://dpop-pushing.example/callback"] };

    /// <summary>Runs in a browser.</summary>
    public static ClientDefinition Spa { get; } = new("dpop-spa")
    {
        Type = "browser", Method = "none", AllowedOrigins = ["https://dpop-spa.example"], Further = new Dictionary<string, JsonNode> { ["dpop_bound_access_tokens"] = true, ["require_dpop_nonce"] = true },
    };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ClientDefinition> All => [Web, Native, OtherNative, Bound, Nonced, Opaque, Pushing, Spa];
}
