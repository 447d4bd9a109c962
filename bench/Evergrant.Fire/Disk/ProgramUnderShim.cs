using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Evergrant.Tests;

namespace Evergrant.Fire.Disk;

/// <summary>The real program in development mode on a data folder, with or without the shim below it.</summary>
internal sealed class ProgramUnderShim : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Process _process;
    private readonly StringBuilder _said = new();

    private ProgramUnderShim(Process process, string folder)
    {
        (_process, Folder) = (process, folder);
        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Its data folder.</summary>
    public string Folder { get; }

    /// <summary>How long it took until it listened.</summary>
    public TimeSpan StartedIn { get; private set; }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>What it wrote on both outputs.</summary>
    public string Said
    {
        get
        {
            lock (_said) return _said.ToString();
        }
    }

    /// <summary>Starts it and comes back when it listens.</summary>
    /// <param name="program">evergrant or evergrant.dll.</param>
    /// <param name="folder">Data folder.</param>
    /// <param name="issuer">Where it listens.</param>
    /// <param name="prepare">Changes how it is started: the shim, environment.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="InvalidOperationException">It ended before it listened; the message has what it said.</exception>
    public static async Task<ProgramUnderShim> StartAsync(string program, string folder, string issuer, Action<ProcessStartInfo>? prepare, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = Command(program, "start", "--urls", issuer, "--data", folder);
        prepare?.Invoke(start);
        string ready = Path.Combine(folder, "dev.json");
        Directory.CreateDirectory(folder);
        File.Delete(ready);
        long began = Stopwatch.GetTimestamp();
        var server = new ProgramUnderShim(Process.Start(start)!, folder);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!File.Exists(ready))
        {
            if (server._process.HasExited || Stopwatch.GetElapsedTime(began) > Patience)
            {
                await server.KillAsync();
                int code = server._process.ExitCode;
                await server.DisposeAsync();
                throw new InvalidOperationException($"{code} was the exit code of the program, which said: {server.Said}");
            }
            await timer.WaitForNextTickAsync(cancellationToken);
        }
        server.StartedIn = Stopwatch.GetElapsedTime(began);
        return server;
    }

    /// <summary>Runs a command of the program to its end.</summary>
    /// <returns>Exit code and what it wrote on both outputs.</returns>
    public static async Task<(int ExitCode, string Said)> RunAsync(string program, Action<ProcessStartInfo>? prepare, CancellationToken cancellationToken, params string[] arguments)
    {
        ProcessStartInfo start = Command(program, arguments);
        prepare?.Invoke(start);
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(cancellationToken), error = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return (process.ExitCode, await output + await error);
    }

    /// <summary>A client of the demo's web application for this server.</summary>
    public TokenCalls Client()
    {
        using JsonDocument dev = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "dev.json")));
        JsonElement web = dev.RootElement.GetProperty("clients").GetProperty("web");
        return new(dev.RootElement.GetProperty("issuer").GetString()!, web.GetProperty("client_id").GetString()!, web.GetProperty("client_secret").GetString()!);
    }

    /// <summary>Kills it as kill -9 does.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Stops it in good order.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> StopAsync()
    {
        if (!_process.HasExited) using (Process kill = Process.Start("kill", ["-TERM", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)])) await kill.WaitForExitAsync();
        return await ExitAsync();
    }

    /// <summary>Waits until it has ended by itself.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> ExitAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    /// <summary>An address that nobody listened on a moment ago.</summary>
    public static string FreeIssuer() => $"http://localhost:{Ports.Free()}";

    private static ProcessStartInfo Command(string program, params string[] arguments) =>
        new(program.EndsWith(".dll", StringComparison.Ordinal) ? "dotnet" : program, program.EndsWith(".dll", StringComparison.Ordinal) ? ["exec", program, .. arguments] : arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_said) _said.AppendLine(line.Data);
    }
}
