using Npgsql;

namespace Evergrant.Postgres;

/// <summary>A connection of the pool for as long as one thing is done with it.</summary>
internal sealed class Connection : IAsyncDisposable
{
    private readonly NpgsqlConnection _inner;
    private readonly Database _database;

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

    /// <summary>Begins a transaction; the word goes out with the first statement.</summary>
    public ValueTask<NpgsqlTransaction> BeginAsync() => _inner.BeginTransactionAsync(CancellationToken.None);

    /// <summary>Runs a statement; returns how many rows it touched. Nothing cancels it but its time limit: what was sent is waited for.</summary>
    public async ValueTask<long> RunAsync(Statement statement)
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

    /// <summary>Reads rows.</summary>
    public async ValueTask<List<T>> ReadAsync<T>(Statement statement, Func<Rows, T> map)
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

    /// <summary>Gives it back. One that is in doubt is closed, and with it the others of the pool: they lead to the same server.</summary>
    public async ValueTask DisposeAsync()
    {
        _inner.Notice -= OnNotice;
        if (IsDoubtful) _database.Forget();
        await _inner.DisposeAsync();
        _database.Leave();
    }

    // 01000 "canceling wait for synchronous replication", 57P01 the same because of a shutdown. The text is in the server's language; the code is not.
    private void OnNotice(object sender, NpgsqlNoticeEventArgs notice) =>
        IsDoubtful |= notice.Notice is { InvariantSeverity: "WARNING", SqlState: PostgresErrorCodes.Warning or PostgresErrorCodes.AdminShutdown };
}
