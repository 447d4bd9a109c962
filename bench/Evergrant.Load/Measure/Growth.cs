using System.Globalization;

namespace Evergrant.Load.Measure;

/// <summary>The same load on few grants and on many, in turn: what the size costs.</summary>
/// <param name="Few">Runs on few grants.</param>
/// <param name="Many">Runs on many.</param>
internal sealed record Growth(IReadOnlyList<Figures> Few, IReadOnlyList<Figures> Many)
{
    /// <summary>By how much many grants may be slower than few.</summary>
    public const double Allowed = 0.20;

    /// <summary>Rate on many by the rate on few, each the median of its runs.</summary>
    public double Rate => Median(Many, run => run.RequestsPerSecond) / Median(Few, run => run.RequestsPerSecond);

    /// <summary>The same of the 99th percentile of the latency.</summary>
    public double P99 => Median(Many, run => run.P99.TotalMilliseconds) / Median(Few, run => run.P99.TotalMilliseconds);

    /// <summary>Whether neither is worse by more than what is allowed; better is no fault.</summary>
    public bool Holds => Rate >= 1 - Allowed && P99 <= 1 + Allowed;

    /// <summary>In a sentence.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"rate {Rate * 100:0} %, p99 {P99 * 100:0} % of those on few grants (medians of {Many.Count} runs): {(Holds ? "within" : "**not within**")} {Allowed * 100:0} %");

    /// <summary>The middle of the runs; of an even number the lower of both in the middle.</summary>
    private static double Median(IReadOnlyList<Figures> runs, Func<Figures, double> value) => runs.Select(value).Order().ElementAt((runs.Count - 1) / 2);
}
