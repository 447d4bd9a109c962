namespace Evergrant.Protocol.Storage;

/// <summary>What administrators changed.</summary>
/// <remarks>Safe for concurrent use. Every member throws <see cref="StoreUnavailableException"/> when the store cannot be asked.</remarks>
public interface IAuditStore
{
    /// <summary>Writes a record; it is durable when this returns.</summary>
    /// <param name="record">The record, with an id that no other has.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask AppendAsync(AuditRecord record, CancellationToken cancellationToken);

    /// <summary>Writes what became of a change that has begun. What was written of one that has ended stands.</summary>
    /// <param name="id">Id of its record.</param>
    /// <param name="outcome">What became of it.</param>
    /// <param name="reason">Why not; null for what was done.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask EndAsync(Guid id, AuditOutcome outcome, string? reason, CancellationToken cancellationToken);

    /// <summary>Reads records, newest first.</summary>
    /// <param name="limit">So many at most.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<IReadOnlyList<AuditRecord>> ListAsync(int limit, CancellationToken cancellationToken);

    /// <summary>Removes records of an instant or before.</summary>
    /// <param name="upTo">The instant.</param>
    /// <param name="limit">So many at most.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>How many went; less than the limit when there is nothing more.</returns>
    ValueTask<int> CleanUpAsync(DateTimeOffset upTo, int limit, CancellationToken cancellationToken);
}
