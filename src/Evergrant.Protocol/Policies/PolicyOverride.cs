using System.Runtime.CompilerServices;
using System.Text.Json;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;

namespace Evergrant.Protocol.Policies;

/// <summary>The same policy with other values under a condition.</summary>
public sealed class PolicyOverride
{
    private readonly JsonElement _set;
    private readonly ConditionalWeakTable<GrantPolicy, GrantPolicy> _applied = [];

    private PolicyOverride(string name, string? reason, PolicyCondition when, JsonElement set) => (Name, Reason, When, _set) = (name, reason, when, set);

    /// <summary>What it is called; its number in the list, as #1, when it has no name.</summary>
    public string Name { get; }

    /// <summary>Why it is there, for people; null for none.</summary>
    public string? Reason { get; }

    /// <summary>When it holds.</summary>
    public PolicyCondition When { get; }

    /// <summary>Knobs that it sets.</summary>
    public IEnumerable<Knob> Sets => Knob.All.Where(k => _set.TryGetProperty(k.Name, out _));

    internal static PolicyOverride? Parse(JsonElement json, string path, int number, GrantPolicy start, List<string> faults)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            faults.Add($"{path} is not an object");
            return null;
        }
        var read = new JsonMembers(json, ["name", "reason", "when", "set"], path + ".", faults);
        string? name = read.Text("name"), reason = read.Text("reason");
        if (name is not null && name.Any(c => c is <= ' ' or '/' or '#' or > '~')) read.Fault("name", "has white space, '/', '#' or letters beyond ASCII");
        PolicyCondition? when = read.Member("when") is { } condition ? PolicyCondition.Parse(condition, path + ".when", faults) : null;
        if (!read.Has("when")) read.Fault("when", "is missing");
        if (read.Member("set") is not { ValueKind: JsonValueKind.Object } set)
        {
            read.Fault("set", "is missing or not an object");
            return null;
        }
        var knobs = new JsonMembers(set, [.. Knob.All.Select(k => k.Name)], path + ".set.", faults);
        foreach (Knob knob in Knob.All.Where(k => knobs.Has(k.Name))) knob.Read(knobs, start);
        return when is null ? null : new PolicyOverride(name ?? "#" + number, reason, when, set.Clone());
    }

    /// <summary>Applies it; for the same policy the outcome is the same object, as of a layer, so that what comes above is made once too.</summary>
    internal GrantPolicy ApplyTo(GrantPolicy policy)
    {
        if (_applied.TryGetValue(policy, out GrantPolicy? known)) return known;
        GrantPolicy outcome = PolicyDocument.Apply(_set, policy);
        _applied.AddOrUpdate(policy, outcome);
        return outcome;
    }
}
