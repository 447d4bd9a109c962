using System.Text.Json;
using System.Text.Json.Nodes;
using Evergrant.Protocol.Clients;

namespace Evergrant.Protocol.Policies;

/// <summary>What a policy's conditions are judged by: one authorization.</summary>
/// <param name="Client">The client.</param>
/// <param name="Grant">The grant type.</param>
/// <param name="Scopes">Granted scope values.</param>
/// <param name="Parameter">Reads a parameter of the request; null for none.</param>
/// <param name="Consented">Whether the person has consented in this authorization.</param>
public sealed record PolicyFacts(Client Client, string Grant, IReadOnlyList<string> Scopes, Func<string, string?> Parameter, bool Consented)
{
    /// <summary>Types that a client has: confidential or public, and web, native or browser.</summary>
    /// <param name="client">The client.</param>
    /// <param name="type">The word.</param>
    public static bool HasType(Client client, string type) => type switch
    {
        "public" => client.IsPublic,
        "confidential" => !client.IsPublic,
        "web" => client.ApplicationType == ApplicationType.Web,
        "native" => client.ApplicationType == ApplicationType.Native,
        "browser" => client.ApplicationType == ApplicationType.Browser,
        _ => false,
    };
}

/// <summary>A condition on an authorization. Every member that is there must hold; an empty condition always does.</summary>
public sealed class PolicyCondition
{
    /// <summary>Names of the members.</summary>
    public static IReadOnlyList<string> Members { get; } = ["client_type", "client_flag", "scope_any", "scopes_not_within", "param", "grant", "event"];

    /// <summary>Words for client types.</summary>
    public static IReadOnlyList<string> ClientTypeWords { get; } = ["confidential", "public", "web", "native", "browser"];

    /// <summary>Words for grant types.</summary>
    public static IReadOnlyList<string> GrantWords { get; } = ["authorization_code", "client_credentials", Token.DeviceCodeGrant.Name, Token.CibaGrant.Name, Token.JwtBearerGrant.Name, Token.TokenExchangeGrant.Name, Token.SamlBearerGrant.Name, Token.PasswordGrant.Name];

    /// <summary>Whether a word names a grant type: one of ours, or the URI of one that a host has added (RFC 6749 section 4.5).</summary>
    /// <param name="word">The word.</param>
    public static bool IsGrantWord(string word) => GrantWords.Contains(word)
        || (Uri.TryCreate(word, UriKind.Absolute, out _) && !word.StartsWith("urn:ietf:params:oauth:", StringComparison.Ordinal) && !word.StartsWith("urn:openid:", StringComparison.Ordinal));

    /// <summary>Words for events.</summary>
    public static IReadOnlyList<string> EventWords { get; } = ["consent", "no_consent"];

    private readonly IReadOnlyList<string> _clientTypes, _clientFlags, _scopeAny, _grants, _events;
    private readonly IReadOnlyList<string>? _scopesWithin;
    private readonly IReadOnlyList<KeyValuePair<string, string>> _parameters;
    private readonly string _json;

    private PolicyCondition(JsonMembers read, JsonElement json)
    {
        _clientTypes = Words(read, "client_type", ClientTypeWords);
        _clientFlags = Words(read, "client_flag", null);
        _scopeAny = Words(read, "scope_any", null);
        _scopesWithin = read.Has("scopes_not_within") ? Words(read, "scopes_not_within", null) : null;
        _grants = Words(read, "grant", GrantWords);
        _events = Words(read, "event", EventWords);
        _parameters = [];
        if (read.Member("param") is { } parameters)
        {
            if (parameters.ValueKind == JsonValueKind.Object && parameters.EnumerateObject().All(p => p.Value.ValueKind == JsonValueKind.String)) _parameters = [.. parameters.EnumerateObject().Select(p => KeyValuePair.Create(p.Name, p.Value.GetString()!))];
            else read.Fault("param", "is not an object of texts");
        }
        _json = JsonSerializer.Serialize(JsonNode.Parse(json.GetRawText()), PolicyJson.Default.JsonNode);
    }

    /// <summary>Reads a condition; faults go to the list.</summary>
    internal static PolicyCondition? Parse(JsonElement json, string prefix, List<string> faults)
    {
        if (json.ValueKind == JsonValueKind.Object) return new PolicyCondition(new JsonMembers(json, Members, prefix + ".", faults), json);
        faults.Add($"{prefix} is not an object");
        return null;
    }

    /// <summary>Writes it as it was read.</summary>
    public JsonNode Write() => JsonNode.Parse(_json)!;

    /// <summary>Whether it holds.</summary>
    /// <param name="facts">The authorization.</param>
    public bool Holds(PolicyFacts facts) =>
        IsOf(facts.Client)
        && (_scopeAny.Count == 0 || _scopeAny.Any(facts.Scopes.Contains))
        && (_scopesWithin is null || facts.Scopes.Any(s => !_scopesWithin.Contains(s)))
        && _parameters.All(p => facts.Parameter(p.Key) == p.Value)
        && (_grants.Count == 0 || _grants.Contains(facts.Grant))
        && (_events.Count == 0 || _events.Contains(facts.Consented ? "consent" : "no_consent"));

    /// <summary>Whether it holds for some authorization of a client.</summary>
    internal bool CanHold(Client client) => IsOf(client) && (_grants.Count == 0 || _grants.Any(client.GrantTypes.Contains));

    /// <summary>Whether nothing but the client decides, so that it holds for all its authorizations or for none.</summary>
    internal bool AsksClientAlone => _scopeAny.Count == 0 && _scopesWithin is null && _parameters.Count == 0 && _grants.Count == 0 && _events.Count == 0;

    private bool IsOf(Client client) => (_clientTypes.Count == 0 || _clientTypes.Any(t => PolicyFacts.HasType(client, t))) && _clientFlags.All(client.Flags.Contains);

    /// <summary>The JSON.</summary>
    public override string ToString() => _json;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is PolicyCondition other && other._json == _json;

    /// <inheritdoc/>
    public override int GetHashCode() => _json.GetHashCode(StringComparison.Ordinal);

    // One word, or a list of them.
    private static IReadOnlyList<string> Words(JsonMembers read, string name, IReadOnlyList<string>? known)
    {
        if (!read.Has(name)) return [];
        IReadOnlyList<string> words = read.Member(name)!.Value.ValueKind == JsonValueKind.String ? [read.Text(name) ?? ""] : read.Texts(name) ?? [];
        foreach (string word in words.Where(w => known is not null && !known.Contains(w) && !(ReferenceEquals(known, GrantWords) && IsGrantWord(w)))) read.Fault(name, $"has {word}, which is none of {string.Join(", ", known!)}");
        return words;
    }
}
