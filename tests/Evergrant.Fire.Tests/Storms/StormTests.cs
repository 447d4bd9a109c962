using Evergrant.Fire.Faults;
using Evergrant.Fire.Storms;
using Evergrant.Tests;
using Xunit;

namespace Evergrant.Fire.Tests.Storms;

public sealed class StormTests(ITestOutputHelper output)
{
    [Fact]
    public Task Every_mutant_of_the_server_is_caught_and_the_server_itself_is_not() => ShortRun.HeldAsync(new MutantsDrill(Place.Sqlite), 0.05, output);

    [Fact]
    public Task Every_mutant_that_concerns_several_nodes_is_caught_on_three() => ShortRun.HeldAsync(new MutantsDrill(Place.ThreeNodes), 0.05, output);

    [Fact]
    public Task A_server_that_is_killed_under_load_loses_no_answer_and_ends_no_family() => ShortRun.HeldAsync(new KillDrill(Place.Sqlite), 0.008, output);

    [Fact]
    public Task Of_many_parallel_refreshes_one_wins_or_all_get_one_successor() => ShortRun.HeldAsync(new RefreshRaceDrill(Place.Sqlite), 0.001, output);

    [Fact]
    public Task Nothing_survives_a_revocation_that_races_with_refreshes() => ShortRun.HeldAsync(new RevokeRaceDrill(Place.Sqlite), 0.002, output);

    [Fact]
    public Task Random_clients_of_all_kinds_find_every_promise_kept_while_the_node_is_killed() => ShortRun.HeldAsync(new ChaosDrill(Place.Sqlite), 0.0015, output);

    [Fact]
    [Requirement("ATTACK-079")]
    public Task Of_many_parallel_refreshes_at_three_nodes_one_wins_or_all_get_one_successor() => ShortRun.HeldAsync(new RefreshRaceDrill(Place.ThreeNodes), 0.001, output);

    [Fact]
    [Requirement("ATTACK-088", "ATTACK-093")]
    public Task Nothing_survives_a_revocation_at_another_node() => ShortRun.HeldAsync(new RevokeRaceDrill(Place.ThreeNodes), 0.002, output);

    [Fact]
    public Task Clean_up_at_every_moment_takes_no_living_family_and_no_tombstone_too_early() => ShortRun.HeldAsync(new CleanUpDrill(Place.Sqlite), 0.02, output);
}
