using Evergrant.Postgres;
using Evergrant.Protocol.Storage;
using static Evergrant.Storage.Tests.Rows;

namespace Evergrant.Storage.Tests.Postgres;

/// <summary>What a refresh costs the database.</summary>
public sealed class UpdateTests
{
    [Fact]
    public async Task Refreshes_are_hot_updates_and_let_the_table_grow_by_a_few_pages_at_most()
    {
        const int Grants = 200, Turns = 40, AtOnce = 8;
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
        // On a busy machine vacuuming comes late, and pages are full more often.
        Assert.InRange(hot, Grants * Turns * 85 / 100, Grants * Turns);
        // Where a page was full for a moment (an older snapshot still needed its versions), one more was begun, the more the busier the machine; forty turns without reuse would take forty times the room.
        Assert.InRange(await SizeAsync(), before, before * 3);
        Assert.Equal(0, await cluster.AskAsync<long>(database, "select count(*) from pg_sequences"));

        async Task TurnAsync(PostgresStore store, int generation)
        {
            // A few at a time, which lie on pages of their own: while many are under way, on a machine with other work, each holds the old versions of all the others.
            for (int first = 0; first < Grants / AtOnce; first++)
            {
                CommitResult[] answers = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(async i =>
                    await store.Grants.CommitAsync(Advance(Id(first + (i * Grants / AtOnce)), generation), null, default)));
                Assert.All(answers, answer => Assert.Equal(CommitResult.Committed, answer));
            }
        }

        async Task<long> SizeAsync() => await cluster.AskAsync<long>(database, "select pg_relation_size('grants') + pg_indexes_size('grants')");
    }
}
