using Evergrant.Storage.Tests.Postgres;
using Npgsql;

namespace Evergrant.Specs.Harness;

/// <summary>The store that the program is tested on: SQLite, or PostgreSQL when <c>EVERGRANT_SPECS_STORE</c> is <c>postgres</c>.</summary>
public static class Store
{
    /// <summary>Whether it is PostgreSQL.</summary>
    public static bool IsPostgres { get; } = Environment.GetEnvironmentVariable("EVERGRANT_SPECS_STORE") switch
    {
        null or "" or "sqlite" => false,
        "postgres" => true,
        var other => throw new InvalidOperationException($"EVERGRANT_SPECS_STORE is {other}, neither sqlite nor postgres."),
    };

    /// <summary>A connection string for an empty database of its own; null for SQLite, which needs none.</summary>
    public static async Task<string?> NewDatabase()
    {
        if (!IsPostgres) return null;
        var cluster = await SharedCluster.Cluster;
        return cluster.ConnectionString(await cluster.CreateDatabaseAsync());
    }

    /// <summary>Every byte that a database has written down: its files, the server's log of changes, and what a reader sees of every table.</summary>
    public static async IAsyncEnumerable<(string Name, byte[] Content)> Stored(string connectionString)
    {
        var cluster = await SharedCluster.Cluster;
        await cluster.ExecuteAsync("postgres", "checkpoint");
        await using var connection = await Open(connectionString);
        await using var which = new NpgsqlCommand("select oid::text from pg_database where datname = current_database()", connection);
        string[] folders = [Path.Combine("base", (string)(await which.ExecuteScalarAsync())!), "pg_wal"];
        foreach (var file in folders.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(cluster.Folder, "data", folder))).Where(File.Exists))
            yield return (file, await File.ReadAllBytesAsync(file));
        var tables = new List<string>();
        await using (var list = new NpgsqlCommand("select tablename from pg_tables where schemaname = 'public'", connection))
        await using (var reader = await list.ExecuteReaderAsync())
            while (await reader.ReadAsync()) tables.Add(reader.GetString(0));
        foreach (var table in tables)
        {
            using var rows = await connection.BeginTextExportAsync($"copy {table} to stdout");
            yield return (table, System.Text.Encoding.UTF8.GetBytes(await rows.ReadToEndAsync()));
        }
    }

    /// <summary>Keeps everybody from writing grants until it is disposed, as a stuck process would.</summary>
    public static async Task<IDisposable> Block(string connectionString)
    {
        var connection = await Open(connectionString);
        await using var hold = new NpgsqlCommand("begin; lock table grants in exclusive mode", connection);
        await hold.ExecuteNonQueryAsync();
        return connection;
    }

    private static async Task<NpgsqlConnection> Open(string connectionString)
    {
        var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
        return connection;
    }
}
