namespace Evergrant.Load.Measure;

/// <summary>What ran on which cores, as the kernel says.</summary>
internal static class Placement
{
    /// <summary>In words, for the head of a result; asked while all of them run.</summary>
    /// <param name="servers">The server's nodes.</param>
    /// <param name="database">The database; null where there is none.</param>
    public static string Of(IReadOnlyList<ProcessFigures> servers, ProcessTree? database) => Words(
        [.. servers.Select(server => server.Cores())], database is null ? null : new ProcessFigures(database.Root).Cores(), new ProcessFigures(Environment.ProcessId).Cores());

    /// <summary>In words.</summary>
    /// <param name="servers">Cores of each node.</param>
    /// <param name="database">Cores of the database; null where there is none.</param>
    /// <param name="generator">Cores of the generator.</param>
    public static string Words(IReadOnlyList<string> servers, string? database, string generator)
    {
        var nodes = servers.Count == 1 ? $"server on {Cores(servers[0])}"
            : servers.Distinct().Count() == 1 ? $"all {servers.Count} nodes on {Cores(servers[0])}"
            : $"nodes on cores {string.Join(" and ", servers)}";
        return database is null ? $"{nodes}, generator on {Cores(generator)}"
            : database == generator ? $"{nodes}, database and generator both on {Cores(generator)}"
            : $"{nodes}, database on {Cores(database)}, generator on {Cores(generator)}";
    }

    private static string Cores(string list) => list.AsSpan().IndexOfAny('-', ',') < 0 ? "core " + list : "cores " + list;
}
