using System.Diagnostics;
using Evergrant.Fire.Faults;

namespace Evergrant.Fire.Report;

/// <summary>Checks the mutants, runs drills one after the other, prints their table and keeps it as bench/results/DATE-TIME-COMMIT-fire.md.</summary>
internal static class FireRun
{
    /// <summary>The drills of a run in their order: wrong servers come first on each kind of store that the others use.</summary>
    /// <param name="wanted">What was asked for.</param>
    /// <param name="mutants">Whether the mutants are checked although they were not asked for.</param>
    public static IReadOnlyList<IDrill> Order(IReadOnlyList<IDrill> wanted, bool mutants)
    {
        IDrill[] guards = [.. MutantsDrill.All.Where(g => wanted.Contains(g) || mutants && (!g.IsOnPostgres || wanted.Any(d => d.IsOnPostgres)))];
        return [.. guards, .. wanted.Except(guards)];
    }

    /// <summary>Runs them.</summary>
    /// <returns>0 when everything held, 1 when something was violated or a mutant was not caught: then no drill is run.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<IDrill> drills, DrillSetting setting, string? folder, CancellationToken cancellationToken)
    {
        IDrill[] named = [.. drills.Where(d => d is not MutantsDrill)];
        string? page = folder is null ? null : ResultPage.PathIn(folder, named.Length == 1 ? $"fire-{named[0].Name}" : named.Length == 0 ? "fire-mutants" : "fire");
        string[] head = [.. ResultPage.Head($"scale {setting.Scale}; seed {setting.Seed}")];
        FireReport report = new(head, []);
        foreach (IDrill drill in drills)
        {
            if (drill is not MutantsDrill && report.Outcomes.Any(o => o is { Drill: MutantsDrill, Result.Held: false })) break;
            Outcome outcome = await RunAsync(drill, setting, cancellationToken);
            report = new(head, [.. report.Outcomes, outcome]) { NotRun = [.. drills.Skip(report.Outcomes.Count + 1).Select(d => d.Name)] };
            // Whatever ends a run of hours, what has been found until then is kept.
            if (page is not null) await File.WriteAllLinesAsync(page, report.Lines, cancellationToken);
        }
        foreach (string line in report.Lines) Console.WriteLine(line);
        if (page is not null) Console.WriteLine($"\nWritten to {page}");
        return report.Held ? 0 : 1;
    }

    // A violation stands. What kept the drill itself from its end (a server of its own that did not start) is told, and the drill is tried once more with other dice.
    private static async Task<Outcome> RunAsync(IDrill drill, DrillSetting setting, CancellationToken cancellationToken)
    {
        setting.Say($"{drill.Name}: {drill.Sentence}");
        string? failure = null;
        for (int attempt = 0; ; attempt++)
        {
            DrillSetting present = setting with { Seed = setting.Seed + attempt, Scratch = Directory.CreateDirectory(Path.Combine(setting.Scratch, attempt == 0 ? drill.Name : drill.Name + "-again")).FullName };
            long started = Stopwatch.GetTimestamp();
            try
            {
                DrillResult result = await drill.RunAsync(present, cancellationToken);
                return new(drill, result, present.Seed, Stopwatch.GetElapsedTime(started), failure);
            }
            // What a crowd of clients ends with is an answer that no client understands: that is the server's.
            catch (Exception e) when (!cancellationToken.IsCancellationRequested && (attempt == 1 || e is AggregateException))
            {
                return new(drill, new DrillResult([], [$"it did not come to its end: {e.Message}"]), present.Seed, Stopwatch.GetElapsedTime(started), failure);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                failure = e.Message;
                setting.Say($"{drill.Name} failed and is tried a second time: {e}");
            }
        }
    }
}
