using System.CommandLine;
using System.Globalization;
using Evergrant.Load.Commands;
using Xunit;

namespace Evergrant.Load.Tests;

/// <summary>The commands in their shortest form, on the program that was built beside the tests: that they run, check every answer and find what they report.</summary>
public sealed class CommandTests
{
    private static readonly string Program = Path.Combine(Root(), "src", "Evergrant", "bin", Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd('/'))!), "net10.0", "evergrant");

    [Fact]
    public async Task Refreshes_reach_all_over_a_table_that_has_grown_on_both_stores()
    {
        var result = await RunAsync(GrownCommand.Create(), "--few", "20", "--count", "400", "--rounds", "1", "--starts", "1");
        Assert.Contains("- **SQLite, 400 grants, 20 of them:** rate ", result, StringComparison.Ordinal);
        Assert.Contains("- **PostgreSQL, 400 grants, any of them:** rate ", result, StringComparison.Ordinal);
        Assert.Contains("fsync on", result, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_build_and_this_one_take_turns_in_every_scenario()
    {
        var result = await RunAsync(AgainstCommand.Create(), "refresh", "introspection", "--other", Program, "--words", "the same build", "--rounds", "2", "--pairs", "2");
        Assert.Contains("- Before: the server of the same build", result, StringComparison.Ordinal);
        var scenarios = result.Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Select(line => line.Split('|', StringSplitOptions.TrimEntries)[1]);
        string[] pair = ["scenario", .. new[] { "refresh", "introspection" }.SelectMany(name => new[] { $"{name}, before", $"{name}, now", $"{name}, now", $"{name}, before" })];
        Assert.Equal(["scenario", "refresh", "introspection", "scenario", "refresh", "introspection", .. pair, .. pair], scenarios);
    }

    [Fact]
    public async Task A_refresh_is_one_hot_update_and_at_the_node_of_the_last_one_nothing_more()
    {
        var result = await RunAsync(NodesCommand.Create(), "--grants", "60", "--nodes", "2", "--rounds", "2");
        var lines = result.Split('\n').Where(line => line.StartsWith("| PostgreSQL, ", StringComparison.Ordinal)).Select(line => line.Split('|', StringSplitOptions.TrimEntries)).ToList();
        // What was measured, two rounds of three, and then what the database counted in them.
        var (measured, rows) = (lines[..6], lines[^3..]);
        // Changes, row updates, net rows.
        Assert.All(rows, row => Assert.Equal(["1.000", "1.000", "0; 0"], [row[3], row[6], row[9]]));
        var reads = rows.Select(row => double.Parse(row[2], CultureInfo.InvariantCulture)).ToList();
        // The only node reads a grant once and then remembers it: most of them in the first round, those that a slow machine did not come to in the second.
        var readsOfOne = Enumerable.Zip([lines[6], lines[9]], [measured[0], measured[3]], (counted, run) =>
            double.Parse(counted[2], CultureInfo.InvariantCulture) * int.Parse(run[3], NumberStyles.AllowThousands, CultureInfo.InvariantCulture)).ToList();
        Assert.InRange(readsOfOne.Sum(), 1, 61);
        // Each grant is read once after the round in which it was refreshed anywhere.
        Assert.True(reads[1] < reads[2], $"{reads[1]} reads for a refresh at one node, {reads[2]} at any");
    }

    private static async Task<string> RunAsync(Command command, params string[] more)
    {
        var results = Directory.CreateTempSubdirectory("evergrant-load-test-").FullName;
        try
        {
            var code = await command.Parse([.. more, "--workers", "4", "--seconds", "1", "--warm-up", "0", "--database-cores", "0", "--server", Program, "--results", results]).InvokeAsync();
            Assert.Equal(0, code);
            return await File.ReadAllTextAsync(Directory.EnumerateFiles(results).Single());
        }
        finally
        {
            Directory.Delete(results, recursive: true);
        }
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Evergrant.slnx"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("The tests do not run in the repository.");
    }
}
