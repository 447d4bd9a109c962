using SQLitePCL;

namespace Evergrant.Sqlite;

/// <summary>One SQLite connection and the statements prepared on it. Not safe for concurrent use: who has it, has it alone.</summary>
internal sealed class Connection : IDisposable
{
    // SQLITE_OPEN_NOMUTEX: we lock for ourselves. SQLITE_OPEN_PRIVATECACHE: never a shared cache.
    private const int Flags = raw.SQLITE_OPEN_NOMUTEX | raw.SQLITE_OPEN_PRIVATECACHE;

    private readonly List<sqlite3_stmt> _statements = [];
    private readonly sqlite3 _handle;

    private Connection(sqlite3 handle) => _handle = handle;

    /// <summary>Opens a file.</summary>
    /// <param name="file">Absolute path; the file exists, and may be empty.</param>
    /// <param name="readOnly">Whether nothing can be written through it.</param>
    /// <exception cref="SqliteException">SQLite refused.</exception>
    public static Connection Open(string file, bool readOnly)
    {
        int code = raw.sqlite3_open_v2(file, out sqlite3 handle, Flags | (readOnly ? raw.SQLITE_OPEN_READONLY : raw.SQLITE_OPEN_READWRITE), null);
        if (code != raw.SQLITE_OK)
        {
            string text = raw.sqlite3_errstr(code).utf8_to_string();
            raw.sqlite3_close_v2(handle);
            throw new SqliteException(code, text);
        }
        Connection connection = new(handle);
        connection.Check(raw.sqlite3_extended_result_codes(handle, 1));
        return connection;
    }

    /// <summary>The native handle.</summary>
    public sqlite3 Handle => _handle;

    /// <summary>Texts that many rows share.</summary>
    public SharedTexts Shared { get; } = new();

    /// <summary>Rows that the last insert, update or delete touched.</summary>
    public int Changes => raw.sqlite3_changes(_handle);

    /// <summary>Whether a transaction is open.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(_handle) == 0;

    /// <summary>Runs one or more statements that return nothing.</summary>
    public void Execute(string sql) => Check(raw.sqlite3_exec(_handle, sql));

    /// <summary>The first column of the first row, as text; empty when there is no row.</summary>
    public string Ask(string sql)
    {
        Check(raw.sqlite3_prepare_v2(_handle, sql, out sqlite3_stmt statement));
        using (statement)
        {
            int code = raw.sqlite3_step(statement);
            if (code is not (raw.SQLITE_ROW or raw.SQLITE_DONE)) throw Error(code);
            return code == raw.SQLITE_ROW ? raw.sqlite3_column_text(statement, 0).utf8_to_string() ?? "" : "";
        }
    }

    /// <summary>Prepares a statement that lives as long as the connection.</summary>
    public sqlite3_stmt Prepare(string sql)
    {
        const uint Persistent = 1; // SQLITE_PREPARE_PERSISTENT
        Check(raw.sqlite3_prepare_v3(_handle, sql, Persistent, out sqlite3_stmt statement));
        _statements.Add(statement);
        return statement;
    }

    /// <summary>Throws what SQLite says when a code is an error.</summary>
    public void Check(int code)
    {
        if (code != raw.SQLITE_OK) throw Error(code);
    }

    /// <summary>What SQLite says about its last error.</summary>
    public SqliteException Error(int code)
    {
        int extended = raw.sqlite3_extended_errcode(_handle);
        return new((extended & 0xff) == (code & 0xff) ? extended : code, raw.sqlite3_errmsg(_handle).utf8_to_string());
    }

    /// <summary>Has the log stay as it is when this connection is closed: after a failed sync nothing is asked for again.</summary>
    public void LeaveLog() => raw.sqlite3_db_config(_handle, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, out _);

    public void Dispose()
    {
        foreach (sqlite3_stmt statement in _statements) statement.Dispose();
        _statements.Clear();
        raw.sqlite3_close_v2(_handle);
    }
}
