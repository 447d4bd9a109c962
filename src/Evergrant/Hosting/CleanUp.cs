using Evergrant.Hosting.Settings;
using Evergrant.Protocol.Storage;

namespace Evergrant.Hosting;

/// <summary>Removes what has expired: every minute, in batches so small that no request waits for one; not while the time is in doubt, because what is removed does not come back.</summary>
internal sealed partial class CleanUp(IGrantStore store, TimeProvider time, ServerSettings settings, ILogger<CleanUp> logger) : BackgroundService
{
    private const int Batch = 200;
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);
    private readonly long _start = time.GetTimestamp();
    private readonly SteadyTime _steady = new(time.GetUtcNow(), TimeSpan.Zero);
    private bool _waiting;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                if (time is not SteadyClock { IsSettled: false }) await SweepAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops; the next one goes on where this one was.
        }
    }

    private async Task SweepAsync(CancellationToken stoppingToken)
    {
        if (_steady.Judge(time.GetUtcNow(), time.GetElapsedTime(_start)) is not { } now)
        {
            if (!_waiting) Jumped(SteadyTime.Patience);
            _waiting = true;
            return;
        }
        _waiting = false;
        try
        {
            int removed = 0, last;
            do
            {
                removed += last = await store.CleanUpAsync(now, settings.KeepEvents, Batch, stoppingToken);
            }
            while (last >= Batch && !stoppingToken.IsCancellationRequested);
            if (removed > 0) Removed(removed);
        }
        catch (StoreUnavailableException e)
        {
            Postponed(e.Message);
        }
    }

    [LoggerMessage(LogLevel.Debug, "Removed {Rows} rows that had expired")]
    private partial void Removed(int rows);

    [LoggerMessage(LogLevel.Warning, "The clock has jumped ahead. Clean-up removes nothing until it is set right, or has stayed there for {Patience}")]
    private partial void Jumped(TimeSpan patience);

    [LoggerMessage(LogLevel.Warning, "Clean-up waits for a minute: {Reason}")]
    private partial void Postponed(string reason);
}
