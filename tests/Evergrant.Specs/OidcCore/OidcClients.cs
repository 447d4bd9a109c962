using System.Text.Json.Nodes;

namespace Evergrant.Specs.OidcCore;

/// <summary>The clients of the OpenID Connect tests.</summary>
public static class OidcClients
{
    private const string Identity = "openid profile email address phone offline_access mail:read";

    /// <summary>Every standard scope; claims of scopes stand at UserInfo alone.</summary>
    public static ClientDefinition Person { get; } = new("person") { Scope = Identity, Further = One("claims_in_id_token", false) };

    /// <summary>Asks for consent, and the tests allow it.</summary>
    public static ClientDefinition Asking { get; } = new("oidc-asking") { Scope = Identity, Consent = "ask" };

    /// <summary>Asks for consent, and no test ever allows it.</summary>
    public static ClientDefinition NeverAllowed { get; } = Asking with { Id = "never-allowed", Name = "Never Allowed" };

    /// <summary>Asks for consent, and the tests allow everything but offline access.</summary>
    public static ClientDefinition NeverOffline { get; } = Asking with { Id = "never-offline", Name = "Never Offline" };

    /// <summary>A native application on a claimed https redirect URI that asks for consent.</summary>
    public static ClientDefinition NativeAsking { get; } = Asking with
    {
        Id = "oidc-native",
        Name = "OIDC native",
        Type = "native",
        Method = "none",
        RedirectUris = ["https://oidc-native.example/callback"],
    };

    /// <summary>ID Tokens and UserInfo answers signed with ES256.</summary>
    public static ClientDefinition Es256 { get; } = new("oidc-es256") { IdTokenAlgorithm = "ES256", Further = One("userinfo_signed_response_alg", "ES256") };

    /// <summary>ID Tokens and UserInfo answers signed with PS256.</summary>
    public static ClientDefinition Ps256 { get; } = new("oidc-ps256") { IdTokenAlgorithm = "PS256", Further = One("userinfo_signed_response_alg", "PS256") };

    /// <summary>UserInfo answers signed with RS256.</summary>
    public static ClientDefinition Rs256 { get; } = new("oidc-rs256") { IdTokenAlgorithm = "RS256", Further = One("userinfo_signed_response_alg", "RS256") };

    /// <summary>Pairwise subjects of the sector sector.example, with redirect URIs on two other hosts.</summary>
    public static ClientDefinition SectorOne { get; } = new("sector-one")
    {
        SubjectType = "pairwise",
        RedirectUris = ["https://one.example/callback", "https://two.example/callback"],
        Further = One("sector_identifier_uri", "https://sector.example/redirect_uris.json"),
    };

    /// <summary>The same sector from another file, and a redirect URI on a third host.</summary>
    public static ClientDefinition SectorTwo { get; } = new("sector-two")
    {
        SubjectType = "pairwise",
        RedirectUris = ["https://three.example/callback"],
        Further = One("sector_identifier_uri", "https://sector.example/other.json"),
    };

    /// <summary>Pairwise subjects; the sector is the host of its redirect URIs.</summary>
    public static ClientDefinition SectorByHost { get; } = new("sector-by-host")
    {
        SubjectType = "pairwise", RedirectUris = ["https://apps.example/a", "https://apps.example/b"],
    };

    /// <summary>Another client on the same host.</summary>
    public static ClientDefinition SectorBySameHost { get; } = new("sector-by-same-host") { SubjectType = "pairwise", RedirectUris = ["https://apps.example/c"] };

    /// <summary>Wants the user to have signed in within two minutes.</summary>
    public static ClientDefinition Impatient { get; } = new("impatient") { DefaultMaxAge = 120 };

    /// <summary>Every client above.</summary>
    public static IReadOnlyList<ClientDefinition> All { get; } =
        [Person, Asking, NeverAllowed, NeverOffline, NativeAsking, Es256, Ps256, Rs256, SectorOne, SectorTwo, SectorByHost, SectorBySameHost, Impatient];

    private static IReadOnlyDictionary<string, JsonNode> One(string name, JsonNode value) => new Dictionary<string, JsonNode> { [name] = value };
}
