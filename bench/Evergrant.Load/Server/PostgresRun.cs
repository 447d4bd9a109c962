using Evergrant.Fire.Postgres;
using Evergrant.Load.Measure;
using Npgsql;

namespace Evergrant.Load.Server;

/// <summary>A PostgreSQL server of this run: a new cluster on the loopback interface, never as root, durable as in production, removed at the end.</summary>
internal sealed class PostgresRun : IAsyncDisposable
{
    /// <summary>PostgreSQL's processes report what they have counted at the latest ten seconds after they fell idle.</summary>
    private static readonly TimeSpan UntilReported = TimeSpan.FromSeconds(11);

    /// <summary>Connections of one node at most, as docs/operations/postgres.md advises.</summary>
    private const int PoolSize = 20;

    // As docs/operations/postgres.md advises. Shared buffers are a quarter of the memory.
    private static readonly (string Name, string Value)[] Settings =
    [
        ("shared_preload_libraries", "'pg_stat_statements'"), ("shared_buffers", $"{Math.Clamp(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4 / (1 << 20), 128, 16_384)}MB"),
        ("checkpoint_timeout", "15min"), ("max_wal_size", "8GB"), ("wal_compression", "on"), ("wal_keep_size", "0"),
    ];

    private readonly ServerFolder folder;
    private readonly Instance server;

    private PostgresRun(ServerFolder folder, Instance server)
    {
        (this.folder, this.server) = (folder, server);
        Figures = new ProcessTree(server.Pid);
    }

    /// <summary>All its processes.</summary>
    public ProcessTree Figures { get; }

    /// <summary>Folder of its files, for the flush of its disk.</summary>
    public string Path => folder.Path;

    /// <summary>Starts one.</summary>
    /// <param name="cores">Its cores, as taskset takes them.</param>
    public static async Task<PostgresRun> StartAsync(string cores)
    {
        var folder = await ServerFolder.CreateAsync();
        try
        {
            var server = new Instance(folder, "load");
            await server.InitializeAsync();
            foreach (var (name, value) in Settings) await server.SetAsync(name, value);
            await server.StartAsync();
            var run = new PostgresRun(folder, server);
            await Core.BindAsync(run.Figures.Ids(), cores);
            return run;
        }
        catch
        {
            await folder.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes an empty database.</summary>
    /// <returns>Its connection string, as a node takes it.</returns>
    public async Task<string> CreateAsync(string name)
    {
        await server.AskAsync<object>($"create database {name}");
        await server.AskAsync<object>("create extension pg_stat_statements", name);
        return ConnectionString(name) + $";Maximum Pool Size={PoolSize}";
    }

    /// <summary>What it has counted until now; waits until all of it was reported.</summary>
    public async Task<DatabaseCounters> CountAsync(string database)
    {
        await Task.Delay(UntilReported);
        return await CountNowAsync(database);
    }

    /// <summary>What was reported until now.</summary>
    public async Task<DatabaseCounters> CountNowAsync(string database) => (await ReadAsync(database, DatabaseCounters.Sql, row => new DatabaseCounters(
        row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5), row.GetInt64(6), row.GetInt64(7)))).Single();

    /// <summary>Statements since they were forgotten.</summary>
    public Task<IReadOnlyList<StatementCount>> StatementsAsync(string database) =>
        ReadAsync(database, StatementCount.Sql, row => new StatementCount(row.GetString(0), row.GetInt64(1), row.GetDouble(2), row.GetInt64(3)));

    /// <summary>Forgets the statements.</summary>
    public Task ForgetStatementsAsync(string database) => server.AskAsync<object>(StatementCount.ResetSql, database);

    /// <summary>Bytes of the write-ahead log so far.</summary>
    public Task<long> LogBytesAsync() => server.AskAsync<long>("select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint");

    /// <summary>Bytes of the table of grants with its indexes.</summary>
    public Task<long> GrantBytesAsync(string database) => server.AskAsync<long>("select pg_total_relation_size('grants')", database);

    /// <summary>Writes all changed pages to their files, however long it takes; what is changed next goes into the log as a whole page once.</summary>
    public Task CheckpointAsync() => ReadAsync("postgres", "checkpoint", _ => 0);

    /// <summary>Lines for the head of a result.</summary>
    public async Task<IEnumerable<string>> DescribeAsync()
    {
        var names = Settings.Select(setting => setting.Name).Where(name => name != "shared_preload_libraries").Append("fsync").Append("full_page_writes").Append("synchronous_commit");
        List<string> shown = [];
        foreach (var name in names) shown.Add($"{name} {await server.AskAsync<string>("show " + name)}");
        return [$"Database: PostgreSQL {await server.AskAsync<string>("show server_version")} on loopback, no standby, at most {PoolSize} connections of a node; {string.Join(", ", shown)}"];
    }

    public ValueTask DisposeAsync() => folder.DisposeAsync();

    private string ConnectionString(string database) => $"Host=127.0.0.1;Port={server.Port};Username=evergrant;Database={database}";

    private async Task<IReadOnlyList<T>> ReadAsync<T>(string database, string sql, Func<NpgsqlDataReader, T> read)
    {
        await using var connection = new NpgsqlConnection(ConnectionString(database) + ";Pooling=false;Command Timeout=0");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        List<T> rows = [];
        while (await reader.ReadAsync()) rows.Add(read(reader));
        return rows;
    }
}
