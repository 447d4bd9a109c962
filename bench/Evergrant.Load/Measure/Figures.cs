namespace Evergrant.Load.Measure;

/// <summary>What one run of one scenario measured.</summary>
/// <param name="Scenario">Its name.</param>
/// <param name="Workers">Closed loops, each with one connection.</param>
/// <param name="Requests">Steps that were answered as expected.</param>
/// <param name="Errors">Steps that were not.</param>
/// <param name="FirstErrors">What the first of them said.</param>
/// <param name="Elapsed">From the first request to the last answer.</param>
/// <param name="P50">Median latency.</param>
/// <param name="P99">99th percentile of the latency.</param>
/// <param name="Max">Highest latency.</param>
/// <param name="ServerCpu">Processor time of the server's process during the run.</param>
/// <param name="GeneratorCpu">Processor time of this process during the run.</param>
/// <param name="ResidentBytes">The server's resident memory at the end of the run.</param>
internal sealed record Figures(
    string Scenario,
    int Workers,
    int Requests,
    int Errors,
    IReadOnlyList<string> FirstErrors,
    TimeSpan Elapsed,
    TimeSpan P50,
    TimeSpan P99,
    TimeSpan Max,
    TimeSpan ServerCpu,
    TimeSpan GeneratorCpu,
    long ResidentBytes)
{
    /// <summary>Processor time of the database's processes during the run; null where the server's process is its own database.</summary>
    public TimeSpan? DatabaseCpu { get; init; }

    public double RequestsPerSecond => Requests / Elapsed.TotalSeconds;

    /// <summary>Microseconds of the server's processor time per answered step; failed steps count as work too.</summary>
    public double ServerMicrosecondsPerRequest => ServerCpu.TotalMicroseconds / Math.Max(1, Requests + Errors);

    /// <summary>Microseconds of the database's processor time per answered step; null as <see cref="DatabaseCpu"/>.</summary>
    public double? DatabaseMicrosecondsPerRequest => DatabaseCpu?.TotalMicroseconds / Math.Max(1, Requests + Errors);

    /// <summary>How busy the server's core was, 0 to 1.</summary>
    public double ServerUtilization => ServerCpu / Elapsed;

    /// <summary>The same of the database; null as <see cref="DatabaseCpu"/>.</summary>
    public double? DatabaseUtilization => DatabaseCpu / Elapsed;

    /// <summary>How busy the generator's core was, 0 to 1: near 1 it was the bottleneck of the rate.</summary>
    public double GeneratorUtilization => GeneratorCpu / Elapsed;
}
