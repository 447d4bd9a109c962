using Evergrant.Protocol.Grants;

namespace Evergrant.Protocol.Storage;

/// <summary>A change of one row of grants. What it does to a row is said here once; a store does the same in one statement.</summary>
/// <param name="GrantId">The grant.</param>
public abstract record GrantChange(Guid GrantId) : Change
{
    /// <summary>The row after the change; null when its condition does not hold.</summary>
    /// <param name="row">The row under <see cref="GrantId"/>.</param>
    public abstract Grant? ApplyTo(Grant row);
}

/// <summary>Advances the counter: redeems a code (From = 0) or a refresh token. Holds when the row's generation is From, its state is pending for 0 and active above 0,
/// and its history and mark are those that the decision saw.</summary>
/// <param name="GrantId">The grant.</param>
/// <param name="From">The row's generation as read.</param>
/// <param name="To">The new generation, above From; the state becomes active.</param>
/// <param name="KeyNumber">Key that makes the new generation.</param>
/// <param name="At">Becomes generation_at.</param>
/// <param name="IdleExpiresAt">New idle end; null for none.</param>
/// <param name="ExpiresAt">Absolute end; written as given (equal to the row's, except at redemption).</param>
/// <param name="Retries">New history.</param>
/// <param name="AccessSerial">New serial.</param>
/// <param name="AccessFloor">New floor.</param>
public sealed record AdvanceGrant(
    Guid GrantId, long From, long To, int KeyNumber, DateTimeOffset At, DateTimeOffset? IdleExpiresAt, DateTimeOffset? ExpiresAt,
    RetryHistory Retries, int AccessSerial, int AccessFloor) : GrantChange(GrantId)
{
    /// <summary>The row's history as read.</summary>
    public RetryHistory RetriesBefore { get; init; }

    /// <summary>The row's mark as read.</summary>
    public long MarkBefore { get; init; }

    /// <summary>Becomes the row's mark.</summary>
    public long Mark { get; init; }

    /// <summary>Becomes the key that the row is bound to, at a redemption; null leaves it as it is.</summary>
    public string? BoundKey { get; init; }

    /// <inheritdoc/>
    public override Grant? ApplyTo(Grant row) =>
        row.Generation == From && row.State == (From == 0 ? GrantState.Pending : GrantState.Active) && row.Retries == RetriesBefore && row.Mark == MarkBefore ? Onto(row) : null;

    /// <summary>The row after the change, whatever it was before.</summary>
    /// <param name="row">The row.</param>
    public Grant Onto(Grant row) => row with
    {
        State = GrantState.Active,
        Generation = To,
        GenerationAt = At,
        KeyNumber = KeyNumber,
        IdleExpiresAt = IdleExpiresAt,
        ExpiresAt = ExpiresAt,
        Retries = Retries,
        AccessSerial = AccessSerial,
        AccessFloor = AccessFloor,
        Mark = Mark,
        BoundKey = BoundKey ?? row.BoundKey,
    };
}

/// <summary>Records a use of a refresh token that is not rotated. Holds when the row's generation is Generation, its state is active and, where MarkBefore is given, its mark is that.</summary>
/// <param name="GrantId">The grant.</param>
/// <param name="Generation">The row's generation, which stays.</param>
/// <param name="At">Becomes generation_at.</param>
/// <param name="IdleExpiresAt">New idle end; null for none.</param>
/// <param name="AccessSerial">New serial.</param>
/// <param name="AccessFloor">New floor.</param>
public sealed record RenewGrant(Guid GrantId, long Generation, DateTimeOffset At, DateTimeOffset? IdleExpiresAt, int AccessSerial, int AccessFloor) : GrantChange(GrantId)
{
    /// <summary>The row's mark as read; null for any: of uses at the same time each holds, and the last one stays.</summary>
    public long? MarkBefore { get; init; }

    /// <summary>Becomes the row's mark.</summary>
    public long Mark { get; init; }

    /// <inheritdoc/>
    public override Grant? ApplyTo(Grant row) => row.Generation == Generation && row.State == GrantState.Active && (MarkBefore is null || MarkBefore == row.Mark)
        ? row with { GenerationAt = At, IdleExpiresAt = IdleExpiresAt, AccessSerial = AccessSerial, AccessFloor = AccessFloor, Mark = Mark }
        : null;
}

/// <summary>Counts a retry. Holds when the row's generation is Generation, its state is active and, where Before is given, its history is Before.</summary>
/// <param name="GrantId">The grant.</param>
/// <param name="Generation">The row's generation: that of the successor given again.</param>
/// <param name="Before">History as read, for grants with a budget; null counts whatever the history is, saturating as <see cref="RetryHistory.Counted"/>.</param>
public sealed record CountRetry(Guid GrantId, long Generation, RetryHistory? Before) : GrantChange(GrantId)
{
    /// <summary>Whether the history stays as it is: a write that holds under the same condition, so that nothing is given again before it is durable. Takes Before.</summary>
    public bool Uncounted { get; init; }

    /// <inheritdoc/>
    public override Grant? ApplyTo(Grant row) =>
        row.Generation == Generation && row.State == GrantState.Active && (Before is null || Before == row.Retries) ? row with { Retries = After(row.Retries) } : null;

    /// <summary>What becomes of a history.</summary>
    /// <param name="before">The row's.</param>
    public RetryHistory After(RetryHistory before) => Uncounted ? before : before.Counted();
}

/// <summary>Ends a grant. Holds when it is not revoked yet.</summary>
/// <param name="GrantId">The grant.</param>
/// <param name="Why">The cause.</param>
/// <param name="At">Becomes revoked_at.</param>
public sealed record RevokeGrant(Guid GrantId, RevocationCause Why, DateTimeOffset At) : GrantChange(GrantId)
{
    /// <inheritdoc/>
    public override Grant? ApplyTo(Grant row) => row.State == GrantState.Revoked ? null : row with { State = GrantState.Revoked, RevokedAt = At, RevokedWhy = Why };
}
