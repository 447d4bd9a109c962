using Evergrant.Protocol.Storage;

namespace Evergrant.Sqlite;

/// <summary>Writes that are no <see cref="Change"/>: rare ones, each with its savepoint in the batch.</summary>
internal static class Writes
{
    /// <summary>Writes if the work says true; otherwise nothing of it stays, and the answer is Conflict.</summary>
    public static ValueTask<CommitResult> Submit(this GroupCommit commits, Func<Tables, bool> work, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return commits.Submit(Pending.For(tables => work(tables) ? CommitResult.Committed : CommitResult.Conflict, cancellationToken));
    }

    /// <summary>As above, for members that answer whether there was something to write.</summary>
    /// <exception cref="StoreUnavailableException">It is not written, or nobody knows.</exception>
    public static async ValueTask<bool> WriteAsync(this GroupCommit commits, Func<Tables, bool> work, CancellationToken cancellationToken) =>
        await commits.Submit(work, cancellationToken) switch
        {
            CommitResult.Committed => true,
            CommitResult.Conflict => false,
            _ => throw new StoreUnavailableException("The disk failed during the commit; whether the change is durable is not known."),
        };

    /// <summary>Writes without a condition.</summary>
    /// <exception cref="StoreUnavailableException">It is not written, or nobody knows.</exception>
    public static async ValueTask WriteAsync(this GroupCommit commits, Action<Tables> work, CancellationToken cancellationToken) =>
        await commits.WriteAsync(
            tables =>
            {
                work(tables);
                return true;
            },
            cancellationToken);
}
