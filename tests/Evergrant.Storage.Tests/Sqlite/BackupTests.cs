using System.Runtime.Versioning;
using Evergrant.Protocol.Storage;
using Evergrant.Sqlite;
using static Evergrant.Storage.Tests.Rows;

namespace Evergrant.Storage.Tests.Sqlite;

/// <summary>A backup taken while the store serves.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class BackupTests
{
    [Fact]
    public async Task A_backup_taken_under_load_opens_and_has_all_that_was_answered_before_it_began()
    {
        await using SqliteUnderTest store = new(), restored = new();
        await store.OpenAsync();
        for (int i = 1; i < 500; i++) await store.Grants.CommitAsync(new CreateGrant(Full(Id(1000 + i))), null, default);
        await store.Grants.CommitAsync(new CreateGrant(Active()), null, default);
        long answered = 1;
        using CancellationTokenSource stop = new();
        Task load = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                Assert.Equal(CommitResult.Committed, await store.Grants.CommitAsync(Advance(GrantId, answered), null, default));
                Interlocked.Increment(ref answered);
            }
        });
        Directory.CreateDirectory(restored.Folder);
        for (int round = 0; round < 5; round++)
        {
            long before = Interlocked.Read(ref answered);
            await store.Store.BackupAsync(restored.Database);
            long after = Interlocked.Read(ref answered);
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(restored.Database));
            Assert.Equal([restored.Database], Directory.GetFiles(restored.Folder).Where(file => Path.GetExtension(file) is not (".lock" or ".mark")));
            await restored.OpenAsync();
            Assert.Equal("ok", await restored.Store.CheckIntegrityAsync());
            Assert.InRange((await restored.Grants.FindGrantAsync(GrantId, default))!.Generation, before, after + 1);
            Assert.Equal(500, (await restored.Grants.ListGrantsAsync(new GrantFilter(Limit: 1000), default)).Count);
            Assert.Equal(CommitResult.Committed, await restored.Grants.CommitAsync(new CreateGrant(Bare(Id(9))), null, default));
            await restored.CloseAsync();
            File.Delete(restored.Database);
        }
        await stop.CancelAsync();
        await load;
    }

    [Fact]
    public async Task A_backup_overwrites_nothing()
    {
        await using SqliteUnderTest store = new();
        await store.OpenAsync();
        string target = Path.Combine(store.Folder, "copy.db");
        await File.WriteAllTextAsync(target, "mine");
        IOException refused = await Assert.ThrowsAsync<IOException>(() => store.Store.BackupAsync(target));
        Assert.Contains("overwrites nothing", refused.Message, StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(target));
        await Assert.ThrowsAsync<IOException>(() => store.Store.BackupAsync(store.Database));
    }

    [Fact]
    public async Task A_backup_that_fails_or_is_given_up_leaves_nothing_behind()
    {
        await using SqliteUnderTest store = new();
        await store.OpenAsync();
        await Assert.ThrowsAnyAsync<IOException>(() => store.Store.BackupAsync(Path.Combine(store.Folder, "no such folder", "copy.db")));
        string[] before = Directory.GetFiles(store.Folder);
        using CancellationTokenSource source = new();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.Run(() => Backup.Run(store.Database, Path.Combine(store.Folder, "copy.db"), source.Token)));
        Assert.Equal(before.Order(), Directory.GetFiles(store.Folder).Order());
    }

    [Fact]
    public async Task A_closed_store_cannot_be_backed_up()
    {
        await using SqliteUnderTest store = new();
        await store.OpenAsync();
        await store.CloseAsync();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.Store.BackupAsync(Path.Combine(store.Folder, "copy.db")));
    }
}
