using Evergrant.Protocol.Authorize;
using Evergrant.Protocol.Binding;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;

namespace Evergrant.Protocol.Token;

/// <summary>The refresh token grant (RFC 6749 section 6): the decision table of docs/grants.md, row by row.</summary>
public static class RefreshTokenGrant
{
    /// <summary>The grant_type value.</summary>
    public const string Name = "refresh_token";

    private static readonly OAuthError Unknown = OAuthError.InvalidGrant("The refresh token is not valid.", Refusal.RefreshTokenUnknown);
    private static readonly OAuthError Foreign = Unknown with { Refusal = Refusal.RefreshTokenOfAnotherClient };
    private static readonly OAuthError Revoked = Unknown with { Refusal = Refusal.GrantRevoked };
    private static readonly OAuthError Ended = Unknown with { Refusal = Refusal.GrantExpired };
    private static readonly OAuthError IdleEnd = Unknown with { Refusal = Refusal.RefreshTokenIdle };
    private static readonly OAuthError Replay = Unknown with { Refusal = Refusal.RefreshTokenReplayed };
    private static readonly OAuthError Behind = Unknown with { Refusal = Refusal.StoreLostWrites };
    private static readonly OAuthError Widened = OAuthError.InvalidScope("The scope exceeds what was granted.", Refusal.ScopeWidened);

    /// <summary>Decides a refresh.</summary>
    /// <param name="request">Scope and resources asked for, and the keys that are proven.</param>
    /// <param name="credential">What was presented, as far as it can be read without the row; null when it cannot.</param>
    /// <param name="grant">The row under the credential's grant id; null when there is none.</param>
    /// <param name="issuer">The issuer that was asked.</param>
    /// <param name="client">The authenticated client.</param>
    /// <param name="catalogue">The server's scopes and resources.</param>
    /// <param name="keys">The server's credential keys.</param>
    /// <param name="now">The instant of the decision.</param>
    public static TokenDecision Decide(
        TokenRequest request, GrantCredential? credential, Grant? grant, string issuer, Client client,
        ScopeCatalogue catalogue, CredentialKeys keys, DateTimeOffset now)
    {
        // Row 1. A forged tag never gets further, so nobody can kill a family they do not hold.
        if (credential is null || grant is null || grant.Issuer != issuer || !credential.IsOf(keys, grant)) return new Refused(Unknown);
        long presented = credential.Generation;
        // Row 2. Before any state is looked at: a thief with a client of their own changes nothing.
        if (grant.ClientId != client.ClientId) return new Refused(Foreign, grant, presented);
        // Row 3.
        if (grant.State == GrantState.Revoked) return new Refused(Revoked, grant, presented);
        // Row 4.
        if (BindingRules.JudgeGrant(grant, request.Proven) is { } unproven) return new Refused(unproven, grant, presented);
        // Row 5. The idle end of a row that is behind the token (row 10) belongs to a generation long past, and says nothing.
        // The counter has an end as well, and never wraps.
        if (grant.ExpiresAt <= now || presented == long.MaxValue || grant.Generation == long.MaxValue) return new Refused(Ended, grant, presented);
        GrantPolicy policy = grant.PolicyOf(client);
        if (presented <= grant.Generation && (grant.IdleExpiresAt <= now || (policy.IdleLive && grant.GenerationAt + Idle(policy, client) <= now))) return new Refused(IdleEnd, grant, presented);

        // A predecessor that stays valid is as good as its successor: the counter goes on from where it is.
        bool asGood = presented > 0 && presented < grant.Generation && policy.KeepsPredecessorsFor(client);
        bool retry = !asGood && presented == grant.Generation - 1 && presented > 0 && policy.PermitsRetry(grant, now);
        // Row 6. A refresh token of generation 0 was never made by us and fails row 1.
        if (presented < grant.Generation && !retry && !asGood) return new Replayed(Replay, grant, presented, OnReplay(grant, policy, request.Mark, now));
        // Row 7.
        if (Narrow(request, grant, client, policy, catalogue, out TokenAudience? access) is { } error) return new Refused(error, grant, presented);

        if (presented > grant.Generation)
        {
            // Row 10. Only this server can have made the token, so the row has gone back in time (fail-over, restored backup).
            if (policy.OnStoreBehind == StoreBehindReaction.Refuse) return new Refused(Behind, grant, presented);
            AdvanceGrant catchUp = Advance(grant, policy, client, presented, AccessTokenCount.Floor(grant, policy, now) ?? grant.AccessFloor, keys, request.Mark, now);
            return new CaughtUp(catchUp.Onto(grant), catchUp, access!, catchUp.To, presented);
        }
        // Row 9.
        if (retry)
        {
            // Whoever lost the answer still has the key that they asked with.
            if (BindingRules.JudgeRetry(grant, request.Proven) is { } another) return new Refused(another, grant, presented);
            CountRetry count = policy.RetryOf(grant, now);
            return new Repeated(count.ApplyTo(grant)!, count, access!, grant.Generation, presented);
        }
        // Row 8.
        if (AccessTokenCount.Floor(grant, policy, now) is not { } floor) return new Refused(AccessTokenCount.TooMany, grant, presented);
        if (policy.RotatesFor(client))
        {
            AdvanceGrant advance = Advance(grant, policy, client, grant.Generation, floor, keys, request.Mark, now);
            return new Rotated(advance.Onto(grant), advance, access!, advance.To, presented);
        }
        var renew = new RenewGrant(grant.Id, grant.Generation, now, now + Idle(policy, client), grant.AccessSerial + 1, floor) { Mark = request.Mark };
        return new Renewed(renew.ApplyTo(grant)!, renew, access!, policy.EchoRefreshToken ? presented : null, presented);
    }

    private static TimeSpan? Idle(GrantPolicy policy, Client client)
    {
        GrantPolicy source = policy.IdleLive ? client.EffectivePolicy : policy;
        return source.IdleLifetime + source.IdleGrace;
    }

    private static Change? OnReplay(Grant grant, GrantPolicy policy, long mark, DateTimeOffset now)
    {
        var revoke = new RevokeGrant(grant.Id, RevocationCause.RefreshTokenReplayed, now);
        return policy.OnReplay switch
        {
            ReplayReaction.Revoke => revoke,
            ReplayReaction.RevokeAll when grant.Subject is not null => new Together([revoke, new RevokeGrants(grant.Issuer, grant.Subject, grant.ClientId, null, RevocationCause.SiblingReplayed, now)]),
            ReplayReaction.RevokeAll => revoke,
            // The refresh token lives, its access tokens do not.
            _ when policy.ReplayRevokesAccessTokens == true && grant.AccessFloor <= grant.AccessSerial =>
                new RenewGrant(grant.Id, grant.Generation, grant.GenerationAt, grant.IdleExpiresAt, grant.AccessSerial, grant.AccessSerial + 1) { MarkBefore = grant.Mark, Mark = mark },
            _ => null,
        };
    }

    private static AdvanceGrant Advance(Grant grant, GrantPolicy policy, Client client, long from, int floor, CredentialKeys keys, long mark, DateTimeOffset now) =>
        new(grant.Id, grant.Generation, from + 1, keys.CurrentNumber, now, now + Idle(policy, client), policy.InheritsAbsoluteLifetime ? grant.ExpiresAt : now + policy.AbsoluteLifetime,
            grant.Retries.Advanced(), grant.AccessSerial + 1, floor)
        {
            RetriesBefore = grant.Retries,
            MarkBefore = grant.Mark,
            Mark = mark,
        };

    /// <summary>A narrower scope narrows this access token only, never the grant (RFC 6749 section 6).</summary>
    private static OAuthError? Narrow(TokenRequest request, Grant grant, Client client, GrantPolicy policy, ScopeCatalogue catalogue, out TokenAudience? access)
    {
        access = null;
        string[] granted = Scope.Split(grant.Authorized.Scope);
        IReadOnlyList<string> scopes = granted;
        if (request.Scopes is { } asked)
        {
            var kept = new List<string>(asked.Count);
            foreach (string scope in asked)
            {
                if (granted.Contains(scope)) kept.Add(scope);
                // Some libraries repeat these two on every refresh, granted or not; leaving them out widens nothing.
                else if (scope is not (Scope.OpenId or Scope.OfflineAccess) && policy.RefreshScope == RefreshScope.Reject) return Widened;
            }
            scopes = kept;
        }
        if (TokenAudience.Resolve(grant.Issuer, granted, scopes, grant.Authorized.Resources, request.Resources, client.Resources, catalogue, out access, AuthorizationDetails.OwnersOf(grant.Authorized.Details, catalogue)) is { } error) return error;
        return (grant.Authorized.Details ?? request.Details) is null ? null : AuthorizationDetails.Narrow(grant.Authorized.Details, request, catalogue, ref access);
    }
}
