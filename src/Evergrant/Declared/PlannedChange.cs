using System.Text.Json.Nodes;

namespace Evergrant.Declared;

/// <summary>What applying a declared state does to one thing.</summary>
/// <param name="Kind">client, user, policy, scope or resource.</param>
/// <param name="Id">Its name.</param>
/// <param name="Action">created, updated, unchanged or removed.</param>
/// <param name="Differences">What differs; empty unless it is updated.</param>
/// <param name="Issuer">Issuer of a client; null for what belongs to all.</param>
internal sealed record PlannedChange(string Kind, string Id, PlannedAction Action, IReadOnlyList<Difference> Differences, string? Issuer = null)
{
    /// <summary>What changes, as it is; null when nothing is there. No secrets.</summary>
    public JsonObject? Before { get; init; }

    /// <summary>The same as it shall be; null when nothing is left.</summary>
    public JsonObject? After { get; init; }

    /// <summary>Carries it out and gives the secret that was made, if one was; null for nothing to do.</summary>
    public Func<CancellationToken, Task<string?>>? Act { get; init; }

    /// <summary>Whether carrying it out makes a secret that somebody has to be told.</summary>
    public bool MakesSecret { get; init; }

    /// <summary>The secret that was made for a client when the change was carried out; null for none. It is told this once.</summary>
    public string? ClientSecret { get; init; }

    /// <summary>Which thing it is, in words.</summary>
    public string What => Issuer is null ? $"{Kind} {Id}" : $"{Kind} {Id} of {Issuer}";

    /// <summary>No secret.</summary>
    public override string ToString() => $"{Kind} {Id} {Action}";
}

/// <summary>The ways in which a thing changes.</summary>
internal enum PlannedAction
{
    /// <summary>It was not there.</summary>
    Created,

    /// <summary>It was otherwise.</summary>
    Updated,

    /// <summary>It is as declared.</summary>
    Unchanged,

    /// <summary>It is not declared, and the file asks for pruning.</summary>
    Removed,
}

/// <summary>A member that differs.</summary>
/// <param name="Member">Its name.</param>
/// <param name="Before">As it is, as JSON; null when absent. Never a secret.</param>
/// <param name="After">As it shall be.</param>
internal sealed record Difference(string Member, string? Before, string? After)
{
    /// <summary>The members in which two objects differ.</summary>
    public static IReadOnlyList<Difference> Between(JsonObject before, JsonObject after) =>
    [
        .. before.Select(m => m.Key).Union(after.Select(m => m.Key))
            .Where(name => !JsonNode.DeepEquals(before[name], after[name]))
            .Select(name => new Difference(name, Shown(before[name]), Shown(after[name]))),
    ];

    private static string? Shown(JsonNode? node) => node?.ToJsonString(Readable);

    private static readonly System.Text.Json.JsonSerializerOptions Readable = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
