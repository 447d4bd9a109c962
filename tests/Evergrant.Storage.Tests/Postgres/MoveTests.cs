using System.Text.Json;
using Evergrant.Postgres;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Keys;
using Evergrant.Protocol.Policies;
using Evergrant.Protocol.Storage;
using Evergrant.Protocol.Trust;
using Evergrant.Sqlite;
using static Evergrant.Storage.Tests.Rows;

namespace Evergrant.Storage.Tests.Postgres;

/// <summary>Everything that a file holds goes into a database, whole or not at all.</summary>
public sealed class MoveTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("evm-").FullName;
    private SqliteStore _file = null!;
    private PostgresStore _database = null!;
    private PostgresCluster _cluster = null!;
    private string _name = "";

    public async ValueTask InitializeAsync()
    {
        _cluster = await SharedCluster.Cluster;
        _name = await _cluster.CreateDatabaseAsync();
        _file = await SqliteStore.OpenAsync(new SqliteOptions(_folder));
        _database = await PostgresStore.OpenAsync(new(_cluster.ConnectionString(_name)) { Deadline = TimeSpan.FromSeconds(60) });
    }

    public async ValueTask DisposeAsync()
    {
        await _file.DisposeAsync();
        await _database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Every_row_is_read_from_the_database_as_from_the_file()
    {
        await FillAsync();
        string before = await SnapshotAsync(_file.Grants);
        List<(string Table, long Rows)> told = [];
        TakeOver taken = await _database.TakeOverAsync(_file.Contents(), (table, rows) => told.Add((table.Name, rows)), default);
        Assert.True(taken.Done);
        Assert.All(taken.Rows, t => Assert.True(t.Value > 0, t.Key + " was not filled"));
        Assert.Equal(taken.Rows.OrderBy(t => t.Key).Select(t => (t.Key, t.Value)), told.Order());
        Assert.Equal(before, await SnapshotAsync(_database.Grants));
        IReadOnlyDictionary<string, long> counted = await _database.CountAsync(default);
        Assert.All(taken.Rows, t => Assert.Equal(t.Value, counted[t.Key]));

        Same(await _file.Grants.FindHandleAsync(TokenHash, default), await _database.Grants.FindHandleAsync(TokenHash, default));
        Same(await _file.Grants.ListDeliveriesAsync(Now, 10, default), await _database.Grants.ListDeliveriesAsync(Now, 10, default));
        Same(await _file.Grants.FindEventAsync("EVNT-0001", default), await _database.Grants.FindEventAsync("EVNT-0001", default));
        Same(await _file.Grants.FindConsentAsync(Issuer, Subject, ClientId, default), await _database.Grants.FindConsentAsync(Issuer, Subject, ClientId, default));
        Same(await _file.Clients.ListClientsAsync(null, default), await _database.Clients.ListClientsAsync(null, default));
        Same(await _file.Clients.ListResourcesAsync(default), await _database.Clients.ListResourcesAsync(default));
        Same(await _file.Clients.ListScopesAsync(default), await _database.Clients.ListScopesAsync(default));
        Assert.Equal(await _file.Clients.ListPoliciesAsync(default), await _database.Clients.ListPoliciesAsync(default));
        Same(await _file.Clients.ListTrustedIssuersAsync(default), await _database.Clients.ListTrustedIssuersAsync(default));
        Same(await _file.Keys.ListKeysAsync(null, default), await _database.Keys.ListKeysAsync(null, default));
        Same(await _file.Keys.ListRootKeysAsync(default), await _database.Keys.ListRootKeysAsync(default));
        Same(await _file.Keys.ListSecretsAsync(default), await _database.Keys.ListSecretsAsync(default));
        Same(await _file.Audit.ListAsync(10, default), await _database.Audit.ListAsync(10, default));
        Same(await _file.Accounts.ListAccountsAsync(null, 10, default), await _database.Accounts.ListAccountsAsync(null, 10, default));
        // An assertion that was used up stays used up.
        Assert.Equal(CommitResult.Conflict, await _database.Grants.CommitAsync(new UseAssertion(Hash("jti"), Now.AddDays(1)), null, default));
        // Clean-up finds in both what it would have found in one.
        Assert.Equal(await _file.Grants.CleanUpAsync(Now.AddYears(1), TimeSpan.Zero, 100, default), await _database.Grants.CleanUpAsync(Now.AddYears(1), TimeSpan.Zero, 100, default));
    }

    [Fact]
    public async Task A_copy_that_is_broken_off_has_written_nothing_and_the_next_one_is_whole()
    {
        await FillAsync();
        IEnumerable<StoredTable> Broken() => _file.Contents().Select(t => t.Name == "signing_keys" ? t with { Rows = t.Rows.Select((row, i) => i < 1 ? row : throw new OperationCanceledException()) } : t);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _database.TakeOverAsync(Broken(), (_, _) => { }, default));
        Assert.All(await _database.CountAsync(default), t => Assert.Equal(0, t.Value));

        // The server goes while the copy runs.
        IEnumerable<StoredTable> Cut() => _file.Contents().Select(t =>
        {
            if (t.Name == "signing_keys") _cluster.ExecuteAsync("postgres", $"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{_name}'").GetAwaiter().GetResult();
            return t;
        });
        StoreUnavailableException lost = await Assert.ThrowsAsync<StoreUnavailableException>(() => _database.TakeOverAsync(Cut(), (_, _) => { }, default));
        Assert.Contains("nothing was written", lost.Message);
        Assert.True((await _database.TakeOverAsync(_file.Contents(), (_, _) => { }, default)).Done);
    }

    [Fact]
    public async Task A_database_that_holds_anything_is_left_alone_but_for_what_nodes_note_when_they_start()
    {
        await FillAsync();
        await _database.Keys.AddRootKeysAsync([new RootKeyRecord(1, Hash("other"), Now, Now, null)], default);
        await _database.Keys.SaveRootKeyHolderAsync(new RootKeyHolder("node", [1], Now), Now.AddDays(-1), default);
        Assert.True((await _database.TakeOverAsync(_file.Contents(), (_, _) => { }, default)).Done);
        Same(await _file.Keys.ListRootKeysAsync(default), await _database.Keys.ListRootKeysAsync(default));
        Assert.Empty(await _database.Keys.ListRootKeyHoldersAsync(default));

        TakeOver again = await _database.TakeOverAsync(_file.Contents(), (_, _) => throw new InvalidOperationException("Nothing is copied."), default);
        Assert.False(again.Done);
        Assert.Equal(3, again.Rows["grants"]);
    }

    [Fact]
    public async Task A_grant_that_is_not_as_it_was_written_is_not_carried_on()
    {
        await FillAsync();
        await _file.DisposeAsync();
        using (Evergrant.Sqlite.Connection other = Evergrant.Sqlite.Connection.Open(_file.FilePath, readOnly: false)) other.Execute("update grants set generation = generation + 1 where generation = 1");
        _file = await SqliteStore.OpenAsync(new SqliteOptions(_folder));
        StoreUnavailableException refused = await Assert.ThrowsAsync<StoreUnavailableException>(() => _database.TakeOverAsync(_file.Contents(), (_, _) => { }, default));
        Assert.Contains("not as it was written", refused.Message);
        Assert.All(await _database.CountAsync(default), t => Assert.Equal(0, t.Value));
    }

    [Fact]
    public async Task Both_stores_have_the_same_tables_and_columns()
    {
        foreach (StoredTable table in _file.Contents())
        {
            string columns = (await _cluster.AskAsync<string>(_name, $"select string_agg(attname, ' ' order by attname) from pg_attribute where attrelid = '{table.Name}'::regclass and attnum > 0"))!;
            Assert.Equal(string.Join(' ', table.Columns.Order(StringComparer.Ordinal)), columns);
        }
        Assert.Equal(Evergrant.Postgres.Migrator.Tables, _file.Contents().Select(t => t.Name).Concat(["clock", "root_key_holders"]).Order(StringComparer.Ordinal));
    }

    private async Task FillAsync()
    {
        foreach (Grant grant in (Grant[])[Full(), Bare(Id(2)), Pending(Id(3))]) await _file.Grants.CommitAsync(new CreateGrant(grant), null, default);
        await _file.Grants.CommitAsync(new CreateSession(Rows.Session()), null, default);
        await _file.Grants.CommitAsync(new SaveConsent(Rows.Consent()), null, default);
        await _file.Grants.CommitAsync(new DenyAccessToken(TokenHash, Now.AddDays(1)), null, default);
        await _file.Grants.CommitAsync(new UseAssertion(Hash("jti"), Now.AddDays(1)), null, default);
        await _file.Grants.CommitAsync(new AddHandle(new Handle(TokenHash, HandleKind.UserCode, GrantId, "\0", Now.AddDays(1))), null, default);
        await _file.Grants.CommitAsync(new AddDelivery(new Delivery(GrantId, DeliveryKind.LogoutToken, Issuer, ClientId, "\0 ä", 2, Now, Now.AddDays(1))), null, default);
        await _file.Grants.RecordAsync(Rows.Event("EVNT-0001", GrantId) with { ClientId = "nul \0 and \u0001" }, default);
        await _file.Clients.SaveClientAsync(new Client { Issuer = Issuer, ClientId = ClientId, Name = "\u0001 \0 用户" }, default);
        await _file.Clients.SaveResourceAsync(new ApiResource { Identifier = "https://api.example" }, default);
        await _file.Clients.SaveScopeAsync(new ScopeDescription("a", null, true), default);
        await _file.Clients.SaveScopeAsync(new ScopeDescription("b", "\0", false), default);
        await _file.Clients.SavePolicyAsync(PolicyDocument.Parse(JsonDocument.Parse("""{"name":"b","idle_lifetime":null,"description":"täglich"}""").RootElement, "", [], null)!, default);
        await _file.Clients.SaveTrustedIssuerAsync(new TrustedIssuer { Issuer = Issuer, Name = "https://idp.example", Clients = [ClientId] }, default);
        await _file.Keys.SaveKeysAsync(Issuer, 0, [Key("one"), Key("two") with { WithdrawnAt = Now, KeyNumber = 7 }], default);
        await _file.Keys.AddRootKeysAsync([new RootKeyRecord(7, Hash("root"), Now, null, Now)], default);
        Assert.True(await _file.Keys.SaveSecretAsync(null, new WrappedSecret("pairwise", 7, [1, 2, 3]), default));
        await _file.Accounts.CreateAccountAsync(Rows.Account() with { Disabled = true, LockoutEnd = Now, AccessFailedCount = 3 }, default);
        await _file.Audit.AppendAsync(Rows.Audited(), default);
        await _file.Keys.SaveRootKeyHolderAsync(new RootKeyHolder("old", [7], Now), Now.AddDays(-1), default);
    }

    private static void Same<T>(T expected, T actual) => Assert.Equal(JsonSerializer.Serialize(expected), JsonSerializer.Serialize(actual));
}
