using Evergrant.Fire.Storms;
using Xunit;

namespace Evergrant.Fire.Tests.Storms;

public sealed class StormTests(ITestOutputHelper output)
{
    [Fact]
    public Task Random_clients_of_all_kinds_find_every_promise_kept_while_the_node_is_killed() => ShortRun.HeldAsync(new ChaosDrill(), 0.0015, output);
}
