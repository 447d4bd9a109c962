using Evergrant.Fire.Faults;

namespace Evergrant.Fire.Report;

/// <summary>What came of one drill of a run.</summary>
/// <param name="Drill">The drill.</param>
/// <param name="Result">What it found.</param>
/// <param name="Seed">Its seed; the run's, but for a second try.</param>
/// <param name="Took">How long it took.</param>
/// <param name="FirstFailure">What kept a first try from its end; null when there was no second one.</param>
internal sealed record Outcome(IDrill Drill, DrillResult Result, int Seed, TimeSpan Took, string? FirstFailure);

/// <summary>The page about a run: whether it counts, the table, what was violated, what was tried twice.</summary>
internal sealed class FireReport(IReadOnlyList<string> head, IReadOnlyList<Outcome> outcomes)
{
    /// <summary>What came of the drills that were run.</summary>
    public IReadOnlyList<Outcome> Outcomes => outcomes;

    /// <summary>Names of the drills that were asked for and not run, or not yet.</summary>
    public IReadOnlyList<string> NotRun { get; init; } = [];

    /// <summary>Whether everything held.</summary>
    public bool Held => outcomes.All(o => o.Result.Held);

    /// <summary>Its lines, in Markdown.</summary>
    public IReadOnlyList<string> Lines =>
    [
        "# Under fire", "", .. head, $"- Mutants: {Mutants()}", .. Again(), .. NotRun.Count == 0 ? [] : (string[])[$"- Not run: {string.Join(", ", NotRun)}"], "",
        "| goal | drill | what | figure |", "|---|---|---|--:|", .. outcomes.SelectMany(Rows), "",
        Held ? "Nothing was violated." : "## Violated", .. outcomes.SelectMany(o => o.Result.Violations.Select(v => $"- {o.Drill.Name}: {v}")),
    ];

    // A run in which nothing is violated says nothing unless wrong servers are caught.
    private string Mutants()
    {
        Outcome[] checks = [.. outcomes.Where(o => o.Drill is MutantsDrill)];
        if (checks.Length == 0) return "not checked (--no-mutants); this run alone does not count";
        string[] missed = [.. checks.Where(o => !o.Result.Held).Select(o => o.Drill.Name)];
        if (missed.Length > 0) return $"not all were caught ({string.Join(", ", missed)}); this run does not count, and nothing else was run";
        return string.Join("; ", checks.Select(o => $"{o.Drill.Name}: {o.Result.Figures[^1].Value} caught")) + "; this run counts";
    }

    private IEnumerable<string> Again() => outcomes.Where(o => o.FirstFailure is not null).Select(o => $"- Tried a second time, with seed {o.Seed}: {o.Drill.Name}; the first try ended with: {o.FirstFailure!.ReplaceLineEndings(" ")}");

    private static IEnumerable<string> Rows(Outcome outcome) =>
    [
        .. outcome.Result.Figures.Select(f => $"| {f.Goal} | {outcome.Drill.Name} | {f.What} | {f.Value} |"),
        FormattableString.Invariant($"| | {outcome.Drill.Name} | took | {outcome.Took.TotalSeconds:0} s |"),
    ];
}
