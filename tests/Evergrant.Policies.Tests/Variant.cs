using System.Text.Json;
using System.Text.Json.Nodes;

namespace Evergrant.Policies.Tests;

/// <summary>A policy with the kind of client and request that it is tried with.</summary>
/// <param name="Policy">Name of the policy.</param>
/// <param name="Type">web (confidential), native or browser (public).</param>
/// <param name="Scope">Scope of the authorization request.</param>
/// <param name="Params">Further parameters of it.</param>
/// <param name="Flags">Flags of the client.</param>
public sealed record Variant(string Policy, string Type, string Scope, IReadOnlyDictionary<string, string> Params, IReadOnlyList<string> Flags)
{
    private static readonly JsonSerializerOptions Lower = new() { PropertyNameCaseInsensitive = true };

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Profiles");

    /// <summary>Policies that behave like well-known providers, as JSON, by name; and the ones that the knobs are combined to.</summary>
    public static IReadOnlyDictionary<string, JsonObject> Policies { get; } = Profiles().Concat(Pairwise.Policies()).ToDictionary(p => (string)p["name"]!, StringComparer.Ordinal);

    /// <summary>All variants.</summary>
    public static IReadOnlyList<Variant> All { get; } = [.. JsonSerializer.Deserialize<Variant[]>(File.ReadAllText(Path.Combine(Folder, "variants.json")), Lower)!, .. Pairwise.Variants()];

    /// <summary>The knobs.</summary>
    public JsonObject Knobs => Policies[Policy];

    public override string ToString() => $"{Policy} {Type} [{Scope}] {string.Join(' ', Flags)}{string.Concat(Params.Select(p => $" {p.Key}={p.Value}"))}";

    private static IEnumerable<JsonObject> Profiles() =>
        Directory.GetFiles(Folder, "*.json").Where(f => !f.EndsWith("variants.json", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(f => (JsonObject)JsonNode.Parse(File.ReadAllText(f))!);
}
