namespace Evergrant.Fire.Servers;

/// <summary>How one node is started, the same each time.</summary>
/// <param name="Program">Path of evergrant or evergrant.dll.</param>
/// <param name="Folder">Its data folder; with SQLite the store is in it, with PostgreSQL what belongs to the node.</param>
/// <param name="Port">Where it listens on the loopback interface.</param>
/// <param name="Postgres">Connection string; null for SQLite.</param>
/// <param name="Issuer">The issuer when it is not the node's own address (several nodes); null for the address.</param>
internal sealed record ServerPlan(string Program, string Folder, int Port, string? Postgres = null, string? Issuer = null)
{
    /// <summary>Environment variables of the server's process alone (start-up hooks, LD_PRELOAD).</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Further arguments of start.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Prefix of the command line, as taskset or a cgroup's.</summary>
    public IReadOnlyList<string> Before { get; init; } = [];
}
