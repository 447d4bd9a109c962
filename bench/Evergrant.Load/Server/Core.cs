using System.Diagnostics;

namespace Evergrant.Load.Server;

/// <summary>Starts programs bound to one core, by taskset(1), which becomes the program: its process id is the program's.</summary>
internal static class Core
{
    /// <summary>The core of whatever is measured; the generator runs on another (bench/run binds it).</summary>
    public const int Measured = 0;

    public static Process Start(string program, IEnumerable<string> arguments, string? log = null)
    {
        // The shell opens the log and is gone: exec makes its process the program's.
        var line = log is null ? "exec taskset -c \"$0\" \"$@\" >/dev/null 2>&1" : $"exec taskset -c \"$0\" \"$@\" >'{log}' 2>&1";
        return Process.Start(new ProcessStartInfo("/bin/sh", ["-c", line, Measured.ToString(), program, .. arguments]))
            ?? throw new InvalidOperationException($"{program} did not start");
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
            process.Kill();
            await process.WaitForExitAsync();
        }
    }
}
