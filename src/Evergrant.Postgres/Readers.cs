using Evergrant.Protocol.Storage;

namespace Evergrant.Postgres;

/// <summary>Reads, always from the primary: what a standby has may be older than what was answered.</summary>
internal sealed class Readers(Database database)
{
    /// <summary>The first row, or null.</summary>
    public async ValueTask<T?> FindAsync<T>(Statement statement, Func<Rows, T> map, CancellationToken cancellationToken) where T : class =>
        (await ReadAsync(statement, map, cancellationToken)).FirstOrDefault();

    /// <summary>All rows.</summary>
    public async ValueTask<IReadOnlyList<T>> ListAsync<T>(Statement statement, Func<Rows, T> map, CancellationToken cancellationToken) =>
        await ReadAsync(statement, map, cancellationToken);

    /// <summary>Whether there is a row.</summary>
    public async ValueTask<bool> AnyAsync(Statement statement, CancellationToken cancellationToken) =>
        (await ReadAsync(statement, static _ => true, cancellationToken)).Count > 0;

    // A pooled connection may have died unnoticed (the server started again): once more on a new one.
    private async ValueTask<List<T>> ReadAsync<T>(Statement statement, Func<Rows, T> map, CancellationToken cancellationToken)
    {
        for (bool again = true; ; again = false)
        {
            await using Connection connection = await database.ConnectAsync(cancellationToken);
            try
            {
                return await connection.ReadAsync(statement, map);
            }
            catch (Exception e) when (Outcome.IsOfServer(e))
            {
                if (Outcome.IsOfConnection(e)) database.Forget();
                if (!again || !Outcome.IsOfConnection(e) || (e as TimeoutException ?? e.InnerException) is TimeoutException) throw new StoreUnavailableException("PostgreSQL did not answer a read.", e);
            }
        }
    }
}
