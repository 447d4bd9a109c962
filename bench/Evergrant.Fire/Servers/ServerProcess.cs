using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Evergrant.Tests;

namespace Evergrant.Fire.Servers;

/// <summary>One node: the real program in a process of its own, in development mode. It can be killed and started again on the same folder and port.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(15);
    private const int StoreUnavailable = 3; // exit code (docs/operations/configuration.md)
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(30) };
    private Process? _process;

    private ServerProcess(ServerPlan plan) => Plan = plan;

    /// <summary>How it is started; a change holds from the next start.</summary>
    public ServerPlan Plan { get; set; }

    /// <summary>Process id of the running node.</summary>
    public int Pid => _process?.Id ?? throw new InvalidOperationException("The node does not run.");

    /// <summary>Whether its process lives.</summary>
    public bool IsRunning => _process is { HasExited: false };

    /// <summary>How long the last start took until it listened.</summary>
    public TimeSpan StartTook { get; private set; }

    /// <summary>What the process wrote, over all its starts.</summary>
    public string LogFile => Path.Combine(Plan.Folder, "server.log");

    /// <summary>Starts a node and waits until it listens.</summary>
    public static async Task<ServerProcess> StartAsync(ServerPlan plan, CancellationToken cancellationToken)
    {
        var server = new ServerProcess(plan);
        await server.StartAgainAsync(cancellationToken);
        return server;
    }

    /// <summary>A port that is free now.</summary>
    public static int FreePort() => Ports.Free();

    /// <summary>Starts it again after it has ended; returns when it listens.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="supervised">Whether it is started once more when its database did not answer in time, as a service manager does.</param>
    /// <exception cref="InvalidOperationException">It ended, or did not listen in time; the message has the end of its log.</exception>
    public async Task StartAgainAsync(CancellationToken cancellationToken, bool supervised = true)
    {
        Launch();
        long since = Stopwatch.GetTimestamp();
        while (!Listens())
        {
            bool late = Stopwatch.GetElapsedTime(since) > StartPatience;
            if (supervised && !late && Plan.Postgres is not null && _process is { HasExited: true, ExitCode: StoreUnavailable }) Launch();
            else if (!IsRunning || late)
            {
                await KillAsync();
                throw new InvalidOperationException($"The server did not start. It said: {EndOfLog()}");
            }
            await Task.Delay(5, cancellationToken);
        }
        StartTook = Stopwatch.GetElapsedTime(since);
    }

    /// <summary>Starts the process without waiting for it to listen (a start that shall be disturbed).</summary>
    public void Launch()
    {
        Directory.CreateDirectory(Plan.Folder);
        string url = $"http://localhost:{Plan.Port}";
        List<string> line = [.. Plan.Before];
        if (Plan.Program.EndsWith(".dll", StringComparison.Ordinal)) line.Add("dotnet");
        line.AddRange([Plan.Program, "start", "--urls", url, "--data", Plan.Folder]);
        if (Plan.Postgres is not null) line.AddRange(["--postgres", Plan.Postgres]);
        if (Plan.Issuer is not null) line.AddRange(["--issuer", Plan.Issuer]);
        line.AddRange(Plan.Arguments);
        // The shell opens the log and becomes the program: the process id is the program's.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" >>\"$0\" 2>&1", LogFile, .. line]);
        start.Environment["DOTNET_TieredPGO"] = "0";
        foreach ((string name, string value) in Plan.Environment) start.Environment[name] = value;
        _process?.Dispose();
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{Plan.Program} did not start");
    }

    /// <summary>SIGKILL; returns when the process is gone, so that nothing of it can take effect any more.</summary>
    public async Task KillAsync()
    {
        if (_process is null) return;
        try
        {
            _process.Kill();
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception)
        {
            // It had ended before.
        }
        await _process.WaitForExitAsync();
    }

    /// <summary>Waits until the process has ended by itself (a failpoint).</summary>
    /// <returns>Whether it ended in time.</returns>
    public async Task<bool> WaitForExitAsync(TimeSpan patience)
    {
        using var end = new CancellationTokenSource(patience);
        try
        {
            await _process!.WaitForExitAsync(end.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Sends a signal, as TERM, STOP or CONT.</summary>
    public async Task SignalAsync(string name)
    {
        using Process kill = Process.Start("/bin/kill", ["-" + name, Pid.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    /// <summary>SIGTERM, and SIGKILL when that does not help.</summary>
    /// <returns>Whether it stopped by itself.</returns>
    public async Task<bool> StopAsync()
    {
        if (!IsRunning) return true;
        await SignalAsync("TERM");
        if (await WaitForExitAsync(StopPatience)) return true;
        await KillAsync();
        return false;
    }

    /// <summary>Whether it says that it is ready; not being there is saying no.</summary>
    public async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        try
        {
            using HttpResponseMessage answer = await Http.GetAsync($"http://localhost:{Plan.Port}/health/ready", cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>The node's dev.json.</summary>
    public async Task<JsonElement> DevelopmentFileAsync(CancellationToken cancellationToken)
    {
        using JsonDocument json = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(Plan.Folder, "dev.json"), cancellationToken));
        return json.RootElement.Clone();
    }

    /// <summary>The last lines of the log, for a message.</summary>
    public string EndOfLog() => File.Exists(LogFile) ? string.Join('\n', File.ReadLines(LogFile).TakeLast(20)) : "nothing";

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process?.Dispose();
    }

    // dev.json is written when the server listens, and carries the id of the process that wrote it.
    private bool Listens()
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Plan.Folder, "dev.json")));
            return json.RootElement.GetProperty("pid").GetInt32() == Pid;
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
