using Evergrant.Protocol.Storage;
using static Evergrant.Storage.Tests.Rows;

namespace Evergrant.Storage.Tests;

/// <summary>Events: written with their change or not at all, found by reference and by grant.</summary>
public abstract class EventTests<TStore> : StoreTests<TStore> where TStore : IStoreUnderTest, new()
{
    [Fact]
    public async Task An_event_comes_back_with_every_member()
    {
        EventRecord full = new()
        {
            Reference = "7F3K-9Q2M", At = Now, Decision = "Replayed", Refusal = "RefreshTokenReplayed", Error = "invalid_grant", Endpoint = "Token", Issuer = Issuer,
            ClientId = "wéb", GrantId = GrantId, Presented = long.MaxValue, Generation = 0, Policy = "", Subject = "用户",
        };
        EventRecord bare = Event("0000-0000");
        await Grants.RecordAsync(full, default);
        await Grants.RecordAsync(bare, default);
        await ReopenAsync();
        Same(full, await Grants.FindEventAsync("7F3K-9Q2M", default));
        Same(bare, await Grants.FindEventAsync("0000-0000", default));
        Assert.Null(await Grants.FindEventAsync("7f3k-9q2m", default));
    }

    [Fact]
    public async Task The_events_of_a_grant_are_listed_oldest_first()
    {
        foreach (int minute in (int[])[3, 1, 2]) await Grants.RecordAsync(Event($"EVNT-{minute:0000}", GrantId, Now.AddMinutes(minute)), default);
        await Grants.RecordAsync(Event("EVNT-0009", Id(2)), default);
        await Grants.RecordAsync(Event("EVNT-0008"), default);
        Assert.Equal(["EVNT-0001", "EVNT-0002", "EVNT-0003"], (await Grants.ListEventsAsync(GrantId, default)).Select(one => one.Reference));
        Assert.Empty(await Grants.ListEventsAsync(Id(99), default));
    }

    [Fact]
    public async Task No_more_than_a_thousand_events_are_listed()
    {
        await Task.WhenAll(Enumerable.Range(0, 1100).Select(async i => await Grants.RecordAsync(Event($"E-{i:0000}", GrantId, Now.AddSeconds(i)), default)));
        IReadOnlyList<EventRecord> listed = await Grants.ListEventsAsync(GrantId, default);
        Assert.Equal(1000, listed.Count);
        Assert.Equal("E-0000", listed[0].Reference);
    }

    [Fact]
    public async Task A_reference_that_comes_again_replaces_the_older_event()
    {
        await Grants.RecordAsync(Event("SAME-SAME", GrantId), default);
        await CommitAsync(new CreateGrant(Active()), Event("SAME-SAME", Id(2), Now.AddDays(1)));
        Assert.Equal(Id(2), (await Grants.FindEventAsync("SAME-SAME", default))!.GrantId);
        Assert.Empty(await Grants.ListEventsAsync(GrantId, default));
    }

    [Fact]
    public async Task Of_64_changes_at_once_only_the_one_that_holds_writes_its_event()
    {
        await CommitAsync(new CreateGrant(Active()));
        Task<CommitResult>[] all = [.. Enumerable.Range(0, 64).Select(i => Task.Run(() => CommitAsync(Advance(GrantId, 1), Event($"RACE-{i:0000}", GrantId))))];
        CommitResult[] answers = await Task.WhenAll(all);
        EventRecord only = Assert.Single(await Grants.ListEventsAsync(GrantId, default));
        Assert.Equal($"RACE-{Array.IndexOf(answers, CommitResult.Committed):0000}", only.Reference);
    }

    [Fact]
    public async Task An_event_that_cannot_be_written_takes_its_change_with_it()
    {
        await CommitAsync(new CreateGrant(Active()));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => CommitAsync(Advance(GrantId, 1), Event("EVNT-0001") with { Decision = null! }));
        Assert.Equal(1, (await GrantAsync(GrantId)).Generation);
        Assert.Equal(CommitResult.Committed, await CommitAsync(Advance(GrantId, 1)));
    }
}
