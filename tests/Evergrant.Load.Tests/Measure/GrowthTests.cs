using Evergrant.Load.Measure;
using Xunit;

namespace Evergrant.Load.Tests.Measure;

/// <summary>When many grants are as quick as few.</summary>
public sealed class GrowthTests
{
    [Theory]
    [InlineData(1000, 10, 1000, 10, true)]
    [InlineData(1000, 10, 800, 12, true)]
    [InlineData(1000, 10, 1500, 5, true)]
    [InlineData(1000, 10, 799, 10, false)]
    [InlineData(1000, 10, 1000, 12.1, false)]
    public void Neither_rate_nor_latency_may_be_worse_by_more_than_a_fifth(int fewRate, double fewP99, int manyRate, double manyP99, bool holds) =>
        Assert.Equal(holds, new Growth([Run(fewRate, fewP99)], [Run(manyRate, manyP99)]).Holds);

    [Fact]
    public void One_odd_run_of_three_decides_nothing()
    {
        var growth = new Growth([Run(1000, 10), Run(9000, 1), Run(1000, 10)], [Run(1000, 10), Run(10, 900), Run(1000, 10)]);
        Assert.Equal(1, growth.Rate);
        Assert.Equal("rate 100 %, p99 100 % of those on few grants (medians of 3 runs): within 20 %", growth.ToString());
    }

    [Fact]
    public void What_is_not_within_says_so() =>
        Assert.Equal("rate 50 %, p99 200 % of those on few grants (medians of 1 runs): **not within** 20 %", new Growth([Run(1000, 10)], [Run(500, 20)]).ToString());

    private static Figures Run(int requests, double p99) =>
        new("", 1, requests, 0, [], TimeSpan.FromSeconds(1), TimeSpan.Zero, TimeSpan.FromMilliseconds(p99), TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, 0);
}
