using System.Diagnostics;
using Npgsql;

namespace Evergrant.Fire.Postgres.Patroni;

/// <summary>One PostgreSQL server with the Patroni that looks after it.</summary>
internal sealed class Member(ServerFolder folder, string name, int etcd)
{
    private Process? _patroni;

    public string Name => name;

    /// <summary>Port of PostgreSQL.</summary>
    public int Port { get; } = ServerFolder.FreePort();

    /// <summary>Port of Patroni's own API.</summary>
    public int Api { get; } = ServerFolder.FreePort();

    private string Data => Path.Combine(folder.Path, name);

    /// <summary>Starts Patroni, which starts PostgreSQL.</summary>
    public async Task StartAsync()
    {
        await folder.WriteAsync($"{name}.yml", Configuration());
        _patroni = folder.Start(name, Packages.Patroni, $"{Data}.yml");
    }

    /// <summary>Kills PostgreSQL's first process; Patroni sees it. Its sessions end when they find out; from then on nobody is answered by it.</summary>
    public async Task KillPostgresAsync()
    {
        List<Process> all = await ProcessesAsync();
        all[0].Kill();
        foreach (Process process in all) await process.WaitForExitAsync();
    }

    /// <summary>Kills Patroni and all of PostgreSQL, as the loss of the machine does; nobody sees it until the leader's key has run out.</summary>
    public async Task KillAsync()
    {
        List<Process> all = [_patroni!, .. await ProcessesAsync()];
        foreach (Process process in all) process.Kill();
        foreach (Process process in all) await process.WaitForExitAsync();
    }

    /// <summary>The first column of the first row.</summary>
    public async Task<T?> AskAsync<T>(string sql, string database = "postgres")
    {
        await using NpgsqlConnection connection = new($"Host=127.0.0.1;Port={Port};Username=evergrant;Database={database};Timeout=5;Pooling=false");
        await connection.OpenAsync();
        await using NpgsqlCommand command = new(sql, connection);
        return await command.ExecuteScalarAsync() is T answer ? answer : default;
    }

    // PostgreSQL's first process, and those that it has started. One that has just ended is not among them.
    private async Task<List<Process>> ProcessesAsync()
    {
        int first = int.Parse((await File.ReadAllLinesAsync(Path.Combine(Data, "postmaster.pid")))[0]);
        List<Process> all = [Process.GetProcessById(first)];
        foreach (string child in (await File.ReadAllTextAsync($"/proc/{first}/task/{first}/children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            try
            {
                all.Add(Process.GetProcessById(int.Parse(child)));
            }
            catch (ArgumentException)
            {
                // It has ended since.
            }
        }
        return all;
    }

    // The tuned timers of the guide: ttl = loop_wait + 2 * retry_timeout. A primary that crashed is not started again while a standby can take over.
    private string Configuration() => $"""
        scope: fire
        name: {name}
        restapi:
          listen: 127.0.0.1:{Api}
          connect_address: 127.0.0.1:{Api}
        etcd3:
          hosts: 127.0.0.1:{etcd}
        bootstrap:
          dcs:
            ttl: 15
            loop_wait: 5
            retry_timeout: 5
            maximum_lag_on_failover: 1048576
            synchronous_mode: true
            primary_start_timeout: 0
            postgresql:
              use_pg_rewind: true
              use_slots: true
              parameters:
                wal_log_hints: 'on'
                max_connections: 150
                wal_keep_size: 256MB
                shared_buffers: 32MB
                wal_receiver_timeout: 5s
                wal_sender_timeout: 5s
                wal_retrieve_retry_interval: 200ms
          initdb:
          - encoding: UTF8
          - locale: C
        postgresql:
          listen: 127.0.0.1:{Port}
          connect_address: 127.0.0.1:{Port}
          data_dir: {Data}
          bin_dir: {ServerFolder.Programs}
          pgpass: {Data}.pgpass
          remove_data_directory_on_rewind_failure: true
          remove_data_directory_on_diverged_timelines: true
          authentication:
            superuser:
              username: evergrant
            replication:
              username: evergrant
            rewind:
              username: evergrant
          parameters:
            unix_socket_directories: {folder.Path}
          pg_hba:
          - local all all trust
          - host all all 127.0.0.1/32 trust
          - host replication all 127.0.0.1/32 trust

        """;
}
