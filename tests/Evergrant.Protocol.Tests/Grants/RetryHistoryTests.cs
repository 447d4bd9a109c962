using Evergrant.Protocol.Grants;

namespace Evergrant.Protocol.Tests.Grants;

public class RetryHistoryTests
{
    [Fact]
    public void It_counts_the_retries_of_the_last_ten_generations()
    {
        var random = new Random(5);
        var model = new List<int> { 0 };
        RetryHistory history = default;
        for (int i = 0; i < 5000; i++)
        {
            if (random.Next(3) == 0)
            {
                history = history.Advanced();
                model.Add(0);
            }
            else
            {
                history = history.Counted();
                model[^1] = Math.Min(15, model[^1] + 1);
            }
            Assert.Equal(model.TakeLast(RetryHistory.Span).Sum(), history.Total);
            Assert.InRange(history.Bits, 0, (1L << 40) - 1);
        }
    }

    [Fact]
    public void A_generation_saturates_and_never_spills_into_its_neighbour()
    {
        RetryHistory history = new RetryHistory(0).Counted().Advanced();
        for (int i = 0; i < 100; i++) history = history.Counted();
        Assert.Equal(16, history.Total);
        Assert.Equal(1, new RetryHistory(history.Bits >> 4).Total);
    }

    [Fact]
    public void A_full_history_is_forgotten_after_ten_generations()
    {
        RetryHistory history = new(-1);
        Assert.Equal(150, history.Total);
        for (int i = 0; i < RetryHistory.Span; i++) history = history.Advanced();
        Assert.Equal(0, history.Total);
    }
}
