using Evergrant.Protocol.Authorize;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;

namespace Evergrant.Protocol.Token;

/// <summary>The authorization code grant (RFC 6749 section 4.1.3, RFC 7636 section 4.6): the same act as a refresh, from generation 0.</summary>
public static class AuthorizationCodeGrant
{
    /// <summary>The grant_type value.</summary>
    public const string Name = "authorization_code";

    private static readonly OAuthError Unknown = OAuthError.InvalidGrant("The authorization code is not valid.", Refusal.CodeUnknown);
    private static readonly OAuthError Foreign = Unknown with { Refusal = Refusal.CodeOfAnotherClient };
    private static readonly OAuthError Expired = Unknown with { Refusal = Refusal.CodeExpired };
    private static readonly OAuthError Revoked = Unknown with { Refusal = Refusal.GrantRevoked };
    private static readonly OAuthError Replay = Unknown with { Refusal = Refusal.CodeReplayed };
    private static readonly OAuthError WrongRedirect = OAuthError.InvalidGrant("redirect_uri is not that of the authorization request.", Refusal.RedirectUriMismatch);

    /// <summary>Decides the redemption of a code.</summary>
    /// <param name="request">The token request.</param>
    /// <param name="credential">What was presented, as far as it can be read without the row; null when it cannot.</param>
    /// <param name="grant">The row under the credential's grant id; null when there is none.</param>
    /// <param name="issuer">The issuer that was asked.</param>
    /// <param name="client">The authenticated client.</param>
    /// <param name="catalogue">The server's scopes and resources.</param>
    /// <param name="keys">The server's credential keys.</param>
    /// <param name="now">The instant of the decision.</param>
    /// <param name="others">The user's grants for the client, newest first, where the grant's policy looks at them; otherwise empty.</param>
    public static TokenDecision Decide(
        TokenRequest request, GrantCredential? credential, Grant? grant, string issuer, Client client,
        ScopeCatalogue catalogue, CredentialKeys keys, DateTimeOffset now, params IReadOnlyList<Grant> others)
    {
        if (credential is null || grant is null || grant.Issuer != issuer || credential.Generation != 0 || !credential.IsOf(keys, grant)) return new Refused(Unknown);
        if (grant.ClientId != client.ClientId) return new Refused(Foreign, grant, 0);
        if (grant.State == GrantState.Revoked) return new Refused(Revoked, grant, 0);
        Authorized authorized = grant.Authorized;

        // The request's own proofs come before the replay rule: only a replay that could have succeeded revokes (OAuth 2.1 section 7.5.2).
        // Sent in the authorization request, redirect_uri is demanded here, unless the client's registration frees it (OAuth 2.1 section 10.2); sent here, it must match.
        bool redirectHolds = request.RedirectUri is null
            ? authorized.RedirectUri is null || client.RedirectUriOptionalAtToken
            : request.RedirectUri == (authorized.RedirectUri ?? (client.RedirectUris.Count == 1 ? client.RedirectUris[0] : null));
        if (!redirectHolds) return new Refused(WrongRedirect, grant, 0);
        if (Pkce.Judge(authorized.CodeChallenge, request.CodeVerifier) is { } pkce) return new Refused(pkce, grant, 0);

        if (grant.State == GrantState.Active)
        {
            return new Replayed(Replay, grant, 0, new RevokeGrant(grant.Id, RevocationCause.CodeReplayed, now));
        }
        if (grant.HasEnded(now)) return new Refused(Expired, grant, 0);

        string[] granted = Scope.Split(authorized.Scope);
        if (TokenAudience.Resolve(issuer, granted, granted, authorized.Resources, request.Resources, client.Resources, catalogue, out TokenAudience? access) is { } error)
        {
            return new Refused(error, grant, 0);
        }
        GrantPolicy policy = grant.PolicyOf(client);
        if (Redemption.Judge(grant, policy, others, now, out List<Change> changes, out Grant? instead) is { } tooMany) return new Refused(tooMany, grant, 0);
        if (instead is not null) return Return(request, grant, instead, instead.PolicyOf(client), changes, access!, now);
        bool ofSession = !authorized.IssuesRefreshToken;
        // Without a refresh token the grant lives as long as its access token can be asked about, and no longer than was authorized.
        var redeem = new AdvanceGrant(
            grant.Id, 0, 1, keys.CurrentNumber, now, ofSession ? null : now + policy.IdleLifetime + policy.IdleGrace,
            ofSession ? Earlier(grant.ExpiresAt, now + policy.AccessTokenLifetimeLongest) : grant.ExpiresAt, grant.Retries, 1, grant.AccessFloor)
        {
            RetriesBefore = grant.Retries,
            MarkBefore = grant.Mark,
            Mark = request.Mark,
        };
        changes.Add(redeem);
        return new Redeemed(redeem.Onto(grant), changes.Count == 1 ? changes[0] : new Together(changes), access!, authorized.IssuesRefreshToken ? 1 : null, 0);
    }

    /// <summary>Ends the new grant and hands out the one that is live: its refresh token, and its access token, or another where that has ended.</summary>
    private static TokenDecision Return(TokenRequest request, Grant grant, Grant active, GrantPolicy policy, List<Change> changes, TokenAudience access, DateTimeOffset now)
    {
        bool lives = active.AccessSerial >= active.AccessFloor && !(active.GenerationAt + policy.AccessTokenLifetime <= now);
        int floor = active.AccessFloor;
        if (!lives)
        {
            if (AccessTokenCount.Floor(active, policy, now) is not { } next) return new Refused(AccessTokenCount.TooMany, grant, 0);
            floor = next;
        }
        var renew = new RenewGrant(active.Id, active.Generation, active.GenerationAt, active.IdleExpiresAt, lives ? active.AccessSerial : active.AccessSerial + 1, floor)
        {
            MarkBefore = active.Mark,
            Mark = request.Mark,
        };
        changes.Add(new RevokeGrant(grant.Id, RevocationCause.ActiveReturned, now));
        // Holds only while the grant is as it was read.
        changes.Add(renew);
        return new Returned(renew.ApplyTo(active)!, new Together(changes), access, active.Authorized.IssuesRefreshToken ? active.Generation : null, 0, lives ? active.GenerationAt : now);
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) => one is null || other < one ? other : one;
}
