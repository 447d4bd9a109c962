using Evergrant.Postgres;
using Evergrant.Protocol.Storage;
using static Evergrant.Storage.Tests.Rows;

namespace Evergrant.Storage.Tests.Postgres;

/// <summary>A real PgBouncer between the store and the server.</summary>
public sealed class PoolerTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_pooler_that_gives_each_session_a_connection_may_stand_between()
    {
        PostgresCluster cluster = await SharedCluster.Cluster;
        string database = await cluster.CreateDatabaseAsync();
        // What the database would have is overruled here too.
        await cluster.ExecuteAsync("postgres", $"alter database {database} set synchronous_commit = off");
        await using Pooler pooler = await Pooler.StartAsync(cluster, "session");
        await using PostgresStore store = await PostgresStore.OpenAsync(new(pooler.ConnectionString(database)) { Deadline = Deadline });
        await using PostgresStore other = await PostgresStore.OpenAsync(new(pooler.ConnectionString(database)) { Deadline = Deadline });
        TaskCompletionSource told = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource listens = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenSource end = new();
        Task watching = other.WatchAsync(observed =>
        {
            if (observed == Observed.Connected) listens.TrySetResult();
            if (observed == Observed.ClientsChanged) told.TrySetResult();
        }, end.Token);
        await listens.Task.WaitAsync(Deadline, TestContext.Current.CancellationToken);

        Assert.Equal(CommitResult.Committed, await store.Grants.CommitAsync(new CreateGrant(Active()), null, default));
        Assert.Equal(CommitResult.Committed, await store.Grants.CommitAsync(Advance(GrantId, 1), null, default));
        Assert.Equal(2, (await other.Grants.FindGrantAsync(GrantId, default))!.Generation);
        Assert.Equal("on", (await store.ExamineAsync(default)).SynchronousCommit);
        await store.Clients.SaveScopeAsync(new("a", null, false), default);
        await told.Task.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        await end.CancelAsync();
        await watching;
    }

    [Theory]
    [InlineData("transaction")]
    [InlineData("statement")]
    public async Task A_pooler_that_gives_each_statement_another_connection_is_refused(string mode)
    {
        PostgresCluster cluster = await SharedCluster.Cluster;
        string database = await cluster.CreateDatabaseAsync();
        await using Pooler pooler = await Pooler.StartAsync(cluster, mode);
        StoreOpenException refused = await Assert.ThrowsAsync<StoreOpenException>(() => PostgresStore.OpenAsync(new(pooler.ConnectionString(database)) { Deadline = Deadline }));
        Assert.Contains("pool_mode = session", refused.Message);
        // Nothing was made in it.
        Assert.Equal(0, await cluster.AskAsync<long>(database, "select count(*) from pg_tables where schemaname = 'public'"));
    }
}
