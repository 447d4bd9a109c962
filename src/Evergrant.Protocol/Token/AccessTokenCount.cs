using Evergrant.Protocol.Grants;

namespace Evergrant.Protocol.Token;

/// <summary>How many access tokens of one grant live, told by serial and floor of its row.</summary>
internal static class AccessTokenCount
{
    /// <summary>The refusal where the policy allows no further one.</summary>
    public static readonly OAuthError TooMany = new("access_denied", "The limit of live access tokens of this refresh token is reached; use those you have.", Refusal.LimitReached);

    /// <summary>Serial below which access tokens are dead once the next one is issued; null when the policy allows no next one.</summary>
    /// <remarks>Where more are refused, all count that were issued since all before them had ended: the row knows how many there were, not when each began.</remarks>
    public static int? Floor(Grant grant, GrantPolicy policy, DateTimeOffset now)
    {
        int next = grant.AccessSerial + 1;
        if (policy.OnRefresh != PreviousAccessToken.Keep) return next;
        if (policy.AccessTokensOfGrant is not { } limit) return grant.AccessFloor;
        // All that were issued have ended: the count begins anew.
        int floor = grant.GenerationAt + policy.AccessTokenLifetimeLongest <= now ? next : grant.AccessFloor;
        int live = next - Math.Max(floor, 1);
        if (live < limit.Max) return floor;
        return limit.Overflow switch
        {
            LimitOverflow.Reject => null,
            LimitOverflow.EvictAllOthers => next,
            _ => next - limit.Max + 1,
        };
    }
}
