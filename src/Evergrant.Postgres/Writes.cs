using Evergrant.Protocol.Storage;

namespace Evergrant.Postgres;

/// <summary>Writes that are no <see cref="Change"/>: rare ones, whose callers are told whether there was something to write.</summary>
internal static class Writes
{
    /// <summary>Runs the statements in one transaction; false when a condition did not hold, and then nothing of it stays.</summary>
    /// <exception cref="StoreUnavailableException">It is not written, or nobody knows.</exception>
    public static async ValueTask<bool> WriteAsync(this Pipeline pipeline, CancellationToken cancellationToken, params IReadOnlyList<Statement> statements)
    {
        CommitResult result = statements.Count == 1 ? await pipeline.SubmitAsync(statements[0], cancellationToken) : await pipeline.SubmitAsync(statements, cancellationToken);
        return result switch
        {
            CommitResult.Committed => true,
            CommitResult.Conflict => false,
            _ => throw new StoreUnavailableException("PostgreSQL did not confirm the commit; whether the change is durable is not known."),
        };
    }
}
