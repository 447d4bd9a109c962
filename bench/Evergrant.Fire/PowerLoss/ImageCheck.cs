using Evergrant.Sqlite;

namespace Evergrant.Fire.PowerLoss;

/// <summary>Opens what a power loss left with the store that the server uses, and looks whether all that was promised is there.</summary>
internal static class ImageCheck
{
    /// <summary>Writes an image into an empty folder.</summary>
    /// <param name="files">Files by the path that they had.</param>
    /// <param name="from">The folder that they were in.</param>
    /// <param name="to">The folder that they shall be in.</param>
    public static void Write(Dictionary<string, byte[]> files, string from, string to)
    {
        if (Directory.Exists(to)) Directory.Delete(to, recursive: true);
        Directory.CreateDirectory(to);
        foreach ((string path, byte[] bytes) in files)
        {
            // The kernel's memory does not survive; SQLite makes the index of the log anew.
            if (!path.StartsWith(from + "/", StringComparison.Ordinal) || path.EndsWith("-shm", StringComparison.Ordinal)) continue;
            string target = Path.Combine(to, path[(from.Length + 1)..]);
            File.WriteAllBytes(target, bytes);
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(target, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    /// <summary>Examines the store of a folder.</summary>
    /// <returns>What is wrong, one line each; empty when all was kept.</returns>
    public static async Task<IReadOnlyList<string>> ExamineAsync(string folder, Promises promises)
    {
        try
        {
            await using SqliteStore store = await SqliteStore.OpenAsync(new SqliteOptions(folder) { Readers = 1 });
            string integrity = await store.CheckIntegrityAsync();
            return integrity == "ok" ? await promises.CompareAsync(store.Grants) : [$"corrupt: {integrity}"];
        }
        catch (StoreOpenException e)
        {
            return [$"not to be opened: {e.Message}"];
        }
    }
}
