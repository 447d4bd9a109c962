using Evergrant.Postgres;
using Evergrant.Protocol.Storage;
using Evergrant.Sqlite;
using Evergrant.Storage.Tests.Postgres;

namespace Evergrant.Policies.Tests.Hosts;

/// <summary>A store that is open, and goes when it is disposed.</summary>
internal sealed record OpenStore(IGrantStore Grants, IClientStore Clients, IKeyStore Keys, Func<ValueTask> Close) : IAsyncDisposable
{
    public static async Task<OpenStore> SqliteAsync()
    {
        string folder = Path.Combine(Path.GetTempPath(), "evergrant-tests", Guid.CreateVersion7().ToString("n"));
        SqliteStore store = await SqliteStore.OpenAsync(new SqliteOptions(folder));
        return new OpenStore(store.Grants, store.Clients, store.Keys, async () =>
        {
            await store.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        });
    }

    public static async Task<OpenStore> PostgresAsync()
    {
        PostgresCluster cluster = await PostgresCluster.StartAsync();
        PostgresStore store = await PostgresStore.OpenAsync(new PostgresOptions(cluster.ConnectionString(await cluster.CreateDatabaseAsync()).Replace("Pool Size=12", "Pool Size=48", StringComparison.Ordinal)) { Deadline = TimeSpan.FromSeconds(60) });
        return new OpenStore(store.Grants, store.Clients, store.Keys, async () =>
        {
            await store.DisposeAsync();
            await cluster.DisposeAsync();
        });
    }

    public ValueTask DisposeAsync() => Close();
}
