using System.Globalization;
using SQLitePCL;

namespace Evergrant.Sqlite;

/// <summary>Moves the write-ahead log into the database when it has grown. Only the writer does it, between commits, so that a commit and a checkpoint never overlap.</summary>
/// <remarks>The log is begun anew but keeps its length: overwriting blocks that are there costs a fraction of what growing a file costs, as the file system
/// has nothing of its own to write (measured on ext4: 0.1 ms against 1.3 ms for a sync). journal_size_limit cuts it should it ever grow beyond.</remarks>
/// <param name="writer">The writer's connection.</param>
/// <param name="file">The database.</param>
/// <param name="fixedThreshold">Bytes in the log from which on it is moved; null for a part of the database.</param>
internal sealed class Checkpoint(Connection writer, string file, long? fixedThreshold)
{
    private const int CacheWrites = 9; // SQLITE_DBSTATUS_CACHE_WRITE: pages written to the log
    private const int FrameSize = 4096 + 24;

    // The refreshes of a small database fall on the same pages, which are moved once for many. In a large one each has a page of its own: then a checkpoint comes as often as the log is short,
    // and whoever waits meanwhile waits for all its pages. So that this is less than one in a hundred, the log may be a 32nd of the database.
    private const long Least = 8 << 20, Most = 96 << 20;
    private const int Part = 32;

    private const int PatienceWithReaders = 10; // milliseconds; reads take microseconds, backups seconds

    private long _threshold = fixedThreshold ?? Least;
    private long _frames;
    private long _due = (fixedThreshold ?? Least) / FrameSize;

    /// <summary>Runs when the log has passed the threshold.</summary>
    /// <exception cref="SqliteException">The disk failed; the log still has what it had.</exception>
    public void RunIfDue()
    {
        raw.sqlite3_db_status(writer.Handle, CacheWrites, out int written, out _, 1);
        _frames += written;
        if (_frames < _due) return;
        // Tried again after another eighth, should somebody (a backup) be reading an older state or the disk be full.
        _due = _frames + _threshold / FrameSize / 8;
        Run();
    }

    /// <summary>Moves what can be moved without waiting; then has the log begin anew, when nobody reads in it.</summary>
    public void Run()
    {
        if (!TryRun(raw.SQLITE_CHECKPOINT_PASSIVE) || !TryRun(raw.SQLITE_CHECKPOINT_RESTART)) return;
        _frames = 0;
        Measure();
        _due = _threshold / FrameSize;
    }

    private void Measure()
    {
        long threshold = fixedThreshold ?? Math.Clamp(new FileInfo(file).Length / Part, Least, Most);
        // A change of an eighth is worth a statement; below it the log keeps its length.
        if (Math.Abs(threshold - _threshold) <= _threshold / 8) return;
        _threshold = threshold;
        writer.Ask(string.Create(CultureInfo.InvariantCulture, $"pragma journal_size_limit = {threshold + threshold / 2}"));
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
