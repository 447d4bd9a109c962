using Evergrant.Protocol.Storage;
using Npgsql;

namespace Evergrant.Postgres;

/// <summary>The pool of connections to the primary: forces the settings on which the promises rest, and reads back on each connection what the server made of them.</summary>
internal sealed class Database : IAsyncDisposable
{
    private static readonly Lock Threads = new();
    private readonly Primary _primary;
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _closed;
    private int _inUse = 1; // The store itself counts until it is closed.

    /// <summary>Builds the pool; connects to nobody yet.</summary>
    /// <exception cref="StoreOpenException">The connection string cannot be read.</exception>
    public Database(PostgresOptions options)
    {
        Deadline = options.Deadline;
        try
        {
            _primary = new(Forced(options), Session(options));
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidOperationException or NotSupportedException)
        {
            // The message of the cause may repeat a part of the string, which may be a secret.
            throw new StoreOpenException("The connection string of PostgreSQL cannot be read.");
        }
    }

    /// <summary>The connection string that is really used: what decides about doubtful commits is not the operator's to set.</summary>
    public static NpgsqlConnectionStringBuilder Forced(PostgresOptions options)
    {
        int seconds = Seconds(options);
        NpgsqlConnectionStringBuilder given = new(options.ConnectionString);
        bool overSocketFile = given.Host?.Split(',').Any(h => h.StartsWith('/')) == true;
        return new(options.ConnectionString)
        {
            CancellationTimeout = -1, // Time that has run out ends in an exception, never in an answer that looks well.
            // The store itself stops waiting at the deadline. The driver's limit comes after it: when it passes, the driver first blocks a thread to ask the server to cancel.
            CommandTimeout = seconds + 1,
            Timeout = Math.Max(1, seconds / 2), // For each host, so that one that is silent leaves time for the next.
            KeepAlive = 10,
            TcpKeepAlive = true,
            // Seconds. When its limit passes, the driver asks the server on another connection to cancel, and blocks a thread until that is answered: on a line that is silent, for ever.
            TcpKeepAliveTime = overSocketFile ? 0 : 10,
            TcpKeepAliveInterval = overSocketFile ? 0 : 3,
            MaxAutoPrepare = 100,
            AutoPrepareMinUsages = 2,
            NoResetOnClose = true, // Nothing changes a session here.
            Multiplexing = false,
            Enlist = false,
            HostRecheckSeconds = 10, // Of several hosts, one that failed is passed over for so long, unless no other one is the primary.
            IncludeErrorDetail = false, // It would hold values of rows.
            PersistSecurityInfo = false,
            ApplicationName = "evergrant",
            Options = null, // Each connection is told what holds for it instead.
        };
    }

    /// <summary>What a new connection is told and asked.</summary>
    public static SessionSettings Session(PostgresOptions options) => SessionSettings.OfStore(Seconds(options));

    /// <summary>How long one waits for an answer.</summary>
    public TimeSpan Deadline { get; }

    /// <summary>Takes a connection from the pool.</summary>
    /// <param name="cancellationToken">Ends the wait for one.</param>
    /// <exception cref="StoreUnavailableException">There is none; nothing was sent.</exception>
    public async ValueTask<Connection> ConnectAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Interlocked.Increment(ref _inUse);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Deadline);
        try
        {
            if (_closed != 0) throw new StoreUnavailableException("The store is closed.");
            return new(await _primary.OpenAsync(limit.Token), this);
        }
        catch (Exception e)
        {
            Leave();
            if (!Outcome.IsOfServer(e) && (e is not OperationCanceledException || cancellationToken.IsCancellationRequested)) throw;
            // With several hosts, what the check below found lies deeper.
            if (e.InnerException is AggregateException all && all.Flatten().InnerExceptions.OfType<StoreUnavailableException>().FirstOrDefault() is { } found) throw new StoreUnavailableException(found.Message, e);
            throw new StoreUnavailableException("No connection to PostgreSQL is to be had.", e);
        }
    }

    /// <summary>A connection was given back.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref _inUse) == 0) _idle.TrySetResult();
    }

    /// <summary>Says that a connection is left to the driver (+1), or is settled (-1). When its limit passes, the driver blocks the thread on which it notices while it asks
    /// the server to cancel; so many threads more may be needed for the answers to all others, at once and not one by one.</summary>
    public static void LeftToDriver(int count)
    {
        lock (Threads)
        {
            ThreadPool.GetMinThreads(out int workers, out int ports);
            ThreadPool.SetMinThreads(workers + count, ports);
        }
    }

    /// <summary>Closes what lies in the pool, and what is in use when it comes back.</summary>
    public void Forget() => _primary.Forget();

    /// <summary>Takes nothing more, lets what was begun end, closes the pool.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0) return;
        Leave();
        await _idle.Task;
        await _primary.DisposeAsync();
    }

    private static int Seconds(PostgresOptions options) => Math.Max(1, (int)Math.Ceiling(options.Deadline.TotalSeconds));
}
