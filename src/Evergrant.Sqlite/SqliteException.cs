namespace Evergrant.Sqlite;

/// <summary>An error that SQLite itself reported. It reaches callers only as the inner exception of another.</summary>
public sealed class SqliteException : Exception
{
    /// <summary>Creates the exception.</summary>
    public SqliteException() { }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">SQLite's text; it names tables and columns, never values.</param>
    public SqliteException(string message) : base(message) { }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">SQLite's text.</param>
    /// <param name="innerException">The cause.</param>
    public SqliteException(string message, Exception innerException) : base(message, innerException) { }

    /// <summary>Creates the exception.</summary>
    /// <param name="extendedCode">Extended result code (https://sqlite.org/rescode.html).</param>
    /// <param name="message">SQLite's text.</param>
    public SqliteException(int extendedCode, string message) : base($"SQLite: {message} (code {extendedCode})") => ExtendedCode = extendedCode;

    /// <summary>The extended result code; 0 when unknown.</summary>
    public int ExtendedCode { get; }

    /// <summary>The primary result code: the low eight bits.</summary>
    public int Code => ExtendedCode & 0xff;

    /// <summary>Whether an fsync failed: what the disk holds is not known and must not be asked for again (reliability rule F5).</summary>
    internal bool IsSync => ExtendedCode is SQLitePCL.raw.SQLITE_IOERR_FSYNC or SQLitePCL.raw.SQLITE_IOERR_DIR_FSYNC;

    /// <summary>Whether the file is damaged.</summary>
    internal bool IsDamage => Code is SQLitePCL.raw.SQLITE_CORRUPT or SQLitePCL.raw.SQLITE_NOTADB;

    /// <summary>Whether only the statement that met it is refused: the transaction around it stands.</summary>
    internal bool IsOfStatement => Code is SQLitePCL.raw.SQLITE_CONSTRAINT or SQLitePCL.raw.SQLITE_TOOBIG
        or SQLitePCL.raw.SQLITE_MISMATCH or SQLitePCL.raw.SQLITE_RANGE or SQLitePCL.raw.SQLITE_ERROR;
}
