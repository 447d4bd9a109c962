using System.Collections.Concurrent;
using Evergrant.Postgres;
using Evergrant.Protocol.Storage;

namespace Evergrant.Storage.Tests.Postgres;

/// <summary>The PostgreSQL store on a database of its own.</summary>
public sealed class PostgresUnderTest : IStoreUnderTest
{
    private static readonly ConcurrentBag<string> Empty = [];

    private PostgresStore? _store;
    private string? _database;

    public PostgresStore Store => _store ?? throw new InvalidOperationException("The store is not open.");

    public IGrantStore Grants => Store.Grants;

    public IClientStore Clients => Store.Clients;

    public IKeyStore Keys => Store.Keys;

    public IAccountStore Accounts => Store.Accounts;

    public IAuditStore Audit => Store.Audit;

    public async Task OpenAsync()
    {
        PostgresCluster cluster = await SharedCluster.Cluster;
        _database ??= Empty.TryTake(out string? used) ? used : await cluster.CreateDatabaseAsync();
        // The machine is shared with the other suites: a long deadline, so that none of them is seen here.
        _store = await PostgresStore.OpenAsync(new PostgresOptions(cluster.ConnectionString(_database)) { Deadline = TimeSpan.FromSeconds(60) });
    }

    public async Task CloseAsync()
    {
        if (_store is not null) await _store.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        if (_database is null) return;
        await (await SharedCluster.Cluster).ExecuteAsync(_database, string.Concat(Tables.Select(table => $"delete from {table};")));
        Empty.Add(_database);
        _database = null;
    }

    private static readonly string[] Tables =
        ["grants", "sessions", "consents", "events", "denials", "handles", "deliveries", "audit", "assertions", "clients", "resources", "scopes", "policies", "trusted_issuers", "signing_keys", "root_keys", "root_key_holders", "wrapped_secrets", "clock", "accounts"];
}
