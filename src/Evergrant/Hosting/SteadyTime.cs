namespace Evergrant.Hosting;

/// <summary>The time that clean-up believes: what a clock that jumps says is not acted on by deleting things.</summary>
/// <remarks>The wall clock is held against a counter that nobody sets. Where the clock has run ahead of it, nothing is removed until it comes back, or has stayed there for a day.
/// A clock that was set back is believed at once: by it less has expired. Not safe for concurrent use.</remarks>
internal sealed class SteadyTime
{
    /// <summary>Steps up to this much are corrections.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    /// <summary>For so long a step must last before it is believed.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromDays(1);

    private DateTimeOffset _believed;
    private TimeSpan _counted;
    private TimeSpan? _aheadSince;

    /// <summary>Begins with a time that there is nothing to hold against.</summary>
    /// <param name="now">The wall clock.</param>
    /// <param name="counted">The counter.</param>
    public SteadyTime(DateTimeOffset now, TimeSpan counted) => (_believed, _counted) = (now, counted);

    /// <summary>Judges the clock.</summary>
    /// <param name="now">The wall clock.</param>
    /// <param name="counted">The counter.</param>
    /// <returns>The time to clean up by; null to wait.</returns>
    public DateTimeOffset? Judge(DateTimeOffset now, TimeSpan counted)
    {
        DateTimeOffset expected = _believed + (counted - _counted);
        if (now - expected > Tolerance)
        {
            _aheadSince ??= counted;
            if (counted - _aheadSince < Patience) return null;
        }
        (_believed, _counted, _aheadSince) = (now, counted, null);
        return now;
    }
}
