using Xunit;

namespace Evergrant.Fire.Tests;

public sealed class DrillTests
{
    [Fact]
    public void Every_drill_has_a_name_of_its_own()
    {
        string[] names = [.. Drills.All.Select(d => d.Name)];
        Assert.Equal(names.Distinct(), names);
        Assert.All(names, name => Assert.Matches("^[a-z][a-z-]+$", name));
    }
}
