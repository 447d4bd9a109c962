namespace Evergrant.Fire;

/// <summary>Every drill, in the order of a whole run.</summary>
internal static class Drills
{
    public static IReadOnlyList<IDrill> All { get; } =
    [
        new PowerLoss.PowerLossDrill(),
        new Disk.IoSweepDrill(),
    ];
}
