using System.Diagnostics;
using System.Text;

namespace Evergrant.Specs.Harness;

/// <summary>The program under test as an operating system process. <c>EVERGRANT_COMMAND</c> names another build of it.</summary>
public sealed class EvergrantProgram : IAsyncDisposable
{
    private static readonly TimeSpan ExitPatience = TimeSpan.FromSeconds(20);
    private readonly Process process;
    private readonly StringBuilder output = new();

    private EvergrantProgram(Process process)
    {
        this.process = process;
        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Everything written so far to standard output and standard error.</summary>
    public string Output
    {
        get
        {
            lock (output) return output.ToString();
        }
    }

    /// <summary>Whether the process has ended.</summary>
    public bool HasExited => process.HasExited;

    /// <summary>The exit code of a process that has ended.</summary>
    public int ExitCode => process.ExitCode;

    /// <summary>The folder that holds <c>Evergrant.slnx</c>.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>Starts the program and leaves it running.</summary>
    public static EvergrantProgram Start(params string[] arguments) =>
        new(Process.Start(StartInfo(arguments)) ?? throw new InvalidOperationException("The program could not be started."));

    /// <summary>Runs the program to its end.</summary>
    public static Task<CommandResult> Run(params string[] arguments) => RunWith("", arguments);

    /// <summary>Runs the program to its end with this on its standard input.</summary>
    public static async Task<CommandResult> RunWith(string input, params string[] arguments)
    {
        using var process = Process.Start(StartInfo(arguments)) ?? throw new InvalidOperationException("The program could not be started.");
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"'{arguments[0]}' did not end. It said: {await output} {await errors}");
        }

        return new CommandResult(process.ExitCode, await output, await errors);
    }

    /// <summary>Waits until the process ends by itself; false when it is still running after that time.</summary>
    public async Task<bool> Ended(TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience);
        try
        {
            await process.WaitForExitAsync(limit.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Ends the process at once (SIGKILL), as a power cut would.</summary>
    public async Task Kill()
    {
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
    }

    /// <summary>Asks the program to stop (SIGTERM), and ends it when it does not.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            using (var kill = Process.Start("kill", ["-TERM", process.Id.ToString()]))
                await kill.WaitForExitAsync();
            if (!await Ended(ExitPatience)) process.Kill(entireProcessTree: true);
        }

        process.Dispose();
    }

    private static ProcessStartInfo StartInfo(IEnumerable<string> arguments)
    {
        var command = Command();
        var start = new ProcessStartInfo(command[0])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var argument in command.Skip(1).Concat(arguments)) start.ArgumentList.Add(argument);
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("ASPNETCORE_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        return start;
    }

    private static string[] Command()
    {
        var given = Environment.GetEnvironmentVariable("EVERGRANT_COMMAND");
        if (!string.IsNullOrWhiteSpace(given)) return given.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var configuration = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";
        return ["dotnet", Path.Combine(Repository, "src", "Evergrant", "bin", configuration, "net10.0", "evergrant.dll")];
    }

    private static string FindRepository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Evergrant.slnx"))) return folder.FullName;
        }

        throw new InvalidOperationException("Evergrant.slnx was not found above " + AppContext.BaseDirectory);
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (output) output.AppendLine(line.Data);
    }
}

/// <summary>What a command of the program said.</summary>
public sealed record CommandResult(int ExitCode, string Output, string Errors);
