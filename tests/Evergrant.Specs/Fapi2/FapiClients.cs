using System.Text.Json.Nodes;
using Evergrant.Specs.Rfc9126;

namespace Evergrant.Specs.Fapi2;

/// <summary>The clients of the FAPI 2.0 tests.</summary>
public static class FapiClients
{
    /// <summary>Security profile.</summary>
    public static ClientDefinition Secure { get; } = new("fapi")
    {
        Method = "private_key_jwt", Jwks = ClientKeys.Public(), RedirectUris = ["https://fapi.example/callback"], Further = Pushing.Members(("profile", "fapi2")),
    };

    /// <summary>Security profile and message signing.</summary>
    public static ClientDefinition Signing { get; } = Secure with { Id = "fapi-signing", Further = Pushing.Members(("profile", "fapi2_message_signing")) };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ClientDefinition> All => [Secure, Signing];

    /// <summary>A member more.</summary>
    public static ClientDefinition And(this ClientDefinition definition, string id, string name, JsonNode value) =>
        definition with { Id = id, Further = new Dictionary<string, JsonNode>(definition.Further!) { [name] = value } };
}
