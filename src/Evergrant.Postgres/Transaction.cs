using Evergrant.Protocol.Storage;

namespace Evergrant.Postgres;

/// <summary>Several statements that hold together or not at all.</summary>
internal static class Transaction
{
    /// <summary>Runs the statements in order and commits if every condition held.</summary>
    /// <param name="pipeline">Where.</param>
    /// <param name="statements">The statements.</param>
    /// <param name="cancellationToken">Ends the wait for a connection, and nothing later.</param>
    /// <exception cref="StoreUnavailableException">Nothing was changed.</exception>
    public static async ValueTask<CommitResult> SubmitAsync(this Pipeline pipeline, IReadOnlyList<Statement> statements, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            await using Connection connection = await pipeline.Database.ConnectAsync(cancellationToken);
            bool committing = false;
            try
            {
                await connection.BeginAsync();
                foreach (Statement statement in statements)
                {
                    // Giving the connection back rolls back.
                    if (await connection.RunAsync(statement) == 0 && statement.IsConditional) return CommitResult.Conflict;
                }
                committing = true;
                await connection.CommitAsync();
                return connection.IsDoubtful ? CommitResult.Unknown : CommitResult.Committed;
            }
            catch (Exception e) when (Outcome.IsOfServer(e))
            {
                if (Outcome.IsOfConnection(e)) pipeline.Database.Forget();
                if (Outcome.IsTaken(e)) return CommitResult.Conflict;
                // Before COMMIT was sent, nothing can have become durable, whatever went wrong.
                if (committing && !Outcome.IsUndone(e)) return CommitResult.Unknown;
                if (!Outcome.MayTryAgain(e) || attempt == Pipeline.Attempts) throw Outcome.Refused(e);
            }
        }
    }
}
