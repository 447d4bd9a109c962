using Evergrant.Fire.Disk;
using Evergrant.Fire.PowerLoss;
using Evergrant.Fire.Storms;

namespace Evergrant.Fire;

/// <summary>Every drill, in the order of a whole run.</summary>
internal static class Drills
{
    public static IReadOnlyList<IDrill> All { get; } =
    [
        new ChaosDrill(),
        new PowerLossDrill(),
        new IoSweepDrill(),
        new DiskTroubleDrill(),
        new DamageDrill(),
        new ClockDrill(),
        new RestoreDrill(),
    ];
}
