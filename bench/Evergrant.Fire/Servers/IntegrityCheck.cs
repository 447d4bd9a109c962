using SQLitePCL;

namespace Evergrant.Fire.Servers;

/// <summary>SQLite's own check of a database, on a copy of the files as a killed server left them.</summary>
internal static class IntegrityCheck
{
    private const string FileName = "evergrant.db";

    /// <summary>Copies the store of a data folder and checks the copy, log included.</summary>
    /// <returns>Null when it is whole; otherwise what SQLite says.</returns>
    public static string? Fault(string folder, string scratch)
    {
        string copy = Path.Combine(scratch, "integrity");
        if (Directory.Exists(copy)) Directory.Delete(copy, recursive: true);
        Directory.CreateDirectory(copy);
        foreach (string suffix in new[] { "", "-wal" })
        {
            string file = Path.Combine(folder, FileName + suffix);
            if (File.Exists(file)) File.Copy(file, Path.Combine(copy, FileName + suffix));
        }
        raw.SetProvider(new SQLite3Provider_e_sqlite3());
        if (raw.sqlite3_open_v2(Path.Combine(copy, FileName), out sqlite3 database, raw.SQLITE_OPEN_READWRITE, null) != raw.SQLITE_OK) return "it cannot be opened";
        using (database)
        {
            if (raw.sqlite3_prepare_v2(database, "pragma integrity_check", out sqlite3_stmt statement) != raw.SQLITE_OK) return raw.sqlite3_errmsg(database).utf8_to_string();
            using (statement)
            {
                if (raw.sqlite3_step(statement) != raw.SQLITE_ROW) return raw.sqlite3_errmsg(database).utf8_to_string();
                string said = raw.sqlite3_column_text(statement, 0).utf8_to_string();
                return said == "ok" ? null : said;
            }
        }
    }
}
