namespace Evergrant.Protocol.Policies;

/// <summary>The named policies of a server, and which of them is the start of all clients of the server and of each issuer.</summary>
public sealed class PolicySet
{
    private readonly Dictionary<string, PolicyDocument> _policies;
    private readonly string? _server;
    private readonly IReadOnlyDictionary<string, string> _issuers;

    /// <summary>Takes the policies.</summary>
    /// <param name="policies">The policies; each has a name of its own.</param>
    /// <param name="server">Name of the server's policy; null for the built-in ones.</param>
    /// <param name="issuers">Names of policies by issuer, for issuers that have one.</param>
    public PolicySet(IEnumerable<PolicyDocument> policies, string? server = null, IReadOnlyDictionary<string, string>? issuers = null)
    {
        _policies = policies.Where(p => p.Name is not null).ToDictionary(p => p.Name!, StringComparer.Ordinal);
        _server = server;
        _issuers = issuers ?? new Dictionary<string, string>();
    }

    /// <summary>No policy but the built-in ones.</summary>
    public static PolicySet Empty { get; } = new([]);

    /// <summary>All policies, by name.</summary>
    public IEnumerable<PolicyDocument> All => _policies.Values.OrderBy(p => p.Name, StringComparer.Ordinal);

    /// <summary>The policy of a name, or null.</summary>
    /// <param name="name">Its name.</param>
    public PolicyDocument? Find(string name) => _policies.GetValueOrDefault(name);

    /// <summary>Names that something refers to and nothing has, and policies that extend themselves.</summary>
    public IEnumerable<string> Faults()
    {
        if (_server is not null && Find(_server) is null) yield return $"the server's policy {_server} is not declared";
        foreach ((string issuer, string name) in _issuers)
        {
            if (Find(name) is null) yield return $"the policy {name} of {issuer} is not declared";
        }
        foreach (PolicyDocument policy in All)
        {
            if (FaultOf(policy) is { } fault) yield return $"the policy {policy.Name} {fault}";
        }
    }

    /// <summary>What is wrong with the policies that one extends; null when nothing is.</summary>
    /// <param name="policy">The policy.</param>
    public string? FaultOf(PolicyDocument policy)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (PolicyDocument? at = policy; at?.Extends is { } name; at = Find(name))
        {
            if (at.Name is { } own) seen.Add(own);
            if (Find(name) is null) return $"extends {name}, which is not declared";
            if (seen.Contains(name)) return "extends itself";
        }
        return null;
    }

    /// <summary>The layers of a client's policy, the lowest first: each with where it comes from.</summary>
    /// <param name="issuer">The client's issuer.</param>
    /// <param name="own">The client's policy; null for none.</param>
    /// <param name="clientId">The client.</param>
    public IReadOnlyList<PolicyLayer> LayersOf(string issuer, PolicyDocument? own, string clientId)
    {
        var layers = new List<PolicyLayer>();
        // A policy that says what it is based on is based on nothing else.
        if (own?.Extends is { } named) Chain(layers, named, "policy ", []);
        else
        {
            if (_server is not null) Chain(layers, _server, "policy ", []);
            if (_issuers.TryGetValue(issuer, out string? of)) Chain(layers, of, "policy ", []);
        }
        if (own is not null) layers.Add(new PolicyLayer(own, "client " + clientId, own.Name ?? (own.Sets.Any() || own.Overrides.Count > 0 || own.Extends is null ? "client:" + clientId : own.Extends)));
        return layers;
    }

    private void Chain(List<PolicyLayer> layers, string name, string word, HashSet<string> seen)
    {
        if (Find(name) is not { } policy || !seen.Add(name)) return;
        if (policy.Extends is { } below) Chain(layers, below, word, seen);
        layers.Add(new PolicyLayer(policy, word + name, name));
    }
}

/// <summary>One layer of a policy.</summary>
/// <param name="Policy">What it says.</param>
/// <param name="Source">Where it comes from, for people: policy google, client web.</param>
/// <param name="Name">Name of the effective policy when this is the highest layer.</param>
public sealed record PolicyLayer(PolicyDocument Policy, string Source, string Name);
