namespace Evergrant.Load.Measure;

/// <summary>Several at once, as the nodes that share a load.</summary>
internal sealed class ProcessSum(IReadOnlyList<IProcessorTime> parts) : IProcessorTime
{
    public TimeSpan CpuTime() => parts.Aggregate(TimeSpan.Zero, (sum, part) => sum + part.CpuTime());

    public long ResidentBytes() => parts.Sum(part => part.ResidentBytes());
}
