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

/// <summary>One connection beside the pool, to the primary: hears what other nodes have changed, and asks what time it is.</summary>
internal sealed class Watch(PostgresOptions options, PostgresClock clock)
{
    // Often enough that a connection that died unnoticed is found before anybody's patience ends.
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Noteworthy = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Watches until it is told to stop; makes the connection again when it is lost.</summary>
    public async Task RunAsync(Action<Observed> tell, CancellationToken cancellationToken)
    {
        await using Primary source = Source();
        while (!cancellationToken.IsCancellationRequested)
        {
            bool stood = false;
            try
            {
                await using NpgsqlConnection connection = await source.OpenAsync(cancellationToken);
                connection.Notification += (_, notice) => tell(notice.Payload == Notices.Keys ? Observed.KeysChanged : Observed.ClientsChanged);
                await using (NpgsqlCommand listen = new($"listen {Notices.Channel}", connection)) await listen.ExecuteNonQueryAsync(CancellationToken.None);
                // Only now: what is read from here on is told when it changes.
                tell(Observed.Connected);
                stood = true;
                await ListenAsync(connection, tell, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (Outcome.IsOfServer(e) || e is StoreUnavailableException)
            {
                // Made again below.
            }
            if (cancellationToken.IsCancellationRequested) return;
            if (stood) tell(Observed.Lost);
            await Task.Delay(Pause, TimeProvider.System, CancellationToken.None).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ListenAsync(NpgsqlConnection connection, Action<Observed> tell, CancellationToken cancellationToken)
    {
        while (true)
        {
            // Also tells whether the connection still leads to the primary.
            if (await clock.MeasureAsync(connection) is not { } apart) return;
            if (apart.Duration() > Noteworthy) tell(Observed.ClockMoved);
            long since = Stopwatch.GetTimestamp();
            while (Every - Stopwatch.GetElapsedTime(since) is var left && left > TimeSpan.FromMilliseconds(1)) await connection.WaitAsync(left, cancellationToken);
        }
    }

    private Primary Source()
    {
        NpgsqlConnectionStringBuilder settings = Database.Forced(options);
        (settings.Pooling, settings.MaxAutoPrepare, settings.ApplicationName) = (false, 0, "evergrant watch");
        return new(settings, Database.Checks);
    }
}
