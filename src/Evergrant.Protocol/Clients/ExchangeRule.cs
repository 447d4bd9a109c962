using System.Text.Json;
using System.Text.Json.Nodes;

namespace Evergrant.Protocol.Clients;

/// <summary>What a client may exchange (RFC 8693): whose tokens, for which audience, how far. Without a rule it may exchange nothing.</summary>
public sealed record ExchangeRule
{
    internal static IReadOnlyList<string> Members { get; } = ["subject_clients", "subject_issuers", "audiences", "scopes", "impersonation", "refresh_token", "public_client"];

    /// <summary>Clients whose tokens may be exchanged; itself only when it is named.</summary>
    public IReadOnlyList<string> SubjectClients { get; init; } = [];

    /// <summary>Trusted issuers (by iss) whose assertions may be exchanged.</summary>
    public IReadOnlyList<string> SubjectIssuers { get; init; } = [];

    /// <summary>Audiences that the new token may have: resources, or the issuer.</summary>
    public IReadOnlyList<string> Audiences { get; init; } = [];

    /// <summary>The most that the new token may allow; null for what the subject token allows.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>Whether the new token may hide who acts (section 1.1); otherwise it names an actor, the client where no other is shown.</summary>
    public bool Impersonation { get; init; }

    /// <summary>Whether a refresh token may come of it, for access beyond the subject token's life (section 2.2.1), where the policy gives one as well.</summary>
    public bool RefreshToken { get; init; }

    /// <summary>Whether the rule holds for a client that proves nothing of itself (section 2.1).</summary>
    public bool PublicClient { get; init; }

    internal static ExchangeRule Read(JsonElement json, string path, List<string> faults)
    {
        var read = new JsonMembers(json, Members, path + ".", faults);
        var rule = new ExchangeRule
        {
            SubjectClients = read.Texts("subject_clients") ?? [],
            SubjectIssuers = read.Texts("subject_issuers") ?? [],
            Audiences = read.Texts("audiences") ?? [],
            Scopes = read.Texts("scopes"),
            Impersonation = read.Flag("impersonation") ?? false,
            RefreshToken = read.Flag("refresh_token") ?? false,
            PublicClient = read.Flag("public_client") ?? false,
        };
        if (rule.SubjectClients.Count == 0 && rule.SubjectIssuers.Count == 0) read.Fault("subject_clients", "is missing, and so is subject_issuers: say whose tokens may be exchanged");
        if (rule.Audiences.Count == 0) read.Fault("audiences", "is missing: say for whom the new token may be");
        return rule;
    }

    internal JsonObject Write()
    {
        var json = new JsonObject();
        if (SubjectClients.Count > 0) json["subject_clients"] = List(SubjectClients);
        if (SubjectIssuers.Count > 0) json["subject_issuers"] = List(SubjectIssuers);
        json["audiences"] = List(Audiences);
        if (Scopes is not null) json["scopes"] = List(Scopes);
        if (Impersonation) json["impersonation"] = true;
        if (RefreshToken) json["refresh_token"] = true;
        if (PublicClient) json["public_client"] = true;
        return json;
    }

    private static JsonArray List(IEnumerable<string> values) => new([.. values.Select(v => (JsonNode)v)]);
}
