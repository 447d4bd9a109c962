using Evergrant.Protocol.Storage;
using static Evergrant.Storage.Tests.Rows;

namespace Evergrant.Storage.Tests;

/// <summary>What administrators changed: written whole, ended once, read newest first, kept as long as is asked.</summary>
public abstract class AuditTests<TStore> : StoreTests<TStore> where TStore : IStoreUnderTest, new()
{
    private static AuditRecord Bare(int id, DateTimeOffset at) => new() { Id = Id(id), At = at, Actor = "root", Action = "backup" };

    [Fact]
    public async Task A_record_comes_back_with_every_member()
    {
        AuditRecord full = Audited(), bare = Bare(2, Now.AddMinutes(-1));
        EveryMemberDiffers(full, bare);
        await Store.Audit.AppendAsync(full, default);
        await Store.Audit.AppendAsync(bare, default);
        await ReopenAsync();
        Same([full, bare], await Store.Audit.ListAsync(10, default));
    }

    [Fact]
    public async Task What_became_of_a_change_is_written_once_and_stands()
    {
        await Store.Audit.AppendAsync(Bare(1, Now), default);
        await Store.Audit.AppendAsync(Bare(2, Now.AddSeconds(1)), default);
        await Store.Audit.EndAsync(Id(1), AuditOutcome.Failed, "the disk is full", default);
        await Store.Audit.EndAsync(Id(1), AuditOutcome.Done, null, default);
        await Store.Audit.EndAsync(Id(3), AuditOutcome.Done, null, default);
        Same([Bare(2, Now.AddSeconds(1)), Bare(1, Now) with { Outcome = AuditOutcome.Failed, Reason = "the disk is full" }], await Store.Audit.ListAsync(10, default));
    }

    [Fact]
    public async Task Records_are_listed_newest_first_and_go_in_batches_at_their_time()
    {
        foreach (int minute in (int[])[3, 1, 5, 2, 4]) await Store.Audit.AppendAsync(Bare(minute, Now.AddMinutes(minute)), default);
        Assert.Equal([Id(5), Id(4)], (await Store.Audit.ListAsync(2, default)).Select(r => r.Id));
        Assert.Equal(2, await Store.Audit.CleanUpAsync(Now.AddMinutes(3), 2, default));
        Assert.Equal([Id(5), Id(4), Id(3)], (await Store.Audit.ListAsync(10, default)).Select(r => r.Id));
        Assert.Equal(1, await Store.Audit.CleanUpAsync(Now.AddMinutes(3), 2, default));
        Assert.Equal(0, await Store.Audit.CleanUpAsync(Now.AddMinutes(4).AddMilliseconds(-1), 2, default));
        Assert.Equal([Id(5), Id(4)], (await Store.Audit.ListAsync(10, default)).Select(r => r.Id));
    }
}
