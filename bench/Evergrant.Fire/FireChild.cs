using System.Diagnostics;
using System.Globalization;
using Evergrant.Fire.Disk;
using Evergrant.Fire.PowerLoss;

namespace Evergrant.Fire;

/// <summary>This program, started once more as the process whose disk is recorded or broken.</summary>
internal static class FireChild
{
    /// <summary>First argument of such a process.</summary>
    public const string Word = "child";

    /// <summary>How it is started.</summary>
    public static ProcessStartInfo Start(params string[] arguments) =>
        new("dotnet", ["exec", typeof(FireChild).Assembly.Location, Word, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };

    /// <summary>Starts it and waits for its end.</summary>
    /// <returns>What it wrote on standard output.</returns>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static async Task<string> RunToEndAsync(ProcessStartInfo start, CancellationToken cancellationToken)
    {
        using Process process = Process.Start(start)!;
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(cancellationToken), error = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0 ? await output : throw new InvalidOperationException($"The child ended with {process.ExitCode}: {await error}");
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }

    /// <summary>What it does; null when this process is no child.</summary>
    public static Task<int>? RunIfChild(string[] arguments) => arguments is [Word, .. string[] rest] ? RunAsync(rest) : null;

    private static async Task<int> RunAsync(string[] arguments)
    {
        switch (arguments)
        {
            case ["store-load", string folder, string log, string changes, string seed, string synchronous]:
                using (var notes = new LogNotes(log)) await StoreLoad.RunAsync(folder, notes.Write, Number(changes), Number(seed), synchronous);
                return 0;
            case ["store-sweep", string folder, string control, string stride, string offset]:
                await StoreSweep.RunAsync(folder, control, Number(stride), Number(offset), Console.Out);
                return 0;
            default:
                Console.Error.WriteLine($"{arguments.FirstOrDefault()} is nothing that a child does");
                return 2;
        }
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
