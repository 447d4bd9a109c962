using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Sessions;
using Evergrant.Protocol.Storage;
using Evergrant.Tests;
using static Evergrant.Storage.Tests.Rows;

namespace Evergrant.Storage.Tests;

/// <summary>Clean-up removes what is over and keeps what is still needed.</summary>
public abstract class CleanUpTests<TStore> : StoreTests<TStore> where TStore : IStoreUnderTest, new()
{
    private static readonly TimeSpan Keep = TimeSpan.FromDays(30);

    [Fact]
    public async Task A_grant_goes_when_it_has_been_over_for_the_retention_and_not_before()
    {
        (Grant Row, DateTimeOffset End)[] cases =
        [
            (Pending(Id(1)), Now.AddSeconds(60)),
            (Active(Id(2)), Now.AddDays(14)),
            (Active(Id(3)) with { IdleExpiresAt = null }, Now.AddDays(90)),
            (Active(Id(4)) with { IdleExpiresAt = Now.AddDays(20), ExpiresAt = null }, Now.AddDays(20)),
            (Full(Id(5)) with { ExpiresAt = null }, Now.AddDays(1)),
        ];
        foreach ((Grant row, _) in cases) await CommitAsync(new CreateGrant(row));
        await CommitAsync(new CreateGrant(Bare(Id(6))));
        foreach ((Grant row, DateTimeOffset end) in cases.OrderBy(one => one.End))
        {
            await CleanAsync(end + Keep - TimeSpan.FromMilliseconds(1));
            Same(row, await GrantAsync(row.Id));
            await CleanAsync(end + Keep);
            Assert.Null(await Grants.FindGrantAsync(row.Id, default));
        }
        await CleanAsync(Now.AddYears(100));
        Assert.NotNull(await Grants.FindGrantAsync(Id(6), default));
    }

    [Fact]
    public async Task A_grant_that_is_refreshed_lives_on_past_every_end_it_once_had()
    {
        await CommitAsync(new CreateGrant(Pending()));
        DateTimeOffset now = Now;
        for (long generation = 0; generation < 20; generation++)
        {
            await CommitAsync(new AdvanceGrant(GrantId, generation, generation + 1, 1, now, now.AddDays(14), null, default, 1, 0));
            now = now.AddDays(10);
            await CleanAsync(now, TimeSpan.Zero);
            Assert.Equal(generation + 1, (await GrantAsync(GrantId)).Generation);
        }
        await CleanAsync(now.AddDays(4).AddMilliseconds(-1), TimeSpan.Zero);
        Assert.NotNull(await Grants.FindGrantAsync(GrantId, default));
        await CleanAsync(now.AddDays(4), TimeSpan.Zero);
        Assert.Null(await Grants.FindGrantAsync(GrantId, default));
    }

    [Fact]
    public async Task A_grant_that_is_renewed_without_rotation_lives_on()
    {
        await CommitAsync(new CreateGrant(Active()));
        await CommitAsync(new RenewGrant(GrantId, 1, Now, Now.AddDays(50), 1, 0));
        await CleanAsync(Now.AddDays(50).AddMilliseconds(-1), TimeSpan.Zero);
        Assert.NotNull(await Grants.FindGrantAsync(GrantId, default));
        await CleanAsync(Now.AddDays(50), TimeSpan.Zero);
        Assert.Null(await Grants.FindGrantAsync(GrantId, default));
    }

    [Fact]
    public async Task A_revoked_grant_is_kept_for_the_retention_and_until_its_absolute_end_so_that_reuse_is_seen()
    {
        await CommitAsync(new CreateGrant(Bare(Id(1))));
        await CommitAsync(new CreateGrant(Active(Id(2))));
        await CommitAsync(new RevokeGrant(Id(1), RevocationCause.RefreshTokenReplayed, Now.AddDays(1)));
        await CommitAsync(new RevokeGrants(null, Subject, null, null, RevocationCause.RevokedByUser, Now.AddDays(1)));
        await CleanAsync(Now.AddDays(1) + Keep - TimeSpan.FromMilliseconds(1));
        Assert.Equal(GrantState.Revoked, (await GrantAsync(Id(1))).State);
        Assert.Equal(RevocationCause.RevokedByUser, (await GrantAsync(Id(2))).RevokedWhy);
        await CleanAsync(Now.AddDays(1) + Keep);
        Assert.Null(await Grants.FindGrantAsync(Id(1), default));
        await CleanAsync(Now.AddDays(90).AddMilliseconds(-1));
        Assert.Equal(GrantState.Revoked, (await GrantAsync(Id(2))).State);
        await CleanAsync(Now.AddDays(90));
        Assert.Empty(await Grants.ListGrantsAsync(new GrantFilter(), default));
    }

    [Fact]
    public async Task A_session_goes_at_its_idle_or_absolute_end_and_lives_on_when_it_is_used()
    {
        Session idle = Rows.Session("idle"), used = Rows.Session("used"), bounded = Rows.Session("bounded") with { IdleExpiresAt = Now.AddDays(9) };
        foreach (Session session in (Session[])[idle, used, bounded]) await CommitAsync(new CreateSession(session));
        await CommitAsync(new TouchSession(used.Key, Now, Now.AddHours(5)));
        await CleanAsync(Now.AddHours(1).AddMilliseconds(-1));
        Assert.NotNull(await Grants.FindSessionAsync(idle.Key, default));
        await CleanAsync(Now.AddHours(1));
        Assert.Null(await Grants.FindSessionAsync(idle.Key, default));
        Assert.NotNull(await Grants.FindSessionAsync(used.Key, default));
        await CleanAsync(Now.AddHours(5));
        Assert.Null(await Grants.FindSessionAsync(used.Key, default));
        Assert.NotNull(await Grants.FindSessionAsync(bounded.Key, default));
        await CleanAsync(Now.AddHours(10));
        Assert.Null(await Grants.FindSessionAsync(bounded.Key, default));
    }

    [Fact]
    [Requirement("ATTACK-385")]
    public async Task Denials_assertions_handles_deliveries_and_events_go_at_their_time()
    {
        await CommitAsync(new DenyAccessToken(TokenHash, Now.AddMinutes(5)));
        await CommitAsync(new UseAssertion(TokenHash, Now.AddMinutes(5)));
        await CommitAsync(new AddHandle(new Handle(TokenHash, HandleKind.UserCode, null, null, Now.AddMinutes(5))));
        await CommitAsync(new AddDelivery(new Delivery(GrantId, DeliveryKind.Ping, Issuer, ClientId, "", 1, Now, Now.AddMinutes(5))));
        await Grants.RecordAsync(Event("EVNT-0001"), default);
        await CleanAsync(Now.AddMinutes(5).AddMilliseconds(-1));
        Assert.True(await Grants.IsDeniedAsync(TokenHash, default));
        Assert.Equal(CommitResult.Conflict, await CommitAsync(new UseAssertion(TokenHash, Now)));
        Assert.NotNull(await Grants.FindHandleAsync(TokenHash, default));
        Assert.Single(await Grants.ListDeliveriesAsync(Now, 10, default));
        Assert.Equal(4, await CleanAsync(Now.AddMinutes(5)));
        Assert.Empty(await Grants.ListDeliveriesAsync(Now, 10, default));
        Assert.Null(await Grants.FindHandleAsync(TokenHash, default));
        Assert.False(await Grants.IsDeniedAsync(TokenHash, default));
        Assert.Equal(CommitResult.Committed, await CommitAsync(new UseAssertion(TokenHash, Now.AddYears(1))));
        await CleanAsync(Now + Keep - TimeSpan.FromMilliseconds(1));
        Assert.NotNull(await Grants.FindEventAsync("EVNT-0001", default));
        await CleanAsync(Now + Keep);
        Assert.Null(await Grants.FindEventAsync("EVNT-0001", default));
    }

    [Fact]
    public async Task A_token_denied_twice_stays_denied_until_the_later_end()
    {
        await CommitAsync(new DenyAccessToken(TokenHash, Now.AddMinutes(5)));
        await CommitAsync(new DenyAccessToken(TokenHash, Now.AddMinutes(1)));
        await CleanAsync(Now.AddMinutes(2));
        Assert.True(await Grants.IsDeniedAsync(TokenHash, default));
    }

    [Fact]
    public async Task What_goes_at_once_is_limited_and_counted()
    {
        await Task.WhenAll(Enumerable.Range(0, 700).Select(i => CommitAsync(new CreateGrant(Pending(Id(i))))));
        await CommitAsync(new CreateGrant(Active(Id(1000))));
        DateTimeOffset later = Now.AddMinutes(1) + Keep;
        Assert.Equal(300, await Grants.CleanUpAsync(later, Keep, 300, default));
        Assert.Equal(300, await Grants.CleanUpAsync(later, Keep, 300, default));
        Assert.Equal(100, await Grants.CleanUpAsync(later, Keep, 300, default));
        Assert.Equal(0, await Grants.CleanUpAsync(later, Keep, 300, default));
        Assert.Single(await Grants.ListGrantsAsync(new GrantFilter(), default));
    }

    [Fact]
    public async Task Rows_that_live_on_do_not_hide_those_that_are_over()
    {
        await Task.WhenAll(Enumerable.Range(0, 500).Select(async i =>
        {
            await CommitAsync(new CreateGrant(Active(Id(i))));
            await CommitAsync(new RenewGrant(Id(i), 1, Now, Now.AddDays(60), 1, 0));
        }));
        await CommitAsync(new CreateGrant(Active(Id(1000)) with { IdleExpiresAt = Now.AddDays(15) }));
        Assert.Equal(1, await Grants.CleanUpAsync(Now.AddDays(20), TimeSpan.Zero, 10, default));
        Assert.Null(await Grants.FindGrantAsync(Id(1000), default));
    }

    [Fact]
    public async Task Clean_up_beside_refreshes_takes_no_live_family()
    {
        for (int i = 0; i < 16; i++) await CommitAsync(new CreateGrant(Active(Id(i)) with { IdleExpiresAt = Now }));
        using CancellationTokenSource stop = new();
        Task cleaning = Task.Run(async () =>
        {
            // Only the first end of each row has come; the refreshes below have moved it.
            while (!stop.IsCancellationRequested) await CleanAsync(Now.AddDays(1), TimeSpan.FromDays(2));
        });
        await Task.WhenAll(Enumerable.Range(0, 16).Select(async i =>
        {
            for (long generation = 1; generation <= 50; generation++) Assert.Equal(CommitResult.Committed, await CommitAsync(Advance(Id(i), generation)));
        }));
        await stop.CancelAsync();
        await cleaning;
        await CleanAsync(Now.AddDays(1), TimeSpan.Zero);
        Assert.Equal(16, (await Grants.ListGrantsAsync(new GrantFilter(), default)).Count);
    }

    private async Task<int> CleanAsync(DateTimeOffset now, TimeSpan? keep = null) => await Grants.CleanUpAsync(now, keep ?? Keep, 1000, default);
}
