using Evergrant.AspNetCore.Registration;
using Evergrant.Hosting.Settings;
using Evergrant.Protocol.Storage;

namespace Evergrant.Hosting;

/// <summary>Removes what has expired: every minute, in batches so small that no request waits for one; not while the time is in doubt, because what is removed does not come back.</summary>
internal sealed partial class CleanUp(IGrantStore store, IAuditStore audit, TimeProvider time, ServerSettings settings, ClientUses uses, ILogger<CleanUp> logger) : BackgroundService
{
    private const int Batch = 200;
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ClientsEvery = TimeSpan.FromHours(1);

    private DateTimeOffset _clientsAt = time.GetUtcNow();

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
        try
        {
            int removed = 0, last;
            do
            {
                removed += last = await store.CleanUpAsync(time.GetUtcNow(), settings.KeepEvents, Batch, stoppingToken);
            }
            while (last >= Batch && !stoppingToken.IsCancellationRequested);
            do
            {
                removed += last = await audit.CleanUpAsync(time.GetUtcNow() - settings.KeepAudit, Batch, stoppingToken);
            }
            while (last >= Batch && !stoppingToken.IsCancellationRequested);
            if (removed > 0) Removed(removed);
            if (time.GetUtcNow() - _clientsAt < ClientsEvery) return;
            _clientsAt = time.GetUtcNow();
            if (await uses.RemoveUnusedAsync(stoppingToken) is > 0 and int clients) RemovedClients(clients);
        }
        catch (StoreUnavailableException e)
        {
            Postponed(e.Message);
        }
    }

    [LoggerMessage(LogLevel.Debug, "Removed {Rows} rows that had expired")]
    private partial void Removed(int rows);

    [LoggerMessage(LogLevel.Information, "Removed {Clients} clients that had registered themselves and were not used")]
    private partial void RemovedClients(int clients);

    [LoggerMessage(LogLevel.Warning, "Clean-up waits for a minute: {Reason}")]
    private partial void Postponed(string reason);
}
