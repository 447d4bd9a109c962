using System.Globalization;

namespace Evergrant.Load.Measure;

/// <summary>What PostgreSQL has counted of a database and its table of grants: at a moment, or between two.</summary>
/// <param name="Grants">Rows of grants.</param>
/// <param name="Events">Rows of events.</param>
/// <param name="Transactions">Transactions that were committed.</param>
/// <param name="Updates">Rows of grants that were updated.</param>
/// <param name="HotUpdates">Of them, those whose new version stayed on the page and touched no index.</param>
/// <param name="TableBytes">Size of the table of grants, with its maps.</param>
/// <param name="IndexBytes">Size of its indexes.</param>
/// <param name="LogBytes">Bytes of the write-ahead log.</param>
internal sealed record DatabaseCounters(long Grants, long Events, long Transactions, long Updates, long HotUpdates, long TableBytes, long IndexBytes, long LogBytes)
{
    /// <summary>One row with the members in their order. (Counting the rows reads the table: not for a large one under measurement.)</summary>
    public const string Sql = """
        select (select count(*) from grants), (select count(*) from events),
            (select xact_commit from pg_stat_database where datname = current_database()),
            n_tup_upd, n_tup_hot_upd, pg_table_size('grants'), pg_indexes_size('grants'), pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint
        from pg_stat_user_tables where relname = 'grants'
        """;

    /// <summary>What was counted since an earlier moment.</summary>
    public DatabaseCounters Since(DatabaseCounters earlier) => new(
        Grants - earlier.Grants, Events - earlier.Events, Transactions - earlier.Transactions, Updates - earlier.Updates, HotUpdates - earlier.HotUpdates,
        TableBytes - earlier.TableBytes, IndexBytes - earlier.IndexBytes, LogBytes - earlier.LogBytes);

    /// <summary>Cells of a table: of a difference, for so many refreshes.</summary>
    public IEnumerable<string> PerRefresh(int refreshes)
    {
        double all = Math.Max(1, refreshes);
        yield return (Transactions / all).ToString("0.00", CultureInfo.InvariantCulture);
        yield return (Updates / all).ToString("0.000", CultureInfo.InvariantCulture);
        yield return Updates == 0 ? "–" : (HotUpdates / (double)Updates).ToString("0.0 %", CultureInfo.InvariantCulture);
        yield return (LogBytes / all).ToString("N0", CultureInfo.InvariantCulture);
        yield return $"{Signed(Grants)}; {Signed(Events)}";
        yield return $"{Signed(TableBytes)}; {Signed(IndexBytes)}";
    }

    /// <summary>Names of the cells.</summary>
    public static IReadOnlyList<string> PerRefreshNames { get; } =
        ["transactions / refresh", "row updates / refresh", "of them HOT", "log bytes / refresh", "net rows: grants; events", "net bytes: table; indexes"];

    private static string Signed(long number) => number.ToString("+#,0;-#,0;0", CultureInfo.InvariantCulture);
}
