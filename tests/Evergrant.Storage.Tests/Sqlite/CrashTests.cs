using Evergrant.Protocol.Storage;
using Evergrant.Sqlite;
using static Evergrant.Storage.Tests.Rows;

namespace Evergrant.Storage.Tests.Sqlite;

/// <summary>A process that dies takes nothing with it that was acknowledged, and another that comes too early is turned away.</summary>
public sealed class CrashTests
{
    [Fact]
    public async Task What_a_killed_process_acknowledged_is_there()
    {
        await using SqliteUnderTest store = new();
        for (int round = 0; round < 5; round++)
        {
            long last = 0;
            using (ChildProcess child = ChildProcess.Start(store.Folder))
            {
                for (int lines = 0; lines < 40 + 60 * round; lines++) last = await child.NextAsync() ?? throw new InvalidOperationException("The child ended by itself.");
                last = await child.KillAsync(last);
            }
            await store.OpenAsync();
            long generation = (await store.Grants.FindGrantAsync(GrantId, default))!.Generation;
            Assert.InRange(generation, last, last + 1);
            Assert.Equal("ok", await store.Store.CheckIntegrityAsync());
            Assert.Equal(CommitResult.Committed, await store.Grants.CommitAsync(Advance(GrantId, generation), null, default));
            await store.CloseAsync();
        }
    }

    [Fact]
    public async Task A_second_process_is_refused_and_told_who_is_there()
    {
        await using SqliteUnderTest store = new();
        using ChildProcess child = ChildProcess.Start(store.Folder);
        Assert.NotNull(await child.NextAsync());
        StoreInUseException refused = await Assert.ThrowsAsync<StoreInUseException>(store.OpenAsync);
        Assert.Equal(child.Id, refused.ProcessId);
        Assert.Contains($"process {child.Id}", refused.Message, StringComparison.Ordinal);
        await child.KillAsync(0);
        await store.OpenAsync();
    }

    [Fact]
    public async Task A_second_opening_in_the_same_process_is_refused_too()
    {
        await using SqliteUnderTest store = new();
        await store.OpenAsync();
        StoreInUseException refused = await Assert.ThrowsAsync<StoreInUseException>(() => SqliteStore.OpenAsync(new SqliteOptions(store.Folder)));
        Assert.Equal(Environment.ProcessId, refused.ProcessId);
        await store.Grants.CommitAsync(new CreateGrant(Active()), null, default);
    }
}
