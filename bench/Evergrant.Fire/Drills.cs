using Evergrant.Fire.Postgres.Drills;
using Evergrant.Fire.Storms;

namespace Evergrant.Fire;

/// <summary>Every drill, in the order of a whole run.</summary>
internal static class Drills
{
    public static IReadOnlyList<IDrill> All { get; } = 
    [
        new ChaosDrill(),
        new NodeKillDrill(), new FailOverDrill(), new CommitDoubtDrill(), new PartitionDrill(), new ExhaustionDrill(), new LaggingStandbyDrill(), new DuplicateDrill(), new RollingDrill(),
        new PatroniDrill(),
    ];
}
