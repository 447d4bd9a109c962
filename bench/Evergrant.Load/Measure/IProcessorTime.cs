namespace Evergrant.Load.Measure;

/// <summary>Whose processor time is measured: a process, several, or a tree of them.</summary>
internal interface IProcessorTime
{
    /// <summary>User and system time so far.</summary>
    TimeSpan CpuTime();

    /// <summary>Resident memory now, in bytes; what processes share is counted for each.</summary>
    long ResidentBytes();
}
