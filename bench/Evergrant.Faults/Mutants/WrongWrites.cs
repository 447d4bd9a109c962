using Evergrant.Faults.Hooks;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;

namespace Evergrant.Faults.Mutants;

/// <summary>Reads, waits a little, and writes whatever the row is by then.</summary>
internal sealed class UnlockedRace : Mutant
{
    public override async ValueTask<Grant?> FindAsync(IGrantStore store, Guid id, Asked? asked)
    {
        Grant? row = await store.FindGrantAsync(id, CancellationToken.None);
        await Task.Delay(1);
        return row;
    }

    public override async ValueTask<CommitResult> CommitAsync(IGrantStore store, Change change, EventRecord? record)
    {
        CommitResult result = await base.CommitAsync(store, change, record);
        return change is AdvanceGrant { From: > 0 } && result == CommitResult.Conflict ? CommitResult.Committed : result;
    }
}

/// <summary>Confirms a refresh that is in memory only; it reaches the disk a while later, if the process lives so long.</summary>
internal sealed class AnswerBeforeCommit : Mutant
{
    private readonly MemoryRows _rows = new();
    private readonly Dictionary<Guid, Task> _writing = [];
    private readonly Lock _lock = new();

    // What was once changed in this process is in memory, and what is in memory is the newest.
    public override async ValueTask<Grant?> FindAsync(IGrantStore store, Guid id, Asked? asked) => _rows.Find(id) ?? await store.FindGrantAsync(id, CancellationToken.None);

    public override async ValueTask<CommitResult> CommitAsync(IGrantStore store, Change change, EventRecord? record)
    {
        if (change is AdvanceGrant { From: 0 } || change is not GrantChange one || await store.FindGrantAsync(one.GrantId, CancellationToken.None) is not { } row) return await base.CommitAsync(store, change, record);
        lock (_lock)
        {
            Guid id = one.GrantId;
            row = _rows.Find(id) ?? row;
            if (one.ApplyTo(row) is not { } after) return CommitResult.Conflict;
            _rows.Put(after);
            _writing[id] = WriteAsync(store, change, record, _writing.GetValueOrDefault(id, Task.CompletedTask));
        }
        return CommitResult.Committed;
    }

    private async Task WriteAsync(IGrantStore store, Change change, EventRecord? record, Task before)
    {
        await before;
        await Task.Delay(30);
        await base.CommitAsync(store, change, record);
    }
}

/// <summary>Forgets the last rotation of every grant when the process starts.</summary>
internal sealed class LostOnRestart : Mutant
{
    private readonly DateTimeOffset _started = DateTimeOffset.UtcNow;
    private readonly MemoryRows _rows = new();

    public override async ValueTask<Grant?> FindAsync(IGrantStore store, Guid id, Asked? asked)
    {
        if (_rows.Find(id) is { } kept) return kept;
        Grant? row = await store.FindGrantAsync(id, CancellationToken.None);
        return row is { State: GrantState.Active, Generation: > 1 } && row.GenerationAt < _started ? _rows.Keep(row with { Generation = row.Generation - 1 }) : row;
    }

    public override async ValueTask<CommitResult> CommitAsync(IGrantStore store, Change change, EventRecord? record) => _rows.Commit(change) ?? await base.CommitAsync(store, change, record);
}

/// <summary>Keeps revocations in memory.</summary>
internal sealed class VolatileRevocation : Mutant
{
    private readonly MemoryRows _rows = new();

    public override async ValueTask<Grant?> FindAsync(IGrantStore store, Guid id, Asked? asked) => _rows.Find(id) ?? await store.FindGrantAsync(id, CancellationToken.None);

    public override async ValueTask<CommitResult> CommitAsync(IGrantStore store, Change change, EventRecord? record)
    {
        if (change is RevokeGrant revoke && await store.FindGrantAsync(revoke.GrantId, CancellationToken.None) is { } row) _rows.Keep(row);
        return _rows.Commit(change) ?? await base.CommitAsync(store, change, record);
    }
}

/// <summary>Confirms a revocation and makes it later.</summary>
internal sealed class LateRevocation : Mutant
{
    public override ValueTask<CommitResult> CommitAsync(IGrantStore store, Change change, EventRecord? record)
    {
        if (change is not RevokeGrant { Why: RevocationCause.RevokedByClient }) return base.CommitAsync(store, change, record);
        _ = LaterAsync();
        return new(CommitResult.Committed);

        async Task LaterAsync()
        {
            await Task.Delay(150);
            await base.CommitAsync(store, change, record);
        }
    }
}

/// <summary>A refresh does not ask whether the grant was revoked after it had read the row.</summary>
internal sealed class RefreshBeatsRevocation : Mutant
{
    private readonly MemoryRows _rows = new();

    public override async ValueTask<Grant?> FindAsync(IGrantStore store, Guid id, Asked? asked) => _rows.Find(id) ?? await store.FindGrantAsync(id, CancellationToken.None);

    public override async ValueTask<CommitResult> CommitAsync(IGrantStore store, Change change, EventRecord? record)
    {
        if (change is not AdvanceGrant advance) return _rows.Commit(change) ?? await base.CommitAsync(store, change, record);
        await Task.Delay(2);
        CommitResult result = _rows.Commit(change) ?? await base.CommitAsync(store, change, record);
        if (result != CommitResult.Conflict) return result;
        Grant? row = await FindAsync(store, advance.GrantId, null);
        if (row is not { State: GrantState.Revoked, RevokedWhy: RevocationCause.RevokedByClient } || row.Generation != advance.From) return result;
        _rows.Forget(row);
        _rows.Keep(advance.Onto(row));
        return CommitResult.Committed;
    }
}

/// <summary>Now and then the store fails, and whoever wrote the code for that thought it safer to end the family.</summary>
internal sealed class KilledByFault : Mutant
{
    private int _count;

    public override async ValueTask<CommitResult> CommitAsync(IGrantStore store, Change change, EventRecord? record)
    {
        if (change is not AdvanceGrant { From: > 0 } advance || Interlocked.Increment(ref _count) % 100 != 0) return await base.CommitAsync(store, change, record);
        await base.CommitAsync(store, new RevokeGrant(advance.GrantId, RevocationCause.RefreshTokenReplayed, advance.At), null);
        throw new StoreUnavailableException("The store failed, as it was told to.");
    }
}
