using Evergrant.Protocol.Storage;
using static Evergrant.Storage.Tests.Rows;

namespace Evergrant.Storage.Tests;

/// <summary>A store that is closed says so in the one way that callers expect.</summary>
public abstract class ClosedStoreTests<TStore> : StoreTests<TStore> where TStore : IStoreUnderTest, new()
{
    [Fact]
    public async Task Every_member_of_a_closed_store_throws_that_the_store_is_unavailable()
    {
        IGrantStore grants = Store.Grants;
        IClientStore clients = Store.Clients;
        IKeyStore keys = Store.Keys;
        IAccountStore accounts = Store.Accounts;
        IAuditStore audit = Store.Audit;
        await Store.CloseAsync();
        Func<Task>[] members =
        [
            async () => await grants.FindGrantAsync(GrantId, default), async () => await grants.ListGrantsAsync(new GrantFilter(), default),
            async () => await grants.CommitAsync(Advance(GrantId, 1), null, default), async () => await grants.RecordAsync(Event("EVNT-0001"), default),
            async () => await grants.IsDeniedAsync(TokenHash, default), async () => await grants.FindConsentAsync("", "", "", default),
            async () => await grants.FindSessionAsync(SessionKey, default), async () => await grants.FindEventAsync("", default),
            async () => await grants.ListEventsAsync(GrantId, default), async () => await grants.ListDeliveriesAsync(Now, 1, default), async () => await grants.CleanUpAsync(Now, TimeSpan.Zero, 1, default),
            async () => await clients.FindClientAsync("", "", default), async () => await clients.ListClientsAsync(null, default),
            async () => await clients.ChangeClientAsync(new() { Issuer = "", ClientId = "" }, default),
            async () => await clients.SaveClientAsync(new() { Issuer = "", ClientId = "" }, default), async () => await clients.RemoveClientAsync("", "", Now, default),
            async () => await clients.ListResourcesAsync(default), async () => await clients.SaveResourceAsync(new() { Identifier = "" }, default),
            async () => await clients.RemoveResourceAsync("", default), async () => await clients.ListScopesAsync(default),
            async () => await clients.SaveScopeAsync(new(""), default), async () => await clients.RemoveScopeAsync("", default),
            async () => await keys.ListKeysAsync("", default), async () => await keys.SaveKeysAsync("", 0, [], default),
            async () => await keys.RetainKeyAsync("", "", TimeSpan.Zero, default), async () => await keys.RemoveKeysAsync(Now, default), async () => await keys.RewrapKeyAsync(Key("a"), [], 1, default), async () => await keys.ListRootKeysAsync(default),
            async () => await keys.AddRootKeysAsync([new(1, [], Now, null, null)], default), async () => await keys.ActivateRootKeyAsync(1, Now, default),
            async () => await keys.DropRootKeyAsync(1, false, Now, default), async () => await keys.CountGrantsOfKeyAsync(1, Now, default),
            async () => await keys.SaveRootKeyHolderAsync(new("a", [1], Now), Now, default), async () => await keys.ListRootKeyHoldersAsync(default),
            async () => await keys.ListSecretsAsync(default), async () => await keys.SaveSecretAsync(null, new("s", 1, []), default),
            async () => await clients.ReplaceSecretHashAsync("", "", [1], [2], default),
            async () => await accounts.FindAccountAsync("", default), async () => await accounts.FindAccountByNameAsync("", default),
            async () => await accounts.ListAccountsAsync(null, 1, default), async () => await accounts.CreateAccountAsync(Rows.Account(), default),
            async () => await accounts.UpdateAccountAsync(Rows.Account(), default), async () => await accounts.RemoveAccountAsync("", Now, default),
            async () => await audit.AppendAsync(Rows.Audited(), default), async () => await audit.EndAsync(GrantId, AuditOutcome.Done, null, default),
            async () => await audit.ListAsync(1, default), async () => await audit.CleanUpAsync(Now, 1, default),
        ];
        foreach (Func<Task> member in members) await Assert.ThrowsAsync<StoreUnavailableException>(member);
    }

    [Fact]
    public async Task What_was_handed_over_before_the_close_is_answered_truly()
    {
        await CommitAsync(new CreateGrant(Active()));
        List<Task<CommitResult>> waits = [];
        for (long generation = 1; generation <= 1000; generation++) waits.Add(Grants.CommitAsync(Advance(GrantId, generation), null, default).AsTask());
        await Store.CloseAsync();
        int committed = 0;
        foreach (Task<CommitResult> wait in waits)
        {
            try
            {
                if (await wait == CommitResult.Committed) committed++;
            }
            catch (StoreUnavailableException)
            {
            }
        }
        await Store.OpenAsync();
        Assert.Equal(committed + 1, (await GrantAsync(GrantId)).Generation);
    }
}
