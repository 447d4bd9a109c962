using Evergrant.Load.Measure;

namespace Evergrant.Load.Server;

/// <summary>One server on a new store: a file in its folder, or a PostgreSQL of its own.</summary>
internal sealed class Site : IAsyncDisposable
{
    private const string DatabaseName = "load";

    private Site(ServerRun server, PostgresRun? database) => (Server, Database) = (server, database);

    public ServerRun Server { get; }

    /// <summary>Null with a file.</summary>
    public PostgresRun? Database { get; }

    /// <summary>The database's processes; null with a file.</summary>
    public IProcessorTime? DatabaseFigures => Database?.Figures;

    /// <summary>Starts it, the server on the measured core.</summary>
    /// <param name="program">The published program.</param>
    /// <param name="postgres">Whether on PostgreSQL.</param>
    /// <param name="databaseCores">The database's cores.</param>
    public static async Task<Site> OpenAsync(string program, bool postgres, string databaseCores)
    {
        if (!postgres) return new Site(await ServerRun.StartAsync(program), null);
        var database = await PostgresRun.StartAsync(databaseCores);
        try
        {
            return new Site(await ServerRun.StartAsync(program, new ServerPlace { Postgres = await database.CreateAsync(DatabaseName) }), database);
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    /// <summary>Lines for the head of a result.</summary>
    public async Task<IEnumerable<string>> DescribeAsync() =>
        [.. Report.Machine.Describe(Server.Folder, Placement.Of([Server.Figures], Database?.Figures)), .. Database is null ? [] : await Database.DescribeAsync()];

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        if (Database is not null) await Database.DisposeAsync();
    }
}
