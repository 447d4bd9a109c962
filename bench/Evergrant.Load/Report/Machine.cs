using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Evergrant.Load.Report;

/// <summary>What a reader needs to judge figures: the machine, the disk's flush, the commit.</summary>
internal static class Machine
{
    /// <summary>Lines for the head of a result file.</summary>
    /// <param name="folder">A folder on the disk that the store used.</param>
    /// <param name="placement">What ran on which core.</param>
    public static IEnumerable<string> Describe(string folder, string placement = "server on core 0, generator on core 1")
    {
        var memory = File.ReadLines("/proc/meminfo").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        var model = File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(": ", 2)[1] ?? "unknown";
        var cores = File.ReadLines("/proc/cpuinfo").Count(l => l.StartsWith("processor", StringComparison.Ordinal));
        yield return $"Machine: {cores} cores, {model}, {long.Parse(memory) / 1024 / 1024} GiB memory, Linux {Environment.OSVersion.Version}";
        yield return $"Runtime: {RuntimeInformation.FrameworkDescription}, published ReadyToRun; {placement}";
        yield return $"Disk: {new DriveInfo(folder).DriveFormat}, a 4 KiB append and flush takes {FlushTime(folder).TotalMicroseconds:0} µs (median)";
        yield return $"Commit: {Git("rev-parse", "--short", "HEAD")}{(Git("status", "--porcelain", "--untracked-files=no").Length > 0 ? " with uncommitted changes" : "")}";
        yield return $"Date: {DateTimeOffset.UtcNow:yyyy-MM-dd HH:mm} UTC";
    }

    /// <summary>The short hash of the commit that is checked out.</summary>
    public static string Commit => Git("rev-parse", "--short", "HEAD");

    private static TimeSpan FlushTime(string folder)
    {
        var path = Path.Combine(folder, "flush.probe");
        var times = new List<TimeSpan>();
        using (var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write))
        {
            var block = new byte[4096];
            for (var round = 0; round < 200; round++)
            {
                var start = Stopwatch.GetTimestamp();
                RandomAccess.Write(file, block, round * block.Length);
                RandomAccess.FlushToDisk(file);
                times.Add(Stopwatch.GetElapsedTime(start));
            }
        }

        File.Delete(path);
        times.Sort();
        return times[times.Count / 2];
    }

    private static string Git(params string[] arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", arguments) { RedirectStandardOutput = true })!;
        var said = git.StandardOutput.ReadToEnd().Trim();
        git.WaitForExit();
        return said;
    }
}
