using System.Runtime.Versioning;
using Evergrant.Protocol.Storage;
using Evergrant.Sqlite;
using static Evergrant.Storage.Tests.Rows;

namespace Evergrant.Storage.Tests.Sqlite;

/// <summary>The mark beside the database: an older database, or one without its log, is not taken for the store.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class MarkTests
{
    [Fact]
    public async Task A_log_that_is_gone_after_a_crash_is_missed()
    {
        await using SqliteUnderTest store = new();
        await CrashAsync(store, 40);
        File.Delete(store.Database + "-wal");
        StoreOpenException refused = await Assert.ThrowsAsync<StoreOpenException>(store.OpenAsync);
        Assert.Contains("evergrant.db-wal is gone", refused.Message, StringComparison.Ordinal);
        Assert.Contains("evergrant.mark", refused.Message, StringComparison.Ordinal);
        File.Delete(Mark(store));
        await store.OpenAsync();
    }

    [Fact]
    public async Task A_log_that_was_cut_to_nothing_is_missed()
    {
        await using SqliteUnderTest store = new();
        await CrashAsync(store, 40);
        await File.WriteAllBytesAsync(store.Database + "-wal", []);
        await Assert.ThrowsAsync<StoreOpenException>(store.OpenAsync);
    }

    [Fact]
    public async Task A_database_that_is_gone_is_missed_instead_of_made_anew()
    {
        await using SqliteUnderTest store = new();
        await WriteAsync(store, Now);
        File.Delete(store.Database);
        StoreOpenException refused = await Assert.ThrowsAsync<StoreOpenException>(store.OpenAsync);
        Assert.Contains("evergrant.db is gone", refused.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(store.Database));
    }

    [Fact]
    public async Task An_older_database_is_refused_until_the_mark_is_removed()
    {
        await using SqliteUnderTest store = new();
        await WriteAsync(store, Now);
        byte[] older = await File.ReadAllBytesAsync(store.Database);
        await WriteAsync(store, Now.AddMinutes(3));
        await File.WriteAllBytesAsync(store.Database, older);
        StoreOpenException refused = await Assert.ThrowsAsync<StoreOpenException>(store.OpenAsync);
        Assert.Contains("ends at 2026-01-02 03:04:05Z, and was written until 2026-01-02 03:07:05Z", refused.Message, StringComparison.Ordinal);
        File.Delete(Mark(store));
        await store.OpenAsync();
        Assert.Equal(Now, store.Store.LatestTime);
    }

    [Fact]
    public async Task A_mark_that_cannot_be_read_tells_nothing()
    {
        await using SqliteUnderTest store = new();
        await WriteAsync(store, Now);
        await File.WriteAllTextAsync(Mark(store), "open 99999999999999999999");
        await store.OpenAsync();
    }

    [Fact]
    public async Task The_time_is_kept_with_a_commit_once_a_second_and_never_goes_back()
    {
        await using SqliteUnderTest store = new();
        await store.OpenAsync();
        Assert.Null(store.Store.LatestTime);
        var time = new SetTime { Now = Now };
        store.Store.KeepTime(time);
        await store.Grants.CommitAsync(new CreateGrant(Active()), null, default);
        time.Now = Now.AddMilliseconds(900);
        await store.Grants.CommitAsync(Advance(GrantId, 1), null, default);
        Assert.Equal(Now, await LatestAsync(store));
        time.Now = Now.AddMilliseconds(1000);
        store.Store.KeepTime(time);
        await store.Grants.CommitAsync(Advance(GrantId, 2), null, default);
        time.Now = Now.AddHours(-1);
        await store.Grants.CommitAsync(Advance(GrantId, 3), null, default);
        await store.CloseAsync();
        await store.OpenAsync();
        Assert.Equal(Now.AddMilliseconds(1000), store.Store.LatestTime);
    }

    [Fact]
    public async Task A_store_that_only_reads_leaves_the_mark_shut()
    {
        await using SqliteUnderTest store = new();
        await WriteAsync(store, Now);
        Assert.StartsWith("shut ", await File.ReadAllTextAsync(Mark(store)), StringComparison.Ordinal);
        await store.OpenAsync();
        await store.Grants.FindGrantAsync(GrantId, default);
        await store.CloseAsync();
        Assert.StartsWith("shut ", await File.ReadAllTextAsync(Mark(store)), StringComparison.Ordinal);
    }

    private static string Mark(SqliteUnderTest store) => Path.Combine(store.Folder, "evergrant.mark");

    private static async Task<DateTimeOffset?> LatestAsync(SqliteUnderTest store)
    {
        await store.CloseAsync();
        await store.OpenAsync();
        return store.Store.LatestTime;
    }

    private static async Task WriteAsync(SqliteUnderTest store, DateTimeOffset at)
    {
        await store.OpenAsync();
        store.Store.KeepTime(new SetTime { Now = at });
        await store.Grants.CommitAsync(new CreateGrant(Active()), null, default);
        await store.CloseAsync();
    }

    // A process that is killed leaves the log and a mark that says so.
    private static async Task CrashAsync(SqliteUnderTest store, int lines)
    {
        using ChildProcess child = ChildProcess.Start(store.Folder);
        for (int i = 0; i < lines; i++) await child.NextAsync();
        await child.KillAsync(0);
    }

    private sealed class SetTime : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
