using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;
using Evergrant.Sqlite;
using SQLitePCL;
using static Evergrant.Storage.Tests.Rows;

namespace Evergrant.Storage.Tests.Sqlite;

/// <summary>Disks that fail: what is answered, and whether the store goes on.</summary>
public sealed class FaultTests : IAsyncLifetime
{
    private readonly SqliteUnderTest _store = new();
    private ScriptedTransaction _transaction = null!;

    public async ValueTask InitializeAsync()
    {
        await _store.OpenAsync(connection => _transaction = new(connection));
        await CommitAsync(new CreateGrant(Active()));
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Theory, InlineData(raw.SQLITE_FULL), InlineData(raw.SQLITE_BUSY), InlineData(raw.SQLITE_READONLY)]
    public async Task A_commit_that_was_refused_changed_nothing_and_the_store_goes_on(int code)
    {
        _transaction.FailWith = code;
        StoreUnavailableException refused = await Assert.ThrowsAsync<StoreUnavailableException>(() => CommitAsync(Advance(GrantId, 1)));
        Assert.Equal(code, Assert.IsType<SqliteException>(refused.InnerException).Code);
        Assert.Equal(1, await GenerationAsync());
        Assert.Null(_store.Store.Failure);
        _transaction.FailWith = 0;
        Assert.Equal(CommitResult.Committed, await CommitAsync(Advance(GrantId, 1)));
    }

    [Fact]
    public async Task A_commit_that_met_a_write_error_has_no_known_outcome_and_the_store_goes_on()
    {
        _transaction.FailWith = raw.SQLITE_IOERR_WRITE;
        Assert.Equal(CommitResult.Unknown, await CommitAsync(Advance(GrantId, 1)));
        _transaction.FailWith = 0;
        Assert.Null(_store.Store.Failure);
        Assert.Equal(CommitResult.Committed, await CommitAsync(Advance(GrantId, await GenerationAsync())));
    }

    [Theory, InlineData(raw.SQLITE_IOERR_FSYNC), InlineData(raw.SQLITE_IOERR_DIR_FSYNC)]
    public async Task After_a_failed_sync_the_outcome_is_unknown_and_nothing_is_written_until_the_next_start(int code)
    {
        _transaction.FailWith = code;
        Task<CommitResult>[] all = [.. Enumerable.Range(0, 32).Select(_ => Task.Run(() => CommitAsync(Advance(GrantId, 1))))];
        int unknown = 0;
        foreach (Task<CommitResult> one in all)
        {
            try
            {
                Assert.Equal(CommitResult.Unknown, await one);
                unknown++;
            }
            catch (StoreUnavailableException)
            {
                // Came after the failure was known.
            }
        }
        Assert.InRange(unknown, 1, 32);
        Assert.Contains("sync", await _store.Store.Failed, StringComparison.Ordinal);
        Assert.NotNull(_store.Store.Failure);

        int tried = _transaction.Commits;
        _transaction.FailWith = 0;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => CommitAsync(Advance(GrantId, 1)));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await _store.Grants.RecordAsync(Event("EVNT-0001"), default));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await _store.Accounts.CreateAccountAsync(Rows.Account(), default));
        Assert.Equal(tried, _transaction.Commits);
        Assert.Equal(1, await GenerationAsync());

        await _store.CloseAsync();
        await _store.OpenAsync();
        Assert.Equal(CommitResult.Committed, await CommitAsync(Advance(GrantId, 1)));
    }

    [Fact]
    public async Task A_write_without_a_condition_whose_outcome_is_unknown_says_so()
    {
        _transaction.FailWith = raw.SQLITE_IOERR_FSYNC;
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await _store.Grants.RecordAsync(Event("EVNT-0001"), default));
    }

    [Fact]
    public async Task From_a_damaged_file_nothing_is_served_any_more()
    {
        _transaction.FailWith = raw.SQLITE_CORRUPT;
        Assert.Equal(CommitResult.Unknown, await CommitAsync(Advance(GrantId, 1)));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await _store.Grants.FindGrantAsync(GrantId, default));
        Assert.Contains("damaged", _store.Store.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_disk_refuses_writes_serves_reads_and_recovers_by_itself()
    {
        _transaction.BeforeCommit = connection => connection.Ask($"pragma max_page_count = {connection.Ask("pragma page_count")}");
        int written = 0;
        await CommitAsync(Advance(GrantId, 1));
        StoreUnavailableException? refused = null;
        for (int i = 2; refused is null && i < 1000; i++)
        {
            try
            {
                await CommitAsync(new CreateGrant(Active(Id(i))));
                written++;
            }
            catch (StoreUnavailableException e)
            {
                refused = e;
            }
        }
        Assert.Equal(raw.SQLITE_FULL, Assert.IsType<SqliteException>(refused?.InnerException).Code);
        Assert.Equal(written + 1, (await _store.Grants.ListGrantsAsync(new GrantFilter(Limit: 2000), default)).Count);
        Assert.Null(_store.Store.Failure);

        // A refresh needs no new page: it goes on even now.
        Assert.Equal(CommitResult.Committed, await CommitAsync(Advance(GrantId, 2)));
        _transaction.BeforeCommit = connection => connection.Ask("pragma max_page_count = 1000000");
        Assert.Equal(CommitResult.Committed, await CommitAsync(Advance(GrantId, 3)));
        for (int i = 2000; i < 2100; i++) Assert.Equal(CommitResult.Committed, await CommitAsync(new CreateGrant(Active(Id(i)))));
        Assert.Equal("ok", await _store.Store.CheckIntegrityAsync());
    }

    [Fact]
    public async Task Changes_that_queue_during_a_commit_share_the_next_one()
    {
        using ManualResetEventSlim gate = new();
        _transaction.BeforeCommit = _ => gate.Wait();
        int before = _transaction.Commits;
        Task<CommitResult> first = CommitAsync(new CreateGrant(Active(Id(1000))));
        while (_transaction.Commits == before) await Task.Yield();
        Task<CommitResult>[] rest = [.. Enumerable.Range(2000, GroupCommit.Batch + 1).Select(i => CommitAsync(new CreateGrant(Active(Id(i)))))];
        gate.Set();
        Assert.All(await Task.WhenAll([first, .. rest]), answer => Assert.Equal(CommitResult.Committed, answer));
        Assert.Equal(before + 3, _transaction.Commits);
    }

    [Fact]
    public async Task Behind_a_disk_that_stands_still_the_queue_is_bounded_and_a_cancelled_wait_leaves_nothing()
    {
        using ManualResetEventSlim gate = new();
        _transaction.BeforeCommit = _ => gate.Wait();
        int before = _transaction.Commits;
        Task<CommitResult> first = CommitAsync(Advance(GrantId, 1));
        while (_transaction.Commits == before) await Task.Yield();
        using CancellationTokenSource source = new();
        Task<CommitResult> cancelled = _store.Grants.CommitAsync(Advance(GrantId, 2), null, source.Token).AsTask();
        Task<CommitResult>[] waiting = [.. Enumerable.Range(1, GroupCommit.Waiting - 1).Select(i => CommitAsync(new RemoveSession(Hash("x"))))];
        await Assert.ThrowsAsync<StoreUnavailableException>(() => CommitAsync(new RemoveSession(Hash("x"))));
        await source.CancelAsync();
        gate.Set();
        Assert.Equal(CommitResult.Committed, await first);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.All(await Task.WhenAll(waiting), answer => Assert.Equal(CommitResult.Conflict, answer));
        Assert.Equal(2, await GenerationAsync());
    }

    [Fact]
    public async Task No_answer_is_given_before_the_commit_returned()
    {
        using ManualResetEventSlim gate = new();
        _transaction.BeforeCommit = _ => gate.Wait();
        int before = _transaction.Commits;
        Task<CommitResult> holds = CommitAsync(Advance(GrantId, 1));
        while (_transaction.Commits == before) await Task.Yield();
        Assert.False(holds.IsCompleted);
        Assert.Equal(1, await GenerationAsync());
        gate.Set();
        Assert.Equal(CommitResult.Committed, await holds);
        Assert.Equal(2, await GenerationAsync());
    }

    [Fact]
    public async Task A_fault_of_the_program_in_one_write_is_the_answer_to_that_write_alone()
    {
        await Assert.ThrowsAsync<InvalidTimeZoneException>(async () => await _store.Clients.SaveClientAsync(Faulty(() => { }), default));
        Assert.Equal(CommitResult.Committed, await CommitAsync(Advance(GrantId, 1)));
        Assert.Null(_store.Store.Failure);
    }

    [Fact]
    public async Task A_fault_of_the_program_that_ends_the_transaction_changes_nothing_and_the_store_goes_on()
    {
        Connection? writer = null;
        _transaction.BeforeCommit = connection => writer = connection;
        await CommitAsync(Advance(GrantId, 1));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await _store.Clients.SaveClientAsync(Faulty(() => writer!.Execute("rollback")), default));
        Assert.Null(_store.Store.Failure);
        Assert.Equal(2, await GenerationAsync());
        Assert.Equal(CommitResult.Committed, await CommitAsync(Advance(GrantId, 2)));
    }

    // A client that cannot be written down: its lists are read on the writer's thread.
    private static Client Faulty(Action first) => new() { Issuer = Issuer, ClientId = "faulty", Scopes = new FaultyList(first) };

    private sealed class FaultyList(Action first) : IReadOnlyList<string>
    {
        public int Count => 1;

        public string this[int index] => throw new InvalidTimeZoneException();

        public IEnumerator<string> GetEnumerator()
        {
            first();
            throw new InvalidTimeZoneException();
        }

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }

    private async Task<CommitResult> CommitAsync(Change change) => await _store.Grants.CommitAsync(change, null, default);

    private async Task<long> GenerationAsync() => (await _store.Grants.FindGrantAsync(GrantId, default))!.Generation;
}
