using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;
using static Evergrant.Storage.Tests.Rows;

namespace Evergrant.Storage.Tests;

/// <summary>Several changes that hold together or not at all.</summary>
public abstract class TogetherTests<TStore> : StoreTests<TStore> where TStore : IStoreUnderTest, new()
{
    [Theory, InlineData(0), InlineData(1), InlineData(2), InlineData(3)]
    public async Task When_one_does_not_hold_none_is_made_wherever_it_stands(int place)
    {
        List<Change> changes = [new CreateGrant(Pending(Id(1))), new SaveConsent(Rows.Consent()), new CreateSession(Rows.Session())];
        changes.Insert(place, new RemoveSession(Hash("unknown")));
        Assert.Equal(CommitResult.Conflict, await CommitAsync(new Together(changes), Event("TGTH-0001")));
        Assert.Null(await Grants.FindGrantAsync(Id(1), default));
        Assert.Null(await Grants.FindConsentAsync(Issuer, Subject, ClientId, default));
        Assert.Null(await Grants.FindSessionAsync(SessionKey, default));
        Assert.Null(await Grants.FindEventAsync("TGTH-0001", default));
    }

    [Fact]
    public async Task A_group_inside_a_group_falls_with_it()
    {
        Together inner = new([new SaveConsent(Rows.Consent()), new CreateSession(Rows.Session())]);
        Assert.Equal(CommitResult.Conflict, await CommitAsync(new Together([inner, new RemoveSession(Hash("unknown"))])));
        Assert.Null(await Grants.FindSessionAsync(SessionKey, default));
        Assert.Equal(CommitResult.Committed, await CommitAsync(new Together([inner, new RemoveSession(SessionKey)])));
        Assert.Null(await Grants.FindSessionAsync(SessionKey, default));
        Assert.NotNull(await Grants.FindConsentAsync(Issuer, Subject, ClientId, default));
    }

    [Fact]
    public async Task A_later_change_sees_what_an_earlier_one_made()
    {
        Assert.Equal(CommitResult.Committed, await CommitAsync(new Together([new CreateGrant(Pending()), Advance(GrantId, 0), Advance(GrantId, 1)])));
        Assert.Equal(2, (await GrantAsync(GrantId)).Generation);
        Assert.Equal(CommitResult.Conflict, await CommitAsync(new Together([Advance(GrantId, 2), Advance(GrantId, 2)])));
        Assert.Equal(2, (await GrantAsync(GrantId)).Generation);
    }

    [Fact]
    public async Task Of_64_groups_that_redeem_with_one_assertion_one_succeeds()
    {
        for (int i = 0; i < 64; i++) await CommitAsync(new CreateGrant(Pending(Id(i))));
        CommitResult[] answers = await AtOnceAsync(64, i => new Together([Advance(Id(i), 0), new UseAssertion(TokenHash, Now)]));
        Assert.Equal(1, answers.Count(answer => answer == CommitResult.Committed));
        IReadOnlyList<Grant> all = await Grants.ListGrantsAsync(new GrantFilter(), default);
        Assert.Equal(1, all.Count(grant => grant.State == GrantState.Active));
    }
}
