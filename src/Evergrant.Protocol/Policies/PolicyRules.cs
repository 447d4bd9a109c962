using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;

namespace Evergrant.Protocol.Policies;

/// <summary>What the knobs of one policy must not say together.</summary>
public static class PolicyRules
{
    /// <summary>Faults, each beginning with the name of a knob.</summary>
    /// <param name="policy">The policy.</param>
    public static IEnumerable<string> Faults(GrantPolicy policy)
    {
        if (policy.AccessTokenLifetime is null && policy.AccessTokenFormat == AccessTokenFormat.Jwt) yield return "access_token_lifetime is null, but a JWT has an end (RFC 9068 section 2.2)";
        if (policy.AccessTokenLifetimeMost is { } most && (policy.AccessTokenLifetime is not { } least || most < least)) yield return "access_token_lifetime_most is less than access_token_lifetime";
        if (policy.OnRefresh == PreviousAccessToken.RevokeAll && policy.OnReauthorize != Reauthorization.RevokeAll) yield return "previous_access_token is revoke_all, which takes on_reauthorize revoke_all: no refresh looks at other grants";
        if (policy.Predecessor == Predecessor.StaysValid && !policy.Rotate) yield return "predecessor is stays_valid, but nothing is superseded without rotate";
        if (policy.IdleGrace > TimeSpan.Zero && policy.IdleLifetime is null) yield return "idle_grace is set, but there is no idle_lifetime";
        if (!policy.InheritsAbsoluteLifetime && !policy.Rotate) yield return "inherits_absolute_lifetime is false, which takes rotate: a token that stays keeps its end";
    }

    /// <summary>Brings into line what several layers of policies may say together, always to the safer side.</summary>
    internal static GrantPolicy Settle(GrantPolicy policy, Client client, string grant)
    {
        if (!policy.Rotate && policy.RotatesFor(client)) policy = policy with { Rotate = true };
        if (policy.Predecessor == Predecessor.StaysValid && (!policy.Rotate || !policy.KeepsPredecessorsFor(client))) policy = policy with { Predecessor = Predecessor.Invalidated };
        foreach (string life in Scope.Split(policy.AccessTokenLifetimeByGrant))
        {
            if (life.StartsWith(grant + "=", StringComparison.Ordinal)) policy = policy with { AccessTokenLifetime = TimeSpan.Parse(life[(grant.Length + 1)..], System.Globalization.CultureInfo.InvariantCulture), AccessTokenLifetimeMost = null };
        }
        if (policy.AccessTokenLifetimeMost is { } most && (policy.AccessTokenLifetime is not { } least || most < least)) policy = policy with { AccessTokenLifetimeMost = null };
        if (policy.AccessTokenLifetime is null && policy.AccessTokenFormat != AccessTokenFormat.Opaque) policy = policy with { AccessTokenFormat = AccessTokenFormat.Opaque };
        if (policy.OnRefresh == PreviousAccessToken.RevokeAll && policy.OnReauthorize != Reauthorization.RevokeAll) policy = policy with { OnReauthorize = Reauthorization.RevokeAll };
        return policy;
    }
}
