using System.Text.Json.Nodes;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;

namespace Evergrant.Protocol.Policies;

/// <summary>One thing that a policy says. The table of them is what is read and written, what explain shows, and what docs/guides/policies.md lists.</summary>
public sealed partial class Knob
{
    private readonly Func<JsonMembers, string, GrantPolicy, GrantPolicy> _read;
    private readonly Func<GrantPolicy, JsonNode?> _write;

    private Knob(string group, string name, string values, string meaning, Func<JsonMembers, string, GrantPolicy, GrantPolicy> read, Func<GrantPolicy, JsonNode?> write)
    {
        (Group, Name, Values, Meaning) = (group, name, values, meaning);
        (_read, _write) = (read, write);
    }

    /// <summary>What it is about.</summary>
    public string Group { get; }

    /// <summary>Name of the member.</summary>
    public string Name { get; }

    /// <summary>Its values, in words.</summary>
    public string Values { get; }

    /// <summary>What it does, and why.</summary>
    public string Meaning { get; }

    /// <summary>The knob of a name, or null.</summary>
    /// <param name="name">Name of the member.</param>
    public static Knob? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>Its value in a policy, as JSON; null for none.</summary>
    /// <param name="policy">The policy.</param>
    public JsonNode? ValueIn(GrantPolicy policy) => _write(policy);

    /// <summary>Sets it from the member of its name; faults are noted by the reader.</summary>
    internal GrantPolicy Read(JsonMembers members, GrantPolicy policy) => _read(members, Name, policy);

    /// <summary>Whether two policies have the same value.</summary>
    internal bool IsSame(GrantPolicy one, GrantPolicy other) => JsonNode.DeepEquals(_write(one), _write(other));

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
