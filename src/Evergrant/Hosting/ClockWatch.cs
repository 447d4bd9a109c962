using System.Diagnostics.Metrics;
using Evergrant.AspNetCore;
using Evergrant.Hosting.Settings;
using Evergrant.Protocol.Storage;

namespace Evergrant.Hosting;

/// <summary>Tells the operator when the system's clock is wrong: at the start when it is behind the store, and later when it is set back or far forward. A critical line, an event, a counter.</summary>
internal sealed partial class ClockWatch(SteadyClock clock, IGrantStore store, ServerSettings settings, ILogger<ClockWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    // A correction by less than this is a clock being kept right.
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(2);

    private readonly Meter _meter = new("Evergrant");
    private bool _saidBack;
    private bool _saidJump;

    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (settings.Development && clock.Behind > Tolerance)
        {
            // There it is most likely that the time was moved: POST /dev/clock, evergrant clock advance.
            Moved(clock.Behind);
            _saidBack = true;
        }
        await LookAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    /// <summary>Looks once, and tells what is new.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        TimeSpan ahead = clock.Ahead;
        bool back = ahead > Tolerance, jump = !clock.IsSettled;
        if (back && !_saidBack)
        {
            WentBack(ahead);
            await RecordAsync("ClockWentBack", cancellationToken);
        }
        else if (!back && _saidBack) CaughtUp();
        if (jump && !_saidJump)
        {
            Jumped(SteadyClock.Settling);
            await RecordAsync("ClockJumped", cancellationToken);
        }
        (_saidBack, _saidJump) = (back, jump);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _meter.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await LookAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    private async Task RecordAsync(string decision, CancellationToken cancellationToken)
    {
        _meter.CreateCounter<long>("evergrant.clock", description: "Steps of the system's clock, by what was seen").Add(1, new KeyValuePair<string, object?>("decision", decision));
        try
        {
            await store.RecordAsync(new EventRecord { Reference = EventReference.Create(), At = clock.GetUtcNow(), Decision = decision, Endpoint = "Clock" }, cancellationToken);
        }
        catch (StoreUnavailableException e)
        {
            Unstored(e.Message);
        }
    }

    [LoggerMessage(LogLevel.Critical, "The system's clock is {Behind} behind the time that this server has already used. It goes on with its own time, so that nothing that has ended lives again; set the system's clock right (docs/operations/time.md)")]
    private partial void WentBack(TimeSpan behind);

    [LoggerMessage(LogLevel.Critical, "The time has jumped. What ended by that has ended; clean-up waits for {Settling}, so look at the system's clock now (docs/operations/time.md)")]
    private partial void Jumped(TimeSpan settling);

    [LoggerMessage(LogLevel.Information, "The time of this folder was moved before: it goes on {Ahead} ahead of the system's")]
    private partial void Moved(TimeSpan ahead);

    [LoggerMessage(LogLevel.Information, "The system's clock has caught up with the server's time")]
    private partial void CaughtUp();

    [LoggerMessage(LogLevel.Warning, "The event could not be stored: {Reason}")]
    private partial void Unstored(string reason);
}
