using System.Globalization;
using System.Text.RegularExpressions;

namespace Evergrant.Load.Measure;

/// <summary>A statement as pg_stat_statements counts it.</summary>
/// <param name="Text">Its text.</param>
/// <param name="Calls">How often it was run.</param>
/// <param name="Milliseconds">How long it ran in all, without its commit.</param>
/// <param name="PageImages">Whole pages that it wrote to the log, because they had not been changed since the last checkpoint.</param>
internal sealed partial record StatementCount(string Text, long Calls, double Milliseconds, long PageImages)
{
    /// <summary>One row for each statement of the database but those that ask PostgreSQL about itself.</summary>
    public const string Sql = """
        select query, calls, total_exec_time, wal_fpi from pg_stat_statements
        where dbid = (select oid from pg_database where datname = current_database()) and query not like '%pg_stat%' order by calls desc
        """;

    /// <summary>Forgets what was counted.</summary>
    public const string ResetSql = "select pg_stat_statements_reset()";

    private const int Shown = 60;

    /// <summary>Whether it reads a grant.</summary>
    public bool ReadsGrant => OneLine.StartsWith("select ", StringComparison.OrdinalIgnoreCase) && OneLine.Contains(" from grants ", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether it changes a grant.</summary>
    public bool ChangesGrant => OneLine.StartsWith("update grants ", StringComparison.OrdinalIgnoreCase);

    private string OneLine => Space().Replace(Text, " ").Trim() + " ";

    /// <summary>A table of the statements that were run at least once in a hundred refreshes; the rest in one line.</summary>
    public static IEnumerable<string> Table(IReadOnlyList<StatementCount> all, int refreshes)
    {
        double count = Math.Max(1, refreshes);
        var often = all.Where(s => s.Calls >= count / 100).ToList();
        yield return "| statement | calls / refresh | µs / call | whole pages to the log / call |";
        yield return "|---|--:|--:|--:|";
        foreach (var statement in often)
        {
            var text = statement.OneLine.Trim();
            yield return string.Create(CultureInfo.InvariantCulture,
                $"| `{(text.Length > Shown ? text[..Shown] + "…" : text)}` | {statement.Calls / count:0.000} | {statement.Milliseconds * 1000 / statement.Calls:0} | {(double)statement.PageImages / statement.Calls:0.00} |");
        }
        yield return string.Create(CultureInfo.InvariantCulture, $"| {all.Count - often.Count} others together | {all.Except(often).Sum(s => s.Calls) / count:0.0000} | | |");
    }

    /// <summary>Reads and changes of grants, and other statements, for each refresh.</summary>
    public static (double Reads, double Changes, double Others) PerRefresh(IReadOnlyList<StatementCount> all, int refreshes)
    {
        double count = Math.Max(1, refreshes);
        return (all.Where(s => s.ReadsGrant).Sum(s => s.Calls) / count, all.Where(s => s.ChangesGrant).Sum(s => s.Calls) / count,
            all.Where(s => !s.ReadsGrant && !s.ChangesGrant).Sum(s => s.Calls) / count);
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
