using System.Text.Json.Nodes;

namespace Evergrant.Specs.Rfc7521;

/// <summary>The clients of the assertion tests, and whom the server trusts for them.</summary>
public static class BearerClients
{
    /// <summary>The grant_type value of JWT assertions.</summary>
    public const string JwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer";

    /// <summary>A name of the server that only the partner uses.</summary>
    public const string Alias = "urn:example:evergrant";

    /// <summary>The usual one. Its policy would give it refresh tokens for everything.</summary>
    public static ClientDefinition Web { get; } = new("bearer")
    {
        GrantTypes = [JwtBearer, "refresh_token"], ResponseTypes = [], RedirectUris = [], Introspect = true,
        Policy = new Dictionary<string, JsonNode> { ["refresh_tokens"] = "always", ["refresh_token_grants"] = new JsonArray("authorization_code", JwtBearer) },
    };

    /// <summary>Its assertions may have several audiences.</summary>
    public static ClientDefinition Legacy { get; } = Web with { Id = "bearer-legacy", Further = new Dictionary<string, JsonNode> { ["legacy_assertion_audience"] = true } };

    /// <summary>Registered for the grant, but nobody's assertions are for it.</summary>
    public static ClientDefinition Other { get; } = Web with { Id = "bearer-other" };

    /// <summary>Proves nothing of itself.</summary>
    public static ClientDefinition Public { get; } = Web with { Id = "bearer-public", Type = "native", Method = "none", Introspect = false };

    /// <summary>Gets opaque access tokens.</summary>
    public static ClientDefinition Opaque { get; } = Web with { Id = "bearer-opaque", AccessTokenFormat = "opaque" };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ClientDefinition> All => [Web, Legacy, Other, Public, Opaque];

    /// <summary>Who is trusted.</summary>
    public static IEnumerable<JsonObject> Trusted(string issuer) =>
    [
        ForeignIssuer.Company.Declared(issuer, [Web.Id, Legacy.Id, Public.Id, Opaque.Id, "gateway", "backend"], ("subject", "username"), ("uses", new JsonArray("jwt_bearer", "token_exchange"))),
        ForeignIssuer.Partner.Declared(
            issuer, [Web.Id, Public.Id, "gateway"], ("uses", new JsonArray("jwt_bearer", "token_exchange")), ("scopes", new JsonArray("mail:read", "extra")), ("audiences", new JsonArray(Alias)), ("max_age", "00:10:00"), ("max_lifetime", "00:15:00"), ("public_clients", true)),
        .. IdJag.IdJagClients.Trusted(issuer),
    ];
}
