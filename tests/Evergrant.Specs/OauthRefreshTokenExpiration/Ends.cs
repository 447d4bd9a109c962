using System.Text.Json.Nodes;

namespace Evergrant.Specs.OauthRefreshTokenExpiration;

/// <summary>Clients whose refresh tokens end in different ways, and what they are told.</summary>
public static class Ends
{
    /// <summary>Nothing ends.</summary>
    public static ClientDefinition Endless { get; } = With("ends-never", """{ "idle_lifetime": null, "absolute_lifetime": null }""");

    /// <summary>Two hours without use end it.</summary>
    public static ClientDefinition Sliding { get; } = With("ends-idle", """{ "idle_lifetime": "02:00:00", "absolute_lifetime": null }""");

    /// <summary>A day ends it.</summary>
    public static ClientDefinition Bounded { get; } = With("ends-absolute", """{ "idle_lifetime": null, "absolute_lifetime": "1.00:00:00" }""");

    /// <summary>Keeps its refresh token, which stands in one answer only.</summary>
    public static ClientDefinition Silent { get; } = With("ends-silent", """{ "idle_lifetime": "02:00:00", "absolute_lifetime": "1.00:00:00", "rotate": false, "echo_refresh_token": false }""");

    /// <summary>May exchange its own tokens.</summary>
    public static ClientDefinition Exchanging { get; } = Sliding with
    {
        Id = "ends-exchanging",
        GrantTypes = ["authorization_code", "refresh_token", Rfc8693.ExchangeClients.Exchange],
        Further = new Dictionary<string, JsonNode>(Sliding.Further!)
        {
            ["token_exchange"] = new JsonArray(new JsonObject { ["subject_clients"] = new JsonArray("ends-exchanging"), ["audiences"] = new JsonArray(DeclaredState.Mail) }),
        },
    };

    /// <summary>Those that every server has.</summary>
    public static IReadOnlyList<ClientDefinition> All { get; } = [Endless, Sliding, Bounded, Silent];

    /// <summary>Seconds until the refresh token ends unused.</summary>
    public static long Timeout(Tokens tokens) => tokens.Reply.Json.GetProperty("refresh_token_timeout").GetInt64();

    /// <summary>Seconds until the authorization ends.</summary>
    public static long Authorization(Tokens tokens) => tokens.Reply.Json.GetProperty("authorization_expires_in").GetInt64();

    private static ClientDefinition With(string id, string policy) => new(id) { Further = new Dictionary<string, JsonNode> { ["policy"] = JsonNode.Parse(policy)! } };
}
