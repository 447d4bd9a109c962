using Evergrant.Postgres;
using Evergrant.Protocol.Storage;
using static Evergrant.Storage.Tests.Rows;

namespace Evergrant.Storage.Tests.Postgres;

/// <summary>What is left of acknowledged changes after the server was killed.</summary>
public sealed class CrashTests
{
    [Fact]
    public async Task Every_refresh_that_was_acknowledged_is_there_after_the_server_was_killed_three_times()
    {
        const int Families = 16;
        await using PostgresCluster cluster = await PostgresCluster.StartAsync();
        await using PostgresStore store = await PostgresStore.OpenAsync(new(cluster.ConnectionString("postgres")) { Deadline = TimeSpan.FromSeconds(10) });
        for (int i = 0; i < Families; i++) await store.Grants.CommitAsync(new CreateGrant(Active(Id(i))), null, default);
        int crashes = 0, doubts = 0;
        Task[] chains = [.. Enumerable.Range(0, Families).Select(i => Task.Run(async () =>
        {
            long generation = 1;
            for (int more = 20; more > 0;)
            {
                if (Volatile.Read(ref crashes) == 3) more--;
                CommitResult? answer = null;
                try
                {
                    answer = await store.Grants.CommitAsync(Advance(Id(i), generation), null, default);
                    if (answer == CommitResult.Committed)
                    {
                        generation++;
                        continue;
                    }
                    Assert.Equal(CommitResult.Unknown, answer);
                    Interlocked.Increment(ref doubts);
                }
                catch (StoreUnavailableException)
                {
                }
                // Nothing changed, or, where that was in doubt, this one step.
                long found = await FindAsync(store, i);
                Assert.InRange(found, generation, answer is null ? generation : generation + 1);
                generation = found;
            }
        }))];
        for (; crashes < 3; Interlocked.Increment(ref crashes)) await cluster.CrashAsync();
        await Task.WhenAll(chains);
        Assert.True(doubts > 0);
    }

    private static async Task<long> FindAsync(PostgresStore store, int family)
    {
        while (true)
        {
            try
            {
                return (await store.Grants.FindGrantAsync(Id(family), default))!.Generation;
            }
            catch (StoreUnavailableException)
            {
                // The server is still coming up.
            }
        }
    }
}
