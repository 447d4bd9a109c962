using Evergrant.Protocol.Storage;

namespace Evergrant.Hosting;

/// <summary>Looks every ten seconds whether a root key was added here or agreed on elsewhere. While this node lacks one that the store relies on, it answers 503 to everything: a refusal would be a lie.</summary>
internal sealed partial class RootKeyWatch(RootKeyAgreement agreement, TimeProvider time, ILogger<RootKeyWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);
    private string? _told;

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await agreement.LeaveAsync(cancellationToken);
        }
        catch (StoreUnavailableException)
        {
            // The others forget this node after a while.
        }
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
            // The server stops.
        }
    }

    private async Task LookAsync(CancellationToken stoppingToken)
    {
        try
        {
            string? fault = await agreement.LookAsync(stoppingToken);
            if (fault is not null && fault != _told) Lacking(fault);
            _told = fault;
        }
        catch (Exception e) when (e is StoreUnavailableException or UnusableException or IOException)
        {
            // The keys in memory are as good as they were.
            Postponed(e.Message);
        }
    }

    [LoggerMessage(LogLevel.Critical, "This node answers nothing until it is mended: {Fault}")]
    private partial void Lacking(string fault);

    [LoggerMessage(LogLevel.Warning, "The look at the root keys waits for ten seconds: {Reason}")]
    private partial void Postponed(string reason);
}

/// <summary>Answers 503 to everything but the probe of life while the node lacks a root key.</summary>
internal sealed class RootKeyGuard(RequestDelegate next, RootKeys root)
{
    /// <summary>Passes on, or answers.</summary>
    public Task InvokeAsync(HttpContext http)
    {
        if (root.Fault is null || http.Request.Path == "/health/live") return next(http);
        http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        http.Response.Headers.RetryAfter = "10";
        http.Response.Headers.CacheControl = "no-store";
        return Task.CompletedTask;
    }
}
