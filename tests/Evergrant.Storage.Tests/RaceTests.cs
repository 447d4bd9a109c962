using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;
using Evergrant.Tests;
using static Evergrant.Storage.Tests.Rows;

namespace Evergrant.Storage.Tests;

/// <summary>Many at once on one grant and on many.</summary>
public abstract class RaceTests<TStore> : StoreTests<TStore> where TStore : IStoreUnderTest, new()
{
    [Fact]
    public async Task A_thousand_times_64_refreshes_of_one_generation_have_one_winner_each()
    {
        const int Rounds = 1000;
        await CommitAsync(new CreateGrant(Active()));
        for (long generation = 1; generation <= Rounds; generation++)
        {
            CommitResult[] answers = await AtOnceAsync(64, _ => Advance(GrantId, generation));
            Assert.Equal(1, answers.Count(answer => answer == CommitResult.Committed));
            Assert.Equal(63, answers.Count(answer => answer == CommitResult.Conflict));
            Assert.Equal(generation + 1, (await GrantAsync(GrantId)).Generation);
        }
        await ReopenAsync();
        Assert.Equal(Rounds + 1, (await GrantAsync(GrantId)).Generation);
    }

    [Fact]
    [Requirement("ATTACK-088")]
    public async Task After_a_revocation_was_answered_no_refresh_succeeds()
    {
        for (int round = 0; round < 100; round++)
        {
            Guid id = Id(round);
            await CommitAsync(new CreateGrant(Active(id)));
            CommitResult[] answers = await AtOnceAsync(16, i => i == 7 ? new RevokeGrant(id, RevocationCause.RevokedByUser, Now) : Advance(id, i < 7 ? 1 : 2));
            Assert.Equal(CommitResult.Committed, answers[7]);
            Grant grant = await GrantAsync(id);
            Assert.Equal(GrantState.Revoked, grant.State);
            Assert.Equal(CommitResult.Conflict, await CommitAsync(Advance(id, grant.Generation)));
        }
    }

    [Fact]
    public async Task Grants_refreshed_side_by_side_do_not_meet()
    {
        const int Families = 64, Turns = 25;
        Assert.All(await AtOnceAsync(Families, i => new CreateGrant(Active(Id(i)))), answer => Assert.Equal(CommitResult.Committed, answer));
        await Task.WhenAll(Enumerable.Range(0, Families).Select(async i =>
        {
            for (long generation = 1; generation <= Turns; generation++)
            {
                Assert.Equal(CommitResult.Committed, await CommitAsync(Advance(Id(i), generation)));
                Assert.Equal(generation + 1, (await GrantAsync(Id(i))).Generation);
            }
        }));
    }

    [Fact]
    public async Task Retries_saturate_at_fifteen_and_are_all_counted_below()
    {
        await CommitAsync(new CreateGrant(Active() with { Retries = new(0x50) }));
        await AtOnceAsync(9, _ => new CountRetry(GrantId, 1, null));
        Assert.Equal(0x59, (await GrantAsync(GrantId)).Retries.Bits);
        await AtOnceAsync(64, _ => new CountRetry(GrantId, 1, null));
        Assert.Equal(0x5f, (await GrantAsync(GrantId)).Retries.Bits);
    }

    [Fact]
    public async Task One_refused_change_harms_no_other_in_its_batch()
    {
        TaskCompletionSource start = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<bool>[] all = [.. Enumerable.Range(0, 64).Select(async i =>
        {
            await start.Task;
            Grant grant = Active(Id(i));
            try
            {
                // A row without an issuer is what no store can take.
                return await CommitAsync(new CreateGrant(i % 8 == 3 ? grant with { Issuer = null! } : grant), i % 2 == 0 ? null : Event($"EVNT-{i:0000}")) == CommitResult.Committed;
            }
            catch (StoreUnavailableException)
            {
                return false;
            }
        })];
        start.SetResult();
        bool[] written = await Task.WhenAll(all);
        for (int i = 0; i < 64; i++)
        {
            Assert.Equal(i % 8 != 3, written[i]);
            Assert.Equal(i % 8 != 3, await Grants.FindGrantAsync(Id(i), default) is not null);
            Assert.Equal(i % 8 != 3 && i % 2 == 1, await Grants.FindEventAsync($"EVNT-{i:0000}", default) is not null);
        }
    }

    [Fact]
    public async Task A_wait_that_was_cancelled_before_it_began_changes_nothing()
    {
        await CommitAsync(new CreateGrant(Active()));
        using CancellationTokenSource cancelled = new();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Grants.CommitAsync(Advance(GrantId, 1), null, cancelled.Token));
        Assert.Equal(1, (await GrantAsync(GrantId)).Generation);
    }

    [Fact]
    public async Task A_cancelled_wait_ends_with_the_outcome_or_with_nothing_changed()
    {
        await CommitAsync(new CreateGrant(Active()));
        for (int round = 0; round < 200; round++)
        {
            long generation = (await GrantAsync(GrantId)).Generation;
            using CancellationTokenSource source = new();
            Task<CommitResult> wait = Task.Run(async () => await Grants.CommitAsync(Advance(GrantId, generation), null, source.Token));
            await source.CancelAsync();
            bool committed = false;
            try
            {
                committed = await wait == CommitResult.Committed;
            }
            catch (OperationCanceledException)
            {
            }
            Assert.Equal(committed ? generation + 1 : generation, (await GrantAsync(GrantId)).Generation);
        }
    }
}
