using Evergrant.Protocol.Storage;

namespace Evergrant.Postgres;

/// <summary>The way of a change to the server: one statement, its own transaction, one round trip.</summary>
/// <remarks>Changes are not gathered here. Each takes a connection of its own, and the server lets the commits that wait at the same time share one flush of its log;
/// sent one after the other over one connection, each would wait for the flush of the one before.</remarks>
internal sealed class Pipeline(Database database)
{
    /// <summary>How often something is tried that a deadlock or a serialization failure undid.</summary>
    public const int Attempts = 5;

    public Database Database { get; } = database;

    /// <summary>Runs a statement that commits by itself.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="cancellationToken">Ends the wait for a connection, and nothing later.</param>
    /// <exception cref="StoreUnavailableException">Nothing was changed.</exception>
    public async ValueTask<CommitResult> SubmitAsync(Statement statement, CancellationToken cancellationToken) =>
        (await RunAsync(statement, cancellationToken)).Result;

    /// <summary>Runs a statement that commits by itself; returns how many rows it touched.</summary>
    /// <exception cref="StoreUnavailableException">Nothing was changed, or nobody knows.</exception>
    public async ValueTask<int> CountAsync(Statement statement, CancellationToken cancellationToken) =>
        await RunAsync(statement, cancellationToken) is (not CommitResult.Unknown, long touched)
            ? (int)touched
            : throw new StoreUnavailableException("PostgreSQL did not confirm the commit.");

    private async ValueTask<(CommitResult Result, long Touched)> RunAsync(Statement statement, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            await using Connection connection = await Database.ConnectAsync(cancellationToken);
            try
            {
                long touched = await connection.RunAsync(statement);
                return (connection.IsDoubtful ? CommitResult.Unknown : touched > 0 || !statement.IsConditional ? CommitResult.Committed : CommitResult.Conflict, touched);
            }
            catch (Exception e) when (Outcome.IsOfServer(e))
            {
                if (Outcome.IsOfConnection(e)) Database.Forget();
                if (Outcome.IsTaken(e)) return (CommitResult.Conflict, 0);
                if (!Outcome.IsUndone(e)) return (CommitResult.Unknown, 0);
                if (!Outcome.MayTryAgain(e) || attempt == Attempts) throw Outcome.Refused(e);
            }
        }
    }
}
