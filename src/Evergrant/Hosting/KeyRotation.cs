using Evergrant.AspNetCore.Keys;
using Evergrant.Hosting.Settings;
using Evergrant.Protocol.Storage;

namespace Evergrant.Hosting;

/// <summary>Looks at the signing keys of all issuers: once before the server listens, so that the first client finds them made, and every five minutes from then on,
/// so that successors are announced in time though nobody asks. Keys that are long gone are removed.</summary>
internal sealed partial class KeyRotation(KeyRings keys, IKeyStore store, TimeProvider time, ServerSettings settings, ILogger<KeyRotation> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan EveryRemoval = TimeSpan.FromDays(1);
    private DateTimeOffset _removedAt;

    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (string issuer in settings.Issuers) await keys.CurrentAsync(issuer, cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await LookAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // The server stops; the next one looks when it starts.
        }
    }

    private async Task LookAsync(CancellationToken stoppingToken)
    {
        try
        {
            foreach (string issuer in settings.Issuers) await keys.CurrentAsync(issuer, stoppingToken);
            DateTimeOffset now = time.GetUtcNow();
            if (now - _removedAt < EveryRemoval) return;
            await store.RemoveKeysAsync(now - settings.KeepEvents, stoppingToken);
            _removedAt = now;
        }
        catch (StoreUnavailableException e)
        {
            Postponed(e.Message);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The look at the signing keys waits for five minutes: {Reason}")]
    private partial void Postponed(string reason);
}
