using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Evergrant.Tests;
using Xunit;

// Processes are stopped by signals, and files have modes.
[assembly: System.Runtime.Versioning.UnsupportedOSPlatform("windows")]

namespace Evergrant.Program.Tests.Harness;

/// <summary>What a command said.</summary>
internal sealed record Said(int ExitCode, string Output, string Error);

/// <summary>The program as a process: a command that ends, or a server that is stopped by its process id.</summary>
internal sealed class RunningProgram : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Process _process;
    private readonly StringBuilder _said = new();

    private RunningProgram(Process process)
    {
        _process = process;
        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Output and errors so far.</summary>
    public string Output
    {
        get
        {
            lock (_said) return _said.ToString();
        }
    }

    public int Id => _process.Id;

    /// <summary>Runs a command to its end.</summary>
    public static Task<Said> Run(params string[] arguments) => RunWith("", arguments);

    /// <summary>Runs a command with something on standard input.</summary>
    public static async Task<Said> RunWith(string input, params string[] arguments)
    {
        using Process process = Process.Start(StartInfo(arguments))!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{arguments[0]} did not end: {await output} {await error}");
        }
        return new Said(process.ExitCode, await output, await error);
    }

    /// <summary>Starts a server and comes back when the condition holds.</summary>
    public static async Task<RunningProgram> Start(Func<Task<bool>> listens, params string[] arguments)
    {
        var program = new RunningProgram(Process.Start(StartInfo(arguments))!);
        using var limit = new CancellationTokenSource(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!await listens())
        {
            if (program._process.HasExited || limit.IsCancellationRequested)
            {
                await program.DisposeAsync();
                throw new InvalidOperationException("The server did not start: " + program.Output);
            }
            await timer.WaitForNextTickAsync();
        }
        return program;
    }

    /// <summary>Sends a signal and gives the exit code.</summary>
    public async Task<int> Stop(string signal)
    {
        using (Process kill = Process.Start("kill", ["-" + signal, _process.Id.ToString()])) await kill.WaitForExitAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (!_process.HasExited) await Stop("TERM");
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
            Assert.Fail("The server did not stop: " + Output);
        }
        finally
        {
            _process.Dispose();
        }
    }

    /// <summary>A port that nobody listened on a moment ago.</summary>
    public static int FreePort() => Ports.Free();

    /// <summary>The folder that holds Evergrant.slnx.</summary>
    public static string Repository { get; } = FindRepository();

    private static ProcessStartInfo StartInfo(string[] arguments)
    {
        string configuration = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetTempPath(),
        };
        start.ArgumentList.Add(Path.Combine(Repository, "src", "Evergrant", "bin", configuration, "net10.0", "evergrant.dll"));
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        return start;
    }

    private static string FindRepository()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Evergrant.slnx"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("Evergrant.slnx was not found above " + AppContext.BaseDirectory);
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_said) _said.AppendLine(line.Data);
    }
}
