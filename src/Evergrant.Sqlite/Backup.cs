using SQLitePCL;

namespace Evergrant.Sqlite;

/// <summary>Copies the database into a file while the store serves. The copy is one moment: every change that was answered before it began, and no half of a later one.</summary>
internal static class Backup
{
    private const int PagesAtOnce = 1024;

    /// <summary>Makes the copy under a name of its own and gives it the asked name when it is whole and on the disk.</summary>
    /// <param name="source">The store's file.</param>
    /// <param name="target">Absolute path; nothing may be there.</param>
    /// <param name="cancellationToken">Ends the copying; nothing stays behind.</param>
    /// <exception cref="IOException">Something is there, or the disk failed.</exception>
    public static void Run(string source, string target, CancellationToken cancellationToken)
    {
        if (File.Exists(target) || Directory.Exists(target)) throw new IOException($"{target} exists; a backup overwrites nothing.");
        string partial = target + ".partial";
        File.Delete(partial);
        new FileStream(partial, StoreLock.NewFile(FileMode.CreateNew)).Dispose();
        try
        {
            Copy(source, partial, cancellationToken);
            File.Move(partial, target, overwrite: false);
            Posix.SyncFolder(Path.GetDirectoryName(target)!);
        }
        catch (SqliteException e)
        {
            throw new IOException($"The backup to {target} failed. {e.Message}", e);
        }
        finally
        {
            File.Delete(partial);
            File.Delete(partial + "-wal");
            File.Delete(partial + "-shm");
            File.Delete(partial + "-journal");
        }
    }

    private static void Copy(string source, string partial, CancellationToken cancellationToken)
    {
        using Connection from = Database.OpenReader(source);
        using Connection to = Connection.Open(partial, readOnly: false);
        // The snapshot is pinned by this read for all steps; the writer goes on beside it.
        from.Execute("begin");
        from.Ask("select count(*) from sqlite_master");
        using (sqlite3_backup backup = raw.sqlite3_backup_init(to.Handle, "main", from.Handle, "main"))
        {
            if (backup.IsInvalid) throw to.Error(raw.SQLITE_ERROR);
            int code;
            do
            {
                cancellationToken.ThrowIfCancellationRequested();
                code = raw.sqlite3_backup_step(backup, PagesAtOnce);
            }
            while (code == raw.SQLITE_OK);
            if (code != raw.SQLITE_DONE) throw to.Error(code);
        }
        from.Execute("rollback");
        // One file without a log beside it; this also syncs it.
        to.Ask("pragma synchronous = FULL");
        to.Ask("pragma journal_mode = DELETE");
        if (Database.Examine(to, thoroughly: false) is var found and not "ok") throw new SqliteException(raw.SQLITE_CORRUPT, found);
    }
}
