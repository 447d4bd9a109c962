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
        lock (_lock)
        {
            if (change is not GrantChange one || !_rows.TryGetValue(one.GrantId, out Grant? row)) return null;
            if (one.ApplyTo(row) is not { } after) return CommitResult.Conflict;
            _rows[row.Id] = after;
            return CommitResult.Committed;
        }
    }
}
