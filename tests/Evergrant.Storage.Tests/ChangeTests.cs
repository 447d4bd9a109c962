using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;
using static Evergrant.Storage.Tests.Rows;

namespace Evergrant.Storage.Tests;

/// <summary>Every change: when it holds, when it does not, 64 at once, after reopening; with its event and without.</summary>
public abstract class ChangeTests<TStore> : StoreTests<TStore> where TStore : IStoreUnderTest, new()
{
    [Fact]
    public void Every_change_has_a_case()
    {
        IEnumerable<Type> known = ChangeCase.All.Values.Select(one => one.Change.GetType());
        Assert.Empty(typeof(Change).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Change)) && !type.IsAbstract).Except(known));
    }

    [Theory, MemberData(nameof(ChangeCase.Names), MemberType = typeof(ChangeCase))]
    public async Task A_change_whose_condition_holds_is_committed_and_survives_reopening(string name)
    {
        ChangeCase one = ChangeCase.All[name];
        await GivenAsync(one.Given);
        Assert.Equal(CommitResult.Committed, await CommitAsync(one.Change, Event("HELD-0001", GrantId)));
        Assert.True(await one.Effect(Grants));
        await ReopenAsync();
        Assert.True(await one.Effect(Grants));
        Assert.NotNull(await Grants.FindEventAsync("HELD-0001", default));
    }

    [Theory, MemberData(nameof(ChangeCase.Names), MemberType = typeof(ChangeCase))]
    public async Task A_change_of_a_grant_makes_of_the_row_what_is_written_of_it(string name)
    {
        if (ChangeCase.All[name].Change is not GrantChange change) return;
        foreach (Change[] state in (Change[][])[ChangeCase.All[name].Given, .. ChangeCase.All[name].Otherwise])
        {
            await GivenAsync(state);
            Grant? before = await Grants.FindGrantAsync(change.GrantId, default);
            Grant? after = before is null ? null : change.ApplyTo(before);
            Assert.Equal(after is null ? CommitResult.Conflict : CommitResult.Committed, await CommitAsync(change));
            if (before is not null) Same(after ?? before, await GrantAsync(change.GrantId));
            await Store.DisposeAsync();
            await Store.OpenAsync();
        }
    }

    [Theory, MemberData(nameof(ChangeCase.Names), MemberType = typeof(ChangeCase))]
    public async Task A_change_whose_condition_does_not_hold_is_a_conflict_and_changes_nothing(string name)
    {
        foreach (Change[] state in ChangeCase.All[name].Otherwise)
        {
            await GivenAsync(state);
            string before = await SnapshotAsync(Grants);
            Assert.Equal(CommitResult.Conflict, await CommitAsync(ChangeCase.All[name].Change));
            Assert.Equal(CommitResult.Conflict, await CommitAsync(ChangeCase.All[name].Change, Event("CONF-0001", GrantId)));
            await ReopenAsync();
            Assert.Equal(before, await SnapshotAsync(Grants));
            Assert.Null(await Grants.FindEventAsync("CONF-0001", default));
            await Store.DisposeAsync();
            await Store.OpenAsync();
        }
    }

    [Theory, MemberData(nameof(ChangeCase.Names), MemberType = typeof(ChangeCase))]
    public async Task Of_64_at_once_as_many_hold_as_the_condition_allows(string name)
    {
        ChangeCase one = ChangeCase.All[name];
        await GivenAsync(one.Given);
        CommitResult[] answers = await AtOnceAsync(64, _ => one.Change);
        Assert.Equal(one.Winners, answers.Count(answer => answer == CommitResult.Committed));
        Assert.Equal(64 - one.Winners, answers.Count(answer => answer == CommitResult.Conflict));
        Assert.True(await one.Effect(Grants));
    }

    private async Task GivenAsync(Change[] changes)
    {
        foreach (Change change in changes) Assert.Equal(CommitResult.Committed, await CommitAsync(change));
    }
}
