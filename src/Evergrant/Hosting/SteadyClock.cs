namespace Evergrant.Hosting;

/// <summary>The system's time, but never back: however the system's clock is set, and not before the latest time that the store was written at. Decisions stand on it:
/// with a clock that goes back, retry windows would open again and what had ended would live.</summary>
/// <remarks>Safe for concurrent use. The time is what has passed since the start, plus the largest difference to the system's clock that was seen. A clock that was set forward is
/// followed, as everybody who checks tokens follows it; clean-up waits a while then, because it cannot be undone.</remarks>
internal sealed class SteadyClock : TimeProvider
{
    /// <summary>How long clean-up waits after the time has jumped.</summary>
    public static readonly TimeSpan Settling = TimeSpan.FromHours(1);

    /// <summary>A step forward from which on the time has jumped: more than a clock is corrected by.</summary>
    public static readonly TimeSpan Jump = TimeSpan.FromMinutes(5);

    // From the store's latest time to a start: a server may have been off for a night or a weekend.
    private static readonly TimeSpan PlausiblyOff = TimeSpan.FromDays(7);

    private readonly TimeProvider _system;
    private readonly long _start;
    private long _offset;
    private long _jumpedAt;

    /// <summary>Starts the clock.</summary>
    /// <param name="system">The system's clocks.</param>
    /// <param name="latest">The time that it is at least; null for none.</param>
    public SteadyClock(TimeProvider system, DateTimeOffset? latest)
    {
        (_system, _start) = (system, system.GetTimestamp());
        DateTimeOffset now = system.GetUtcNow();
        _offset = Math.Max(now.Ticks, latest?.Ticks ?? 0);
        Behind = latest > now ? latest.Value - now : TimeSpan.Zero;
        _jumpedAt = now - latest > PlausiblyOff ? 0 : -Settling.Ticks;
    }

    /// <summary>How far the system's clock was behind the store at the start; zero when it was not.</summary>
    public TimeSpan Behind { get; }

    /// <summary>How far this clock is ahead of the system's now: by as much was that set back.</summary>
    public TimeSpan Ahead => GetUtcNow() - _system.GetUtcNow() is var ahead && ahead > TimeSpan.Zero ? ahead : TimeSpan.Zero;

    /// <summary>Whether no jump was seen for a while, so that what cannot be undone may be done.</summary>
    public bool IsSettled => Elapsed - Volatile.Read(ref _jumpedAt) >= Settling.Ticks;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        // In this order: a thread that is stopped in between sees a difference that is too small, which changes nothing.
        long wall = _system.GetUtcNow().Ticks, elapsed = Elapsed, seen = wall - elapsed, offset = Volatile.Read(ref _offset);
        while (seen > offset)
        {
            long before = Interlocked.CompareExchange(ref _offset, seen, offset);
            if (before == offset)
            {
                if (seen - offset >= Jump.Ticks) Volatile.Write(ref _jumpedAt, elapsed);
                offset = seen;
            }
            else offset = before;
        }
        return new DateTimeOffset(offset + elapsed, TimeSpan.Zero);
    }

    /// <inheritdoc/>
    public override long GetTimestamp() => _system.GetTimestamp();

    /// <inheritdoc/>
    public override long TimestampFrequency => _system.TimestampFrequency;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => _system.LocalTimeZone;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => _system.CreateTimer(callback, state, dueTime, period);

    private long Elapsed => _system.GetElapsedTime(_start).Ticks;
}
