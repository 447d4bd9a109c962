using System.Diagnostics;
using Evergrant.Protocol.Storage;
using Npgsql;

namespace Evergrant.Postgres;

/// <summary>What a node learns from the connection that only listens.</summary>
public enum Observed
{
    /// <summary>The connection stands: whatever was changed before may have been missed.</summary>
    Connected,

    /// <summary>Some node changed clients, resources or scopes.</summary>
    ClientsChanged,

    /// <summary>Some node changed signing keys.</summary>
    KeysChanged,

    /// <summary>The connection is lost and is being made again; until it stands, changes by other nodes are not told.</summary>
    Lost,

    /// <summary>The database's clock is not where it was a moment ago: it was set by more than a second, or another server has become the primary.</summary>
    ClockMoved,
}

/// <summary>One connection beside the pool, to the primary: hears what other nodes have changed, asks what time it is, and keeps the time for nodes that start later.</summary>
internal sealed class Watch(PostgresOptions options, PostgresClock clock)
{
    // Often enough that a connection that died unnoticed is found before anybody's patience ends.
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Noteworthy = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan KeepEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Watches until it is told to stop; makes the connection again when it is lost.</summary>
    public async Task RunAsync(Action<Observed> tell, CancellationToken cancellationToken)
    {
        await using Primary source = Source();
        while (!cancellationToken.IsCancellationRequested)
        {
            bool stood = false;
            NpgsqlConnection? connection = null;
            Task work = Task.CompletedTask;
            try
            {
                using (CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken))
                {
                    limit.CancelAfter(options.Deadline);
                    connection = await source.OpenAsync(limit.Token);
                }
                connection.Notification += (_, notice) => tell(notice.Payload == Notices.Keys ? Observed.KeysChanged : Observed.ClientsChanged);
                await using (NpgsqlCommand listen = new($"listen {Notices.Channel}", connection)) await listen.ExecuteNonQueryAsync(CancellationToken.None);
                // Only now: what is read from here on is told when it changes.
                tell(Observed.Connected);
                stood = true;
                long? kept = null;
                while (true)
                {
                    // Also tells whether the connection still leads to the primary. The driver's own time limit is not relied on.
                    Task<TimeSpan?> measured = clock.MeasureAsync(connection).AsTask();
                    work = measured;
                    if (await measured.WaitAsync(options.Deadline, cancellationToken) is not { } apart) break;
                    bool moved = apart.Duration() > Noteworthy;
                    if (moved) tell(Observed.ClockMoved);
                    if (moved || kept is not { } before || Stopwatch.GetElapsedTime(before) > KeepEvery)
                    {
                        work = Clock.KeepAsync(connection, clock.GetUtcNow());
                        await work.WaitAsync(options.Deadline, cancellationToken);
                        kept = Stopwatch.GetTimestamp();
                    }
                    long since = Stopwatch.GetTimestamp();
                    while (Every - Stopwatch.GetElapsedTime(since) is var left && left > TimeSpan.FromMilliseconds(1)) await connection.WaitAsync(left, cancellationToken);
                }
            }
            catch (Exception e) when (Outcome.IsOfServer(e) || e is StoreUnavailableException or OperationCanceledException)
            {
                // Made again below.
            }
            finally
            {
                if (connection is not null) LetGo(connection, work);
            }
            if (cancellationToken.IsCancellationRequested) return;
            if (stood) tell(Observed.Lost);
            await Task.Delay(Pause, TimeProvider.System, CancellationToken.None).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // A connection that is stuck is not waited for.
    private static void LetGo(NpgsqlConnection connection, Task work) => _ = Task.Run(async () =>
    {
        await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await connection.DisposeAsync().AsTask().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    });

    private Primary Source()
    {
        NpgsqlConnectionStringBuilder settings = Database.Forced(options);
        (settings.Pooling, settings.MaxAutoPrepare, settings.ApplicationName) = (false, 0, "evergrant watch");
        return new(settings, Database.Session(options));
    }
}
