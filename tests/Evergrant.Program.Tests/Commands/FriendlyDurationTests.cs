using Evergrant.Cli;
using Xunit;

namespace Evergrant.Program.Tests.Commands;

public class FriendlyDurationTests
{
    private static readonly DateTimeOffset From = new(2026, 1, 31, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("7d", "7.00:00:00")]
    [InlineData("12h", "12:00:00")]
    [InlineData("90m", "01:30:00")]
    [InlineData("45s", "00:00:45")]
    [InlineData("2w", "14.00:00:00")]
    [InlineData("1d12h30m", "1.12:30:00")]
    [InlineData("7.00:00:00", "7.00:00:00")]
    [InlineData("01:00:00", "01:00:00")]
    public void A_duration_is_read_as_people_write_it(string text, string span) => Assert.Equal(TimeSpan.Parse(span), FriendlyDuration.Read(text, From));

    [Theory]
    [InlineData("1mo", 28)]
    [InlineData("6mo", 181)]
    [InlineData("1y", 365)]
    public void Months_and_years_are_as_long_as_the_calendar_says(string text, int days) => Assert.Equal(TimeSpan.FromDays(days), FriendlyDuration.Read(text, From));

    [Theory]
    [InlineData("")]
    [InlineData("0d")]
    [InlineData("7")]
    [InlineData("-7d")]
    [InlineData("7 d")]
    [InlineData("7x")]
    [InlineData("d")]
    [InlineData("-01:00:00")]
    [InlineData("99999999999d")]
    [InlineData("9999y")]
    public void What_is_no_duration_is_not_read(string text) => Assert.Null(FriendlyDuration.Read(text, From));
}
