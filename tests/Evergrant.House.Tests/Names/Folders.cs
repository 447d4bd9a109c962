namespace Evergrant.House.Tests.Names;

/// <summary>One word in four places: who knows an endpoint knows its folder.</summary>
internal static class Folders
{
    /// <summary>The endpoints; each is a folder in Evergrant.Protocol and in Evergrant.AspNetCore.</summary>
    public static readonly IReadOnlyList<string> Endpoints =
    [
        "Authorize", "Token", "PushedAuthorization", "DeviceAuthorization", "BackchannelAuthentication", "Introspection", "Revocation",
        "UserInfo", "EndSession", "Registration", "Metadata",
    ];

    /// <summary>Files that only one store can have, each with its reason.</summary>
    private static readonly Dictionary<string, string> OfOneStore = new(StringComparer.Ordinal)
    {
        ["Evergrant.Sqlite/Backup.cs"] = "PostgreSQL is backed up by its own tools, beside the server",
        ["Evergrant.Sqlite/Checkpoint.cs"] = "PostgreSQL moves its log into its files itself",
        ["Evergrant.Sqlite/GrantSeal.cs"] = "PostgreSQL has checksums of its own (initdb --data-checksums)",
        ["Evergrant.Sqlite/Health.cs"] = "a file that failed stays failed; a database server comes back",
        ["Evergrant.Sqlite/NativeSqlite.cs"] = "Npgsql is managed code; there is no library to choose",
        ["Evergrant.Sqlite/NetworkFileSystem.cs"] = "PostgreSQL's files are PostgreSQL's",
        ["Evergrant.Sqlite/Pending.cs"] = "no change waits in this process: each goes to the server at once",
        ["Evergrant.Sqlite/Posix.cs"] = "PostgreSQL's files are PostgreSQL's",
        ["Evergrant.Sqlite/SharedTexts.cs"] = "Npgsql makes its strings itself",
        ["Evergrant.Sqlite/SqliteException.cs"] = "Npgsql has its own exceptions",
        ["Evergrant.Sqlite/StoreLock.cs"] = "many nodes share one database",
        ["Evergrant.Sqlite/StoreMark.cs"] = "PostgreSQL notices itself when a part of its files is missing",
        ["Evergrant.Sqlite/TimeMark.cs"] = "the time goes into commits that happen anyway; nodes of a database write it on the connection that listens",
        ["Evergrant.Sqlite/Tables.cs"] = "no statement is tied to a connection, so no set of tables is either",
        ["Evergrant.Postgres/Examination.cs"] = "a server has settings that its operator chose; a file has none",
        ["Evergrant.Postgres/Notices.cs"] = "a file has one process, which knows what it changed",
        ["Evergrant.Postgres/PostgresClock.cs"] = "one process has one clock; many nodes go by their database's",
        ["Evergrant.Postgres/SessionSettings.cs"] = "a connection to a file is opened with its settings; a server has defaults of roles and databases to overrule, and promises to ask for",
        ["Evergrant.Postgres/Watch.cs"] = "a file has one process, which knows what it changed",
        ["Evergrant.Postgres/Outcome.cs"] = "a network stands between, so a statement may have been made or not",
        ["Evergrant.Postgres/Primary.cs"] = "a file does not move to another machine",
        ["Evergrant.Postgres/Texts.cs"] = "PostgreSQL cannot hold U+0000 in a text",
    };

    /// <summary>Endpoints that the host serves (a file ends in Endpoint.cs) in a folder that the protocol does not have, and unknown folders that serve.</summary>
    public static IEnumerable<string> Faults(IEnumerable<string> protocolFiles, IEnumerable<string> hostFiles)
    {
        HashSet<string> known = [.. protocolFiles.Select(First)];
        return hostFiles.Where(f => f.EndsWith("Endpoint.cs", StringComparison.Ordinal))
            .Where(f => !known.Contains(First(f)))
            .Select(f => $"{f} serves, but Evergrant.Protocol has no folder {First(f)}/");
    }

    /// <summary>Files of one store that the other does not have under the same name.</summary>
    public static IEnumerable<string> StoreFaults(IEnumerable<string> sqlite, IEnumerable<string> postgres)
    {
        sqlite = sqlite.Where(f => !OfOneStore.ContainsKey("Evergrant.Sqlite/" + f));
        postgres = postgres.Where(f => !OfOneStore.ContainsKey("Evergrant.Postgres/" + f));
        HashSet<string> one = [.. sqlite.Select(f => f.Replace("Sqlite", "Store", StringComparison.Ordinal).Replace("GroupCommit", "Writer", StringComparison.Ordinal))];
        HashSet<string> other = [.. postgres.Select(f => f.Replace("Postgres", "Store", StringComparison.Ordinal).Replace("Pipeline", "Writer", StringComparison.Ordinal))];
        return one.Except(other).Select(f => $"Evergrant.Postgres has no {f}").Concat(other.Except(one).Select(f => $"Evergrant.Sqlite has no {f}"));
    }

    /// <summary>Files of a project without the project's path.</summary>
    public static IEnumerable<string> FilesOf(string project, string extension = ".cs") =>
        Tree.Under(project, extension).Select(f => f[(project.Length + 1)..]);

    /// <summary>Folder at the top of a path, or the empty string.</summary>
    public static string First(string path) => path.Contains('/') ? path[..path.IndexOf('/')] : "";
}
