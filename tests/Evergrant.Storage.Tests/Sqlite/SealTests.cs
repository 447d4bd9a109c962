using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;
using Evergrant.Sqlite;
using static Evergrant.Storage.Tests.Rows;

namespace Evergrant.Storage.Tests.Sqlite;

/// <summary>A grant that is not as it was written is not answered from, and nothing is from then on.</summary>
public sealed class SealTests
{
    [Theory]
    [InlineData("generation = generation + 1")]
    [InlineData("generation = generation | (1 << 40)")]
    [InlineData("state = 1")]
    [InlineData("expires_at = expires_at + 4096")]
    [InlineData("expires_at = null")]
    [InlineData("idle_expires_at = null")]
    [InlineData("retries = retries + 16")]
    [InlineData("access_floor = access_floor + 1")]
    [InlineData("revoked_at = null")]
    [InlineData("mark = mark + 1")]
    [InlineData("key_number = key_number + 1")]
    [InlineData("client_id = 'wec'")]
    [InlineData("issuer = 'https://login.exampld'")]
    [InlineData("subject = 's-3'")]
    [InlineData("session_id = null")]
    [InlineData("bound_key = 'x'")]
    [InlineData("salt = zeroblob(16)")]
    [InlineData("created_at = created_at + 1")]
    [InlineData("authorized = replace(authorized, 'openid', 'openie')")]
    [InlineData("authorized = '{'")]
    public async Task A_row_that_was_changed_behind_the_store_is_damage(string change)
    {
        await using SqliteUnderTest store = new();
        await store.OpenAsync();
        await store.Grants.CommitAsync(new CreateGrant(Active()), null, default);
        await store.Grants.CommitAsync(new RevokeGrant(GrantId, RevocationCause.RevokedByUser, Now), null, default);
        await store.CloseAsync();
        using (Connection other = Connection.Open(store.Database, readOnly: false)) other.Execute($"update grants set {change}");
        await store.OpenAsync();
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.Grants.FindGrantAsync(GrantId, default));
        Assert.Contains("damaged", store.Store.Failure, StringComparison.Ordinal);
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.Grants.FindSessionAsync(SessionKey, default));
    }

    [Fact]
    public async Task Each_change_seals_the_row_again()
    {
        await using SqliteUnderTest store = new();
        await store.OpenAsync();
        await DoAsync(new CreateGrant(Rows.Pending()));
        await DoAsync(Advance(GrantId, 0));
        await DoAsync(Advance(GrantId, 1));
        await DoAsync(new CountRetry(GrantId, 2, null));
        RetryHistory before = (await store.Grants.FindGrantAsync(GrantId, default))!.Retries;
        await DoAsync(new CountRetry(GrantId, 2, before));
        await DoAsync(new RenewGrant(GrantId, 2, Now.AddDays(1), null, 9, 8) { Mark = long.MaxValue });
        await DoAsync(new RevokeGrant(GrantId, RevocationCause.RevokedByUser, Now));
        await DoAsync(new CreateGrant(Active(Id(2))));
        await DoAsync(new RevokeGrants(null, Subject, null, null, RevocationCause.AccountRemoved, Now));
        await DoAsync(new CreateGrant(Full(Id(3))));
        await DoAsync(new CreateGrant(Bare(Id(4))));
        Assert.Equal(4, (await store.Grants.ListGrantsAsync(new GrantFilter(), default)).Count);
        Assert.Null(store.Store.Failure);

        async Task DoAsync(Change change)
        {
            Assert.Equal(CommitResult.Committed, await store.Grants.CommitAsync(change, null, default));
            await store.Grants.FindGrantAsync(GrantId, default);
        }
    }

    [Fact]
    public async Task Rows_that_are_older_than_the_checksums_are_read()
    {
        await using SqliteUnderTest store = new();
        await store.OpenAsync();
        await store.Grants.CommitAsync(new CreateGrant(Active()), null, default);
        await store.CloseAsync();
        using (Connection other = Connection.Open(store.Database, readOnly: false)) other.Execute("update grants set moving_seal = null, fixed_seal = null");
        await store.OpenAsync();
        Assert.Equal(CommitResult.Committed, await store.Grants.CommitAsync(Advance(GrantId, 1), null, default));
        Assert.Equal(2, (await store.Grants.FindGrantAsync(GrantId, default))!.Generation);
    }
}
