using System.Diagnostics;
using Evergrant.Storage.Tests.Postgres;
using Npgsql;
using Xunit;

[assembly: AssemblyFixture(typeof(SharedCluster))]

namespace Evergrant.Storage.Tests.Postgres;

/// <summary>A PostgreSQL server of the tests' own, in a temporary folder that goes with it, also when the tests are killed.</summary>
public sealed class PostgresCluster : IAsyncDisposable
{
    private readonly Process _process;
    private int _databases;

    private PostgresCluster(Process process, string folder) => (_process, Folder) = (process, folder);

    /// <summary>Where its socket is.</summary>
    public string Folder { get; }

    public static async Task<PostgresCluster> StartAsync(params string[] settings)
    {
        // Short: the path of a socket has at most 107 bytes.
        string folder = Path.Combine(Path.GetTempPath(), "evergrant-pg-" + Guid.CreateVersion7().ToString("n")[^12..]);
        Process process = Process.Start(new ProcessStartInfo("bash", [Path.Combine(AppContext.BaseDirectory, "Postgres", "cluster.sh"), folder, .. settings])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true,
        })!;
        string? first = await process.StandardOutput.ReadLineAsync();
        if (first == "ready") return new(process, folder);
        throw new InvalidOperationException($"PostgreSQL does not start (Debian's package postgresql is needed). {first} {await process.StandardOutput.ReadToEndAsync()}");
    }

    /// <summary>Kills the server without a checkpoint, as a crash does, and starts it again.</summary>
    public async Task CrashAsync()
    {
        await _process.StandardInput.WriteLineAsync();
        await _process.StandardInput.FlushAsync();
        if (await _process.StandardOutput.ReadLineAsync() != "ready") throw new InvalidOperationException("PostgreSQL did not start again.");
    }

    public string ConnectionString(string database) => $"Host={Folder};Username=evergrant;Database={database};Maximum Pool Size=12";

    /// <summary>Makes an empty database; returns its name.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        string name = $"d{Interlocked.Increment(ref _databases)}";
        await ExecuteAsync("postgres", $"create database {name}");
        return name;
    }

    public async Task ExecuteAsync(string database, string sql) => await AskAsync<object>(database, sql);

    /// <summary>The first column of the first row, on a connection of its own.</summary>
    public async Task<T?> AskAsync<T>(string database, string sql)
    {
        await using NpgsqlConnection connection = new(ConnectionString(database) + ";Pooling=false");
        await connection.OpenAsync();
        await using NpgsqlCommand command = new(sql, connection);
        return await command.ExecuteScalarAsync() is T answer ? answer : default;
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}

/// <summary>The server that the suite runs on: started when it is first asked for, stopped after the last test. Databases that were used are emptied and used again.</summary>
public sealed class SharedCluster : IAsyncDisposable
{
    private static readonly Lazy<Task<PostgresCluster>> Started = new(() => PostgresCluster.StartAsync());

    public static Task<PostgresCluster> Cluster => Started.Value;

    public async ValueTask DisposeAsync()
    {
        if (Started.IsValueCreated) await (await Started.Value).DisposeAsync();
    }
}
