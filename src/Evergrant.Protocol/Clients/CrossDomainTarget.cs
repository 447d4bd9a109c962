using System.Text.Json;
using System.Text.Json.Nodes;

namespace Evergrant.Protocol.Clients;

/// <summary>Another authorization server for which a client may get assertions about its users (identity chaining, ID-JAG), and what they may say.</summary>
public sealed record CrossDomainTarget
{
    internal static IReadOnlyList<string> Members { get; } = ["issuer", "names", "client_id", "scopes", "resources", "lifetime", "max_auth_age"];

    /// <summary>Issuer identifier of the other server: the assertion's only audience.</summary>
    public required string Issuer { get; init; }

    /// <summary>Other names by which a request may mean it.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>The client's id there; null when it is the same.</summary>
    public string? ClientId { get; init; }

    /// <summary>The most that an assertion may ask for there.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>Resources there that an assertion may name.</summary>
    public IReadOnlyList<string> Resources { get; init; } = [];

    /// <summary>Life of an assertion.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long ago the user may have authenticated; null for any time.</summary>
    public TimeSpan? MaximumAuthAge { get; init; }

    internal static CrossDomainTarget Read(JsonElement json, string path, List<string> faults)
    {
        var read = new JsonMembers(json, Members, path + ".", faults);
        string issuer = read.Text("issuer") ?? "";
        if (!Uri.TryCreate(issuer, UriKind.Absolute, out _)) read.Fault("issuer", "is not the issuer identifier of another authorization server");
        return new CrossDomainTarget
        {
            Issuer = issuer,
            Names = read.Texts("names") ?? [],
            ClientId = read.Text("client_id"),
            Scopes = read.Texts("scopes") ?? [],
            Resources = read.Texts("resources") ?? [],
            Lifetime = read.Span("lifetime", TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)) ?? TimeSpan.FromMinutes(5),
            MaximumAuthAge = read.Span("max_auth_age", null, TimeSpan.FromSeconds(1), TimeSpan.FromDays(366)),
        };
    }

    internal JsonObject Write()
    {
        var json = new JsonObject { ["issuer"] = Issuer };
        if (Names.Count > 0) json["names"] = List(Names);
        if (ClientId is not null) json["client_id"] = ClientId;
        if (Scopes.Count > 0) json["scopes"] = List(Scopes);
        if (Resources.Count > 0) json["resources"] = List(Resources);
        json["lifetime"] = Lifetime.ToString("c");
        if (MaximumAuthAge is { } age) json["max_auth_age"] = age.ToString("c");
        return json;
    }

    private static JsonArray List(IEnumerable<string> values) => new([.. values.Select(v => (JsonNode)v)]);
}
