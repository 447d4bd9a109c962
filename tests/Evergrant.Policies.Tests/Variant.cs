using System.Text.Json;
using System.Text.Json.Nodes;

namespace Evergrant.Policies.Tests;

/// <summary>A policy with the kind of client and request that it is tried with.</summary>
/// <param name="Policy">Name of the policy; empty for what is built in.</param>
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
    public static IReadOnlyList<Variant> All { get; } = [.. BuiltIn(), .. JsonSerializer.Deserialize<Variant[]>(File.ReadAllText(Path.Combine(Folder, "variants.json")), Lower)!, .. Pairwise.Variants()];

    /// <summary>The knobs.</summary>
    public JsonObject Knobs => Policy.Length == 0 ? [] : Policies[Policy];

    public override string ToString() => $"{(Policy.Length == 0 ? "built in" : Policy)} {Type} [{Scope}] {string.Join(' ', Flags)}{string.Concat(Params.Select(p => $" {p.Key}={p.Value}"))}";

    private static IEnumerable<Variant> BuiltIn() => ((string[])["web", "native", "browser"]).Select(type => new Variant("", type, "a b offline_access", new Dictionary<string, string>(), []));

    private static IEnumerable<JsonObject> Profiles() =>
        Directory.GetFiles(Folder, "*.json").Where(f => !f.EndsWith("variants.json", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(f => (JsonObject)JsonNode.Parse(File.ReadAllText(f))!);
}
