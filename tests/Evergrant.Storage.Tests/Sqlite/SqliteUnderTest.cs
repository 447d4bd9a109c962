using Evergrant.Protocol.Storage;
using Evergrant.Sqlite;

namespace Evergrant.Storage.Tests.Sqlite;

/// <summary>The embedded store in a folder of its own, which goes with it.</summary>
public sealed class SqliteUnderTest : IStoreUnderTest
{
    private SqliteStore? _store;

    /// <summary>Version of the tables that this build makes: one for each script, numbered without a gap.</summary>
    public static int NewestTables { get; } =
        typeof(SqliteStore).Assembly.GetManifestResourceNames().Count(name => name.EndsWith(".sql", StringComparison.Ordinal));

    public string Folder { get; } = Path.Combine(Path.GetTempPath(), "evergrant-tests", Guid.CreateVersion7().ToString("n"));

    public SqliteStore Store => _store ?? throw new InvalidOperationException("The store is not open.");

    public IGrantStore Grants => Store.Grants;

    public IClientStore Clients => Store.Clients;

    public IKeyStore Keys => Store.Keys;

    public IAccountStore Accounts => Store.Accounts;

    public IAuditStore Audit => Store.Audit;

    public string Database => Path.Combine(Folder, "evergrant.db");

    public long Size(string suffix = "") => new FileInfo(Database + suffix) is { Exists: true } file ? file.Length : 0;

    public async Task OpenAsync() => _store = await SqliteStore.OpenAsync(new SqliteOptions(Folder));

    /// <summary>Opens with a transaction that a test controls.</summary>
    internal async Task OpenAsync(Func<Connection, Transaction> transaction) =>
        _store = await SqliteStore.OpenAsync(new SqliteOptions(Folder), transaction, default);

    public async Task CloseAsync()
    {
        if (_store is not null) await _store.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        if (Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
    }
}
