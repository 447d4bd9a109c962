using System.Text.Json;
using System.Text.Json.Nodes;

namespace Evergrant.Protocol.Clients;

/// <summary>A profile: what a client's metadata are where it says nothing, and what they may not be. One setting of a client, or of a server for all clients that name none.
/// A profile is one entry of <see cref="All"/>; nothing else knows its name.</summary>
/// <param name="Name">As it is written: oauth2.1.</param>
/// <param name="Meaning">One sentence for the manual.</param>
/// <param name="Defaults">Members of client metadata (registered names) and the values they have where a client does not say.</param>
/// <param name="Checks">What has to hold of a client, each with the sentence that is said where it does not; the sentence begins with the member's name.</param>
public sealed record Profile(string Name, string Meaning, IReadOnlyDictionary<string, string> Defaults, IReadOnlyList<ProfileCheck> Checks)
{
    private static readonly ProfileCheck[] OAuth21Checks =
    [
        new(c => c.RequirePkce, "require_pkce is true (OAuth 2.1 section 4.1.1)"),
        new(c => !c.GrantTypes.Contains("implicit") && !c.GrantTypes.Contains("password"), "grant_types has neither implicit nor password (OAuth 2.1 section 10)"),
        new(c => c.ResponseTypes.All(r => !r.Split(' ').Contains("token")), "response_types has no token (OAuth 2.1 section 10.1)"),
        new(c => !c.LegacyAssertionAudience, "legacy_assertion_audience is false (RFC 7523bis section 4)"),
    ];

    /// <summary>OAuth 2.1: the profile of new clients.</summary>
    public static Profile OAuth21 { get; } = new("oauth2.1", "OAuth 2.1: PKCE, no implicit and no password grant, the issuer as the only audience of client assertions. That of clients that are added or register themselves.", None, OAuth21Checks);

    /// <summary>What the Model Context Protocol's authorization asks for.</summary>
    public static Profile Mcp { get; } = new(
        "mcp", "The Model Context Protocol's authorization: OAuth 2.1, with refresh tokens for clients that ask for offline_access. As the server's profile it turns Client ID Metadata Documents on.",
        new Dictionary<string, string> { ["grant_types"] = """["authorization_code","refresh_token"]""" },
        [.. OAuth21Checks, new(c => c.GrantTypes.Contains("authorization_code"), "grant_types has authorization_code"), new(c => c.AccessTokenFormat == AccessTokenFormat.Jwt, "access_token_format is jwt, so that a server of tools can check it")]);

    /// <summary>For clients that are older than today's rules.</summary>
    public static Profile Legacy { get; } = new(
        "legacy", "For confidential clients that are older than today's rules: PKCE is not demanded, and a client assertion may name the token endpoint.",
        new Dictionary<string, string> { ["require_pkce"] = "false", ["legacy_assertion_audience"] = "true" },
        [new(c => !c.IsPublic, "token_endpoint_auth_method is not none: a public client has no use for it")]);

    /// <summary>FAPI 2.0 Security Profile; <see cref="FapiProfile"/> applies and checks it.</summary>
    public static Profile Fapi2 { get; } = new("fapi2", "FAPI 2.0 Security Profile: pushed requests, tokens bound to a key, private_key_jwt or mutual TLS, codes of a minute, ES256 or PS256.", None, []);

    /// <summary>FAPI 2.0 Security Profile and Message Signing; <see cref="FapiProfile"/> applies and checks it.</summary>
    public static Profile Fapi2MessageSigning { get; } = new("fapi2_message_signing", "FAPI 2.0 Security Profile and Message Signing: requests and responses are signed too.", None, []);

    /// <summary>All profiles, in the order of the manual.</summary>
    public static IReadOnlyList<Profile> All { get; } = [OAuth21, Mcp, Fapi2, Fapi2MessageSigning, Legacy];

    private static Dictionary<string, string> None => [];

    /// <summary>Whether it is one of those of FAPI 2.0.</summary>
    public bool IsFapi => Name == Fapi2.Name || Name == Fapi2MessageSigning.Name;

    /// <summary>A profile by its name, or null.</summary>
    /// <param name="name">As it is written.</param>
    public static Profile? Find(string? name) => name is null ? null : All.FirstOrDefault(p => p.Name == name);

    /// <summary>The metadata with the profile's values where they say nothing.</summary>
    /// <param name="metadata">The object as it was given.</param>
    internal JsonElement Over(JsonElement metadata)
    {
        if (Defaults.Count == 0) return metadata;
        var filled = (JsonObject)JsonNode.Parse(metadata.GetRawText())!;
        foreach ((string name, string value) in Defaults)
        {
            if (!filled.ContainsKey(name)) filled[name] = JsonNode.Parse(value);
        }
        using JsonDocument document = JsonDocument.Parse(filled.ToJsonString());
        return document.RootElement.Clone();
    }

    /// <summary>What a client is that it may not be, in words for whoever wrote its metadata.</summary>
    /// <param name="client">The client.</param>
    internal IEnumerable<string> Faults(Client client) => Checks.Where(c => !c.Holds(client)).Select(c => $"{c.Demand}; the profile {Name} demands it");
}

/// <summary>One thing that a profile demands.</summary>
/// <param name="Holds">Whether a client is so.</param>
/// <param name="Demand">What has to be, beginning with the member's name.</param>
public sealed record ProfileCheck(Func<Client, bool> Holds, string Demand);
