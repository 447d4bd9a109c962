using Evergrant.Load.Measure;
using Xunit;

namespace Evergrant.Load.Tests.Measure;

/// <summary>What a database counted, for each refresh.</summary>
public sealed class DatabaseCountersTests
{
    private static readonly DatabaseCounters Before = new(1_000, 5, 10_000, 4_000, 3_900, 8_192_000, 2_048_000, 1_000_000);

    [Fact]
    public void What_was_counted_is_shown_for_each_refresh()
    {
        var after = new DatabaseCounters(1_000, 6, 10_400, 4_200, 4_099, 8_200_192, 2_048_000, 1_050_000);
        Assert.Equal(["2.00", "1.000", "99.5 %", "250", "0; +1", "+8,192; 0"], after.Since(Before).PerRefresh(200));
    }

    [Fact]
    public void A_run_without_refreshes_has_figures_too() => Assert.Equal(["0.00", "0.000", "–", "0", "0; 0", "0; 0"], Before.Since(Before).PerRefresh(0));

    [Fact]
    public void Every_figure_has_its_name() => Assert.Equal(DatabaseCounters.PerRefreshNames.Count, Before.PerRefresh(1).Count());
}
