using System.Globalization;
using System.Text.RegularExpressions;

namespace Evergrant.Cli;

/// <summary>Durations as people write them: 7d, 12h, 90m, 30s, 2w, 6mo, 1y, parts together as 1d12h, or d.hh:mm:ss.</summary>
internal static partial class FriendlyDuration
{
    /// <summary>Reads one.</summary>
    /// <param name="text">What was written.</param>
    /// <param name="from">When it begins: months and years are as long as the calendar says.</param>
    /// <returns>Null when it is none, or not more than zero, or leads beyond the calendar.</returns>
    public static TimeSpan? Read(string text, DateTimeOffset from)
    {
        if (text.Contains(':') && TimeSpan.TryParseExact(text, ["c", @"d\.hh\:mm\:ss", @"h\:mm\:ss"], CultureInfo.InvariantCulture, out TimeSpan exact)) return exact > TimeSpan.Zero ? exact : null;
        if (!Whole().IsMatch(text)) return null;
        try
        {
            DateTimeOffset to = from;
            foreach (Match part in Part().Matches(text))
            {
                int number = int.Parse(part.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);
                to = part.Groups[2].Value switch
                {
                    "y" => to.AddYears(number),
                    "mo" => to.AddMonths(number),
                    "w" => to.AddDays(7.0 * number),
                    "d" => to.AddDays(number),
                    "h" => to.AddHours(number),
                    "m" => to.AddMinutes(number),
                    _ => to.AddSeconds(number),
                };
            }
            return to > from ? to - from : null;
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or OverflowException)
        {
            return null;
        }
    }

    [GeneratedRegex("^([0-9]+(y|mo|w|d|h|m|s))+$", RegexOptions.CultureInvariant)]
    private static partial Regex Whole();

    [GeneratedRegex("([0-9]+)(y|mo|w|d|h|m|s)", RegexOptions.CultureInvariant)]
    private static partial Regex Part();
}
