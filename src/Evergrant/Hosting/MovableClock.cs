using System.Diagnostics;

namespace Evergrant.Hosting;

/// <summary>The system's time, moved forward by as much as was asked for. Timers that fall due by a move fire at once. Development mode only.</summary>
/// <remarks>Safe for concurrent use. Time never goes back.</remarks>
/// <param name="inner">The clock that is moved.</param>
internal sealed class MovableClock(TimeProvider inner) : TimeProvider
{
    /// <summary>Moves the system's clock.</summary>
    public MovableClock() : this(System) { }

    private readonly Lock _lock = new();
    private readonly HashSet<MovableTimer> _timers = [];
    private long _ahead; // Ticks; written under the lock.

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => inner.GetUtcNow() + Ahead;

    /// <inheritdoc/>
    public override long GetTimestamp() => inner.GetTimestamp() + (long)(Ahead.TotalSeconds * Stopwatch.Frequency);

    /// <inheritdoc/>
    public override long TimestampFrequency => inner.TimestampFrequency;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new MovableTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves time forward.</summary>
    /// <param name="span">More than zero, and to no instant beyond the year 9000.</param>
    /// <returns>The time it is now.</returns>
    public DateTimeOffset Advance(TimeSpan span)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(span, TimeSpan.Zero);
        MovableTimer[] timers;
        lock (_lock)
        {
            if ((inner.GetUtcNow() + Ahead).Add(span).Year > 9000) throw new ArgumentOutOfRangeException(nameof(span));
            Volatile.Write(ref _ahead, _ahead + span.Ticks);
            timers = [.. _timers];
        }
        foreach (MovableTimer timer in timers) timer.Rearm();
        return GetUtcNow();
    }

    private TimeSpan Ahead => new(Volatile.Read(ref _ahead));

    /// <summary>A timer that knows the instant at which it is due, so that it can be set anew when time has moved.</summary>
    private sealed class MovableTimer : ITimer
    {
        private readonly MovableClock _clock;
        private readonly Lock _lock = new();
        private readonly ITimer _inner;
        private DateTimeOffset? _dueAt;
        private TimeSpan _period;

        public MovableTimer(MovableClock clock, TimerCallback callback, object? state)
        {
            _clock = clock;
            _inner = System.CreateTimer(_ =>
            {
                Fired();
                callback(state);
            }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (_lock)
            {
                _period = period;
                _dueAt = dueTime == Timeout.InfiniteTimeSpan ? null : _clock.GetUtcNow() + dueTime;
                lock (_clock._lock) _clock._timers.Add(this);
                return _inner.Change(dueTime, period);
            }
        }

        public void Rearm()
        {
            lock (_lock)
            {
                if (_dueAt is not { } due) return;
                TimeSpan left = due - _clock.GetUtcNow();
                _inner.Change(left < TimeSpan.Zero ? TimeSpan.Zero : left, _period);
            }
        }

        public void Dispose()
        {
            lock (_clock._lock) _clock._timers.Remove(this);
            _inner.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            lock (_clock._lock) _clock._timers.Remove(this);
            return _inner.DisposeAsync();
        }

        private void Fired()
        {
            lock (_lock) _dueAt = _period > TimeSpan.Zero ? _clock.GetUtcNow() + _period : null;
        }
    }
}
