namespace Evergrant.Fire;

/// <summary>One way of hurting the server, and what must still hold. It counts; it never judges by time that passed.</summary>
internal interface IDrill
{
    /// <summary>Name on the command line, in kebab case.</summary>
    string Name { get; }

    /// <summary>What is done to the server, in one sentence.</summary>
    string Sentence { get; }

    /// <summary>Whether its nodes are on PostgreSQL: then the mutants are checked there as well before it counts.</summary>
    bool IsOnPostgres => false;

    /// <summary>Runs it.</summary>
    /// <param name="setting">Where things are, and how long the run shall be.</param>
    /// <param name="cancellationToken">Ends the run; what was started is ended with it.</param>
    Task<DrillResult> RunAsync(DrillSetting setting, CancellationToken cancellationToken);
}

/// <summary>What a drill needs from outside.</summary>
/// <param name="Program">Path of the program (evergrant or evergrant.dll) that is put under fire.</param>
/// <param name="Scratch">Folder for data, removed by whoever made it.</param>
/// <param name="Scale">1 is the long form whose figures are recorded; the short form of the tests is a small part of it.</param>
/// <param name="Seed">Seed of everything random.</param>
/// <param name="Say">Takes a line about what is going on.</param>
internal sealed record DrillSetting(string Program, string Scratch, double Scale, int Seed, Action<string> Say)
{
    /// <summary>What nodes are replaced by where two builds shall serve together (<see cref="Servers.OtherBuild.MakeAsync"/>); null for the same build.</summary>
    public string? Other { get; init; }

    /// <summary>A count of the long form at this scale, at least <paramref name="atLeast"/>.</summary>
    public int Count(int whole, int atLeast = 1) => Math.Max(atLeast, (int)Math.Round(whole * Scale));
}

/// <summary>What came out: rows for the table, and what was broken.</summary>
/// <param name="Figures">Rows in the order of the table.</param>
/// <param name="Violations">One line each, with what is needed to repeat it; empty when everything held.</param>
internal sealed record DrillResult(IReadOnlyList<DrillFigure> Figures, IReadOnlyList<string> Violations)
{
    public bool Held => Violations.Count == 0;
}

/// <summary>One row of the table.</summary>
/// <param name="Goal">The goal it belongs to (G1…).</param>
/// <param name="What">What was counted.</param>
/// <param name="Value">The figure with its unit.</param>
internal sealed record DrillFigure(string Goal, string What, string Value);
