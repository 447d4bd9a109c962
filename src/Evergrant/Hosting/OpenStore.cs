using Evergrant.Hosting.Settings;
using Evergrant.Postgres;
using Evergrant.Protocol.Storage;
using Evergrant.Sqlite;

namespace Evergrant.Hosting;

/// <summary>The store of a server as its settings choose it: the embedded one in the data folder, or a PostgreSQL database that other nodes share.</summary>
internal sealed class OpenStore : IAsyncDisposable
{
    private OpenStore(SqliteStore file)
    {
        File = file;
        (Grants, Clients, Keys, Accounts, Audit) = (file.Grants, file.Clients, file.Keys, file.Accounts, file.Audit);
        Clock = new SteadyClock(TimeProvider.System, file.LatestTime);
    }

    private OpenStore(PostgresStore database)
    {
        Database = database;
        (Grants, Clients, Keys, Accounts, Audit) = (database.Grants, database.Clients, database.Keys, database.Accounts, database.Audit);
        Clock = database.Clock;
    }

    /// <summary>The embedded store; null when a database is the store.</summary>
    public SqliteStore? File { get; }

    /// <summary>The database; null when the embedded store is.</summary>
    public PostgresStore? Database { get; }

    /// <summary>Grants and what stands around them.</summary>
    public IGrantStore Grants { get; }

    /// <summary>Clients, resources and scopes.</summary>
    public IClientStore Clients { get; }

    /// <summary>Signing keys.</summary>
    public IKeyStore Keys { get; }

    /// <summary>Accounts.</summary>
    public IAccountStore Accounts { get; }

    /// <summary>What administrators changed.</summary>
    public IAuditStore Audit { get; }

    /// <summary>The time that holds for all who use the store: the machine's own, which here never goes back, or the database's.</summary>
    public TimeProvider Clock { get; }

    /// <summary>Has the embedded store remember the time that decisions are made by, so that the next start does not begin before it.</summary>
    public void KeepTime(TimeProvider time) => File?.KeepTime(time);

    /// <summary>What it is, with versions, in one line; no secrets.</summary>
    public string Description => File is { } file
        ? $"{file.FilePath} (tables of version {file.StoreVersion}, SQLite {file.SqliteVersion})"
        : $"PostgreSQL {Database!.ServerVersion} at {Database.Address} (tables of version {Database.StoreVersion})";

    /// <summary>Why nothing is written any more; null while all is well, and always null for a database, which may come back.</summary>
    public string? Failure => File?.Failure;

    /// <summary>Why the embedded store's last transaction was refused, though reads go on; null when it was not, and for a database.</summary>
    public string? Trouble => File?.Trouble;

    /// <summary>Ends with the reason when the store fails for good; never ends otherwise.</summary>
    public Task<string> Failed => File?.Failed ?? new TaskCompletionSource<string>().Task;

    /// <summary>Opens it; makes what is not there.</summary>
    /// <exception cref="Sqlite.StoreOpenException">The folder cannot be used.</exception>
    /// <exception cref="Postgres.StoreOpenException">The database cannot be used.</exception>
    public static async Task<OpenStore> OpenAsync(ServerSettings settings, CancellationToken cancellationToken = default) => settings.Postgres is { } options
        ? new(await PostgresStore.OpenAsync(options, cancellationToken))
        : new(await SqliteStore.OpenAsync(new SqliteOptions(settings.Folder), cancellationToken));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => File?.DisposeAsync() ?? Database!.DisposeAsync();
}
