using System.Globalization;
using Evergrant.Fire.Postgres;
using Evergrant.Fire.Servers;

namespace Evergrant.Fire.Storms;

/// <summary>Where a storm takes place: which store, and how many nodes.</summary>
/// <param name="Suffix">Part of the drill's name.</param>
/// <param name="Words">The same in words.</param>
/// <param name="Nodes">Number of nodes.</param>
/// <param name="IsPostgres">Whether they share a PostgreSQL database.</param>
internal sealed record Place(string Suffix, string Words, int Nodes, bool IsPostgres)
{
    /// <summary>One node on its own file.</summary>
    public static Place Sqlite { get; } = new("", "SQLite, one node", 1, false);

    /// <summary>One node on PostgreSQL.</summary>
    public static Place Postgres { get; } = new("-postgres", "PostgreSQL, one node", 1, true);

    /// <summary>Three nodes on one database.</summary>
    public static Place ThreeNodes { get; } = new("-nodes", "PostgreSQL, three nodes", 3, true);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Place> All { get; } = [Sqlite, Postgres, ThreeNodes];

    /// <summary>Starts the nodes, and the database before them.</summary>
    public async Task<Site> OpenAsync(DrillSetting setting, string folder, CancellationToken cancellationToken, IReadOnlyDictionary<string, string>? environment = null)
    {
        if (!IsPostgres) return new Site(await Cluster.OnSqliteAsync(setting, folder, cancellationToken, environment), null);
        Solo database = await Solo.StartAsync();
        try
        {
            return new Site(await Cluster.OnPostgresAsync(setting, folder, Nodes, i => database.ConnectionString(more: $";Application Name={Site.NameOf(i)}"), cancellationToken, environment), database);
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Words;
}

/// <summary>The nodes of a place, running.</summary>
internal sealed class Site(Cluster cluster, Solo? database) : IAsyncDisposable
{
    private const int Looks = 500;

    /// <summary>The nodes.</summary>
    public Cluster Cluster => cluster;

    /// <summary>What a node calls itself at the database.</summary>
    public static string NameOf(int node) => string.Create(CultureInfo.InvariantCulture, $"fire-node-{node}");

    /// <summary>Kills a node; returns when nothing that it had under way can take effect any more.</summary>
    public async Task KillAsync(int node, Crowd crowd)
    {
        await cluster.Nodes[node].KillAsync();
        // The database goes on with a statement whose sender is dead.
        for (int look = 0; database is not null && look < Looks; look++)
        {
            if (await database.AskAsync<long>($"select count(*) from pg_stat_activity where application_name = '{NameOf(node)}'") == 0) break;
            if (look == Looks - 1) return;
            await Task.Delay(10);
        }
        crowd.Died(node);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await cluster.DisposeAsync();
        if (database is not null) await database.DisposeAsync();
    }
}
