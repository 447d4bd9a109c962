using System.Globalization;
using Npgsql;

namespace Evergrant.Fire.Postgres;

/// <summary>A PostgreSQL server on the loopback interface: a primary, or a standby of another one.</summary>
internal sealed class Instance(ServerFolder folder, string name)
{
    // Waits end by themselves or after so many looks, ten a second.
    private const int Looks = 600;

    private readonly Dictionary<string, string> _settings = [];

    /// <summary>Name by which a primary knows it as a standby.</summary>
    public string Name => name;

    public int Port { get; } = ServerFolder.FreePort();

    /// <summary>Folder of its files.</summary>
    public string Data => Path.Combine(folder.Path, name);

    /// <summary>Id of the running server's first process, whose children are all the others.</summary>
    public int Pid => int.Parse(File.ReadLines(Path.Combine(Data, "postmaster.pid")).First(), CultureInfo.InvariantCulture);

    private string Configuration => Data + ".conf";

    public string ConnectionString(string database = "postgres") => $"Host=127.0.0.1;Port={Port};Username=evergrant;Database={database};Timeout=5;Command Timeout=30";

    /// <summary>Makes an empty server; it does not run yet.</summary>
    public async Task InitializeAsync()
    {
        await folder.RunAsync("initdb", "-N", "-D", Data, "-U", "evergrant", "-A", "trust", "-E", "UTF8", "--locale=C");
        await WriteAsync();
    }

    /// <summary>Makes it a copy of a running server, as a standby of it; it does not run yet.</summary>
    public async Task CloneAsync(Instance primary)
    {
        if (Directory.Exists(Data)) Directory.Delete(Data, recursive: true);
        await folder.RunAsync("pg_basebackup", "-D", Data, "-h", "127.0.0.1", "-p", $"{primary.Port}", "-U", "evergrant", "-X", "stream", "-c", "fast", "--no-sync");
        await BecomeStandbyAsync(primary.Port);
    }

    public Task StartAsync() => folder.RunAsync("pg_ctl", "-D", Data, "-w", "-t", "60", "-l", Data + ".log", "-o", $"-c config_file={Configuration}", "start");

    /// <summary>Ends it at once, without a checkpoint, as a crash does.</summary>
    public Task CrashAsync() => StopAsync("immediate");

    /// <summary>Ends it in order.</summary>
    public Task StopAsync() => StopAsync("fast");

    /// <summary>Makes the standby a primary.</summary>
    public Task PromoteAsync() => folder.RunAsync("pg_ctl", "-D", Data, "-w", "-t", "60", "promote");

    /// <summary>Turns a standby that runs to another primary.</summary>
    /// <param name="port">Where it is, or where a proxy in front of it is; null for nobody: it goes on answering with what it has.</param>
    public async Task FollowAsync(int? port)
    {
        _settings["primary_conninfo"] = port is null ? "''" : $"'host=127.0.0.1 port={port} user=evergrant application_name={name}'";
        await WriteAsync();
        await folder.RunAsync("pg_ctl", "-D", Data, "reload");
    }

    /// <summary>Brings one that is not running back as a standby: what it has and the primary has not is taken from it.</summary>
    public async Task RejoinAsync(Instance primary)
    {
        // The server that is rewound has to know which line of history the primary is on.
        await primary.AskAsync<object>("checkpoint");
        (bool well, _) = await folder.TryAsync(Path.Combine(ServerFolder.Programs, "pg_rewind"),
            "-D", Data, "--source-server", $"host=127.0.0.1 port={primary.Port} user=evergrant dbname=postgres", "--no-sync");
        if (!well) await CloneAsync(primary);
        else await BecomeStandbyAsync(primary.Port);
        await StartAsync();
    }

    /// <summary>Changes a setting, at once when it runs.</summary>
    /// <param name="setting">Name of the setting.</param>
    /// <param name="value">As it stands in the file, with quotes if it needs them.</param>
    public async Task SetAsync(string setting, string value)
    {
        _settings[setting] = value;
        await WriteAsync();
        if (File.Exists(Path.Combine(Data, "postmaster.pid"))) await folder.RunAsync("pg_ctl", "-D", Data, "reload");
    }

    /// <summary>The first column of the first row.</summary>
    public async Task<T?> AskAsync<T>(string sql, string database = "postgres")
    {
        await using NpgsqlConnection connection = new(ConnectionString(database) + ";Pooling=false");
        await connection.OpenAsync();
        await using NpgsqlCommand command = new(sql, connection);
        return await command.ExecuteScalarAsync() is T answer ? answer : default;
    }

    /// <summary>Waits until this primary sees a standby receive what it writes.</summary>
    /// <param name="standby">The standby.</param>
    /// <param name="looks">How often one looks, ten times a second.</param>
    /// <returns>False when it never did.</returns>
    public Task<bool> SeesAsync(Instance standby, int looks = Looks) =>
        UntilAsync($"select count(*) from pg_stat_replication where application_name = '{standby.Name}' and state = 'streaming'", looks);

    /// <summary>Waits until this standby receives the line of history that the primary is on. One that had received more of the line before it than the primary follows it again and again, and never gets there.</summary>
    public async Task<bool> ReceivesAsync(Instance primary, int looks)
    {
        int line = await primary.AskAsync<int>("select ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int");
        return await UntilAsync($"select count(*) from pg_stat_wal_receiver where status = 'streaming' and received_tli = {line}", looks);
    }

    /// <summary>Waits until a standby has written what this primary had written at a place of its log.</summary>
    public async Task HasAsync(Instance standby, string place)
    {
        if (!await UntilAsync($"select count(*) from pg_stat_replication where application_name = '{standby.Name}' and flush_lsn >= '{place}'", Looks))
            throw new InvalidOperationException($"{standby.Name} does not follow {name}.");
    }

    /// <summary>Waits until a standby has all that this primary had written, and is the one whose word it waits for.</summary>
    public async Task SynchronousAsync(Instance standby)
    {
        string? end = await AskAsync<string>("select pg_current_wal_flush_lsn()::text");
        if (!await UntilAsync($"select count(*) from pg_stat_replication where application_name = '{standby.Name}' and state = 'streaming' and sync_state = 'sync' and flush_lsn >= '{end}'", Looks))
            throw new InvalidOperationException($"{standby.Name} did not become the synchronous standby of {name}.");
    }

    private async Task<bool> UntilAsync(string sql, int looks)
    {
        for (int i = 0; i < looks; i++)
        {
            if (await AskAsync<long>(sql) > 0) return true;
            await Task.Delay(100);
        }
        return false;
    }

    private Task StopAsync(string mode) => folder.RunAsync("pg_ctl", "-D", Data, "-w", "-t", "60", "-m", mode, "stop");

    private async Task BecomeStandbyAsync(int port)
    {
        _settings["primary_conninfo"] = $"'host=127.0.0.1 port={port} user=evergrant application_name={name}'";
        await WriteAsync();
        (bool well, string said) = await folder.TryAsync("touch", Path.Combine(Data, "standby.signal"));
        if (!well) throw new InvalidOperationException(said);
    }

    private Task WriteAsync() => folder.WriteAsync(Path.GetFileName(Configuration), $"""
        listen_addresses = '127.0.0.1'
        port = {Port}
        unix_socket_directories = ''
        max_connections = 150
        shared_buffers = 32MB
        wal_log_hints = on
        wal_keep_size = 512MB
        max_wal_senders = 10
        wal_retrieve_retry_interval = 100ms
        wal_receiver_status_interval = 1s
        wal_receiver_timeout = 5s
        wal_sender_timeout = 5s
        {string.Join('\n', _settings.Select(s => $"{s.Key} = {s.Value}"))}

        """);
}
