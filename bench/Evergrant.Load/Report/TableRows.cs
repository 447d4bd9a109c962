using SQLitePCL;

namespace Evergrant.Load.Report;

/// <summary>How many rows each table of a SQLite file holds. Only for a file that no server has open.</summary>
internal static class TableRows
{
    public static bool IsDatabase(string path) => path.EndsWith(".db", StringComparison.Ordinal);

    public static IReadOnlyList<(string Table, long Rows)> Count(string path)
    {
        Batteries_V2.Init();
        Expect(raw.sqlite3_open_v2(path, out var database, raw.SQLITE_OPEN_READONLY, null));
        using (database)
        {
            var tables = Query(database, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
                row => raw.sqlite3_column_text(row, 0).utf8_to_string());
            return [.. tables.Select(table => (table, Query(database, $"SELECT count(*) FROM \"{table}\"", row => raw.sqlite3_column_int64(row, 0))[0]))];
        }
    }

    private static List<T> Query<T>(sqlite3 database, string sql, Func<sqlite3_stmt, T> read)
    {
        Expect(raw.sqlite3_prepare_v2(database, sql, out var statement));
        using (statement)
        {
            var rows = new List<T>();
            while (raw.sqlite3_step(statement) == raw.SQLITE_ROW) rows.Add(read(statement));
            return rows;
        }
    }

    private static void Expect(int result)
    {
        if (result != raw.SQLITE_OK) throw new InvalidOperationException($"SQLite answered {result}");
    }
}
