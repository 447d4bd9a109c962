using System.Globalization;

namespace Evergrant.Load.Measure;

/// <summary>What the kernel says of a process: processor time and memory, from /proc.</summary>
internal sealed class ProcessFigures(int pid) : IProcessorTime
{
    public int Id { get; } = pid;

    /// <summary>User and system time of all threads so far.</summary>
    public TimeSpan CpuTime() => (ProcessStat.Of(Id) ?? throw new InvalidOperationException($"The process {Id} has ended.")).Own;

    /// <summary>Resident memory now, in bytes.</summary>
    public long ResidentBytes() => StatusBytes("VmRSS:");

    /// <summary>The highest resident memory so far, in bytes.</summary>
    public long PeakResidentBytes() => StatusBytes("VmHWM:");

    /// <summary>The cores that it may run on, as 0 or 0-3,8.</summary>
    public string Cores() => Status("Cpus_allowed_list:")[0];

    private long StatusBytes(string field) => long.Parse(Status(field)[0], CultureInfo.InvariantCulture) * 1024;

    private string[] Status(string field) =>
        File.ReadLines($"/proc/{Id}/status").First(l => l.StartsWith(field, StringComparison.Ordinal))[field.Length..].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
