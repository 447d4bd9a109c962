using Evergrant.Fire.Postgres.Drills;
using Evergrant.Tests;
using Xunit;

namespace Evergrant.Fire.Tests.Postgres;

/// <summary>The short forms of the drills on PostgreSQL. Patroni's runs in the long form only: it needs packages that the tests do not install, and minutes.</summary>
public sealed class PostgresDrillTests(ITestOutputHelper output)
{
    private const double Shortest = 0.001;

    [Fact]
    [Requirement("ATTACK-085")]
    public Task Nothing_acknowledged_is_lost_when_nodes_are_killed() => ShortRun.HeldAsync(new NodeKillDrill(), Shortest, output);

    [Fact]
    public Task Nothing_acknowledged_is_lost_when_the_standby_is_promoted() => ShortRun.HeldAsync(new FailOverDrill(), Shortest, output);

    [Fact]
    [Requirement("ATTACK-087")]
    public Task A_commit_in_doubt_is_never_answered_with_yes_or_no() => ShortRun.HeldAsync(new CommitDoubtDrill(), Shortest, output);

    [Fact]
    [Requirement("ATTACK-145")]
    public Task A_node_that_is_cut_off_says_so_and_comes_back() => ShortRun.HeldAsync(new PartitionDrill(), Shortest, output);

    [Fact]
    [Requirement("ATTACK-388")]
    public Task Rows_that_are_held_concern_nobody_else() => ShortRun.HeldAsync(new ExhaustionDrill(), Shortest, output);

    [Fact]
    public Task Clients_that_are_ahead_of_a_lagging_standby_go_on() => ShortRun.HeldAsync(new LaggingStandbyDrill(), Shortest, output);

    [Fact]
    public Task A_refresh_that_is_delivered_twice_has_one_successor() => ShortRun.HeldAsync(new DuplicateDrill(), Shortest, output);

    [Fact]
    public Task Nodes_are_replaced_without_errors() => ShortRun.HeldAsync(new RollingDrill(), Shortest, output);

    [Fact]
    public Task Clients_that_are_ahead_of_a_restored_database_go_on() => ShortRun.HeldAsync(new RestorePostgresDrill(), Shortest, output);
}
