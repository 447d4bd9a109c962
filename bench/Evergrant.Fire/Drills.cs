using Evergrant.Fire.Disk;
using Evergrant.Fire.Explorer;
using Evergrant.Fire.Faults;
using Evergrant.Fire.Keys;
using Evergrant.Fire.Migration;
using Evergrant.Fire.Postgres.Drills;
using Evergrant.Fire.PowerLoss;
using Evergrant.Fire.Storms;

namespace Evergrant.Fire;

/// <summary>Every drill, in the order of a whole run.</summary>
internal static class Drills
{
    public static IReadOnlyList<IDrill> All { get; } =
    [
        new ExploreDrill(),
        .. MutantsDrill.All,
        .. Place.All.Select(p => new KillDrill(p)),
        .. Place.All.Select(p => new RefreshRaceDrill(p)),
        .. Place.All.Select(p => new RevokeRaceDrill(p)),
        .. Place.All.Select(p => new ChaosDrill(p)),
        .. CleanUpDrill.All,
        new KeyRotationDrill(),
        new RootRotationDrill(),
        .. Place.All.Where(p => p.Nodes == 1).Select(p => new MigrationDrill(p)),
        .. PostgresDrills.All,
        new PowerLossDrill(),
        new IoSweepDrill(),
        new DiskTroubleDrill(),
        new DamageDrill(),
        new ClockDrill(),
        new RestoreDrill(),
    ];
}
