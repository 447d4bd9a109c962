using System.Text.Json.Nodes;
using Evergrant.Specs.Rfc7521;
using Evergrant.Specs.Rfc8693;

namespace Evergrant.Specs.IdJag;

/// <summary>The clients of the identity assertion tests, and whose identity assertions the server takes.</summary>
public static class IdJagClients
{
    /// <summary>Another authorization server.</summary>
    public const string Chat = "https://chat-as.example";

    /// <summary>Its API.</summary>
    public const string ChatApi = "https://chat.example/api";

    /// <summary>Another one, which wants to hear of fresh sign-ins only.</summary>
    public const string Bank = "https://bank-as.example";

    /// <summary>The type of identity assertions.</summary>
    public const string Type = ExchangeClients.Types + "id-jag";

    /// <summary>Signs users in here and goes on to others.</summary>
    public static ClientDefinition Agent { get; } = new("agent")
    {
        GrantTypes = ["authorization_code", "refresh_token", ExchangeClients.Exchange, BearerClients.JwtBearer],
        Further = new Dictionary<string, JsonNode>
        {
            ["authorization_grant_profiles"] = new JsonArray("urn:ietf:params:oauth:grant-profile:id-jag"),
            ["cross_domain"] = new JsonArray(
                new JsonObject
                {
                    ["issuer"] = Chat, ["names"] = new JsonArray("chat"), ["client_id"] = "agent-at-chat", ["scopes"] = new JsonArray("chat.read", "chat.history", "mail:read"), ["resources"] = new JsonArray(ChatApi),
                },
                new JsonObject { ["issuer"] = Bank, ["scopes"] = new JsonArray("pay"), ["max_auth_age"] = "00:00:01", ["lifetime"] = "00:01:00" }),
        },
    };

    /// <summary>Another one with the same targets.</summary>
    public static ClientDefinition OtherAgent { get; } = Agent with { Id = "agent-other" };

    /// <summary>Brings identity assertions here.</summary>
    public static ClientDefinition Receiver { get; } = BearerClients.Web with { Id = "jag-receiver" };

    /// <summary>Another one.</summary>
    public static ClientDefinition OtherReceiver { get; } = Receiver with { Id = "jag-other" };

    /// <summary>Proves nothing of itself.</summary>
    public static ClientDefinition Public { get; } = BearerClients.Public with { Id = "jag-public" };

    /// <summary>Whose identity assertions are taken.</summary>
    public static ForeignIssuer Idp { get; } = new("https://jag-idp.example");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ClientDefinition> All => [Agent, OtherAgent, Receiver, OtherReceiver, Public];

    /// <summary>Who is trusted.</summary>
    public static IEnumerable<JsonObject> Trusted(string issuer) =>
        [Idp.Declared(issuer, [Receiver.Id, OtherReceiver.Id, Public.Id], ("uses", new JsonArray("id_jag")), ("subject", "username"), ("subject_claim", "aud_sub"), ("public_clients", true))];
}
