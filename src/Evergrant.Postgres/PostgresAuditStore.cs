using Evergrant.Protocol.Storage;

namespace Evergrant.Postgres;

/// <summary>What administrators changed.</summary>
internal sealed class PostgresAuditStore(Readers readers, Pipeline commits) : IAuditStore
{
    public async ValueTask AppendAsync(AuditRecord record, CancellationToken cancellationToken) => await commits.WriteAsync(cancellationToken, Audit.Add(record));

    public async ValueTask EndAsync(Guid id, AuditOutcome outcome, string? reason, CancellationToken cancellationToken) =>
        await commits.WriteAsync(cancellationToken, Audit.End(id, outcome, reason));

    public ValueTask<IReadOnlyList<AuditRecord>> ListAsync(int limit, CancellationToken cancellationToken) => readers.ListAsync(Audit.List(limit), Audit.Map, cancellationToken);

    public ValueTask<int> CleanUpAsync(DateTimeOffset upTo, int limit, CancellationToken cancellationToken) => commits.CountAsync(Audit.CleanUp(upTo, limit), cancellationToken);
}
