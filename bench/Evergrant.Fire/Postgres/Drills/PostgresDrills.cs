namespace Evergrant.Fire.Postgres.Drills;

/// <summary>The drills on PostgreSQL, in the order of a whole run.</summary>
internal static class PostgresDrills
{
    public static IReadOnlyList<IDrill> All { get; } =
    [
        new NodeKillDrill(),
        new FailOverDrill(),
        new CommitDoubtDrill(),
        new PartitionDrill(),
        new ExhaustionDrill(),
        new LaggingStandbyDrill(),
        new DuplicateDrill(),
        new RollingDrill(),
        new PatroniDrill(),
        new RestorePostgresDrill(),
    ];
}
