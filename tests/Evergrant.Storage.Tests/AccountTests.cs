using Evergrant.Protocol.Accounts;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;
using static Evergrant.Storage.Tests.Rows;

namespace Evergrant.Storage.Tests;

/// <summary>Accounts: unique names, counted versions.</summary>
public abstract class AccountTests<TStore> : StoreTests<TStore> where TStore : IStoreUnderTest, new()
{
    private IAccountStore Accounts => Store.Accounts;

    [Fact]
    public async Task An_account_comes_back_with_every_member()
    {
        Account full = Rows.Account("zoë") with
        {
            Version = 5,
            AccessFailedCount = 3,
            LockoutEnd = Now.AddDays(1),
            Disabled = true,
            Operator = true,
            Claims = """{"name":"Zoë 😀"}""",
            UpdatedAt = Now.AddHours(1),
        };
        Account bare = Rows.Account("bare") with { PasswordHash = null };
        Assert.Equal(CommitResult.Committed, await Accounts.CreateAccountAsync(full, default));
        Assert.Equal(CommitResult.Committed, await Accounts.CreateAccountAsync(bare, default));
        await ReopenAsync();
        Assert.Equal(full, await Accounts.FindAccountAsync(full.Id, default));
        Assert.Equal(bare, await Accounts.FindAccountByNameAsync("BARE", default));
        Assert.Null(await Accounts.FindAccountAsync("nobody", default));
        Assert.Null(await Accounts.FindAccountByNameAsync("bare", default));
    }

    [Fact]
    public async Task An_id_or_a_name_that_is_taken_is_a_conflict()
    {
        await Accounts.CreateAccountAsync(Rows.Account("alice"), default);
        await Accounts.CreateAccountAsync(Rows.Account("bob"), default);
        Assert.Equal(CommitResult.Conflict, await Accounts.CreateAccountAsync(Rows.Account("alice") with { NormalizedUserName = "NEW" }, default));
        Assert.Equal(CommitResult.Conflict, await Accounts.CreateAccountAsync(Rows.Account("alice") with { Id = "new" }, default));
        Assert.Equal(CommitResult.Conflict, await Accounts.UpdateAccountAsync(Rows.Account("bob") with { NormalizedUserName = "ALICE" }, default));
        Assert.Equal(Rows.Account("bob"), await Accounts.FindAccountByNameAsync("BOB", default));
    }

    [Fact]
    public async Task An_update_needs_the_version_that_was_read_and_counts_it_up()
    {
        Account account = Rows.Account();
        await Accounts.CreateAccountAsync(account, default);
        Assert.Equal(CommitResult.Committed, await Accounts.UpdateAccountAsync(account with { UserName = "Alice 2", NormalizedUserName = "ALICE 2", Disabled = true }, default));
        Assert.Equal(CommitResult.Conflict, await Accounts.UpdateAccountAsync(account with { UserName = "lost" }, default));
        Account now = (await Accounts.FindAccountAsync(account.Id, default))!;
        Assert.Equal(account with { UserName = "Alice 2", NormalizedUserName = "ALICE 2", Disabled = true, Version = 1 }, now);
        Assert.Equal(CommitResult.Committed, await Accounts.UpdateAccountAsync(now, default));
        Assert.Equal(CommitResult.Conflict, await Accounts.UpdateAccountAsync(Rows.Account("nobody"), default));
    }

    [Fact]
    public async Task Of_64_updates_of_one_version_one_succeeds()
    {
        await Accounts.CreateAccountAsync(Rows.Account(), default);
        CommitResult[] answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(i =>
            Task.Run(async () => await Accounts.UpdateAccountAsync(Rows.Account() with { AccessFailedCount = i + 1 }, default))));
        Assert.Equal(1, answers.Count(answer => answer == CommitResult.Committed));
        Account now = (await Accounts.FindAccountAsync("id-alice", default))!;
        Assert.Equal(Array.IndexOf(answers, CommitResult.Committed) + 1, now.AccessFailedCount);
        Assert.Equal(1, now.Version);
    }

    [Fact]
    public async Task Of_64_accounts_of_one_name_one_is_made()
    {
        CommitResult[] answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(i =>
            Task.Run(async () => await Accounts.CreateAccountAsync(Rows.Account() with { Id = $"id-{i}" }, default))));
        Assert.Equal(1, answers.Count(answer => answer == CommitResult.Committed));
    }

    [Fact]
    public async Task Accounts_are_listed_by_name_in_pages()
    {
        foreach (string name in (string[])["carol", "alice", "dave", "bob"]) await Accounts.CreateAccountAsync(Rows.Account(name), default);
        Assert.Equal(["alice", "bob", "carol"], (await Accounts.ListAccountsAsync(null, 3, default)).Select(account => account.UserName));
        Assert.Equal(["dave"], (await Accounts.ListAccountsAsync("CAROL", 3, default)).Select(account => account.UserName));
        Assert.Empty(await Accounts.ListAccountsAsync("DAVE", 3, default));
    }

    [Fact]
    public async Task Removing_an_account_takes_its_sessions_and_consents_and_ends_its_grants_and_no_other()
    {
        Account account = Rows.Account() with { Id = Subject };
        await Accounts.CreateAccountAsync(account, default);
        await CommitAsync(new CreateGrant(Active(Id(1))));
        await CommitAsync(new CreateGrant(Active(Id(2)) with { Subject = "s-2" }));
        await CommitAsync(new CreateSession(Rows.Session("one")));
        await CommitAsync(new CreateSession(Rows.Session("two", "s-2")));
        await CommitAsync(new SaveConsent(Rows.Consent()));
        await CommitAsync(new SaveConsent(Rows.Consent("s-2")));
        Assert.True(await Accounts.RemoveAccountAsync(Subject, Now.AddDays(1), default));
        Assert.False(await Accounts.RemoveAccountAsync(Subject, Now.AddDays(2), default));
        await ReopenAsync();
        Assert.Null(await Accounts.FindAccountAsync(Subject, default));
        Grant ended = await GrantAsync(Id(1));
        Assert.Equal(RevocationCause.AccountRemoved, ended.RevokedWhy);
        Assert.Equal(Now.AddDays(1), ended.RevokedAt);
        Assert.Equal(GrantState.Active, (await GrantAsync(Id(2))).State);
        Assert.Null(await Grants.FindSessionAsync(Hash("one"), default));
        Assert.NotNull(await Grants.FindSessionAsync(Hash("two"), default));
        Assert.Null(await Grants.FindConsentAsync(Issuer, Subject, ClientId, default));
        Assert.NotNull(await Grants.FindConsentAsync(Issuer, "s-2", ClientId, default));
    }
}
