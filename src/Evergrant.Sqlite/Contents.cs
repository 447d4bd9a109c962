using System.Globalization;
using System.Text;
using Evergrant.Protocol.Storage;
using SQLitePCL;

namespace Evergrant.Sqlite;

/// <summary>Everything that is stored, to be taken over by another store: one moment, whatever is written meanwhile.</summary>
internal static class Contents
{
    // Who runs now, and how late it was here, is no concern of another store; nor are the checksums of this one.
    private const string TablesSql = "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' and name not in ('root_key_holders', 'clock') order by name";

    /// <summary>Reads the tables one after the other.</summary>
    /// <param name="file">The database.</param>
    /// <exception cref="StoreUnavailableException">It cannot be read.</exception>
    public static IEnumerable<StoredTable> Read(string file)
    {
        using Connection connection = Open(file);
        // What was damaged on the disk is not carried on as if it were sound.
        Examine(connection);
        foreach (string table in Words(connection, TablesSql))
        {
            List<string> columns = Words(connection, $"select name from pragma_table_info('{table}') where name not in ('moving_seal', 'fixed_seal') order by cid");
            long count = long.Parse(connection.Ask($"select count(*) from {table}"), CultureInfo.InvariantCulture);
            yield return new StoredTable(table, columns, count, Rows(connection, $"select {string.Join(", ", columns)} from {table}", columns.Count));
        }
    }

    private static Connection Open(string file)
    {
        try
        {
            Connection connection = Database.OpenReader(file);
            connection.Execute("begin");
            connection.Ask("select count(*) from sqlite_master");
            return connection;
        }
        catch (SqliteException e)
        {
            throw Unreadable(e);
        }
    }

    private static void Examine(Connection connection)
    {
        try
        {
            new Grants(connection).ReadAll();
        }
        catch (SqliteException e)
        {
            throw Unreadable(e);
        }
    }

    private static List<string> Words(Connection connection, string sql) => [.. Rows(connection, sql, 1).Select(row => (string)row[0]!)];

    private static IEnumerable<IReadOnlyList<object?>> Rows(Connection connection, string sql, int columns)
    {
        using sqlite3_stmt statement = Prepare(connection, sql);
        while (Step(connection, statement))
        {
            object?[] row = new object?[columns];
            for (int i = 0; i < columns; i++) row[i] = Value(statement, i);
            yield return row;
        }
    }

    private static sqlite3_stmt Prepare(Connection connection, string sql)
    {
        int code = raw.sqlite3_prepare_v2(connection.Handle, sql, out sqlite3_stmt statement);
        return code == raw.SQLITE_OK ? statement : throw Unreadable(connection.Error(code));
    }

    private static bool Step(Connection connection, sqlite3_stmt statement)
    {
        int code = raw.sqlite3_step(statement);
        return code == raw.SQLITE_ROW || (code == raw.SQLITE_DONE ? false : throw Unreadable(connection.Error(code)));
    }

    // A text may hold U+0000: its bytes count, not its end.
    private static object? Value(sqlite3_stmt statement, int column) => raw.sqlite3_column_type(statement, column) switch
    {
        raw.SQLITE_NULL => null,
        raw.SQLITE_INTEGER => raw.sqlite3_column_int64(statement, column),
        raw.SQLITE_TEXT => Encoding.UTF8.GetString(raw.sqlite3_column_blob(statement, column)),
        _ => raw.sqlite3_column_blob(statement, column).ToArray(),
    };

    private static StoreUnavailableException Unreadable(SqliteException e) => new($"The database cannot be read. {e.Message}", e);
}
