using System.Globalization;

namespace Evergrant.Load.Measure;

/// <summary>A process and its children, those that have ended too: a PostgreSQL server is one process for each connection, all children of the first.</summary>
internal sealed class ProcessTree(int root) : IProcessorTime
{
    public int Root { get; } = root;

    /// <summary>User and system time of the first process, of all children that it has had.</summary>
    public TimeSpan CpuTime()
    {
        var children = Children().Select(child => ProcessStat.Of(child)).OfType<ProcessStat>().Aggregate(TimeSpan.Zero, (sum, stat) => sum + stat.Own + stat.OfEnded);
        return ProcessStat.Of(Root) is { } first ? children + first.Own + first.OfEnded : throw new InvalidOperationException($"The process {Root} has ended.");
    }

    /// <summary>Resident memory of the first process: shared buffers that it has touched, and its own.</summary>
    public long ResidentBytes() => new ProcessFigures(Root).ResidentBytes();

    /// <summary>The first process and its living children.</summary>
    public IReadOnlyList<int> Ids() => [Root, .. Children()];

    private IEnumerable<int> Children() =>
        from folder in Directory.EnumerateDirectories("/proc")
        let id = int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0
        where id > 0 && ProcessStat.Of(id)?.Parent == Root
        select id;
}
