using System.Globalization;

namespace Evergrant.Fire.Postgres;

/// <summary>Durations as the table shows them.</summary>
internal static class Times
{
    /// <summary>p50, p99 and the longest, in seconds.</summary>
    /// <param name="micros">Durations in microseconds, in any order.</param>
    public static string Of(IEnumerable<long> micros)
    {
        long[] sorted = [.. micros.Order()];
        if (sorted.Length == 0) return "none";
        return string.Create(CultureInfo.InvariantCulture, $"p50 {At(0.5):0.00} s, p99 {At(0.99):0.00} s, longest {sorted[^1] / 1e6:0.00} s (of {sorted.Length:N0})");

        double At(double part) => sorted[Math.Min(sorted.Length - 1, (int)Math.Ceiling(part * sorted.Length) - 1)] / 1e6;
    }

    /// <summary>A number with separators.</summary>
    public static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
