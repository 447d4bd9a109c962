using System.Globalization;
using Evergrant.Protocol.Storage;
using SQLitePCL;

namespace Evergrant.Sqlite;

/// <summary>The embedded store: one file in one folder, one process, one writer. Open it once and dispose it at the end.</summary>
/// <remarks>Safe for concurrent use. Stored instants have a resolution of one millisecond, rounded down.
/// The file must not be opened by another tool while the store is open; <see cref="BackupAsync"/> makes a copy for them.</remarks>
public sealed class SqliteStore : IAsyncDisposable
{
    private readonly StoreLock _lock;
    private readonly StoreMark _mark;
    private readonly TimeMark _time;
    private readonly Tables _writer;
    private readonly GroupCommit _commits;
    private readonly Readers _readers;
    private readonly Checkpoint _checkpoint;
    private readonly Health _health = new();
    private int _closed;

    private SqliteStore(SqliteOptions options, string folder, StoreLock storeLock, StoreMark mark, Connection writer, Func<Connection, Transaction>? transaction)
    {
        FilePath = Path.Combine(folder, Database.FileName);
        SqliteVersion = NativeSqlite.Load();
        SqliteSource = raw.sqlite3_sourceid().utf8_to_string();
        StoreVersion = int.Parse(writer.Ask("pragma user_version"), CultureInfo.InvariantCulture);
        (_lock, _mark, _time) = (storeLock, mark, new(mark));
        _writer = new(writer);
        LatestTime = _writer.Clock.Latest is > 0 and long latest ? DateTimeOffset.FromUnixTimeMilliseconds(latest) : null;
        _checkpoint = new(writer, FilePath, options.CheckpointAt);
        _checkpoint.Run();
        _readers = new(FilePath, Math.Max(1, options.Readers ?? Math.Max(2, Environment.ProcessorCount)), _health);
        Pragmas = ReadPragmas();
        _commits = new(_writer, transaction?.Invoke(writer) ?? new Transaction(writer), _checkpoint, _time, _health);
        Grants = new SqliteGrantStore(_readers, _commits);
        Clients = new SqliteClientStore(_readers, _commits);
        Keys = new SqliteKeyStore(_readers, _commits);
        Accounts = new SqliteAccountStore(_readers, _commits);
        Audit = new SqliteAuditStore(_readers, _commits);
    }

    /// <summary>Grants and what stands around them.</summary>
    public IGrantStore Grants { get; }

    /// <summary>Clients, resources and scopes.</summary>
    public IClientStore Clients { get; }

    /// <summary>Signing keys.</summary>
    public IKeyStore Keys { get; }

    /// <summary>Accounts.</summary>
    public IAccountStore Accounts { get; }

    /// <summary>What administrators changed.</summary>
    public IAuditStore Audit { get; }

    /// <summary>Absolute path of the database.</summary>
    public string FilePath { get; }

    /// <summary>Version of the tables.</summary>
    public int StoreVersion { get; }

    /// <summary>Version of SQLite and where the library came from.</summary>
    public string SqliteVersion { get; }

    /// <summary>SQLite's source id: date and hash of what it was built from.</summary>
    public string SqliteSource { get; }

    /// <summary>Pragmas as read back from the connections when the store was opened: <c>writer.synchronous</c>, <c>reader.query_only</c> …; readers that differ are listed with bars.</summary>
    public IReadOnlyDictionary<string, string> Pragmas { get; }

    /// <summary>Why nothing is written any more, for health checks; null while all is well. Only a new start helps.</summary>
    public string? Failure => _health.NoWrites;

    /// <summary>Why the last transaction was refused (a full disk, a read-only one), for health checks; null when it was not. Reads go on, and writes too as soon as the disk lets them.</summary>
    public string? Trouble => _health.Refused;

    /// <summary>Ends with the reason when the store fails; never ends otherwise.</summary>
    public Task<string> Failed => _health.Failed;

    /// <summary>The latest time at which the store had been written when it was opened, kept by <see cref="KeepTime"/>; null when nobody kept it. A clock that begins before it is wrong:
    /// retry windows would open again, and what had ended would live.</summary>
    public DateTimeOffset? LatestTime { get; }

    /// <summary>Keeps the time in the store from now on: with a commit that happens anyway, at most once a second.</summary>
    /// <param name="time">The clock that decisions are made by; one that never goes back.</param>
    public void KeepTime(TimeProvider time) => _time.Keep(time);

    /// <summary>Opens the store of a folder; creates both when they are not there.</summary>
    /// <param name="options">Where it is.</param>
    /// <param name="cancellationToken">Ends the wait before anything is opened.</param>
    /// <exception cref="StoreInUseException">Another process has it.</exception>
    /// <exception cref="StoreOpenException">The folder or file cannot be used; the message says why.</exception>
    public static Task<SqliteStore> OpenAsync(SqliteOptions options, CancellationToken cancellationToken = default) =>
        OpenAsync(options, null, cancellationToken);

    /// <summary>As above, with the writer's transaction given (for tests).</summary>
    internal static Task<SqliteStore> OpenAsync(SqliteOptions options, Func<Connection, Transaction>? transaction, CancellationToken cancellationToken) =>
        Task.Run(() => Open(options, transaction), cancellationToken);

    /// <summary>Copies the store into a new file that only its owner may read, while it serves. The copy has every change that was answered before this was called.</summary>
    /// <param name="file">Path; nothing may be there.</param>
    /// <param name="cancellationToken">Ends the copying; nothing stays behind.</param>
    /// <exception cref="IOException">Something is there, or the disk failed.</exception>
    public Task BackupAsync(string file, CancellationToken cancellationToken = default)
    {
        _health.CheckReads();
        return Task.Run(() => Backup.Run(FilePath, Path.GetFullPath(file), cancellationToken), cancellationToken);
    }

    /// <summary>Everything that is stored, as it is when the enumeration begins, to be taken over by another store. The tables are read one after the other.</summary>
    /// <exception cref="StoreUnavailableException">It cannot be read; thrown while it is enumerated.</exception>
    public IEnumerable<StoredTable> Contents()
    {
        _health.CheckReads();
        return Sqlite.Contents.Read(FilePath);
    }

    /// <summary>Reads every page and every index entry; takes as long as reading the file.</summary>
    /// <param name="cancellationToken">Ends the wait before it begins.</param>
    /// <returns>"ok", or what is wrong.</returns>
    public Task<string> CheckIntegrityAsync(CancellationToken cancellationToken = default)
    {
        _health.CheckReads();
        return Task.Run(
            () =>
            {
                using Connection reader = Database.OpenReader(FilePath);
                return Database.Examine(reader, thoroughly: true);
            },
            cancellationToken);
    }

    /// <summary>Writes what is still waiting, empties the log into the database and lets the folder go.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0) await Task.Run(Close);
    }

    private void Close()
    {
        bool failed = _health.NoWrites is not null;
        _commits.Close();
        failed |= _health.NoWrites is not null;
        _health.Close();
        _readers.Dispose();
        // Closing the last connection would checkpoint and sync. A sync that failed is not asked for again.
        if (failed) _writer.Connection.LeaveLog();
        else SayShut();
        _writer.Dispose();
        _mark.Dispose();
        _lock.Dispose();
    }

    // Only when the log is needed no more; closing the last connection then removes it.
    private void SayShut()
    {
        try
        {
            if (_checkpoint.Finish()) _mark.SayShut();
            else _writer.Connection.LeaveLog();
        }
        catch (Exception e) when (e is SqliteException or IOException)
        {
            // The log stays: the mark says that it is needed.
            _writer.Connection.LeaveLog();
        }
    }

    private static SqliteStore Open(SqliteOptions options, Func<Connection, Transaction>? transaction)
    {
        string folder = Path.GetFullPath(options.Folder);
        NativeSqlite.Load();
        StoreLock? storeLock = null;
        StoreMark? mark = null;
        Connection? writer = null;
        try
        {
            CreateFolder(folder);
            if (NetworkFileSystem.Find(folder) is { } type)
                throw new StoreOpenException($"{folder} is on a network file system ({type}), where SQLite can lose what it has confirmed. Use a local disk, or PostgreSQL.");
            storeLock = StoreLock.Take(folder);
            string file = Path.Combine(folder, Database.FileName);
            mark = StoreMark.Open(folder);
            DemandWhole(mark, file);
            Database.Create(file);
            writer = Database.OpenWriter(file);
            Migrator.Run(writer, file);
            DemandNewest(mark, new Clock(writer), file);
            Posix.SyncFolder(folder);
            return new(options, folder, storeLock, mark, writer, transaction);
        }
        catch (Exception e)
        {
            writer?.LeaveLog();
            writer?.Dispose();
            mark?.Dispose();
            storeLock?.Dispose();
            if (e is SqliteException or IOException or UnauthorizedAccessException)
                throw new StoreOpenException($"The store in {folder} cannot be opened. {e.Message}", e);
            throw;
        }
    }

    // Without its log a database that was in use is an older one, and SQLite would not notice (reliability fault F6).
    private static void DemandWhole(StoreMark mark, string file)
    {
        const int LogHeader = 32;
        if (mark.Latest > 0 && !File.Exists(file)) throw Lost(file, "is gone");
        FileInfo log = new(file + "-wal");
        if (mark.WasOpen && (!log.Exists || log.Length < LogHeader)) throw Lost(log.FullName, "is gone or empty, and the store had not been closed: what was written last was in it");
    }

    private static void DemandNewest(StoreMark mark, Clock clock, string file)
    {
        if (mark.Latest <= clock.Latest) return;
        throw Lost(file, string.Create(CultureInfo.InvariantCulture,
            $"ends at {DateTimeOffset.FromUnixTimeMilliseconds(clock.Latest):u}, and was written until {DateTimeOffset.FromUnixTimeMilliseconds(mark.Latest):u}: it is an older one, or its -wal file was cut"));
    }

    private static StoreOpenException Lost(string file, string how) => new(
        $"{file} {how}. Put back what is missing. If it is lost, or if you have put a backup in its place, remove {StoreMark.FileName} beside it and start again: " +
        "clients whose tokens are newer than the store go on, revocations since then have to be made again (docs/operations/backup-and-restore.md).");

    private static void CreateFolder(string folder)
    {
        if (Directory.Exists(folder)) return;
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Posix.SyncFolder(Path.GetDirectoryName(folder)!);
    }

    private Dictionary<string, string> ReadPragmas()
    {
        Dictionary<string, string> pragmas = [];
        foreach (string name in Database.Pragmas(writer: true)) pragmas["writer." + name] = _writer.Connection.Ask($"pragma {name}");
        foreach (string name in Database.Pragmas(writer: false)) pragmas["reader." + name] = _readers.Ask(name);
        return pragmas;
    }
}
