using System.Diagnostics;

namespace Evergrant.Fire.History;

/// <summary>The one clock of a run: microseconds since this process began, never going back, the same on all threads.</summary>
internal static class MonotonicClock
{
    private static readonly long Started = Stopwatch.GetTimestamp();

    /// <summary>Now.</summary>
    public static long Now => (long)Stopwatch.GetElapsedTime(Started).TotalMicroseconds;
}
