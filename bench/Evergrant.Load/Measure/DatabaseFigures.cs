namespace Evergrant.Load.Measure;

/// <summary>A run, and what its database counted meanwhile.</summary>
/// <param name="Run">The run.</param>
/// <param name="Counted">What PostgreSQL counted; null where the store is a file.</param>
/// <param name="Statements">What it ran; empty where the store is a file.</param>
internal sealed record DatabaseFigures(Figures Run, DatabaseCounters? Counted, IReadOnlyList<StatementCount> Statements);
