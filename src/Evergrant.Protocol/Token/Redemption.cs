using Evergrant.Protocol.Authorize;
using Evergrant.Protocol.Binding;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.GrantManagement;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;

namespace Evergrant.Protocol.Token;

/// <summary>The redemption of generation 0, whatever it is (authorization code, device code), and what it means for the user's other grants for the same client: limits, issue rate,
/// reauthorization.</summary>
internal static class Redemption
{
    private static readonly OAuthError TooMany = new("access_denied", "The limit of live authorizations of this user for this client is reached; end one first.", Refusal.LimitReached);
    private static readonly OAuthError Superseded = OAuthError.InvalidGrant("The grant that was to be changed has ended.", Refusal.GrantRevoked);
    private static readonly OAuthError TooOften = new("access_denied", "This user has authorized this client too often within the time that is allowed; wait.", Refusal.IssueRateExceeded);

    /// <summary>Redeems a grant whose code has passed its own checks.</summary>
    /// <param name="request">The token request.</param>
    /// <param name="grant">The pending grant, not ended.</param>
    /// <param name="client">The authenticated client, which holds it.</param>
    /// <param name="catalogue">The server's scopes and resources.</param>
    /// <param name="keys">The server's credential keys.</param>
    /// <param name="now">The instant of the decision.</param>
    /// <param name="others">The user's grants for the client, newest first, where the grant's policy looks at them; otherwise empty.</param>
    public static TokenDecision Redeem(TokenRequest request, Grant grant, Client client, ScopeCatalogue catalogue, CredentialKeys keys, DateTimeOffset now, IReadOnlyList<Grant> others)
    {
        Authorized authorized = grant.Authorized;
        // What was merged or replaced must be there still: whoever has ended it meanwhile meant this one too.
        if (authorized.Supersedes is { } before && !ManagedGrant.IsLive(others.FirstOrDefault(g => g.Id == before), grant.Issuer, now)) return new Refused(Superseded, grant, 0);
        string[] granted = Scope.Split(authorized.Scope);
        if (TokenAudience.Resolve(grant.Issuer, granted, granted, authorized.Resources, request.Resources, client.Resources, catalogue, out TokenAudience? access, AuthorizationDetails.OwnersOf(authorized.Details, catalogue)) is { } error)
        {
            return new Refused(error, grant, 0);
        }
        if ((authorized.Details ?? request.Details) is not null && AuthorizationDetails.Narrow(authorized.Details, request, catalogue, ref access) is { } wider) return new Refused(wider, grant, 0);
        GrantPolicy policy = grant.PolicyOf(client);
        string? bound = BindingRules.KeyOfGrant(client, request.Proven);
        if (Judge(grant, policy, bound, others, now, out List<Change> changes, out Grant? instead) is { } tooMany) return new Refused(tooMany, grant, 0);
        if (instead is not null) return Return(request, grant, instead, instead.PolicyOf(client), changes, access!, now);
        bool ofSession = !authorized.IssuesRefreshToken;
        // Without a refresh token the grant lives as long as its access token can be asked about, and no longer than was authorized; with a device secret, or a name that its client knows, as long as that.
        var redeem = new AdvanceGrant(
            grant.Id, 0, 1, keys.CurrentNumber, now, ofSession ? null : now + policy.IdleLifetime + policy.IdleGrace,
            ofSession && !authorized.DeviceSso && authorized.ManagedId is null ? Earlier(grant.ExpiresAt, now + policy.AccessTokenLifetimeLongest) : grant.ExpiresAt, grant.Retries, 1, grant.AccessFloor)
        {
            RetriesBefore = grant.Retries,
            MarkBefore = grant.Mark,
            Mark = request.Mark,
            BoundKey = bound,
        };
        changes.Add(redeem);
        if (authorized.ManagedId is not null) changes.AddRange(ManagedGrant.ClaimedBy(redeem.Onto(grant), policy.InheritsAbsoluteLifetime, now));
        return new Redeemed(redeem.Onto(grant), changes.Count == 1 ? changes[0] : new Together(changes), access!, authorized.IssuesRefreshToken ? 1 : null, 0);
    }

    /// <summary>Judges a redemption.</summary>
    /// <param name="grant">The pending grant.</param>
    /// <param name="policy">Its policy.</param>
    /// <param name="bound">The key that it will be bound to; null for none.</param>
    /// <param name="others">The user's grants for the client, newest first, in any state; itself may be among them.</param>
    /// <param name="now">The instant.</param>
    /// <param name="changes">What has to be made together with the redemption; empty for nothing.</param>
    /// <param name="instead">A live grant to hand out instead; null for none.</param>
    /// <returns>The refusal, or null.</returns>
    private static OAuthError? Judge(Grant grant, GrantPolicy policy, string? bound, IReadOnlyList<Grant> others, DateTimeOffset now, out List<Change> changes, out Grant? instead)
    {
        changes = [];
        instead = null;
        if (grant.Subject is null || !policy.LooksAtOthers) return null;
        Grant[] live = [.. others.Where(g => g.Id != grant.Id && g.State == GrantState.Active && !g.HasEnded(now)).OrderByDescending(g => g.Id, ById.Instance)];
        Grant? same = live.FirstOrDefault(g => IsSameScope(g, grant) && g.Authorized.IssuesRefreshToken == grant.Authorized.IssuesRefreshToken && g.BoundKey == bound);
        if (policy.IssueRate is { } rate
            && others.Count(g => g.Id != grant.Id && g.Generation > 0 && g.CreatedAt > now - rate.Window && (!rate.PerScope || IsSameScope(g, grant))) >= rate.Max) return TooOften;
        // One that has a name of its own is not handed out under another's, and the one whose name it takes over ends anyway.
        bool named = grant.Authorized.ManagedId is not null;
        Grant[] rivals = grant.Authorized.Supersedes is { } before ? [.. live.Where(g => g.Id != before)] : live;
        if (policy.OnReauthorize == Reauthorization.ReturnActive && !named) instead = same;

        var ended = new Dictionary<Guid, RevocationCause>();
        if (policy.OnReauthorize == Reauthorization.RevokeAll)
        {
            foreach (Grant one in rivals) ended[one.Id] = RevocationCause.Reauthorized;
        }
        foreach (PolicyLimit limit in policy.Limits.Where(l => !l.PerRefreshToken))
        {
            if (limit.Subject == LimitSubject.RefreshToken && !grant.Authorized.IssuesRefreshToken) continue;
            Grant[] counted = [.. rivals.Where(g => !ended.ContainsKey(g.Id) && (limit.Subject != LimitSubject.RefreshToken || g.Authorized.IssuesRefreshToken) && (!limit.PerScope || IsSameScope(g, grant)))];
            if (counted.Length < limit.Max) continue;
            if (limit.Overflow == LimitOverflow.ReturnActive && same is not null && !named) instead ??= same;
            else if (instead is not null) continue;
            else if (limit.Overflow == LimitOverflow.Reject) return TooMany;
            else if (limit.Overflow == LimitOverflow.EvictAllOthers) Array.ForEach(counted, g => ended[g.Id] = RevocationCause.EvictedByNewer);
            else Array.ForEach(counted[(limit.Max - 1)..], g => ended[g.Id] = RevocationCause.EvictedAsOldest);
        }
        // First of all: from here on nobody else redeems for this user and client, and nobody has since this was read.
        changes.Add(new HoldsNoOther(grant.Id, grant.Issuer, grant.Subject, grant.ClientId, [.. live.Select(g => g.Id)], now));
        if (instead is null) changes.AddRange(ended.OrderBy(e => e.Key, ById.Instance).Select(e => new RevokeGrant(e.Key, e.Value, now)));
        return null;
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

    private static bool IsSameScope(Grant one, Grant other) =>
        one.Authorized.Scope == other.Authorized.Scope || Scope.Split(one.Authorized.Scope).ToHashSet(StringComparer.Ordinal).SetEquals(Scope.Split(other.Authorized.Scope));

    // By the bytes of the id, as the stores order it: UUIDv7 sorts by creation.
    private sealed class ById : IComparer<Guid>
    {
        public static readonly ById Instance = new();

        public int Compare(Guid x, Guid y)
        {
            Span<byte> one = stackalloc byte[16], other = stackalloc byte[16];
            x.TryWriteBytes(one, bigEndian: true, out _);
            y.TryWriteBytes(other, bigEndian: true, out _);
            return one.SequenceCompareTo(other);
        }
    }
}
