using Evergrant.Protocol.Authorize;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Token;

namespace Evergrant.Protocol.Introspection;

/// <summary>What is told about a token (RFC 7662 section 2.2).</summary>
public abstract record IntrospectionDecision;

/// <summary>Nothing but active=false: unknown, expired, revoked, and not the caller's business look the same.</summary>
public sealed record Inactive : IntrospectionDecision;

/// <summary>The token is good.</summary>
/// <param name="Scope">Scope values the caller may see.</param>
/// <param name="Token">The access token; null for a refresh token.</param>
/// <param name="Grant">The grant behind it; null for none.</param>
public sealed record Active(string Scope, AccessToken? Token, Grant? Grant) : IntrospectionDecision
{
    /// <summary>Objects of authorization_details that the caller may see, as a JSON array (RFC 9396 section 9.2); null for none.</summary>
    public string? Details { get; init; }
}

/// <summary>The introspection decision.</summary>
public static class Introspection
{
    /// <summary>Decides.</summary>
    /// <param name="token">What was presented, already resolved as good together with its grant and not on the list of the dead; null when it is not.</param>
    /// <param name="grant">The grant behind it; null for none.</param>
    /// <param name="caller">The authenticated client that asks.</param>
    /// <param name="catalogue">The server's scopes and resources.</param>
    public static IntrospectionDecision Decide(PresentedToken? token, Grant? grant, Client caller, ScopeCatalogue catalogue)
    {
        if (token is null) return new Inactive();
        bool own = token.ClientOf(grant) == caller.ClientId;
        if (token.IsRefreshToken)
        {
            // A refresh token is for this server alone; no resource server has business with it.
            // What a refresh with it would be told holds here too, and nothing is changed by asking.
            if (own && token.IsAheadOf(grant!) && caller.EffectivePolicy.OnStoreBehind == StoreBehindReaction.Refuse) return new Inactive();
            return own ? new Active(grant!.Authorized.Scope, null, grant) { Details = grant.Authorized.Details } : new Inactive();
        }
        AccessToken access = token.Access!;
        if (own) return new Active(access.Scope, access, grant) { Details = access.Details };
        if (!caller.MayIntrospect) return new Inactive();
        // A resource server that is registered for resources sees tokens for them, and of those the scope that is its own (section 2.2).
        if (caller.Resources.Count == 0) return new Active(access.Scope, access, grant) { Details = access.Details };
        if (!access.Audience.Any(caller.Resources.Contains)) return new Inactive();
        string scope = Scope.Join(Scope.Split(access.Scope).Where(s => catalogue.OwnersOf(s) is { Count: 0 } || catalogue.OwnersOf(s).Any(o => caller.Resources.Contains(o.Identifier))));
        return new Active(scope, access, grant) { Details = AuthorizationDetails.SeenBy(access.Details, caller.Resources, catalogue) };
    }
}
