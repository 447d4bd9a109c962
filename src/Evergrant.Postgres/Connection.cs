using Npgsql;

namespace Evergrant.Postgres;

/// <summary>A connection of the pool for as long as one thing is done with it.</summary>
internal sealed class Connection : IAsyncDisposable
{
    private readonly NpgsqlConnection _inner;
    private readonly Database _database;
    private NpgsqlTransaction? _transaction;
    private Task? _abandoned;

    public Connection(NpgsqlConnection inner, Database database)
    {
        (_inner, _database) = (inner, database);
        inner.Notice += OnNotice;
    }

    /// <summary>Whether the server warned while it worked: a commit that it no longer waits to see replicated is answered as if all were well, with a warning before it.</summary>
    public bool IsDoubtful { get; private set; }

    /// <summary>Asks what time it is, three times: the quickest answer is the best.</summary>
    public async ValueTask MeasureAsync(PostgresClock clock)
    {
        for (int i = 0; i < 3; i++) await clock.MeasureAsync(_inner);
    }

    /// <summary>Begins a transaction; the word goes out with the first statement. Giving the connection back undoes what is not committed.</summary>
    public async ValueTask BeginAsync() => _transaction = await _inner.BeginTransactionAsync(CancellationToken.None);

    /// <summary>Commits the transaction; waited for as a statement is.</summary>
    public async ValueTask CommitAsync() => await WithinDeadlineAsync(EndAsync(_transaction!));

    /// <summary>Runs a statement; returns how many rows it touched. Nothing cancels it: at the deadline one stops waiting, and what was sent goes on.</summary>
    public ValueTask<long> RunAsync(Statement statement) => WithinDeadlineAsync(SendAsync(statement));

    /// <summary>Reads rows.</summary>
    public ValueTask<List<T>> ReadAsync<T>(Statement statement, Func<Rows, T> map) => WithinDeadlineAsync(FetchAsync(statement, map));

    /// <summary>Gives it back. One that is in doubt is closed, and with it the others of the pool: they lead to the same server. One that is still at work comes back later.</summary>
    public async ValueTask DisposeAsync()
    {
        if (IsDoubtful || _abandoned is not null) _database.Forget();
        Task back = ReturnAsync();
        if (_abandoned is null) await back.WaitAsync(_database.Deadline).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task<bool> EndAsync(NpgsqlTransaction transaction)
    {
        await transaction.CommitAsync(CancellationToken.None);
        return true;
    }

    private async ValueTask<T> WithinDeadlineAsync<T>(Task<T> work)
    {
        if (work.IsCompleted) return await work;
        try
        {
            return await work.WaitAsync(_database.Deadline);
        }
        catch (TimeoutException) when (!work.IsCompleted)
        {
            _abandoned = work;
            throw;
        }
    }

    private async Task ReturnAsync()
    {
        if (_abandoned is not null)
        {
            Database.LeftToDriver(1);
            await _abandoned.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Database.LeftToDriver(-1);
        }
        _inner.Notice -= OnNotice;
        try
        {
            if (_transaction is not null) await _transaction.DisposeAsync();
            await _inner.DisposeAsync();
        }
        finally
        {
            _database.Leave();
        }
    }

    private async Task<long> SendAsync(Statement statement)
    {
        await using NpgsqlCommand command = statement.On(_inner);
        try
        {
            if (statement.SelectsCount) return (long)(await command.ExecuteScalarAsync(CancellationToken.None))!;
            if (!statement.Sql.StartsWith("select", StringComparison.Ordinal)) return await command.ExecuteNonQueryAsync(CancellationToken.None);
            return await command.ExecuteScalarAsync(CancellationToken.None) is null ? 0 : 1;
        }
        finally
        {
            command.Parameters.Clear();
        }
    }

    private async Task<List<T>> FetchAsync<T>(Statement statement, Func<Rows, T> map)
    {
        await using NpgsqlCommand command = statement.On(_inner);
        try
        {
            await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(CancellationToken.None);
            List<T> found = [];
            while (await reader.ReadAsync(CancellationToken.None)) found.Add(map(new(reader)));
            return found;
        }
        finally
        {
            command.Parameters.Clear();
        }
    }

    // 01000 "canceling wait for synchronous replication", 57P01 the same because of a shutdown. The text is in the server's language; the code is not.
    private void OnNotice(object sender, NpgsqlNoticeEventArgs notice) =>
        IsDoubtful |= notice.Notice is { InvariantSeverity: "WARNING", SqlState: PostgresErrorCodes.Warning or PostgresErrorCodes.AdminShutdown };
}
