using Evergrant.Load.Measure;
using Evergrant.Load.Report;
using Xunit;

namespace Evergrant.Load.Tests.Report;

/// <summary>Tables have as many cells in each row as columns.</summary>
public sealed class ResultFileTests
{
    private static readonly Figures File =
        new("SQLite", 64, 1_000, 0, [], TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(9), TimeSpan.FromMilliseconds(11), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(0.5), 100_000_000);

    private static readonly Figures Database = File with { Scenario = "PostgreSQL, 1 node", DatabaseCpu = TimeSpan.FromSeconds(0.25) };

    [Fact]
    public void A_database_has_columns_only_where_there_is_one()
    {
        Assert.DoesNotContain("database", ResultFile.Table([File]).First(), StringComparison.Ordinal);
        var lines = ResultFile.Table([File, Database]).ToList();
        Assert.Single(lines.Select(Cells).Distinct());
        Assert.Contains("| 1000.0 | – | 50 % | – | 25 % |", lines[2], StringComparison.Ordinal);
        Assert.Contains("| 1000.0 | 250.0 | 50 % | 12 % | 25 % |", lines[3], StringComparison.Ordinal);
    }

    [Fact]
    public void Nodes_are_summed_up_over_their_rounds()
    {
        var counted = new DatabaseCounters(0, 0, 2_000, 1_000, 1_000, 0, 0, 250_000);
        DatabaseFigures[] runs = [new(File, null, []), new(Database, counted, [new("select id from grants where id = $1", 1_000, 1, 0)]), new(Database, counted, [])];
        var lines = NodesReport.Lines(runs).ToList();
        Assert.Contains("| PostgreSQL, 1 node | 1.000 | 0.000 | 0.0000 | 2.00 | 1.000 | 100.0 % | 250 | 0; 0 | 0; 0 |", lines);
        Assert.Contains("- SQLite: 500 refreshes/s; CPU of a refresh 1000 µs.", lines);
        Assert.Contains("- PostgreSQL, 1 node: 500 refreshes/s; CPU of a refresh 1250 µs (nodes 1000, database 250).", lines);
    }

    [Fact]
    public void Few_and_many_stand_in_the_order_in_which_they_ran()
    {
        GrownFigures[] all = [Grown(10, "all of them"), Grown(20, "10 of them"), Grown(20, "any of them")];
        var lines = GrownReport.Lines(all).ToList();
        string[] names = ["SQLite, 10 grants, all of them", "SQLite, 20 grants, 10 of them", "SQLite, 20 grants, any of them"];
        Assert.Equal([.. names, .. names], lines.Skip(2).Take(6).Select(line => line.Split('|')[1].Trim()));
        Assert.Equal(2, lines.Count(line => line.EndsWith("rate 100 %, p99 100 % of those on few grants (medians of 2 runs): within 20 %.", StringComparison.Ordinal)));
        Assert.Contains("| SQLite, 20 grants, any of them | 800 | 3 | 7 | 500, 900 | – | – | – |", lines);
    }

    private static GrownFigures Grown(int count, string use)
    {
        var figures = new GrownFigures("SQLite", count, use, count * 800L, TimeSpan.FromSeconds(3)) { Touched = 7 };
        figures.Runs.AddRange([File with { Scenario = figures.Name }, File with { Scenario = figures.Name }]);
        figures.Starts.AddRange([TimeSpan.FromMilliseconds(900), TimeSpan.FromMilliseconds(400), TimeSpan.FromMilliseconds(500)]);
        return figures;
    }

    private static int Cells(string line) => line.Count(c => c == '|');
}
