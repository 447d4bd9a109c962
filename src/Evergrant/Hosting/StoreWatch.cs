namespace Evergrant.Hosting;

/// <summary>Ends the server when its store has failed for good: a sync that failed cannot be trusted afterwards, and only a new start reads what is really on the disk.</summary>
internal sealed partial class StoreWatch(OpenStore store, IHostApplicationLifetime lifetime, ILogger<StoreWatch> logger) : BackgroundService
{
    /// <summary>Exit code of a server whose store has failed, so that a supervisor starts it again.</summary>
    public static int ExitCode { get; private set; }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            Stopping(await store.Failed.WaitAsync(stoppingToken));
            ExitCode = Cli.ExitCode.StoreUnavailable;
            lifetime.StopApplication();
        }
        catch (OperationCanceledException)
        {
            // The server stops for another reason.
        }
    }

    [LoggerMessage(LogLevel.Critical, "The store writes no more, the server stops: {Reason}")]
    private partial void Stopping(string reason);
}
