namespace Evergrant.Sqlite;

/// <summary>Tells folders whose locks and shared memory do not keep SQLite's promises (https://sqlite.org/wal.html: "WAL does not work over a network filesystem").</summary>
internal static class NetworkFileSystem
{
    private static readonly string[] Types =
    [
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "lustre", "glusterfs", "gpfs", "beegfs", "ncpfs", "coda", "davfs",
        "fuse.sshfs", "fuse.glusterfs", "fuse.ceph", "fuse.s3fs", "fuse.rclone", "fuse.davfs", "fuse.gcsfuse", "fuse.curlftpfs",
    ];

    /// <summary>The network file system a folder is on; null when it is local, or when the system has no table of mounts.</summary>
    /// <param name="folder">Absolute path.</param>
    public static string? Find(string folder) => File.Exists("/proc/mounts") ? Find(folder, File.ReadAllText("/proc/mounts")) : null;

    /// <summary>As above, with the table given.</summary>
    /// <param name="folder">Absolute path.</param>
    /// <param name="mounts">Lines of "device folder type options …"; blanks in names are written \040.</param>
    internal static string? Find(string folder, string mounts)
    {
        string best = "", type = "";
        foreach (string line in mounts.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = line.Split(' ');
            if (parts.Length < 3) continue;
            string point = parts[1].Replace("\\040", " ", StringComparison.Ordinal);
            // A later mount hides an earlier one on the same folder.
            if (point.Length >= best.Length && IsWithin(folder, point)) (best, type) = (point, parts[2]);
        }
        return Array.IndexOf(Types, type) >= 0 ? type : null;
    }

    private static bool IsWithin(string folder, string point) =>
        point == "/" || folder == point || folder.StartsWith(point + "/", StringComparison.Ordinal);
}
