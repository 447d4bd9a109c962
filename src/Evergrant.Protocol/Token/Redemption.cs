using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;

namespace Evergrant.Protocol.Token;

/// <summary>What the redemption of a code means for the user's other grants for the same client: limits, issue rate, reauthorization.</summary>
internal static class Redemption
{
    private static readonly OAuthError TooMany = new("access_denied", "The limit of live authorizations of this user for this client is reached; end one first.", Refusal.LimitReached);
    private static readonly OAuthError TooOften = new("access_denied", "This user has authorized this client too often within the time that is allowed; wait.", Refusal.IssueRateExceeded);

    /// <summary>Judges a redemption.</summary>
    /// <param name="grant">The pending grant.</param>
    /// <param name="policy">Its policy.</param>
    /// <param name="others">The user's grants for the client, newest first, in any state; itself may be among them.</param>
    /// <param name="now">The instant.</param>
    /// <param name="changes">What has to be made together with the redemption; empty for nothing.</param>
    /// <param name="instead">A live grant to hand out instead; null for none.</param>
    /// <returns>The refusal, or null.</returns>
    public static OAuthError? Judge(Grant grant, GrantPolicy policy, IReadOnlyList<Grant> others, DateTimeOffset now, out List<Change> changes, out Grant? instead)
    {
        changes = [];
        instead = null;
        if (grant.Subject is null || !policy.LooksAtOthers) return null;
        Grant[] live = [.. others.Where(g => g.Id != grant.Id && g.State == GrantState.Active && !g.HasEnded(now)).OrderByDescending(g => g.Id, ById.Instance)];
        Grant? same = live.FirstOrDefault(g => IsSameScope(g, grant) && g.Authorized.IssuesRefreshToken == grant.Authorized.IssuesRefreshToken);
        if (policy.IssueRate is { } rate
            && others.Count(g => g.Id != grant.Id && g.Generation > 0 && g.CreatedAt > now - rate.Window && (!rate.PerScope || IsSameScope(g, grant))) >= rate.Max) return TooOften;
        if (policy.OnReauthorize == Reauthorization.ReturnActive) instead = same;

        var ended = new Dictionary<Guid, RevocationCause>();
        if (policy.OnReauthorize == Reauthorization.RevokeAll)
        {
            foreach (Grant one in live) ended[one.Id] = RevocationCause.Reauthorized;
        }
        foreach (PolicyLimit limit in policy.Limits.Where(l => !l.PerRefreshToken))
        {
            if (limit.Subject == LimitSubject.RefreshToken && !grant.Authorized.IssuesRefreshToken) continue;
            Grant[] counted = [.. live.Where(g => !ended.ContainsKey(g.Id) && (limit.Subject != LimitSubject.RefreshToken || g.Authorized.IssuesRefreshToken) && (!limit.PerScope || IsSameScope(g, grant)))];
            if (counted.Length < limit.Max) continue;
            if (limit.Overflow == LimitOverflow.ReturnActive && same is not null) instead ??= same;
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
