using Evergrant.Postgres;
using Evergrant.Protocol.Storage;
using static Evergrant.Storage.Tests.Rows;

namespace Evergrant.Storage.Tests.Postgres;

/// <summary>What a refresh costs the database.</summary>
public sealed class UpdateTests
{
    [Fact]
    public async Task Refreshes_are_hot_updates_and_leave_the_table_as_large_as_it_was()
    {
        const int Grants = 200, Turns = 10;
        PostgresCluster cluster = await SharedCluster.Cluster;
        string database = await cluster.CreateDatabaseAsync();
        long before;
        await using (PostgresStore store = await PostgresStore.OpenAsync(new(cluster.ConnectionString(database)) { Deadline = TimeSpan.FromSeconds(60) }))
        {
            await Task.WhenAll(Enumerable.Range(0, Grants).Select(async i => await store.Grants.CommitAsync(new CreateGrant(Active(Id(i))), null, default)));
            await TurnAsync(store, 1);
            before = await SizeAsync();
            for (int turn = 2; turn <= Turns; turn++) await TurnAsync(store, turn);
        }
        // A connection reports its figures when it ends; the server takes a moment to end it.
        long updates = 0;
        for (int i = 0; i < 1000 && updates < Grants * Turns; i++)
            updates = await cluster.AskAsync<long>(database, "select n_tup_upd from pg_stat_user_tables where relname = 'grants'");
        Assert.Equal(Grants * Turns, updates);
        long hot = await cluster.AskAsync<long>(database, "select n_tup_hot_upd from pg_stat_user_tables where relname = 'grants'");
        Assert.InRange(hot, Grants * Turns * 95 / 100, Grants * Turns);
        Assert.Equal(before, await SizeAsync());
        Assert.Equal(0, await cluster.AskAsync<long>(database, "select count(*) from pg_sequences"));

        async Task TurnAsync(PostgresStore store, int generation)
        {
            CommitResult[] answers = await Task.WhenAll(Enumerable.Range(0, Grants).Select(async i => await store.Grants.CommitAsync(Advance(Id(i), generation), null, default)));
            Assert.All(answers, answer => Assert.Equal(CommitResult.Committed, answer));
        }

        async Task<long> SizeAsync() => await cluster.AskAsync<long>(database, "select pg_total_relation_size('grants')");
    }
}
