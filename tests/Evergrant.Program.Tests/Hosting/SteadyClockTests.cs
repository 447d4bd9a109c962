using Evergrant.Hosting;
using Evergrant.Program.Tests.Harness;
using Xunit;

namespace Evergrant.Program.Tests.Hosting;

public class SteadyClockTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_clock_that_is_kept_right_is_followed()
    {
        var system = new SteppedTime(Noon);
        var clock = new SteadyClock(system, null);
        system.Pass(TimeSpan.FromMinutes(10));
        Assert.Equal(Noon.AddMinutes(10), clock.GetUtcNow());
        Assert.Equal(TimeSpan.Zero, clock.Ahead);
    }

    [Fact]
    public void A_clock_that_is_set_back_is_not_followed_and_time_goes_on()
    {
        var system = new SteppedTime(Noon);
        var clock = new SteadyClock(system, null);
        system.Pass(TimeSpan.FromMinutes(1));
        system.Step(TimeSpan.FromHours(-1));
        Assert.Equal(Noon.AddMinutes(1), clock.GetUtcNow());
        system.Pass(TimeSpan.FromMinutes(1));
        Assert.Equal(Noon.AddMinutes(2), clock.GetUtcNow());
        Assert.Equal(TimeSpan.FromHours(1), clock.Ahead);
        system.Step(TimeSpan.FromHours(1));
        Assert.Equal(Noon.AddMinutes(2), clock.GetUtcNow());
        Assert.Equal(TimeSpan.Zero, clock.Ahead);
    }

    [Fact]
    public void Time_does_not_begin_before_the_store_s_and_does_not_stand_still_there()
    {
        var system = new SteppedTime(Noon);
        var clock = new SteadyClock(system, Noon.AddDays(2));
        Assert.Equal(Noon.AddDays(2), clock.GetUtcNow());
        Assert.Equal(TimeSpan.FromDays(2), clock.Behind);
        system.Pass(TimeSpan.FromSeconds(5));
        Assert.Equal(Noon.AddDays(2).AddSeconds(5), clock.GetUtcNow());
    }

    [Fact]
    public void A_step_forward_that_was_seen_once_is_kept_when_it_is_taken_back()
    {
        var system = new SteppedTime(Noon);
        var clock = new SteadyClock(system, null);
        system.Step(TimeSpan.FromDays(1));
        Assert.Equal(Noon.AddDays(1), clock.GetUtcNow());
        system.Step(TimeSpan.FromDays(-1));
        Assert.Equal(Noon.AddDays(1), clock.GetUtcNow());
    }

    [Theory]
    [InlineData(4, true)]
    [InlineData(6, false)]
    public void After_a_jump_nothing_is_removed_for_an_hour(int minutes, bool settled)
    {
        var system = new SteppedTime(Noon);
        var clock = new SteadyClock(system, null);
        Assert.True(clock.IsSettled);
        system.Step(TimeSpan.FromMinutes(minutes));
        clock.GetUtcNow();
        Assert.Equal(settled, clock.IsSettled);
        system.Pass(TimeSpan.FromMinutes(59));
        Assert.Equal(settled, clock.IsSettled);
        system.Pass(TimeSpan.FromMinutes(1));
        Assert.True(clock.IsSettled);
    }

    [Theory]
    [InlineData(3, true)]
    [InlineData(30, false)]
    public void A_start_long_after_the_store_was_written_is_looked_at_first(int days, bool settled) =>
        Assert.Equal(settled, new SteadyClock(new SteppedTime(Noon), Noon.AddDays(-days)).IsSettled);

    [Fact]
    public async Task Many_threads_never_see_time_go_back()
    {
        var system = new SteppedTime(Noon);
        var clock = new SteadyClock(system, null);
        using var stop = new CancellationTokenSource();
        Task[] readers = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            DateTimeOffset last = default;
            for (int i = 0; i < 20_000; i++)
            {
                DateTimeOffset now = clock.GetUtcNow();
                Assert.True(now >= last);
                last = now;
            }
        }))];
        for (int i = 0; i < 2_000; i++)
        {
            system.Pass(TimeSpan.FromMilliseconds(1));
            system.Step(TimeSpan.FromSeconds(i % 2 == 0 ? 3 : -3));
        }
        await Task.WhenAll(readers);
    }
}
