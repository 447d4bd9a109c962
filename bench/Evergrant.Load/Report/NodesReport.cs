using System.Globalization;
using Evergrant.Load.Measure;

namespace Evergrant.Load.Report;

/// <summary>What <c>nodes</c> writes below the head of its result.</summary>
internal static class NodesReport
{
    public static IEnumerable<string> Lines(IReadOnlyList<DatabaseFigures> runs)
    {
        List<DatabaseFigures> counted = [.. runs.Where(run => run.Counted is not null)];
        return
        [
            .. ResultFile.Table([.. runs.Select(run => run.Run)]),
            "",
            "Server CPU is that of the nodes that were asked, added up. Database CPU is that of all processes of PostgreSQL, those that have ended too.",
            "",
            $"| what PostgreSQL counted | grant read / refresh | grant changed / refresh | other statements / refresh | {string.Join(" | ", DatabaseCounters.PerRefreshNames)} |",
            $"|---|--:|--:|--:|{string.Concat(DatabaseCounters.PerRefreshNames.Select(_ => "--:|"))}",
            .. counted.Select(Row),
            "",
            "No statement shares its message with another: each is a round trip and a transaction of its own. A node remembers the grants that it refreshed last; at another node the row is read first.",
            "",
            .. counted.Count == 0 ? [] : StatementCount.Table(counted[^1].Statements, counted[^1].Run.Requests),
            "",
            .. runs.GroupBy(run => run.Run.Scenario).Select(group => Sentence(group.Key, [.. group.Select(run => run.Run)])),
            .. runs.SelectMany(run => run.Run.FirstErrors, (run, error) => $"Error in {run.Run.Scenario}: {error}"),
        ];
    }

    private static string Row(DatabaseFigures run)
    {
        var (reads, changes, others) = StatementCount.PerRefresh(run.Statements, run.Run.Requests);
        return string.Create(CultureInfo.InvariantCulture, $"| {run.Run.Scenario} | {reads:0.000} | {changes:0.000} | {others:0.0000} | ") + string.Join(" | ", run.Counted!.PerRefresh(run.Run.Requests)) + " |";
    }

    private static string Sentence(string name, IReadOnlyList<Figures> runs)
    {
        var requests = Math.Max(1, runs.Sum(run => run.Requests));
        var server = runs.Sum(run => run.ServerCpu.TotalMicroseconds) / requests;
        var database = runs.Sum(run => run.DatabaseCpu?.TotalMicroseconds ?? 0) / requests;
        return string.Create(CultureInfo.InvariantCulture,
            $"- {name}: {requests / runs.Sum(run => run.Elapsed.TotalSeconds):N0} refreshes/s; CPU of a refresh {server + database:0} µs{(database > 0 ? $" (nodes {server:0}, database {database:0})" : "")}.");
    }
}
