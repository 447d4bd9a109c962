using System.Text.Json.Nodes;

namespace Evergrant.Specs.Rfc8693;

/// <summary>The clients of the exchange tests.</summary>
public static class ExchangeClients
{
    /// <summary>The grant_type value.</summary>
    public const string Exchange = "urn:ietf:params:oauth:grant-type:token-exchange";

    /// <summary>Prefix of the token types.</summary>
    public const string Types = "urn:ietf:params:oauth:token-type:";

    /// <summary>Where a user signs in; its tokens may be exchanged by those below.</summary>
    public static ClientDefinition Portal { get; } = new("portal");

    /// <summary>The same with opaque tokens.</summary>
    public static ClientDefinition OpaquePortal { get; } = new("portal-opaque") { AccessTokenFormat = "opaque" };

    /// <summary>Names the one that may act for its users.</summary>
    public static ClientDefinition NamingPortal { get; } = new("portal-naming") { Further = Member("may_act", "gateway") };

    /// <summary>Acts for users of the portals at the Mail API, visibly; of the files it may read more than the portal.</summary>
    public static ClientDefinition Gateway { get; } = new("gateway")
    {
        GrantTypes = [Exchange, "client_credentials", "refresh_token"], ResponseTypes = [], RedirectUris = [], Introspect = true,
        Scope = "mail:read mail:send files:read", Resources = [DeclaredState.Mail, DeclaredState.Files],
        Policy = new Dictionary<string, JsonNode> { ["refresh_tokens"] = "always", ["refresh_token_grants"] = new JsonArray(Exchange) },
        Further = Member("token_exchange", new JsonArray(
            Rule(["portal", "portal-opaque", "portal-naming", "gateway"], [DeclaredState.Mail]),
            Rule(["portal"], [DeclaredState.Files], ("scopes", new JsonArray("files:read"))),
            new JsonObject { ["subject_issuers"] = new JsonArray("https://idp.example", "https://partner.example"), ["audiences"] = new JsonArray(DeclaredState.Mail) })),
    };

    /// <summary>Acts on with what the gateway got, with opaque tokens.</summary>
    public static ClientDefinition Backend { get; } = Gateway with
    {
        Id = "backend",
        AccessTokenFormat = "opaque",
        Further = Member("token_exchange", new JsonArray(Rule(["gateway", "backend", "portal"], [DeclaredState.Mail]))),
    };

    /// <summary>May hide that it acts.</summary>
    public static ClientDefinition Impersonator { get; } = Gateway with
    {
        Id = "impersonator",
        Further = Member("token_exchange", new JsonArray(Rule(["portal", "gateway"], [DeclaredState.Mail], ("impersonation", true)))),
    };

    /// <summary>May go on when the user's token has ended.</summary>
    public static ClientDefinition Lasting { get; } = Gateway with
    {
        Id = "lasting",
        Further = Member("token_exchange", new JsonArray(Rule(["portal"], [DeclaredState.Mail], ("refresh_token", true)))),
    };

    /// <summary>Has the grant, and no rule.</summary>
    public static ClientDefinition WithoutRule { get; } = Gateway with { Id = "without-rule", Further = null };

    /// <summary>Proves nothing of itself.</summary>
    public static ClientDefinition Public { get; } = new("exchange-public")
    {
        Type = "native", Method = "none", GrantTypes = [Exchange], ResponseTypes = [], RedirectUris = [], Scope = "mail:read", Further = Member("token_exchange", new JsonArray(Rule(["portal"], [DeclaredState.Mail]))),
    };

    /// <summary>Proves nothing of itself, and may all the same.</summary>
    public static ClientDefinition AllowedPublic { get; } = Public with
    {
        Id = "exchange-public-allowed",
        Further = Member("token_exchange", new JsonArray(Rule(["portal"], [DeclaredState.Mail], ("public_client", true)))),
    };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ClientDefinition> All => [Portal, OpaquePortal, NamingPortal, Gateway, Backend, Impersonator, Lasting, WithoutRule, Public, AllowedPublic];

    private static JsonObject Rule(IEnumerable<string> clients, IEnumerable<string> audiences, params (string Name, JsonNode Value)[] more)
    {
        var rule = new JsonObject { ["subject_clients"] = List(clients), ["audiences"] = List(audiences) };
        foreach (var (name, value) in more) rule[name] = value;
        return rule;
    }

    private static JsonArray List(IEnumerable<string> values) => new([.. values.Select(value => JsonValue.Create(value))]);

    private static Dictionary<string, JsonNode> Member(string name, JsonNode value) => new() { [name] = value };
}
