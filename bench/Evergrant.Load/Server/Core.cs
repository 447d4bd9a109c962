using System.Diagnostics;

namespace Evergrant.Load.Server;

/// <summary>Starts programs bound to one core, by taskset(1), which becomes the program: its process id is the program's.</summary>
internal static class Core
{
    /// <summary>The core of whatever is measured; the generator runs on another (bench/run binds it).</summary>
    public const string Measured = "0";

    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="log">File for what it says; null to say nothing.</param>
    /// <param name="cores">Its cores as taskset takes them, as 0 or 0-3,8.</param>
    public static Process Start(string program, IEnumerable<string> arguments, string? log = null, string cores = Measured)
    {
        // The shell opens the log and is gone: exec makes its process the program's.
        var line = log is null ? "exec taskset -c \"$0\" \"$@\" >/dev/null 2>&1" : $"exec taskset -c \"$0\" \"$@\" >'{log}' 2>&1";
        return Process.Start(new ProcessStartInfo("/bin/sh", ["-c", line, cores, program, .. arguments]))
            ?? throw new InvalidOperationException($"{program} did not start");
    }

    /// <summary>Binds processes that run already, all their threads; what they start later is bound with them.</summary>
    public static async Task BindAsync(IEnumerable<int> processes, string cores)
    {
        foreach (var id in processes)
        {
            using var taskset = Process.Start(new ProcessStartInfo("taskset", ["-a", "-c", "-p", cores, id.ToString()]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var said = await taskset.StandardOutput.ReadToEndAsync() + await taskset.StandardError.ReadToEndAsync();
            await taskset.WaitForExitAsync();
            // One that has ended meanwhile needs no core.
            if (taskset.ExitCode != 0 && Directory.Exists($"/proc/{id}")) throw new InvalidOperationException($"A process could not be bound to {cores}: {said.Trim()}");
        }
    }

    /// <summary>SIGKILL, as a crash; returns when the process is gone.</summary>
    public static async Task KillAsync(Process process)
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>SIGTERM, and after ten seconds SIGKILL, to exactly this process.</summary>
    public static async Task EndAsync(Process process)
    {
        if (process.HasExited) return;
        using (var signal = Process.Start("/bin/kill", ["-TERM", process.Id.ToString()])) await signal.WaitForExitAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            await KillAsync(process);
        }
    }
}
