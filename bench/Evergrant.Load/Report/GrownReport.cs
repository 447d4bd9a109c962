using System.Globalization;
using Evergrant.Load.Measure;

namespace Evergrant.Load.Report;

/// <summary>What <c>grown</c> writes below the head of its result.</summary>
internal static class GrownReport
{
    /// <param name="all">For each store what is compared with the others first.</param>
    public static IEnumerable<string> Lines(IReadOnlyList<GrownFigures> all) =>
    [
        .. ResultFile.Table([.. all.GroupBy(figures => figures.Store).SelectMany(InTurn)]),
        "",
        .. all.GroupBy(figures => figures.Store).SelectMany(store => store.Skip(1), (store, many) => $"- **{many.Name}:** {new Growth(store.First().Runs, many.Runs)}."),
        "",
        "| | bytes of a grant, indexes included | seeded in, s | different grants refreshed | start after kill -9 to the first refresh: median, highest, ms | statements / refresh | log bytes / refresh | whole pages in the log / refresh |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
        .. all.Select(Row),
        "",
        "Grants in use lie far apart: no two on a page of the large table. *Any of them* takes each of the others with the same chance, so that hardly one is met twice: the worst case, which no clients make. "
        + "Rows are like one that was made through the pages; people and sessions are in no order.",
        .. all.Any(figures => figures.Logs.Count > 0)
            ? ["", "PostgreSQL writes a page into its log whole when it is changed for the first time after a checkpoint. A node remembers the grants that it refreshed last; one that it does not remember is read first."]
            : Array.Empty<string>(),
        .. all.SelectMany(figures => figures.Runs).SelectMany(run => run.FirstErrors, (run, error) => $"Error in {run.Scenario}: {error}"),
    ];

    private static IEnumerable<Figures> InTurn(IEnumerable<GrownFigures> sizes)
    {
        var all = sizes.ToList();
        for (var round = 0; round < all[0].Runs.Count; round++)
        {
            foreach (var size in all) yield return size.Runs[round];
        }
    }

    private static string Row(GrownFigures figures)
    {
        var starts = figures.Starts.Select(start => start.TotalMilliseconds).Order().ToList();
        return string.Create(CultureInfo.InvariantCulture,
            $"| {figures.Name} | {(double)figures.Bytes / figures.Count:N0} | {figures.Seeding.TotalSeconds:0} | {figures.Touched:N0} | ")
            + (starts.Count == 0 ? "–" : string.Create(CultureInfo.InvariantCulture, $"{starts[(starts.Count - 1) / 2]:0}, {starts[^1]:0}"))
            + $" | {Mean(figures.Statements, "0.00")} | {Mean(figures.Logs, "N0")} | {Mean(figures.Pages, "0.00")} |";
    }

    private static string Mean(List<double> values, string format) => values.Count == 0 ? "–" : values.Average().ToString(format, CultureInfo.InvariantCulture);
}
