using Evergrant.Protocol.Storage;

namespace Evergrant.Sqlite;

/// <summary>What administrators changed.</summary>
internal sealed class SqliteAuditStore(Readers readers, GroupCommit commits) : IAuditStore
{
    public ValueTask AppendAsync(AuditRecord record, CancellationToken cancellationToken) => commits.WriteAsync(tables => tables.Audit.Add(record), cancellationToken);

    public ValueTask EndAsync(Guid id, AuditOutcome outcome, string? reason, CancellationToken cancellationToken) =>
        commits.WriteAsync(tables => tables.Audit.End(id, outcome, reason), cancellationToken);

    public ValueTask<IReadOnlyList<AuditRecord>> ListAsync(int limit, CancellationToken cancellationToken) =>
        readers.Read<int, IReadOnlyList<AuditRecord>>(limit, static (tables, limit) => tables.Audit.List(limit), cancellationToken);

    public async ValueTask<int> CleanUpAsync(DateTimeOffset upTo, int limit, CancellationToken cancellationToken)
    {
        int removed = 0;
        await commits.WriteAsync(tables => removed = tables.Audit.CleanUp(upTo, limit), cancellationToken);
        return removed;
    }
}
