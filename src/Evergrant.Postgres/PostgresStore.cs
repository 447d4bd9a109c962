using System.Diagnostics;
using Evergrant.Protocol.Storage;

namespace Evergrant.Postgres;

/// <summary>The store for many nodes: any node answers any request, and keeps nothing of a grant in memory. Open it once and dispose it at the end.</summary>
/// <remarks>Safe for concurrent use. Stored instants have a resolution of one millisecond, rounded down; they come from the caller, who takes them from <see cref="Clock"/>.
/// What was lost is found again by itself: after a fail-over the next request finds the new primary.</remarks>
public sealed class PostgresStore : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly PostgresOptions _options;
    private readonly Database _database;
    private readonly Readers _readers;
    private readonly PostgresClock _clock;
    private readonly Watch _watch;

    private PostgresStore(PostgresOptions options, Database database, PostgresClock clock, int storeVersion, string serverVersion)
    {
        _options = options;
        _database = database;
        _clock = clock;
        _watch = new(options, clock);
        (StoreVersion, ServerVersion, Address) = (storeVersion, serverVersion, options.Address()!);
        Readers readers = _readers = new(database);
        Pipeline commits = new(database);
        Grants = new PostgresGrantStore(readers, commits);
        Clients = new PostgresClientStore(readers, commits);
        Keys = new PostgresKeyStore(readers, commits);
        Accounts = new PostgresAccountStore(readers, commits);
        Audit = new PostgresAuditStore(readers, commits);
    }

    /// <summary>Grants and what stands around them.</summary>
    public IGrantStore Grants { get; }

    /// <summary>Clients, resources and scopes.</summary>
    public IClientStore Clients { get; }

    /// <summary>Signing keys.</summary>
    public IKeyStore Keys { get; }

    /// <summary>Accounts.</summary>
    public IAccountStore Accounts { get; }

    /// <summary>What administrators changed.</summary>
    public IAuditStore Audit { get; }

    /// <summary>Version of the tables; one ahead of this program while nodes are being replaced.</summary>
    public int StoreVersion { get; }

    /// <summary>Version of the server that was the primary when the store was opened.</summary>
    public string ServerVersion { get; }

    /// <summary>Where the database is; without secrets.</summary>
    public DatabaseAddress Address { get; }

    /// <summary>The time of the database, which is the time of all nodes; never steps back. Kept in step by <see cref="WatchAsync"/>; without it good for minutes.</summary>
    public TimeProvider Clock => _clock;

    /// <summary>How far the database's clock was behind the latest time that any node had gone by when this one started; zero when it was not.</summary>
    public TimeSpan ClockBehind => _clock.Behind;

    /// <summary>Opens the store of a database; makes its tables when they are not there, one node at a time.</summary>
    /// <param name="options">Where it is.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <exception cref="StoreOpenException">The database cannot be used; the message says why.</exception>
    public static async Task<PostgresStore> OpenAsync(PostgresOptions options, CancellationToken cancellationToken = default)
    {
        Database database = new(options);
        try
        {
            (int tables, string server) = await PatientlyAsync(() => Migrator.RunAsync(options, cancellationToken), cancellationToken);
            // The first connection of the pool: what the server does not promise is found now, not at the first request.
            await using Connection connection = await PatientlyAsync(() => database.ConnectAsync(cancellationToken).AsTask(), cancellationToken);
            PostgresClock clock = new(TimeProvider.System);
            await connection.MeasureAsync(clock);
            // What another node has gone by is past, even when the server's clock was set back since.
            foreach (DateTimeOffset latest in await connection.ReadAsync(Postgres.Clock.Latest(), static row => row.Instant(0))) clock.BeginAt(latest);
            return new(options, database, clock, tables, server);
        }
        catch (Exception e)
        {
            await database.DisposeAsync();
            if (e is StoreUnavailableException || Outcome.IsOfServer(e)) throw new StoreOpenException($"The database cannot be used. {e.Message}", e);
            throw;
        }
    }

    /// <summary>Hears what other nodes change of what nodes keep in memory, and keeps the clock in step, on a connection of its own that is made again when it is lost.</summary>
    /// <param name="tell">Called one at a time, on any thread; it must not throw. After <see cref="Observed.Connected"/> everything read before may be out of date.</param>
    /// <param name="cancellationToken">Ends it; nothing else does.</param>
    public Task WatchAsync(Action<Observed> tell, CancellationToken cancellationToken) => _watch.RunAsync(tell, cancellationToken);

    /// <summary>Takes over everything that another store has, if this one is empty, in one transaction: all of it or nothing.</summary>
    /// <param name="tables">What the other store has.</param>
    /// <param name="told">Called now and then with a table and how many of its rows have been copied.</param>
    /// <param name="cancellationToken">Ends it; nothing was written then.</param>
    /// <exception cref="StoreUnavailableException">The database did not do its part; the message says what was written.</exception>
    public Task<TakeOver> TakeOverAsync(IEnumerable<StoredTable> tables, Action<StoredTable, long> told, CancellationToken cancellationToken) => Contents.TakeAsync(_options, tables, told, cancellationToken);

    /// <summary>How many rows each table has; reads all of them.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="StoreUnavailableException">It does not answer.</exception>
    public Task<IReadOnlyDictionary<string, long>> CountAsync(CancellationToken cancellationToken) => Contents.CountAsync(_options, cancellationToken);

    /// <summary>Asks the database about itself, for the operator.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="StoreUnavailableException">It does not answer.</exception>
    public ValueTask<DatabaseReport> ExamineAsync(CancellationToken cancellationToken) => Examination.RunAsync(_readers, _clock, cancellationToken);

    /// <summary>Takes nothing more, waits for what was handed over, and closes the connections.</summary>
    public ValueTask DisposeAsync() => _database.DisposeAsync();

    /// <summary>Once more, for a while, when the server is silent or is still starting: both may have been started together.</summary>
    private static async Task<T> PatientlyAsync<T>(Func<Task<T>> open, CancellationToken cancellationToken)
    {
        long since = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return await open();
            }
            catch (Exception e) when (Outcome.IsNotYet(e) && Stopwatch.GetElapsedTime(since) < Patience)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
            }
        }
    }
}
