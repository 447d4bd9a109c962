using Evergrant.Hosting;
using Xunit;

namespace Evergrant.Program.Tests.Hosting;

public class MovableClockTests
{
    [Fact]
    public void Time_moves_by_as_much_as_is_asked()
    {
        var clock = new MovableClock();
        DateTimeOffset before = clock.GetUtcNow();
        long stamp = clock.GetTimestamp();
        Assert.True(clock.Advance(TimeSpan.FromDays(7)) - before >= TimeSpan.FromDays(7));
        Assert.True(clock.GetElapsedTime(stamp) >= TimeSpan.FromDays(7));
    }

    [Fact]
    public async Task A_timer_that_falls_due_by_a_move_fires()
    {
        var clock = new MovableClock();
        var fired = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ITimer timer = clock.CreateTimer(_ => fired.TrySetResult(), null, TimeSpan.FromDays(1), Timeout.InfiniteTimeSpan);
        clock.Advance(TimeSpan.FromHours(23));
        Assert.False(fired.Task.IsCompleted);
        clock.Advance(TimeSpan.FromHours(2));
        await fired.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_periodic_timer_goes_on_after_a_move()
    {
        var clock = new MovableClock();
        using var timer = new PeriodicTimer(TimeSpan.FromHours(1), clock);
        for (int i = 0; i < 3; i++)
        {
            ValueTask<bool> tick = timer.WaitForNextTickAsync();
            clock.Advance(TimeSpan.FromHours(1));
            Assert.True(await tick.AsTask().WaitAsync(TimeSpan.FromSeconds(30)));
        }
    }

    [Fact]
    public void Time_never_goes_back() => Assert.Throws<ArgumentOutOfRangeException>(() => new MovableClock().Advance(TimeSpan.FromSeconds(-1)));
}
