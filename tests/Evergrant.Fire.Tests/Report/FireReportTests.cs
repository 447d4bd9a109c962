using Evergrant.Fire.Faults;
using Evergrant.Fire.Report;
using Xunit;

namespace Evergrant.Fire.Tests.Report;

/// <summary>A run says whether it counts.</summary>
public sealed class FireReportTests
{
    private static readonly IDrill OnSqlite = Drills.All.Single(d => d.Name == "kill"), OnPostgres = Drills.All.Single(d => d.Name == "failover");
    private static readonly IReadOnlyList<IDrill> Guards = MutantsDrill.All;

    [Fact]
    public void Mutants_are_checked_first_on_the_stores_that_a_run_uses()
    {
        Assert.Equal([Guards[0], OnSqlite], FireRun.Order([OnSqlite], mutants: true));
        Assert.Equal([.. Guards, OnSqlite, OnPostgres], FireRun.Order([OnSqlite, OnPostgres], mutants: true));
        Assert.Equal(Guards, FireRun.Order(Drills.All, mutants: true).Take(Guards.Count));
        Assert.Equal(Drills.All.Count, FireRun.Order(Drills.All, mutants: true).Count);
        Assert.Equal([OnPostgres], FireRun.Order([OnPostgres], mutants: false));
        Assert.Equal([Guards[1]], FireRun.Order([Guards[1]], mutants: false));
    }

    [Fact]
    public void A_run_counts_only_if_every_mutant_was_caught()
    {
        string[] held = [.. new FireReport(["- Seed: 7"], [Caught("18 of 18"), new(OnSqlite, new([new("G1", "kills", "30")], []), 7, TimeSpan.FromSeconds(2), null)]).Lines];
        Assert.Contains("- Seed: 7", held);
        Assert.Contains("- Mutants: mutants: 18 of 18 caught; this run counts", held);
        Assert.Contains("| G1 | kill | kills | 30 |", held);
        Assert.Equal("Nothing was violated.", held[^1]);

        FireReport missed = new([], [new(Guards[0], new([new("G5", "mutants caught", "17 of 18")], ["the mutant no-grace was not caught"]), 1, TimeSpan.Zero, null)]);
        Assert.False(missed.Held);
        Assert.Contains(missed.Lines, line => line.StartsWith("- Mutants: not all were caught (mutants); this run does not count", StringComparison.Ordinal));

        Assert.Contains(new FireReport([], [new(OnSqlite, new([], []), 1, TimeSpan.Zero, null)]).Lines, line => line.StartsWith("- Mutants: not checked", StringComparison.Ordinal));
    }

    [Fact]
    public void A_drill_that_needed_a_second_try_is_named_with_its_reason_and_seed()
    {
        FireReport report = new([], [Caught("18 of 18"), new(OnPostgres, new([], []), 2, TimeSpan.Zero, "no port\nwas free")]);
        Assert.True(report.Held);
        Assert.Contains("- Tried a second time, with seed 2: failover; the first try ended with: no port was free", report.Lines);
    }

    [Fact]
    public async Task What_a_run_found_is_kept_when_it_is_broken_off()
    {
        string folder = Directory.CreateTempSubdirectory("evergrant-fire-test-").FullName;
        try
        {
            using var end = new CancellationTokenSource();
            var setting = new DrillSetting("none", folder, 1, 1, _ => { });
            IDrill[] drills = [new Pretended("first", () => { }), new Pretended("second", end.Cancel), new Pretended("third", () => { })];
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => FireRun.RunAsync(drills, setting, Path.Combine(folder, "results"), end.Token));
            string[] page = await File.ReadAllLinesAsync(Directory.EnumerateFiles(Path.Combine(folder, "results")).Single());
            Assert.Contains("- Not run: second, third", page);
            Assert.Contains("| G1 | first | done | yes |", page);

            Directory.Delete(Path.Combine(folder, "results"), recursive: true);
            Assert.Equal(0, await FireRun.RunAsync([drills[0], drills[2]], setting, Path.Combine(folder, "results"), default));
            page = await File.ReadAllLinesAsync(Directory.EnumerateFiles(Path.Combine(folder, "results")).Single());
            Assert.DoesNotContain(page, line => line.StartsWith("- Not run", StringComparison.Ordinal));
            Assert.Contains("| G1 | third | done | yes |", page);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private sealed class Pretended(string name, Action act) : IDrill
    {
        public string Name => name;

        public string Sentence => "";

        public bool IsOnPostgres => false;

        public Task<DrillResult> RunAsync(DrillSetting setting, CancellationToken cancellationToken)
        {
            act();
            cancellationToken.ThrowIfCancellationRequested();
            return Task.FromResult(new DrillResult([new("G1", "done", "yes")], []));
        }
    }

    private static Outcome Caught(string count) => new(Guards[0], new([new("G5", "mutants caught", count)], []), 1, TimeSpan.Zero, null);
}
