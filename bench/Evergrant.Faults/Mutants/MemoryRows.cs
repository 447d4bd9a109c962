using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;

namespace Evergrant.Faults.Mutants;

/// <summary>Rows that a mutant keeps in memory in place of the store's, with the conditions of their changes.</summary>
internal sealed class MemoryRows
{
    private readonly Dictionary<Guid, Grant> _rows = [];
    private readonly Lock _lock = new();

    /// <summary>The row, if it is kept here.</summary>
    public Grant? Find(Guid id)
    {
        lock (_lock) return _rows.GetValueOrDefault(id);
    }

    /// <summary>Keeps a row here from now on, unless it is.</summary>
    public Grant Keep(Grant row)
    {
        lock (_lock) return _rows.TryAdd(row.Id, row) ? row : _rows[row.Id];
    }

    /// <summary>Keeps a row here, in place of the one that is.</summary>
    public void Put(Grant row)
    {
        lock (_lock) _rows[row.Id] = row;
    }

    /// <summary>Forgets a row that is as given.</summary>
    public void Forget(Grant row)
    {
        lock (_lock)
        {
            if (ReferenceEquals(_rows.GetValueOrDefault(row.Id), row)) _rows.Remove(row.Id);
        }
    }

    /// <summary>Makes a change of a row that is kept here.</summary>
    /// <returns>Null when it is not.</returns>
    public CommitResult? Commit(Change change)
    {
        Guid? id = change switch
        {
            AdvanceGrant a => a.GrantId,
            CountRetry c => c.GrantId,
            RevokeGrant r => r.GrantId,
            _ => null,
        };
        lock (_lock)
        {
            if (id is null || !_rows.TryGetValue(id.Value, out Grant? row)) return null;
            if (After(row, change) is not { } after) return CommitResult.Conflict;
            _rows[row.Id] = after;
            return CommitResult.Committed;
        }
    }

    /// <summary>The row after a change; null when its condition does not hold.</summary>
    public static Grant? After(Grant row, Change change) => change switch
    {
        AdvanceGrant a when row.Generation == a.From && row.State == (a.From == 0 ? GrantState.Pending : GrantState.Active) => row with
        {
            State = GrantState.Active,
            Generation = a.To,
            GenerationAt = a.At,
            KeyNumber = a.KeyNumber,
            IdleExpiresAt = a.IdleExpiresAt,
            ExpiresAt = a.ExpiresAt,
            Retries = a.Retries,
            AccessSerial = a.AccessSerial,
            AccessFloor = a.AccessFloor,
        },
        CountRetry c when row.Generation == c.Generation && row.State == GrantState.Active && (c.Before is null || c.Before == row.Retries) => row with { Retries = row.Retries.Counted() },
        RevokeGrant r when row.State != GrantState.Revoked => row with { State = GrantState.Revoked, RevokedAt = r.At, RevokedWhy = r.Why },
        _ => null,
    };
}
