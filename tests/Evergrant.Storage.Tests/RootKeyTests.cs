using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Keys;
using static Evergrant.Storage.Tests.Rows;

namespace Evergrant.Storage.Tests;

/// <summary>What the store knows of root keys: the nodes agree through it.</summary>
public abstract class RootKeyTests<TStore> : StoreTests<TStore> where TStore : IStoreUnderTest, new()
{
    private static readonly RootKeyRecord First = new(1, [1, 2, 3], Now, Now, null);

    [Fact]
    public async Task A_root_key_is_made_known_once_and_activated_once()
    {
        await Store.Keys.AddRootKeysAsync([First, new(2, [2], Now, null, null)], default);
        await Store.Keys.AddRootKeysAsync([First with { CheckValue = [9] }], default);
        Assert.False(await Store.Keys.ActivateRootKeyAsync(1, Now.AddDays(1), default));
        Assert.False(await Store.Keys.ActivateRootKeyAsync(3, Now, default));
        bool[] answers = await Task.WhenAll(Enumerable.Range(1, 16).Select(i => Task.Run(async () => await Store.Keys.ActivateRootKeyAsync(2, Now.AddDays(i), default))));
        Assert.Single(answers, answer => answer);
        await ReopenAsync();
        Same([First, new RootKeyRecord(2, [2], Now, Now.AddDays(Array.IndexOf(answers, true) + 1), null)], await Store.Keys.ListRootKeysAsync(default));
    }

    [Fact]
    public async Task A_root_key_is_not_dropped_while_it_wraps_anything()
    {
        await Store.Keys.AddRootKeysAsync([First, First with { Number = 2 }], default);
        await Store.Keys.SaveKeysAsync(Issuer, 0, [Key("unnumbered"), Key("second") with { KeyNumber = 2 }], default);
        await Store.Keys.SaveSecretAsync(null, new WrappedSecret("pairwise", 1, [7]), default);
        Assert.False(await Store.Keys.DropRootKeyAsync(1, lowest: true, Now, default));
        await Store.Keys.SaveSecretAsync(new WrappedSecret("pairwise", 1, [7]), new WrappedSecret("pairwise", 2, [8]), default);
        Assert.False(await Store.Keys.DropRootKeyAsync(1, lowest: true, Now, default));
        await Store.Keys.RewrapKeyAsync(Key("unnumbered"), [6], 2, default);
        Assert.True(await Store.Keys.DropRootKeyAsync(1, lowest: true, Now, default));
        Assert.False(await Store.Keys.DropRootKeyAsync(1, lowest: true, Now, default));
        Assert.False(await Store.Keys.DropRootKeyAsync(2, lowest: false, Now, default));
        Assert.False(await Store.Keys.ActivateRootKeyAsync(1, Now, default));
        Assert.Equal([Now, null], (await Store.Keys.ListRootKeysAsync(default)).Select(k => k.DroppedAt));
    }

    [Fact]
    public async Task Grants_of_a_key_are_counted_for_as_long_as_they_stand()
    {
        foreach (Grant grant in (Grant[])[
            Active(Id(1)) with { KeyNumber = 1 }, Active(Id(2)) with { KeyNumber = 2 }, Active(Id(3)) with { KeyNumber = 1, State = GrantState.Revoked, RevokedAt = Now, RevokedWhy = RevocationCause.RevokedByOperator },
            Active(Id(4)) with { KeyNumber = 1, ExpiresAt = Now }, Active(Id(5)) with { KeyNumber = 1, IdleExpiresAt = Now }, Bare(Id(6)) with { KeyNumber = 1 },
        ])
        {
            await Store.Grants.CommitAsync(new Protocol.Storage.CreateGrant(grant), null, default);
        }
        Assert.Equal((2, 1, 0), (await Store.Keys.CountGrantsOfKeyAsync(1, Now, default), await Store.Keys.CountGrantsOfKeyAsync(2, Now, default), await Store.Keys.CountGrantsOfKeyAsync(3, Now, default)));
    }

    [Fact]
    public async Task Nodes_say_what_they_have_and_are_forgotten_when_they_go_or_fall_silent()
    {
        DateTimeOffset long_ago = Now.AddHours(-1);
        await Store.Keys.SaveRootKeyHolderAsync(new("silent", [1], long_ago), long_ago, default);
        await Store.Keys.SaveRootKeyHolderAsync(new("a", [1], Now), long_ago, default);
        await Store.Keys.SaveRootKeyHolderAsync(new("a", [1, 2], Now.AddMinutes(1)), long_ago, default);
        await Store.Keys.SaveRootKeyHolderAsync(new("b", [1], Now), Now, default);
        Same([new RootKeyHolder("a", [1, 2], Now.AddMinutes(1)), new RootKeyHolder("b", [1], Now)], await Store.Keys.ListRootKeyHoldersAsync(default));
        await Store.Keys.SaveRootKeyHolderAsync(new("a", [], Now), long_ago, default);
        Assert.Equal("b", Assert.Single(await Store.Keys.ListRootKeyHoldersAsync(default)).Node);
    }

    [Fact]
    public async Task A_stored_secret_is_made_once_and_replaced_only_as_it_was_read()
    {
        WrappedSecret first = new("s", 1, [1]), second = new("s", 2, [2]);
        Assert.True(await Store.Keys.SaveSecretAsync(null, first, default));
        Assert.False(await Store.Keys.SaveSecretAsync(null, second, default));
        Assert.True(await Store.Keys.SaveSecretAsync(first, second, default));
        Assert.False(await Store.Keys.SaveSecretAsync(first, first, default));
        await ReopenAsync();
        Same([second], await Store.Keys.ListSecretsAsync(default));
    }
}
