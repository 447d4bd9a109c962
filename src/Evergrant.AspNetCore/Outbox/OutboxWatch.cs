using Evergrant.Protocol.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Evergrant.AspNetCore.Outbox;

/// <summary>Looks every few seconds for deliveries that are due: those whose first try failed, and those of a node that died.</summary>
internal sealed partial class OutboxWatch(Outbox outbox, TimeProvider clock, ILogger<OutboxWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    await outbox.SendDueAsync(stoppingToken);
                }
                catch (StoreUnavailableException e)
                {
                    Postponed(e.Message);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops; whoever runs next finds what is left.
        }
    }

    [LoggerMessage(LogLevel.Warning, "Deliveries wait: {Reason}")]
    private partial void Postponed(string reason);
}
