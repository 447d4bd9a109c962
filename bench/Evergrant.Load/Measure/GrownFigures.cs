namespace Evergrant.Load.Measure;

/// <summary>What was measured of a table of one size.</summary>
/// <param name="Store">Name of the store.</param>
/// <param name="Count">Grants.</param>
/// <param name="Use">Which of them are refreshed, in words.</param>
/// <param name="Bytes">What they take, with their indexes.</param>
/// <param name="Seeding">How long it took to put them in.</param>
internal sealed record GrownFigures(string Store, int Count, string Use, long Bytes, TimeSpan Seeding)
{
    /// <summary>As the table shows it.</summary>
    public string Name => $"{Store}, {Count:N0} grants, {Use}";

    /// <summary>Runs, one each round.</summary>
    public List<Figures> Runs { get; } = [];

    /// <summary>Bytes of PostgreSQL's log for each refresh, one figure each round; empty with SQLite.</summary>
    public List<double> Logs { get; } = [];

    /// <summary>Whole pages in them for each refresh.</summary>
    public List<double> Pages { get; } = [];

    /// <summary>Statements for each refresh.</summary>
    public List<double> Statements { get; } = [];

    /// <summary>From the start of a killed server to its first refresh.</summary>
    public List<TimeSpan> Starts { get; } = [];

    /// <summary>Different grants that were refreshed, warm-up included.</summary>
    public int Touched { get; set; }
}
