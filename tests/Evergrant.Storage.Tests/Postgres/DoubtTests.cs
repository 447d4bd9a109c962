using System.Diagnostics;
using Evergrant.Postgres;
using Evergrant.Protocol.Storage;
using Evergrant.Tests;
using static Evergrant.Storage.Tests.Rows;

namespace Evergrant.Storage.Tests.Postgres;

/// <summary>What the store says when it cannot know, or when nothing was changed.</summary>
public sealed class DoubtTests
{
    // Some tests wait for it to pass; a busy machine answers within it.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(4);

    [Fact]
    public async Task A_commit_that_no_standby_confirms_is_unknown_and_never_committed()
    {
        await using PostgresCluster cluster = await PostgresCluster.StartAsync();
        await using PostgresStore store = await OpenAsync(cluster, "postgres");
        await store.Grants.CommitAsync(new CreateGrant(Active()), null, default);
        await store.Grants.CommitAsync(new CreateGrant(Active(Id(2))), null, default);
        await cluster.ExecuteAsync("postgres", "alter system set synchronous_standby_names = 'missing'");
        await cluster.ExecuteAsync("postgres", "select pg_reload_conf()");

        // The server takes the setting up in its own time. Then the deadline passes.
        int generation = 0;
        CommitResult result;
        do result = await store.Grants.CommitAsync(Advance(GrantId, ++generation), null, default);
        while (result == CommitResult.Committed);
        Assert.Equal(CommitResult.Unknown, result);
        Assert.Equal(CommitResult.Unknown, await store.Grants.CommitAsync(new Together([Advance(Id(2), 1), new SaveConsent(Rows.Consent())]), null, default));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.Grants.RecordAsync(Event("EVNT-0001"), default));

        // Somebody ends the wait by hand: the server then answers as if all were well.
        Task<CommitResult> waiting = store.Grants.CommitAsync(new DenyAccessToken(TokenHash, Now), Event("EVNT-0002"), default).AsTask();
        while (!waiting.IsCompleted) await cluster.ExecuteAsync("postgres", "select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'SyncRep'");
        Assert.Equal(CommitResult.Unknown, await waiting);

        await cluster.ExecuteAsync("postgres", "alter system reset synchronous_standby_names");
        await cluster.ExecuteAsync("postgres", "select pg_reload_conf()");
        Assert.Equal(generation + 1, (await store.Grants.FindGrantAsync(GrantId, default))!.Generation);
        Assert.Equal(CommitResult.Committed, await store.Grants.CommitAsync(Advance(GrantId, generation + 1), null, default));
    }

    [Fact]
    [Requirement("ATTACK-388")]
    public async Task A_row_that_somebody_holds_is_refused_in_time_and_harms_no_other()
    {
        PostgresCluster cluster = await SharedCluster.Cluster;
        string database = await cluster.CreateDatabaseAsync();
        await using PostgresStore store = await OpenAsync(cluster, database);
        for (int i = 1; i <= 2; i++) await store.Grants.CommitAsync(new CreateGrant(Active(Id(i))), null, default);
        await using Npgsql.NpgsqlConnection other = new(cluster.ConnectionString(database) + ";Pooling=false");
        await other.OpenAsync();
        await using (Npgsql.NpgsqlTransaction holding = await other.BeginTransactionAsync())
        {
            await using Npgsql.NpgsqlCommand hold = new($"select 1 from grants where id = '{GrantId}' for update", other);
            await hold.ExecuteNonQueryAsync();
            long started = Stopwatch.GetTimestamp();
            Task<CommitResult> held = store.Grants.CommitAsync(Advance(GrantId, 1), null, default).AsTask();
            Assert.Equal(CommitResult.Committed, await store.Grants.CommitAsync(Advance(Id(2), 1), null, default));
            await Assert.ThrowsAsync<StoreUnavailableException>(() => held);
            Assert.InRange(Stopwatch.GetElapsedTime(started).TotalSeconds, 0, 20);
            Assert.Equal(0, await store.Grants.CleanUpAsync(Now.AddDays(1), TimeSpan.Zero, 10, default));
        }
        Assert.Equal(CommitResult.Committed, await store.Grants.CommitAsync(Advance(GrantId, 1), null, default));
    }

    [Fact]
    public async Task A_deadlock_that_undid_a_group_is_tried_again()
    {
        PostgresCluster cluster = await SharedCluster.Cluster;
        string database = await cluster.CreateDatabaseAsync();
        await using PostgresStore store = await PostgresStore.OpenAsync(new(cluster.ConnectionString(database)) { Deadline = TimeSpan.FromSeconds(60) });
        for (int i = 1; i <= 2; i++) await store.Grants.CommitAsync(new CreateGrant(Active(Id(i))), null, default);
        await using Npgsql.NpgsqlConnection other = new(cluster.ConnectionString(database) + ";Pooling=false");
        await other.OpenAsync();
        await using Npgsql.NpgsqlTransaction holding = await other.BeginTransactionAsync();
        // The other one never looks for deadlocks, so that the store's transaction is the one that is undone.
        await using Npgsql.NpgsqlCommand second = new($"set local deadlock_timeout = '10min'; select 1 from grants where id = '{Id(2)}' for update", other);
        await second.ExecuteNonQueryAsync();
        Task<CommitResult> group = store.Grants.CommitAsync(new Together([Advance(Id(1), 1), Advance(Id(2), 1)]), Event("EVNT-0001"), default).AsTask();
        while (await cluster.AskAsync<long>(database, "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") == 0) { }
        await using Npgsql.NpgsqlCommand first = new($"select 1 from grants where id = '{Id(1)}' for update", other);
        await first.ExecuteNonQueryAsync();
        Assert.False(group.IsCompleted);
        await holding.CommitAsync();
        Assert.Equal(CommitResult.Committed, await group);
        Assert.Equal((2, 2), ((await store.Grants.FindGrantAsync(Id(1), default))!.Generation, (await store.Grants.FindGrantAsync(Id(2), default))!.Generation));
    }

    [Fact]
    public async Task A_server_that_went_and_came_back_is_found_again()
    {
        PostgresCluster cluster = await SharedCluster.Cluster;
        string database = await cluster.CreateDatabaseAsync();
        await using PostgresStore store = await OpenAsync(cluster, database);
        await store.Grants.CommitAsync(new CreateGrant(Active()), null, default);
        await cluster.ExecuteAsync("postgres", $"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{database}'");
        Assert.Equal(1, (await store.Grants.FindGrantAsync(GrantId, default))!.Generation);
        Assert.Equal(CommitResult.Committed, await store.Grants.CommitAsync(Advance(GrantId, 1), null, default));
    }

    [Theory]
    [InlineData("alter database {0} set synchronous_commit = off")]
    [InlineData("alter database {0} set default_transaction_isolation = 'serializable'")]
    public async Task Settings_of_the_database_that_would_weaken_the_promise_are_overruled(string sql)
    {
        PostgresCluster cluster = await SharedCluster.Cluster;
        string database = await cluster.CreateDatabaseAsync();
        await cluster.ExecuteAsync("postgres", string.Format(sql, database));
        await using PostgresStore store = await OpenAsync(cluster, database);
        Assert.Equal(CommitResult.Committed, await store.Grants.CommitAsync(new CreateGrant(Active()), null, default));
    }

    [Fact]
    public async Task A_server_without_fsync_is_refused()
    {
        await using PostgresCluster cluster = await PostgresCluster.StartAsync("fsync=off");
        StoreOpenException refused = await Assert.ThrowsAsync<StoreOpenException>(() => OpenAsync(cluster, "postgres"));
        Assert.Contains("fsync = off", refused.Message);
    }

    [Fact]
    public async Task Nodes_that_start_at_once_make_the_tables_once_and_one_version_ahead_is_accepted()
    {
        PostgresCluster cluster = await SharedCluster.Cluster;
        string database = await cluster.CreateDatabaseAsync();
        foreach (PostgresStore store in await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => OpenAsync(cluster, database))))) await store.DisposeAsync();
        await cluster.ExecuteAsync(database, "insert into evergrant_versions select max(version) + 1 from evergrant_versions");
        await (await OpenAsync(cluster, database)).DisposeAsync();
        await cluster.ExecuteAsync(database, "insert into evergrant_versions select max(version) + 1 from evergrant_versions");
        await Assert.ThrowsAsync<StoreOpenException>(() => OpenAsync(cluster, database));
    }

    private static Task<PostgresStore> OpenAsync(PostgresCluster cluster, string database) =>
        PostgresStore.OpenAsync(new(cluster.ConnectionString(database)) { Deadline = Deadline });
}
