using Evergrant.Fire.Postgres;
using Evergrant.Fire.Postgres.Proxy;
using Evergrant.Fire.Servers;
using Evergrant.Postgres;
using Npgsql;

namespace Evergrant.Fire.Migration;

/// <summary>An old database. After one of its statements the program dies, or its line to the database breaks.</summary>
internal sealed class PostgresOldStore : IOldStore
{
    private const string Killed = "kill -9 after a statement", Cut = "connection cut after a statement";
    private const string Lived = "lived", Old = "old";
    private const string Schema = """
        select string_agg(line, E'\n' order by line) from (
            select table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' || coalesce(column_default, '') as line from information_schema.columns where table_schema = 'public'
            union all select indexdef from pg_indexes where schemaname = 'public') all_of_it
        """;


    private readonly Solo _database;
    private readonly Link _link;
    private string? _schema;
    private StoreContents? _contents;

    private PostgresOldStore(Solo database, Link link, Cluster cluster) => (_database, _link, Cluster) = (database, link, cluster);

    public IReadOnlyList<string> Scripts { get; } = Migration.Scripts.Of(typeof(PostgresStore).Assembly);

    public Cluster Cluster { get; }

    public IReadOnlyList<string> Misfortunes { get; } = [Killed, Cut];

    public int Passed => _link.Breaking?.Seen ?? 0;

    /// <summary>Starts the node on a new database.</summary>
    public static async Task<IOldStore> StartAsync(DrillSetting setting, CancellationToken cancellationToken)
    {
        Solo database = await Solo.StartAsync();
        Link link = new(database.Server.Port);
        try
        {
            return new PostgresOldStore(database, link, await Cluster.OnPostgresAsync(setting, "nodes", 1, _ => database.ConnectionString(link.Port), cancellationToken));
        }
        catch
        {
            await link.DisposeAsync();
            await database.DisposeAsync();
            throw;
        }
    }

    public async Task KeepAsync()
    {
        await _database.Server.AskAsync<object>($"alter database {FireDatabase.Name} rename to {Lived}");
        _schema = await _database.Server.AskAsync<string>(Schema, Lived);
    }

    public async Task MakeAsync(int version)
    {
        await _database.Server.AskAsync<object>($"drop database if exists {Old}");
        await _database.Server.AskAsync<object>($"create database {Old}");
        await using NpgsqlConnection old = await OpenAsync(Old), lived = await OpenAsync(Lived);
        await DoAsync(old, "create table evergrant_versions (version integer not null primary key)");
        foreach (string script in Scripts.Take(version)) await DoAsync(old, script);
        Dictionary<string, IReadOnlyList<string>> columns = await ColumnsAsync();
        foreach ((string table, IReadOnlyList<string> names) in columns) await CopyAsync(lived, old, $"{table} ({string.Join(", ", names)})");
        await DoAsync(old, $"delete from evergrant_versions where version > {version}");
        _contents = await ReadAsync(Old, columns);
    }

    public async Task RenewAsync()
    {
        await _database.Server.AskAsync<object>($"drop database if exists {FireDatabase.Name} with (force)");
        await _database.Server.AskAsync<object>($"create database {FireDatabase.Name} template {Old}");
    }

    public void Arm(string misfortune, int instant) => _link.Breaking = misfortune == Killed ? new(instant, () => Cluster.Nodes[0].KillAsync().GetAwaiter().GetResult()) : new(instant);

    public void Disarm() => _link.Breaking = null;

    public Task ExecuteAsync(string sql) => _database.AskAsync<object>(sql);

    public async Task<IReadOnlyList<string>> CompareAsync()
    {
        List<string> violations = [];
        long version = await _database.AskAsync<int>("select max(version) from evergrant_versions");
        if (version != Scripts.Count) violations.Add($"the tables are at version {version}");
        if (await _database.AskAsync<string>(Schema) != _schema) violations.Add("the tables are not those of a new store");
        violations.AddRange(_contents!.MissingIn(await ReadAsync(FireDatabase.Name, _contents.Columns)));
        return violations;
    }

    public async ValueTask DisposeAsync()
    {
        await Cluster.DisposeAsync();
        await _link.DisposeAsync();
        await _database.DisposeAsync();
    }

    private async Task<Dictionary<string, IReadOnlyList<string>>> ColumnsAsync()
    {
        string? lines = await _database.Server.AskAsync<string>("select string_agg(table_name || ' ' || column_name, E'\\n' order by table_name, ordinal_position) from information_schema.columns where table_schema = 'public'", Old);
        return lines!.Split('\n').Select(line => line.Split(' ')).GroupBy(parts => parts[0]).ToDictionary(t => t.Key, t => (IReadOnlyList<string>)[.. t.Select(parts => parts[1])]);
    }

    private Task<StoreContents> ReadAsync(string database, IReadOnlyDictionary<string, IReadOnlyList<string>> columns) => StoreContents.ReadAsync(columns, async (table, names) =>
        await _database.Server.AskAsync<string>($"select string_agg(line, E'\\n') from (select concat_ws(',', {string.Join(", ", names.Select(n => $"quote_nullable({n}::text)"))}) as line from {table}) rows", database) ?? "");

    private async Task<NpgsqlConnection> OpenAsync(string database)
    {
        NpgsqlConnection connection = new(_database.Server.ConnectionString(database) + ";Pooling=false");
        await connection.OpenAsync();
        return connection;
    }

    private static async Task DoAsync(NpgsqlConnection connection, string sql)
    {
        await using NpgsqlCommand command = new(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task CopyAsync(NpgsqlConnection from, NpgsqlConnection to, string what)
    {
        using TextReader source = await from.BeginTextExportAsync($"copy {what} to stdout");
        await using TextWriter target = await to.BeginTextImportAsync($"copy {what} from stdin");
        await target.WriteAsync(await source.ReadToEndAsync());
    }
}
