using Evergrant.Protocol.Storage;

namespace Evergrant.Postgres;

/// <summary>The store for many nodes: any node answers any request, and keeps nothing of a grant in memory. Open it once and dispose it at the end.</summary>
/// <remarks>Safe for concurrent use. Stored instants have a resolution of one millisecond, rounded down; they come from the caller, so the clocks of the nodes are to be kept in step.
/// What was lost is found again by itself: after a fail-over the next request finds the new primary.</remarks>
public sealed class PostgresStore : IAsyncDisposable
{
    private readonly Database _database;

    private PostgresStore(Database database, int storeVersion, string serverVersion)
    {
        _database = database;
        (StoreVersion, ServerVersion) = (storeVersion, serverVersion);
        Readers readers = new(database);
        Pipeline commits = new(database);
        Grants = new PostgresGrantStore(readers, commits);
        Clients = new PostgresClientStore(readers, commits);
        Keys = new PostgresKeyStore(readers, commits);
        Accounts = new PostgresAccountStore(readers, commits);
    }

    /// <summary>Grants and what stands around them.</summary>
    public IGrantStore Grants { get; }

    /// <summary>Clients, resources and scopes.</summary>
    public IClientStore Clients { get; }

    /// <summary>Signing keys.</summary>
    public IKeyStore Keys { get; }

    /// <summary>Accounts.</summary>
    public IAccountStore Accounts { get; }

    /// <summary>Version of the tables; one ahead of this program while nodes are being replaced.</summary>
    public int StoreVersion { get; }

    /// <summary>Version of the server that was the primary when the store was opened.</summary>
    public string ServerVersion { get; }

    /// <summary>Opens the store of a database; makes its tables when they are not there, one node at a time.</summary>
    /// <param name="options">Where it is.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <exception cref="StoreOpenException">The database cannot be used; the message says why.</exception>
    public static async Task<PostgresStore> OpenAsync(PostgresOptions options, CancellationToken cancellationToken = default)
    {
        Database database = new(options);
        try
        {
            (int tables, string server) = await Migrator.RunAsync(options, cancellationToken);
            // The first connection of the pool: what the server does not promise is found now, not at the first request.
            await using (await database.ConnectAsync(cancellationToken))
            {
                return new(database, tables, server);
            }
        }
        catch (Exception e)
        {
            await database.CloseAsync();
            if (e is StoreUnavailableException) throw new StoreOpenException($"The database cannot be used. {e.Message}", e);
            throw;
        }
    }

    /// <summary>Takes nothing more, waits for what was handed over, and closes the connections.</summary>
    public ValueTask DisposeAsync() => _database.CloseAsync();
}
