using Npgsql;

namespace Evergrant.Postgres;

/// <summary>The time of the database, for all nodes: measured now and then, and carried on in between by a clock of this machine that nobody sets.</summary>
/// <remarks>Safe for concurrent use. Never steps back: where the database's clock was set back, this one goes at half the speed until it is overtaken.
/// The machine's own time of day is not looked at.</remarks>
internal sealed class PostgresClock : TimeProvider
{
    /// <summary>How far two good clocks may drift apart: twice what NTP corrects at most.</summary>
    private const double Drift = 0.001;

    private readonly TimeProvider _local;
    private readonly Lock _lock = new();
    private Sample _sample;
    private long _toldAt;
    private DateTimeOffset _told;

    /// <param name="local">Gives timestamps; its time of day is used only until the first measurement.</param>
    public PostgresClock(TimeProvider local)
    {
        _local = local;
        _toldAt = local.GetTimestamp();
        _told = DateTimeOffset.MinValue;
        _sample = new(_toldAt, local.GetUtcNow(), TimeSpan.MaxValue);
    }

    /// <summary>How wrong the present measurement can be.</summary>
    public TimeSpan Uncertainty
    {
        get
        {
            lock (_lock) return UncertaintyAt(_sample, _local.GetTimestamp());
        }
    }

    /// <summary>How far the database's clock was behind the latest time that any node had gone by when this one started; zero when it was not.</summary>
    public TimeSpan Behind { get; private set; }

    /// <inheritdoc/>
    public override long TimestampFrequency => _local.TimestampFrequency;

    /// <inheritdoc/>
    public override long GetTimestamp() => _local.GetTimestamp();

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            long at = _local.GetTimestamp();
            DateTimeOffset now = At(at);
            if (_told > DateTimeOffset.MinValue)
            {
                TimeSpan passed = _local.GetElapsedTime(_toldAt, at);
                DateTimeOffset least = _told + (passed > TimeSpan.Zero ? passed / 2 : TimeSpan.Zero);
                if (now < least) now = least;
            }
            (_toldAt, _told) = (at, now);
            return now;
        }
    }

    /// <summary>Begins no earlier than at a time that another node has gone by.</summary>
    /// <param name="latest">The latest such time.</param>
    public void BeginAt(DateTimeOffset latest)
    {
        lock (_lock)
        {
            long at = _local.GetTimestamp();
            TimeSpan behind = latest - At(at);
            if (behind <= TimeSpan.Zero || latest <= _told) return;
            (Behind, _toldAt, _told) = (behind, at, latest);
        }
    }

    /// <summary>Takes a measurement up, if it is better than the last one has become meanwhile.</summary>
    /// <param name="asked">Timestamp before the question went out.</param>
    /// <param name="answered">Timestamp after the answer came.</param>
    /// <param name="time">What the database said; it was so at some moment in between.</param>
    /// <returns>By how much the database's clock is not where it was expected; zero within the uncertainty.</returns>
    public TimeSpan Take(long asked, long answered, DateTimeOffset time)
    {
        TimeSpan trip = _local.GetElapsedTime(asked, answered);
        Sample sample = new(asked + ((answered - asked) / 2), time, trip / 2);
        lock (_lock)
        {
            bool first = _sample.Error == TimeSpan.MaxValue;
            TimeSpan known = UncertaintyAt(_sample, answered);
            TimeSpan apart = first ? TimeSpan.Zero : sample.Time - At(sample.At);
            bool contradicts = !first && apart.Duration() > known + sample.Error;
            // Where the two cannot both be right, the clock was set or another server answers: the new one counts.
            if (first || contradicts || sample.Error <= known) _sample = sample;
            return contradicts ? apart : TimeSpan.Zero;
        }
    }

    /// <summary>Asks the database once.</summary>
    /// <returns>As <see cref="Take"/>; null when the server is no longer the primary.</returns>
    public async ValueTask<TimeSpan?> MeasureAsync(NpgsqlConnection connection)
    {
        await using NpgsqlCommand command = new("select (extract(epoch from clock_timestamp()) * 1000000)::bigint, pg_is_in_recovery()", connection);
        long asked = _local.GetTimestamp();
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(CancellationToken.None);
        await reader.ReadAsync(CancellationToken.None);
        long answered = _local.GetTimestamp();
        return reader.GetBoolean(1) ? null : Take(asked, answered, DateTimeOffset.UnixEpoch.AddMicroseconds(reader.GetInt64(0)));
    }

    private DateTimeOffset At(long timestamp) =>
        timestamp >= _sample.At ? _sample.Time + _local.GetElapsedTime(_sample.At, timestamp) : _sample.Time - _local.GetElapsedTime(timestamp, _sample.At);

    private TimeSpan UncertaintyAt(Sample sample, long timestamp) =>
        sample.Error == TimeSpan.MaxValue ? sample.Error : sample.Error + (_local.GetElapsedTime(sample.At, timestamp) * Drift);

    /// <summary>One measurement.</summary>
    /// <param name="At">Timestamp of this machine in the middle of question and answer.</param>
    /// <param name="Time">What the database said.</param>
    /// <param name="Error">Half the time that the question took.</param>
    private readonly record struct Sample(long At, DateTimeOffset Time, TimeSpan Error);
}
