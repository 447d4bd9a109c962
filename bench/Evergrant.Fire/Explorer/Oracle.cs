using Evergrant.Protocol.Grants;

namespace Evergrant.Fire.Explorer;

/// <summary>What the table of grants.md says, written a second time and from the other end: which answer is due, given the row and who asks.</summary>
internal enum Due
{
    /// <summary>No, and nothing changes.</summary>
    Refusal,

    /// <summary>The next generation.</summary>
    Advance,

    /// <summary>The same successor once more, and the retry is counted.</summary>
    Repetition,

    /// <summary>No, and the family dies.</summary>
    Death,

    /// <summary>The store follows the token.</summary>
    CatchingUp,
}

/// <summary>Says what is due.</summary>
internal static class Oracle
{
    /// <summary>The due answer.</summary>
    public static Due Of(GrantPolicy policy, RowView row, Actor actor, int shown, int clock)
    {
        if (actor == Actor.Stranger || row.State == RowState.Revoked) return Due.Refusal;
        if (shown == 0)
        {
            // A code that is shown after it was redeemed ends the family; one that is too old is refused.
            if (row.State == RowState.Active) return Due.Death;
            return clock * Rules.Tick >= policy.CodeLifetime ? Due.Refusal : Due.Advance;
        }
        if (shown > row.Generation) return Due.CatchingUp;
        if (shown == row.Generation) return Due.Advance;
        if (shown < row.Generation - 1) return Due.Death;
        bool inTime = policy.Retry.Kind == RetryRuleKind.UntilAcknowledged || (policy.Retry.Kind == RetryRuleKind.Window && (clock - row.At) * Rules.Tick < policy.Retry.Window);
        bool inBudget = policy.RetryBudget is not { } budget || Retries(row.Retries) < budget || IsUncounted(policy, row, clock);
        return inTime && inBudget ? Due.Repetition : Due.Death;
    }

    /// <summary>Whether a retry now is none of the budget's business.</summary>
    public static bool IsUncounted(GrantPolicy policy, RowView row, int clock) => policy.RetryBudget is not null && (clock - row.At) * Rules.Tick < policy.RetryUncounted;

    private static int Retries(long bits)
    {
        int sum = 0;
        for (int i = 0; i < 10; i++) sum += (int)((bits >> (4 * i)) & 15);
        return sum;
    }
}
