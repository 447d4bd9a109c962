using Evergrant.Protocol.Storage;
using static Evergrant.Storage.Tests.Rows;

namespace Evergrant.Storage.Tests.Sqlite;

/// <summary>What grows and what does not.</summary>
public sealed class SizeTests
{
    [Fact]
    public async Task Fifty_thousand_refreshes_of_one_grant_leave_the_file_as_large_as_one_thousand()
    {
        await using SqliteUnderTest store = new();
        await store.OpenAsync();
        await store.Grants.CommitAsync(new CreateGrant(Pending()), null, default);
        await AdvanceAsync(store, 0, 1_000);
        await store.CloseAsync();
        long afterThousand = store.Size();
        await store.OpenAsync();
        await AdvanceAsync(store, 1_000, 50_000);
        await store.CloseAsync();
        Assert.Equal(afterThousand, store.Size());
    }

    [Fact]
    public async Task The_log_stays_bounded_under_twenty_thousand_refreshes()
    {
        const int Families = 200, Turns = 100;
        await using SqliteUnderTest store = new();
        await store.OpenAsync();
        for (int i = 0; i < Families; i++) await store.Grants.CommitAsync(new CreateGrant(Active(Id(i))), null, default);
        long largest = 0;
        for (long generation = 1; generation <= Turns; generation++)
        {
            Task<CommitResult>[] turn = [.. Enumerable.Range(0, Families).Select(i => store.Grants.CommitAsync(Advance(Id(i), generation), null, default).AsTask())];
            Assert.All(await Task.WhenAll(turn), answer => Assert.Equal(CommitResult.Committed, answer));
            for (int i = 0; i < 10; i++) await store.Grants.CommitAsync(new TouchSession(SessionKey, Now, Now), null, default);
            largest = Math.Max(largest, store.Size("-wal"));
        }
        Assert.InRange(largest, 1, 12 << 20);
    }

    [Fact]
    public async Task A_log_that_has_grown_is_moved_into_the_database_and_used_again()
    {
        await using SqliteUnderTest store = new();
        await store.OpenAsync();
        for (int i = 0; i < 6000; i++)
        {
            // One commit each: every one of them writes several pages.
            await store.Grants.CommitAsync(new CreateGrant(Full(Id(i * 7919 % 6000))), null, default);
            Assert.InRange(store.Size("-wal"), 0, 12 << 20);
        }
        Assert.InRange(store.Size(), 2 << 20, 100 << 20);
        Assert.Equal(6000, (await store.Grants.ListGrantsAsync(new GrantFilter(Limit: 10_000), default)).Count);
    }

    private static async Task AdvanceAsync(SqliteUnderTest store, long from, long to)
    {
        List<Task<CommitResult>> waits = [];
        for (long generation = from; generation < to; generation++)
        {
            waits.Add(store.Grants.CommitAsync(Advance(GrantId, generation), null, default).AsTask());
            if (waits.Count < 1000) continue;
            Assert.All(await Task.WhenAll(waits), answer => Assert.Equal(CommitResult.Committed, answer));
            waits.Clear();
        }
    }
}
