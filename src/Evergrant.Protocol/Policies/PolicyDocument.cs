using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Evergrant.Jose;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;

namespace Evergrant.Protocol.Policies;

/// <summary>A policy as it is declared: only what it says, the rest comes from what it extends. Two are equal when they are written alike.</summary>
[JsonConverter(typeof(PolicyDocumentConverter))]
public sealed class PolicyDocument : IEquatable<PolicyDocument>
{
    /// <summary>Names of the members: what it is called, what it is based on, its overrides, and a knob each.</summary>
    public static IReadOnlyList<string> Members { get; } = ["name", "description", "extends", .. Knob.All.Select(k => k.Name), "overrides"];

    private readonly JsonElement _json;
    private readonly ConditionalWeakTable<GrantPolicy, GrantPolicy> _applied = [];

    private PolicyDocument(JsonElement json, IReadOnlyList<PolicyOverride> overrides)
    {
        _json = json;
        Overrides = overrides;
        Name = TextOf(json, "name");
        Extends = TextOf(json, "extends");
        Description = TextOf(json, "description");
        Text = JsonSerializer.Serialize(JsonNode.Parse(json.GetRawText()), PolicyJson.Default.JsonNode);
    }

    /// <summary>What it is called; null for one that stands in a client without a name.</summary>
    public string? Name { get; }

    /// <summary>Why it is there, for people; null for none.</summary>
    public string? Description { get; }

    /// <summary>The named policy it is based on; null for what holds for the issuer.</summary>
    public string? Extends { get; }

    /// <summary>Its overrides in order: of those that hold the last one wins, knob by knob.</summary>
    public IReadOnlyList<PolicyOverride> Overrides { get; }

    /// <summary>The JSON, compact.</summary>
    public string Text { get; }

    /// <summary>Knobs that it sets.</summary>
    public IEnumerable<Knob> Sets => Knob.All.Where(k => _json.TryGetProperty(k.Name, out _));

    /// <summary>Reads and judges a policy.</summary>
    /// <param name="json">The object; in a client also the name of a policy as a text.</param>
    /// <param name="prefix">Put before the names of members in faults, e.g. "policy."; empty for none.</param>
    /// <param name="faults">Where faults go.</param>
    /// <param name="isPublic">Whether it stands in a public client; null when it stands by itself.</param>
    /// <returns>Null when it is no object.</returns>
    public static PolicyDocument? Parse(JsonElement json, string prefix, List<string> faults, bool? isPublic)
    {
        if (json.ValueKind == JsonValueKind.String && isPublic is not null)
        {
            return new PolicyDocument(JsonSerializer.SerializeToElement(new JsonObject { ["extends"] = json.GetString() }, PolicyJson.Default.JsonNode), []);
        }
        if (json.ValueKind != JsonValueKind.Object)
        {
            faults.Add($"{(prefix.Length == 0 ? "policy" : prefix.TrimEnd('.'))} is not an object");
            return null;
        }
        // One that stands in a client was looked at with it.
        if (isPublic is null)
        {
            if (!StrictJson.TryParseObject(JsonMarshal.GetRawUtf8Value(json).ToArray(), out JsonDocument? strict))
            {
                faults.Add($"{(prefix.Length == 0 ? "policy" : prefix.TrimEnd('.'))} is not an object of valid text in which each member occurs once");
                return null;
            }
            strict.Dispose();
        }
        var read = new JsonMembers(json, Members, prefix, faults);
        string? name = read.Text("name"), extends = read.Text("extends");
        read.Text("description");
        if (isPublic is null && (name is null || name.Length > 64 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))) read.Fault("name", "is missing, or not 1 to 64 of A-Z, a-z, 0-9, '-', '_', '.'");
        if (isPublic is null && GrantPolicy.BuiltIn.Any(p => p.Name == name)) read.Fault("name", $"{name} is built in");
        int before = faults.Count;
        GrantPolicy start = isPublic == true ? GrantPolicy.Public : GrantPolicy.Confidential;
        GrantPolicy policy = Knob.All.Where(k => read.Has(k.Name)).Aggregate(start, (p, k) => k.Read(read, p));
        List<PolicyOverride> overrides = ReadOverrides(read, prefix, start);
        if (faults.Count == before && extends is null)
        {
            foreach (string fault in PolicyRules.Faults(policy)) faults.Add(prefix + fault);
        }
        if (isPublic == true && !policy.Rotate && !policy.PublicWithoutRotation) read.Fault("rotate", "cannot be false for a public client (RFC 9700 section 2.2.2), unless public_without_rotation says that you want it");
        if (isPublic == true && policy.Predecessor == Predecessor.StaysValid && !policy.PublicWithoutRotation) read.Fault("predecessor", "cannot be stays_valid for a public client (RFC 9700 section 2.2.2), unless public_without_rotation says that you want it");
        return new PolicyDocument(json.Clone(), overrides);
    }

    /// <summary>Writes it as it was read.</summary>
    public JsonObject Write() => (JsonObject)JsonNode.Parse(Text)!;

    /// <summary>A document that says everything a policy says.</summary>
    /// <param name="policy">The policy.</param>
    public static implicit operator PolicyDocument(GrantPolicy policy) => Of(policy);

    /// <summary>A document that says everything a policy says.</summary>
    /// <param name="policy">The policy.</param>
    public static PolicyDocument Of(GrantPolicy policy)
    {
        var json = new JsonObject { ["name"] = policy.Name };
        foreach (Knob knob in Knob.All) json[knob.Name] = knob.ValueIn(policy);
        return Read(json);
    }

    /// <summary>Reads a document that was judged when it was written.</summary>
    internal static PolicyDocument Read(JsonNode json)
    {
        JsonElement element = JsonSerializer.SerializeToElement(json, PolicyJson.Default.JsonNode);
        return new PolicyDocument(element, ReadOverrides(new JsonMembers(element, Members), "", GrantPolicy.Confidential));
    }

    /// <summary>Applies the knobs that it sets. A layer meets the same policies below it again and again: for the same one the outcome is the same object.</summary>
    /// <param name="policy">What is below.</param>
    /// <param name="name">Name of the outcome.</param>
    internal GrantPolicy ApplyTo(GrantPolicy policy, string name)
    {
        if (_applied.TryGetValue(policy, out GrantPolicy? known) && known.Name == name) return known;
        GrantPolicy outcome = Apply(_json, policy) with { Name = name };
        _applied.AddOrUpdate(policy, outcome);
        return outcome;
    }

    internal static GrantPolicy Apply(JsonElement json, GrantPolicy policy)
    {
        var read = new JsonMembers(json, Members);
        foreach (Knob knob in Knob.All)
        {
            if (read.Has(knob.Name)) policy = knob.Read(read, policy);
        }
        return policy;
    }

    /// <inheritdoc/>
    public bool Equals(PolicyDocument? other) => other is not null && other.Text == Text;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PolicyDocument);

    /// <inheritdoc/>
    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    /// <summary>The JSON.</summary>
    public override string ToString() => Text;

    private static List<PolicyOverride> ReadOverrides(JsonMembers read, string prefix, GrantPolicy start)
    {
        var list = new List<PolicyOverride>();
        if (read.Member("overrides") is not { } json) return list;
        if (json.ValueKind != JsonValueKind.Array || json.GetArrayLength() > 50)
        {
            read.Fault("overrides", "is not a list of at most 50 overrides");
            return list;
        }
        foreach (JsonElement item in json.EnumerateArray())
        {
            if (PolicyOverride.Parse(item, $"{prefix}overrides[{list.Count}]", list.Count + 1, start, read.Faults) is { } one) list.Add(one);
        }
        return list;
    }

    private static string? TextOf(JsonElement json, string name) => json.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

/// <summary>Reads and writes policies inside stored clients.</summary>
internal sealed class PolicyDocumentConverter : JsonConverter<PolicyDocument>
{
    /// <inheritdoc/>
    public override PolicyDocument? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => PolicyDocument.Read(JsonNode.Parse(ref reader)!);

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, PolicyDocument value, JsonSerializerOptions options) => writer.WriteRawValue(value.Text, skipInputValidation: true);
}
