using Evergrant.Hosting;
using Xunit;

namespace Evergrant.Program.Tests.Hosting;

public class SteadyTimeTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_clock_that_goes_with_the_counter_is_believed()
    {
        SteadyTime steady = new(Start, TimeSpan.Zero);
        for (int hour = 1; hour < 5000; hour += 100) Assert.Equal(Start.AddHours(hour), steady.Judge(Start.AddHours(hour), TimeSpan.FromHours(hour)));
    }

    [Fact]
    public void A_clock_that_has_jumped_ahead_is_waited_for_and_believed_after_a_day()
    {
        SteadyTime steady = new(Start, TimeSpan.Zero);
        TimeSpan jump = TimeSpan.FromDays(30);
        Assert.Null(steady.Judge(Start + jump, TimeSpan.FromMinutes(1)));
        Assert.Null(steady.Judge(Start + jump.Add(TimeSpan.FromHours(23)), TimeSpan.FromHours(23)));
        Assert.NotNull(steady.Judge(Start + jump + TimeSpan.FromHours(25), TimeSpan.FromHours(25)));
        Assert.NotNull(steady.Judge(Start + jump + TimeSpan.FromHours(26), TimeSpan.FromHours(26)));
    }

    [Fact]
    public void A_clock_that_comes_back_is_believed_at_once()
    {
        SteadyTime steady = new(Start, TimeSpan.Zero);
        Assert.Null(steady.Judge(Start.AddDays(1), TimeSpan.FromMinutes(1)));
        Assert.Equal(Start.AddMinutes(2), steady.Judge(Start.AddMinutes(2), TimeSpan.FromMinutes(2)));
        Assert.Null(steady.Judge(Start.AddDays(1), TimeSpan.FromMinutes(3)));
    }

    [Fact]
    public void A_clock_that_was_set_back_and_one_that_was_corrected_are_believed()
    {
        SteadyTime steady = new(Start, TimeSpan.Zero);
        Assert.Equal(Start.AddDays(-9), steady.Judge(Start.AddDays(-9), TimeSpan.FromMinutes(1)));
        Assert.Equal(Start.AddDays(-9).AddMinutes(6), steady.Judge(Start.AddDays(-9).AddMinutes(6), TimeSpan.FromMinutes(2)));
        Assert.Null(steady.Judge(Start, TimeSpan.FromMinutes(3)));
    }
}
