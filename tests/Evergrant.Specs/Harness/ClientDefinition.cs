using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Evergrant.Specs.Harness;

/// <summary>A client as the tests declare it to <c>evergrant apply</c>. What stays null is left to the server.</summary>
public sealed record ClientDefinition(string Id)
{
    /// <summary>Identity, profile, offline access, and the scopes of the Mail API.</summary>
    public const string UsualScope = "openid profile email offline_access mail:read mail:send extra";

    public string Name { get; init; } = "Specs " + Id;

    public string Type { get; init; } = "web";

    public string Method { get; init; } = "client_secret_basic";

    public IReadOnlyList<string> RedirectUris { get; init; } = [$"https://{Id}.example/callback"];

    public IReadOnlyList<string> GrantTypes { get; init; } = ["authorization_code", "refresh_token"];

    public IReadOnlyList<string> ResponseTypes { get; init; } = ["code"];

    public string Scope { get; init; } = UsualScope;

    public IReadOnlyList<string> Resources { get; init; } = [DeclaredState.Mail];

    public bool Introspect { get; init; }

    public string? Consent { get; init; } = "implied";

    public bool? RequirePkce { get; init; }

    public string? AccessTokenFormat { get; init; }

    public string? SubjectType { get; init; }

    public string? IdTokenAlgorithm { get; init; }

    public int? DefaultMaxAge { get; init; }

    public IReadOnlyList<string>? AllowedOrigins { get; init; }

    public JsonNode? Jwks { get; init; }

    /// <summary>The key with <c>kid</c> "ec" that it signs with; null for that of <see cref="ClientKeys"/>.</summary>
    public ECDsa? Key { get; init; }

    /// <summary>Members of <c>policy</c>, e.g. <c>("rotate", false)</c>.</summary>
    public IReadOnlyDictionary<string, JsonNode>? Policy { get; init; }

    /// <summary>Further members as they stand, for settings that few tests need.</summary>
    public IReadOnlyDictionary<string, JsonNode>? Further { get; init; }

    /// <summary>Whether the client has no credential.</summary>
    public bool IsPublic => Method == "none";

    /// <summary>The redirect URI that requests use unless told otherwise.</summary>
    public string RedirectUri => RedirectUris[0];

    /// <summary>The declaration.</summary>
    public JsonObject ToJson(string issuer)
    {
        var json = new JsonObject
        {
            ["issuer"] = issuer,
            ["client_id"] = Id,
            ["client_name"] = Name,
            ["application_type"] = Type,
            ["token_endpoint_auth_method"] = Method,
            ["redirect_uris"] = List(RedirectUris),
            ["grant_types"] = List(GrantTypes),
            ["response_types"] = List(ResponseTypes),
            ["scope"] = Scope,
            ["resources"] = List(Resources),
        };
        if (Introspect) json["introspect"] = true;
        if (Consent is not null) json["consent"] = Consent;
        if (RequirePkce is { } pkce) json["require_pkce"] = pkce;
        if (AccessTokenFormat is not null) json["access_token_format"] = AccessTokenFormat;
        if (SubjectType is not null) json["subject_type"] = SubjectType;
        if (IdTokenAlgorithm is not null) json["id_token_signed_response_alg"] = IdTokenAlgorithm;
        if (DefaultMaxAge is { } age) json["default_max_age"] = age;
        if (AllowedOrigins is not null) json["allowed_origins"] = List(AllowedOrigins);
        if (Jwks is not null) json["jwks"] = Jwks.DeepClone();
        if (Policy is not null) json["policy"] = Object(Policy);
        foreach (var (name, value) in Further ?? new Dictionary<string, JsonNode>()) json[name] = value.DeepClone();
        return json;
    }

    private static JsonArray List(IEnumerable<string> values) => [.. values.Select(value => JsonValue.Create(value))];

    private static JsonObject Object(IReadOnlyDictionary<string, JsonNode> members) =>
        new(members.Select(member => KeyValuePair.Create(member.Key, (JsonNode?)member.Value.DeepClone())));
}
