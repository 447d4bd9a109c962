using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Evergrant.Specs.Rfc9126;

namespace Evergrant.Specs.Fapi2;

/// <summary>The clients of the FAPI 2.0 tests.</summary>
public static class FapiClients
{
    private static readonly ECDsa OtherKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>Security profile.</summary>
    public static ClientDefinition Secure { get; } = new("fapi")
    {
        Method = "private_key_jwt", Jwks = ClientKeys.Public(), RedirectUris = ["https://fapi.example/callback"], Further = Pushing.Members(("profile", "fapi2")),
    };

    /// <summary>Security profile and message signing.</summary>
    public static ClientDefinition Signing { get; } = Secure with { Id = "fapi-signing", Further = Pushing.Members(("profile", "fapi2_message_signing")) };

    /// <summary>Another client of the security profile, with a key of its own; asks for consent.</summary>
    public static ClientDefinition Other { get; } = Secure with { Id = "fapi-other", Consent = "ask", RedirectUris = ["https://fapi-other.example/callback"], Key = OtherKey, Jwks = ClientKeys.PublicOf(OtherKey) };

    /// <summary>Another client of both.</summary>
    public static ClientDefinition OtherSigning { get; } = Other with { Id = "fapi-other-signing", Further = Signing.Further };

    /// <summary>Asks at the token endpoint for people whom it names over the back channel.</summary>
    public static ClientDefinition Ciba { get; } = Secure with
    {
        Id = "fapi-ciba",
        RedirectUris = [],
        ResponseTypes = [],
        GrantTypes = [Specs.Ciba.CibaClients.GrantType, "refresh_token"],
        Further = Pushing.Members(("profile", "fapi2"), ("backchannel_token_delivery_mode", "poll")),
    };

    /// <summary>Another one, with a key of its own.</summary>
    public static ClientDefinition OtherCiba { get; } = Ciba with { Id = "fapi-ciba-other", Key = OtherKey, Jwks = ClientKeys.PublicOf(OtherKey) };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ClientDefinition> All => [Secure, Signing, Other, OtherSigning, Ciba, OtherCiba];

    /// <summary>A member more.</summary>
    public static ClientDefinition And(this ClientDefinition definition, string id, string name, JsonNode value) =>
        definition with { Id = id, Further = new Dictionary<string, JsonNode>(definition.Further!) { [name] = value } };
}
