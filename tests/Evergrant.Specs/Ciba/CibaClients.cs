using Evergrant.Specs.OidcRpInitiatedLogout;

namespace Evergrant.Specs.Ciba;

/// <summary>The clients of the CIBA tests that need no notification endpoint.</summary>
public static class CibaClients
{
    /// <summary>The grant_type value.</summary>
    public const string GrantType = "urn:openid:params:grant-type:ciba";

    /// <summary>The scope of authenticator apps.</summary>
    public const string Authenticator = "urn:evergrant:scope:authenticator";

    /// <summary>A call centre: asks at the token endpoint.</summary>
    public static ClientDefinition CallCentre { get; } = new("ciba-poll")
    {
        Name = "Call centre", GrantTypes = [GrantType, "refresh_token"], ResponseTypes = [], RedirectUris = [], Consent = "ask",
        Further = LogoutClients.Members(("backchannel_token_delivery_mode", "poll")),
    };

    /// <summary>Another one.</summary>
    public static ClientDefinition OtherCallCentre { get; } = CallCentre with { Id = "ciba-other" };

    /// <summary>Signs its requests, and authenticates with the same keys.</summary>
    public static ClientDefinition Signing { get; } = CallCentre with
    {
        Id = "ciba-signing",
        Method = "private_key_jwt",
        Jwks = ClientKeys.Public(),
        Further = LogoutClients.Members(("backchannel_token_delivery_mode", "poll"), ("backchannel_authentication_request_signing_alg", "ES256")),
    };

    /// <summary>Has keys for hints, and signs no requests.</summary>
    public static ClientDefinition Hinting { get; } = CallCentre with { Id = "ciba-hinting", Method = "private_key_jwt", Jwks = ClientKeys.Public() };

    /// <summary>The app with which a person answers.</summary>
    public static ClientDefinition App { get; } = new("ciba-app") { Scope = ClientDefinition.UsualScope + " " + Authenticator };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ClientDefinition> All => [CallCentre, OtherCallCentre, Signing, Hinting, App];
}
