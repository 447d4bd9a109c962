using Evergrant.Protocol.Keys;
using static Evergrant.Storage.Tests.Rows;

namespace Evergrant.Storage.Tests;

/// <summary>Signing keys: one node writes, the others read again.</summary>
public abstract class KeyTests<TStore> : StoreTests<TStore> where TStore : IStoreUnderTest, new()
{
    [Fact]
    public async Task A_key_comes_back_with_every_member_oldest_first()
    {
        SigningKeyRecord young = Key("young", Now.AddDays(1)) with { WithdrawnAt = Now.AddDays(2), WrappedKey = [], PublicJwk = """{"kty":"EC"}""" }, old = Key("old", Now.AddDays(-1));
        Assert.True(await Store.Keys.SaveKeysAsync(Issuer, 0, [young, old], default));
        await ReopenAsync();
        Same([old, young], await Store.Keys.ListKeysAsync(Issuer, default));
        Assert.Empty(await Store.Keys.ListKeysAsync("https://other.example", default));
    }

    [Fact]
    public async Task Keys_are_written_only_when_as_many_are_there_as_were_read()
    {
        Assert.False(await Store.Keys.SaveKeysAsync(Issuer, 1, [Key("a")], default));
        Assert.True(await Store.Keys.SaveKeysAsync(Issuer, 0, [Key("a")], default));
        Assert.False(await Store.Keys.SaveKeysAsync(Issuer, 0, [Key("b")], default));
        Assert.True(await Store.Keys.SaveKeysAsync(Issuer, 1, [Key("b"), Key("a") with { RetiresAt = Now.AddDays(3) }], default));
        IReadOnlyList<SigningKeyRecord> keys = await Store.Keys.ListKeysAsync(Issuer, default);
        Assert.Equal(["a", "b"], keys.Select(key => key.KeyId).Order());
        Assert.Equal(Now.AddDays(3), keys.Single(key => key.KeyId == "a").RetiresAt);
    }

    [Fact]
    public async Task A_withdrawal_stands_though_somebody_writes_what_was_read_before_it()
    {
        Assert.True(await Store.Keys.SaveKeysAsync(Issuer, 0, [Key("a")], default));
        Assert.True(await Store.Keys.SaveKeysAsync(Issuer, 1, [Key("a") with { WithdrawnAt = Now.AddDays(1) }], default));
        Assert.True(await Store.Keys.SaveKeysAsync(Issuer, 1, [Key("a") with { RetiresAt = Now.AddDays(3) }], default));
        Assert.True(await Store.Keys.SaveKeysAsync(Issuer, 1, [Key("a") with { WithdrawnAt = Now.AddDays(2) }], default));
        Assert.Equal(Now.AddDays(1), Assert.Single(await Store.Keys.ListKeysAsync(Issuer, default)).WithdrawnAt);
    }

    [Fact]
    public async Task Of_64_nodes_that_rotate_at_once_one_writes()
    {
        bool[] answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => Task.Run(async () => await Store.Keys.SaveKeysAsync(Issuer, 0, [Key($"k-{i}")], default))));
        Assert.Single(answers, answer => answer);
        Assert.Equal($"k-{Array.IndexOf(answers, true)}", Assert.Single(await Store.Keys.ListKeysAsync(Issuer, default)).KeyId);
    }

    [Fact]
    public async Task A_withdrawal_is_undone_by_nobody_and_a_key_stays_the_key_that_it_was()
    {
        Assert.True(await Store.Keys.SaveKeysAsync(Issuer, 0, [Key("a") with { KeyNumber = 3 }], default));
        Assert.True(await Store.Keys.SaveKeysAsync(Issuer, 1, [Key("a") with { WithdrawnAt = Now }], default));
        // Whoever read the key before it was withdrawn writes what they read.
        Assert.True(await Store.Keys.SaveKeysAsync(Issuer, 1, [Key("a") with { RetiresAt = Now.AddDays(1), WrappedKey = [1] }], default));
        SigningKeyRecord key = Assert.Single(await Store.Keys.ListKeysAsync(Issuer, default));
        Assert.Equal((Now, Now.AddDays(1), 3), (key.WithdrawnAt, key.RetiresAt, key.KeyNumber));
        Assert.Equal([9, 8, 7], key.WrappedKey);
    }

    [Fact]
    public async Task A_key_is_wrapped_anew_only_as_it_was_read_and_keeps_its_withdrawal()
    {
        SigningKeyRecord read = Key("a");
        await Store.Keys.SaveKeysAsync(Issuer, 0, [read, Key("b", issuer: Issuer)], default);
        await Store.Keys.SaveKeysAsync(Issuer, 2, [read with { WithdrawnAt = Now }], default);
        Assert.True(await Store.Keys.RewrapKeyAsync(read, [4, 4], 2, default));
        Assert.False(await Store.Keys.RewrapKeyAsync(read, [5, 5], 3, default));
        await ReopenAsync();
        IReadOnlyList<SigningKeyRecord> all = await Store.Keys.ListKeysAsync(null, default);
        SigningKeyRecord key = all.Single(k => k.KeyId == "a");
        Same(read with { WrappedKey = [4, 4], KeyNumber = 2, WithdrawnAt = Now }, key);
        Same(Key("b"), all.Single(k => k.KeyId == "b"));
    }

    [Fact]
    public async Task A_key_that_is_kept_published_for_longer_stays_so_whatever_becomes_of_its_end()
    {
        await Store.Keys.SaveKeysAsync(Issuer, 0, [Key("a"), Key("b")], default);
        await Store.Keys.RetainKeyAsync(Issuer, "a", TimeSpan.FromDays(30), default);
        await Store.Keys.RetainKeyAsync(Issuer, "a", TimeSpan.FromDays(20), default);
        // Whoever read the key before writes an earlier end.
        await Store.Keys.SaveKeysAsync(Issuer, 2, [Key("a") with { RetiresAt = Now.AddDays(5), GoneAt = Now.AddDays(6) }], default);
        IReadOnlyList<SigningKeyRecord> keys = await Store.Keys.ListKeysAsync(Issuer, default);
        Assert.Equal((Now.AddDays(5), Now.AddDays(35)), (keys.Single(k => k.KeyId == "a").RetiresAt, keys.Single(k => k.KeyId == "a").GoneAt));
        Assert.Equal(Key("b").GoneAt, keys.Single(k => k.KeyId == "b").GoneAt);
    }

    [Fact]
    public async Task Keys_that_are_long_gone_are_removed()
    {
        await Store.Keys.SaveKeysAsync(Issuer, 0, [Key("gone") with { GoneAt = Now.AddMilliseconds(-1) }, Key("just") with { GoneAt = Now }, Key("stands")], default);
        await Store.Keys.RemoveKeysAsync(Now, default);
        Assert.Equal(["just", "stands"], (await Store.Keys.ListKeysAsync(Issuer, default)).Select(k => k.KeyId).Order());
    }

    [Fact]
    public async Task Issuers_count_for_themselves()
    {
        Assert.True(await Store.Keys.SaveKeysAsync("i-1", 0, [Key("same", issuer: "i-1")], default));
        Assert.True(await Store.Keys.SaveKeysAsync("i-2", 0, [Key("same", issuer: "i-2")], default));
        Assert.Single(await Store.Keys.ListKeysAsync("i-2", default));
    }
}
