using Evergrant.Postgres;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;
using static Evergrant.Storage.Tests.Rows;

namespace Evergrant.Storage.Tests.Postgres;

/// <summary>What a refresh writes into the server's log, which is what replication sends.</summary>
public sealed class LogTests
{
    private const int Grants = 40;

    [Fact]
    public async Task The_log_of_a_refresh_does_not_repeat_what_was_authorized()
    {
        await using PostgresCluster cluster = await PostgresCluster.StartAsync("autovacuum=off", "checkpoint_timeout=1h");
        string database = await cluster.CreateDatabaseAsync();
        await using PostgresStore store = await PostgresStore.OpenAsync(new(cluster.ConnectionString(database)) { Deadline = TimeSpan.FromSeconds(30) });
        Authorized authorized = Active().Authorized with { Scope = string.Join(' ', Enumerable.Range(0, 200).Select(i => $"scope-{i}")) };
        for (int i = 1; i <= Grants; i++) await store.Grants.CommitAsync(new CreateGrant(Active(Id(i)) with { Authorized = authorized }), null, default);

        // The first change of a page after a checkpoint has all of it.
        await AdvanceAsync(store, 1);
        long before = await PlaceAsync(cluster);
        for (long from = 2; from < 7; from++) await AdvanceAsync(store, from);
        long each = (await PlaceAsync(cluster) - before) / (5 * Grants);
        Assert.InRange(each, 50, authorized.Scope.Length / 2);
    }

    private static async Task AdvanceAsync(PostgresStore store, long from)
    {
        for (int i = 1; i <= Grants; i++)
        {
            AdvanceGrant advance = Advance(Id(i), from) with { Mark = from << 40, MarkBefore = from == 1 ? 0 : (from - 1) << 40 };
            Assert.Equal(CommitResult.Committed, await store.Grants.CommitAsync(advance, null, default));
        }
    }

    private static Task<long> PlaceAsync(PostgresCluster cluster) => cluster.AskAsync<long>("postgres", "select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint");
}
