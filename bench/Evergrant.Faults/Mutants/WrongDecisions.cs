using Evergrant.Faults.Hooks;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;

namespace Evergrant.Faults.Mutants;

/// <summary>Shows the decision a row on which it takes a grandparent for a parent.</summary>
internal sealed class GrandparentAccepted : Mutant
{
    public override async ValueTask<Grant?> FindAsync(IGrantStore store, Guid id, Asked? asked)
    {
        Grant? row = await store.FindGrantAsync(id, CancellationToken.None);
        return row is { State: GrantState.Active } && asked?.Refreshed is >= 1 and { } shown && shown <= row.Generation - 2 ? row with { Generation = shown + 1, GenerationAt = DateTimeOffset.UtcNow } : row;
    }

    public override async ValueTask<CommitResult> CommitAsync(IGrantStore store, Change change, EventRecord? record)
    {
        CommitResult result = await base.CommitAsync(store, change, record);
        return change is CountRetry && result == CommitResult.Conflict ? CommitResult.Committed : result;
    }
}

/// <summary>Says that the family was ended, and does not end it.</summary>
internal sealed class NoReuseDetection : Mutant
{
    public override ValueTask<CommitResult> CommitAsync(IGrantStore store, Change change, EventRecord? record) =>
        change is RevokeGrant { Why: RevocationCause.RefreshTokenReplayed } ? new(CommitResult.Committed) : base.CommitAsync(store, change, record);
}

/// <summary>Shows the decision a row on which a parent looks like a grandparent.</summary>
internal sealed class NoGrace : Mutant
{
    public override async ValueTask<Grant?> FindAsync(IGrantStore store, Guid id, Asked? asked)
    {
        Grant? row = await store.FindGrantAsync(id, CancellationToken.None);
        return row is not null && asked?.Refreshed is { } shown && shown == row.Generation - 1 ? row with { Generation = shown + 2 } : row;
    }
}

/// <summary>Opens each retry window anew when the process starts, from the first request on.</summary>
internal sealed class WindowReopened : Mutant
{
    private readonly Lazy<DateTimeOffset> _started = new(() => DateTimeOffset.UtcNow);

    public override async ValueTask<Grant?> FindAsync(IGrantStore store, Guid id, Asked? asked)
    {
        DateTimeOffset started = _started.Value;
        Grant? row = await store.FindGrantAsync(id, CancellationToken.None);
        return row is not null && row.GenerationAt < started ? row with { GenerationAt = started } : row;
    }
}

/// <summary>Counts retries nowhere.</summary>
internal sealed class BudgetIgnored : Mutant
{
    public override async ValueTask<Grant?> FindAsync(IGrantStore store, Guid id, Asked? asked) =>
        await store.FindGrantAsync(id, CancellationToken.None) is { } row ? row with { Retries = default } : null;

    public override ValueTask<CommitResult> CommitAsync(IGrantStore store, Change change, EventRecord? record) =>
        base.CommitAsync(store, change is CountRetry count ? count with { Before = null } : change, record);
}

/// <summary>Takes a redeemed code for one that waits.</summary>
internal sealed class CodeTwice : Mutant
{
    public override async ValueTask<Grant?> FindAsync(IGrantStore store, Guid id, Asked? asked)
    {
        Grant? row = await store.FindGrantAsync(id, CancellationToken.None);
        return row is { State: GrantState.Active } && asked is { IsCode: true } ? row with { State = GrantState.Pending, Generation = 0 } : row;
    }

    public override async ValueTask<CommitResult> CommitAsync(IGrantStore store, Change change, EventRecord? record)
    {
        CommitResult result = await base.CommitAsync(store, change, record);
        return change is AdvanceGrant { From: 0 } && result == CommitResult.Conflict ? CommitResult.Committed : result;
    }
}

/// <summary>Ends the family when another client shows its token.</summary>
internal sealed class StrangerKills : Mutant
{
    public override async ValueTask<Grant?> FindAsync(IGrantStore store, Guid id, Asked? asked)
    {
        Grant? row = await store.FindGrantAsync(id, CancellationToken.None);
        if (row is { State: GrantState.Active } && asked?.Refreshed is not null && asked.ClientId != row.ClientId)
        {
            await store.CommitAsync(new RevokeGrant(id, RevocationCause.RefreshTokenReplayed, DateTimeOffset.UtcNow), null, CancellationToken.None);
        }
        return row;
    }
}
