namespace Evergrant.Fire.Faults;

/// <summary>The environment that puts faults into a server from outside.</summary>
internal static class FaultyServer
{
    private static readonly string Assembly = Path.Combine(AppContext.BaseDirectory, "Evergrant.Faults.dll");

    /// <summary>A mutant; null for none, with the hook in place all the same.</summary>
    public static IReadOnlyDictionary<string, string> Mutant(string? name) => new Dictionary<string, string> { ["DOTNET_STARTUP_HOOKS"] = Assembly, ["FIRE_MUTANT"] = name ?? "" };

    /// <summary>A fault with keys (<see cref="Evergrant.Faults.Keys.KeyFaults"/>).</summary>
    public static IReadOnlyDictionary<string, string> Keys(string name) => new Dictionary<string, string> { ["DOTNET_STARTUP_HOOKS"] = Assembly, [Evergrant.Faults.Keys.KeyFaults.Variable] = name };

    /// <summary>A failpoint: the process kills itself when it has passed the place so often.</summary>
    /// <param name="place">before-commit, after-commit, before-send or after-send.</param>
    /// <param name="count">At which pass.</param>
    public static IReadOnlyDictionary<string, string> Failpoint(string place, int count) => new Dictionary<string, string> { ["DOTNET_STARTUP_HOOKS"] = Assembly, ["FIRE_FAILPOINT"] = $"{place}:{count}" };
}
