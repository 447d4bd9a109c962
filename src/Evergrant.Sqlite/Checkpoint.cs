using SQLitePCL;

namespace Evergrant.Sqlite;

/// <summary>Moves the write-ahead log into the database when it has grown. Only the writer does it, between commits, so that a commit and a checkpoint never overlap.</summary>
/// <remarks>The log is begun anew but keeps its length: overwriting blocks that are there costs a fraction of what growing a file costs, as the file system
/// has nothing of its own to write (measured on ext4: 0.1 ms against 1.3 ms for a sync). journal_size_limit cuts it should it ever grow beyond.</remarks>
/// <param name="writer">The writer's connection.</param>
/// <param name="threshold">Bytes in the log from which on it is moved.</param>
internal sealed class Checkpoint(Connection writer, long threshold)
{
    private const int CacheWrites = 9; // SQLITE_DBSTATUS_CACHE_WRITE: pages written to the log
    private const int FrameSize = 4096 + 24;

    private const int PatienceWithReaders = 10; // milliseconds; reads take microseconds, backups seconds

    private long _frames;
    private long _due = threshold / FrameSize;

    /// <summary>Runs when the log has passed the threshold.</summary>
    /// <exception cref="SqliteException">The disk failed; the log still has what it had.</exception>
    public void RunIfDue()
    {
        raw.sqlite3_db_status(writer.Handle, CacheWrites, out int written, out _, 1);
        _frames += written;
        if (_frames < _due) return;
        // Tried again after another eighth, should somebody (a backup) be reading an older state or the disk be full.
        _due = _frames + threshold / FrameSize / 8;
        Run();
    }

    /// <summary>Moves what can be moved without waiting; then has the log begin anew, when nobody reads in it.</summary>
    public void Run()
    {
        if (!TryRun(raw.SQLITE_CHECKPOINT_PASSIVE) || !TryRun(raw.SQLITE_CHECKPOINT_RESTART)) return;
        _frames = 0;
        _due = threshold / FrameSize;
    }

    /// <summary>Moves everything, when nobody reads any more.</summary>
    /// <returns>Whether the database has it all, on the disk.</returns>
    /// <exception cref="SqliteException">The disk failed; the log still has what it had.</exception>
    public bool Finish() => TryRun(raw.SQLITE_CHECKPOINT_PASSIVE);

    // Whether every frame was moved.
    private bool TryRun(int mode)
    {
        raw.sqlite3_busy_timeout(writer.Handle, PatienceWithReaders);
        int code = raw.sqlite3_wal_checkpoint_v2(writer.Handle, "main", mode, out int frames, out int moved);
        raw.sqlite3_busy_timeout(writer.Handle, Database.BusyTimeout);
        if ((code & 0xff) == raw.SQLITE_BUSY) return false;
        writer.Check(code);
        return frames == moved;
    }
}
