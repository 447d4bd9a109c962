using SQLitePCL;

namespace Evergrant.Sqlite;

/// <summary>Opens the file: creates it for its owner only, sets what each connection must have, and reads it back.</summary>
internal static class Database
{
    /// <summary>Name of the file in the store's folder.</summary>
    public const string FileName = "evergrant.db";

    /// <summary>Files up to this size are checked page by page and index by index when they are opened, which takes less than half a second; larger ones as their pages are read.</summary>
    private const long CheckedAtOnce = 64 << 20;

    /// <summary>Milliseconds that a connection waits for a lock. Locks are held for microseconds, unless the machine is so busy that their holder does not run.</summary>
    public const int BusyTimeout = 2000;

    private static readonly (string Name, string Set, string Read)[] Common =
    [
        ("busy_timeout", "2000", "2000"), // BusyTimeout
        ("synchronous", "FULL", "2"),
        ("wal_autocheckpoint", "0", "0"),
        ("trusted_schema", "OFF", "0"),
        ("cell_size_check", "ON", "1"),
        ("foreign_keys", "ON", "1"),
        ("temp_store", "MEMORY", "2"),
    ];

    private static readonly (string Name, string Set, string Read)[] OfWriter =
    [
        ("journal_mode", "WAL", "wal"),
        ("journal_size_limit", "12582912", "12582912"),
        ("fullfsync", "ON", "1"), // macOS: fsync alone does not reach the platters there.
        ("checkpoint_fullfsync", "ON", "1"),
        ("cache_size", "-8000", "-8000"),
    ];

    private static readonly (string Name, string Set, string Read)[] OfReader = [("query_only", "ON", "1")];

    /// <summary>Names of the pragmas that are set and read back.</summary>
    public static IEnumerable<string> Pragmas(bool writer) => Common.Concat(writer ? OfWriter : OfReader).Select(pragma => pragma.Name);

    /// <summary>Creates the file if it is not there; nobody but its owner may read it, nor the files that SQLite puts beside it, which take its mode.</summary>
    public static void Create(string file)
    {
        if (!File.Exists(file)) new FileStream(file, StoreLock.NewFile(FileMode.CreateNew)).Dispose();
        if (OperatingSystem.IsWindows()) return;
        foreach (string path in (ReadOnlySpan<string>)[file, file + "-wal", file + "-shm"])
        {
            if (File.Exists(path)) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    /// <summary>Opens the connection that writes, recovers what a crash left, and checks the file.</summary>
    /// <exception cref="StoreOpenException">The file is damaged, or not a database, or SQLite does not do what it is told.</exception>
    public static Connection OpenWriter(string file)
    {
        Connection connection = Connection.Open(file, readOnly: false);
        try
        {
            Set(connection, Common);
            Set(connection, OfWriter);
            if (new FileInfo(file).Length <= CheckedAtOnce) Check(connection, file);
            return connection;
        }
        catch (SqliteException e)
        {
            connection.Dispose();
            throw e.IsDamage ? Damaged(file, e.Message, e) : new StoreOpenException($"{file} cannot be opened. {e.Message}", e);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Opens a connection that cannot write.</summary>
    public static Connection OpenReader(string file)
    {
        Connection connection = Connection.Open(file, readOnly: true);
        Set(connection, Common);
        Set(connection, OfReader);
        return connection;
    }

    /// <summary>What is wrong in the file; "ok" when nothing is.</summary>
    public static string Examine(Connection connection, bool thoroughly) =>
        connection.Ask(thoroughly ? "pragma integrity_check(20)" : "pragma quick_check(1)");

    private static void Check(Connection connection, string file)
    {
        // Thoroughly, since an index that lost an entry hides a row: its client would be told that its token is unknown.
        string found = Examine(connection, thoroughly: true);
        if (found != "ok") throw Damaged(file, found, null);
    }

    private static StoreOpenException Damaged(string file, string found, Exception? inner)
    {
        string message = $"{file} is damaged or is not a database ({found}). Nothing is served from it: put a backup in its place, and remove the -wal and -shm files beside it.";
        return inner is null ? new(message) : new(message, inner);
    }

    private static void Set(Connection connection, (string Name, string Set, string Read)[] pragmas)
    {
        foreach ((string name, string set, string read) in pragmas)
        {
            connection.Ask($"pragma {name} = {set}");
            string answer = connection.Ask($"pragma {name}");
            if (answer != read)
                throw new StoreOpenException($"SQLite {raw.sqlite3_libversion().utf8_to_string()} answers {name} = {answer} after being told {set}; the store would not keep its promises.");
        }
    }
}
