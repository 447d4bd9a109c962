using Evergrant.Load.Measure;
using Xunit;

namespace Evergrant.Load.Tests.Measure;

/// <summary>What ran where, in words.</summary>
public sealed class PlacementTests
{
    [Fact]
    public void A_core_that_is_shared_is_said_to_be() =>
        Assert.Equal("all 3 nodes on core 0, database and generator both on core 1", Placement.Words(["0", "0", "0"], "1", "1"));

    [Fact]
    public void Nodes_with_cores_of_their_own_are_told_apart() =>
        Assert.Equal("nodes on cores 0 and 1 and 0, database on cores 2-3, generator on core 4", Placement.Words(["0", "1", "0"], "2-3", "4"));

    [Fact]
    public void A_server_on_a_file_has_no_database() => Assert.Equal("server on core 0, generator on cores 1-3", Placement.Words(["0"], null, "1-3"));

    [Fact]
    public void The_kernel_says_where_a_process_may_run() => Assert.Matches("^[0-9,-]+$", new ProcessFigures(Environment.ProcessId).Cores());
}
