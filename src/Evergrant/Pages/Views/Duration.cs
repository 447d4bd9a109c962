using System.Globalization;

namespace Evergrant.Pages.Views;

/// <summary>Spans of time and instants as people say them.</summary>
internal static class Duration
{
    /// <summary>For example "90 days".</summary>
    public static string InWords(TimeSpan span) =>
        span.TotalDays >= 2 ? Count(span.TotalDays, "day") : span.TotalHours >= 2 ? Count(span.TotalHours, "hour") : Count(span.TotalMinutes, "minute");

    /// <summary>For example "21 November 2026, 03:12 UTC".</summary>
    public static string Instant(DateTimeOffset at) => at.UtcDateTime.ToString("d MMMM yyyy, HH:mm", CultureInfo.InvariantCulture) + " UTC";

    /// <summary>For the datetime attribute of time.</summary>
    public static string Machine(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Count(double number, string unit)
    {
        long rounded = Math.Max(1, (long)Math.Floor(number));
        return $"{rounded.ToString(CultureInfo.InvariantCulture)} {unit}{(rounded == 1 ? "" : "s")}";
    }
}
