using System.Diagnostics;

namespace Evergrant.Load.Measure;

/// <summary>
/// Where a process spends its processor time, sampled with perf(1) on the CPU clock (which every virtual machine has) and sorted into areas.
/// The process must run with <c>DOTNET_PerfMapEnabled=3</c>, so that compiled methods have names.
/// </summary>
internal sealed class PerfProfile : IAsyncDisposable
{
    private readonly string file = Path.Combine(Path.GetTempPath(), $"evergrant-load-{Environment.ProcessId}.perf");
    private readonly Process perf;

    private readonly int pid;

    private PerfProfile(int pid) => (this.pid, perf) = (pid, Process.Start(new ProcessStartInfo(
        "perf", ["record", "-e", "cpu-clock", "-F", "1999", "-g", "-q", "-p", pid.ToString(), "-o", file])
    { RedirectStandardError = true, RedirectStandardOutput = true })!);

    public static PerfProfile Start(int pid) => new(pid);

    /// <summary>Ends the sampling and sorts the samples; the parts add up to 1.</summary>
    public async Task<IReadOnlyList<(string Area, double Part)>> EndAsync()
    {
        using (var signal = Process.Start("/bin/kill", ["-INT", perf.Id.ToString()])) await signal.WaitForExitAsync();
        await perf.WaitForExitAsync();
        using var script = Process.Start(new ProcessStartInfo(
            "perf", ["script", "-i", file, "-F", "comm,ip,sym,dso", "--no-inline"])
        { RedirectStandardOutput = true, RedirectStandardError = true })!;
        script.ErrorDataReceived += static (_, _) => { };
        script.BeginErrorReadLine();
        var samples = new Dictionary<string, int>();
        var stack = new List<string>();
        while (await script.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith('\t') || line.StartsWith(' '))
            {
                stack.Add(line.Trim());
                continue;
            }

            Count();
        }

        Count();
        await script.WaitForExitAsync();
        var all = (double)samples.Values.Sum();
        return [.. samples.OrderByDescending(s => s.Value).Select(s => (s.Key, s.Value / all))];

        void Count()
        {
            if (stack.Count == 0) return;
            var area = PerfArea.Of(stack);
            samples[area] = samples.GetValueOrDefault(area) + 1;
            stack.Clear();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!perf.HasExited) perf.Kill();
        await perf.WaitForExitAsync();
        perf.Dispose();
        File.Delete(file);
        File.Delete($"/tmp/perf-{pid}.map");
    }
}
