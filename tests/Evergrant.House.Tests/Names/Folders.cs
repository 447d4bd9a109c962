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
