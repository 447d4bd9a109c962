using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;

namespace Evergrant.Protocol.Policies;

/// <summary>A policy in force, and how it came about.</summary>
/// <param name="Policy">The policy.</param>
/// <param name="Overrides">Overrides that applied, as policy/override, space-delimited in order; empty for none.</param>
public sealed record EffectivePolicy(GrantPolicy Policy, string Overrides)
{
    /// <summary>Writes into what is authorized that this policy governs it.</summary>
    /// <param name="authorized">What is authorized.</param>
    /// <param name="issuesRefreshToken">Whether it comes with a refresh token.</param>
    internal Authorized Govern(Authorized authorized, bool issuesRefreshToken) =>
        authorized with { Policy = Policy.Name, PolicyOverrides = Overrides.Length == 0 ? null : Overrides, Rules = Policy, IssuesRefreshToken = issuesRefreshToken };
}

/// <summary>Where the value of a knob comes from.</summary>
/// <param name="Source">built in, policy NAME, policy NAME override OVERRIDE, client ID, or rule.</param>
/// <param name="Reason">What is said about it there; null for nothing.</param>
public sealed record KnobOrigin(string Source, string? Reason);

/// <summary>Makes the policy in force from its layers: the built-in one, the server's, the issuer's, the client's. In each the overrides come after the settings; the last word on a knob holds.</summary>
public static class PolicyResolution
{
    /// <summary>Resolves for an authorization.</summary>
    /// <param name="facts">The authorization.</param>
    /// <param name="origins">Filled with where each knob's value comes from; null when nobody asks.</param>
    public static EffectivePolicy Resolve(PolicyFacts facts, Dictionary<Knob, KnobOrigin>? origins = null)
    {
        Client client = facts.Client;
        if (origins is null && client.PolicyOf(facts.Grant) is { } settledBefore) return settledBefore;
        GrantPolicy start = GrantPolicy.BuiltInFor(client);
        IReadOnlyList<PolicyLayer> layers = client.Policies.LayersOf(client.Issuer, client.Policy, client.ClientId);
        // What is built in and untouched stays one object.
        if (layers.Count == 0 && origins is null) return client.KeepPolicy(facts.Grant, new EffectivePolicy(start, ""));
        foreach (Knob knob in Knob.All)
        {
            if (origins is not null) origins[knob] = new KnobOrigin("built in", knob.Meaning);
        }
        GrantPolicy policy = start;
        var applied = new List<string>();
        foreach (PolicyLayer layer in layers)
        {
            policy = layer.Policy.ApplyTo(policy, layer.Name);
            Note(layer.Policy.Sets, new KnobOrigin(layer.Source, layer.Policy.Description));
            foreach (PolicyOverride one in layer.Policy.Overrides.Where(o => o.When.Holds(facts)))
            {
                policy = one.ApplyTo(policy);
                applied.Add(layer.Name + "/" + one.Name);
                Note(one.Sets, new KnobOrigin($"{layer.Source} override {one.Name}", one.Reason));
            }
        }
        GrantPolicy settled = PolicyRules.Settle(policy, client, facts.Grant);
        if (origins is not null)
        {
            foreach (Knob knob in Knob.All.Where(k => !k.IsSame(policy, settled))) origins[knob] = new KnobOrigin("rule", "follows from the other knobs");
        }
        var effective = new EffectivePolicy(settled, string.Join(' ', applied));
        // Without overrides nothing of the authorization but its grant has a say.
        return origins is null && layers.All(layer => layer.Policy.Overrides.Count == 0) ? client.KeepPolicy(facts.Grant, effective) : effective;

        void Note(IEnumerable<Knob> knobs, KnobOrigin origin)
        {
            if (origins is null) return;
            foreach (Knob knob in knobs) origins[knob] = origin;
        }
    }

    /// <summary>The part of a client's policy that no condition changes: all that is asked without an authorization.</summary>
    internal static GrantPolicy ResolveAlways(Client client) => PolicyRules.Settle(Unsettled(client), client, "");

    /// <summary>The same as its layers say it, to be judged by <see cref="PolicyRules.Faults"/>.</summary>
    /// <param name="client">The client.</param>
    public static GrantPolicy Unsettled(Client client)
    {
        GrantPolicy policy = GrantPolicy.BuiltInFor(client);
        foreach (PolicyLayer layer in client.Policies.LayersOf(client.Issuer, client.Policy, client.ClientId)) policy = layer.Policy.ApplyTo(policy, layer.Name);
        return policy;
    }

    /// <summary>What authorizations of a client may come to live by: its settings with the overrides that hold for all of them, first alone, then with each other override that can hold for some.</summary>
    /// <param name="client">The client.</param>
    public static IEnumerable<EffectivePolicy> Outcomes(Client client)
    {
        IReadOnlyList<PolicyLayer> layers = client.Policies.LayersOf(client.Issuer, client.Policy, client.ClientId);
        IEnumerable<PolicyOverride?> others = layers.SelectMany(l => l.Policy.Overrides).Where(o => o.When.CanHold(client) && !o.When.AsksClientAlone);
        return others.Prepend(null).Select(With);

        EffectivePolicy With(PolicyOverride? other)
        {
            GrantPolicy policy = GrantPolicy.BuiltInFor(client);
            var applied = new List<string>();
            foreach (PolicyLayer layer in layers)
            {
                policy = layer.Policy.ApplyTo(policy, layer.Name);
                foreach (PolicyOverride one in layer.Policy.Overrides.Where(o => ReferenceEquals(o, other) || (o.When.AsksClientAlone && o.When.CanHold(client))))
                {
                    policy = one.ApplyTo(policy);
                    applied.Add(layer.Name + "/" + one.Name);
                }
            }
            return new EffectivePolicy(PolicyRules.Settle(policy, client, ""), string.Join(' ', applied));
        }
    }

    /// <summary>Whether an authorization comes with a refresh token.</summary>
    /// <param name="policy">The policy in force.</param>
    /// <param name="facts">The authorization.</param>
    public static bool IssuesRefreshToken(GrantPolicy policy, PolicyFacts facts) =>
        facts.Client.GrantTypes.Contains("refresh_token")
        && (policy.RefreshTokens == RefreshTokenIssuance.Always || (policy.RefreshTokens == RefreshTokenIssuance.OfflineAccess && facts.Scopes.Contains(Scope.OfflineAccess)))
        && Scope.Contains(policy.RefreshTokenGrants, facts.Grant)
        && (policy.RefreshTokenClients.Length == 0 || Scope.Split(policy.RefreshTokenClients).Any(t => PolicyFacts.HasType(facts.Client, t)))
        && (policy.RefreshTokenRecurrence == RefreshTokenRecurrence.EveryAuthorization || facts.Consented)
        && policy.RefreshTokenRequires?.Holds(facts) != false;
}
