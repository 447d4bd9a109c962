using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Evergrant.Load.Measure;
using Evergrant.Load.Scenarios;

namespace Evergrant.Load.Server;

/// <summary>The server that this run starts on the measured core, in a data folder of its own, and ends.</summary>
internal sealed class ServerRun : IAsyncDisposable
{
    private const string ClientId = "bench";

    /// <summary>What all nodes of one database have: the root key, and the names of the demo people.</summary>
    private static readonly string[] Shared = ["root.key", "dev.json"];

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process process;
    private readonly bool ownsFolder;
    private bool isDisposed;

    private ServerRun(Process process, Uri address, Uri issuer, string folder, bool ownsFolder)
    {
        (this.process, Address, Issuer, Folder, this.ownsFolder) = (process, address, issuer, folder, ownsFolder);
        Figures = new ProcessFigures(process.Id);
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>The issuer: the address, or that of the node that was there first.</summary>
    public Uri Issuer { get; }

    /// <summary>The data folder.</summary>
    public string Folder { get; }

    public ProcessFigures Figures { get; }

    /// <summary>Starts the server and waits until it has written dev.json, which it does when it listens.</summary>
    /// <param name="program">The published program.</param>
    /// <param name="place">Where and on what; null for a new folder with a file on the measured core.</param>
    public static async Task<ServerRun> StartAsync(string program, ServerPlace? place = null)
    {
        place ??= new ServerPlace();
        var data = place.Folder ?? Directory.CreateTempSubdirectory("evergrant-load-").FullName;
        if (place.Beside is { } first) foreach (var name in Shared) File.Copy(Path.Combine(first.Folder, name), Path.Combine(data, name), overwrite: true);
        var address = new Uri($"http://localhost:{place.Port ?? FreePort()}");
        var process = Core.Start(program, place.Arguments(address.Port, data), Path.Combine(data, "server.log"), place.Cores);
        var run = new ServerRun(process, address, place.Beside?.Issuer ?? address, data, place.Folder is null);
        var since = Stopwatch.GetTimestamp();
        while (!run.HasWritten())
        {
            if (process.HasExited || Stopwatch.GetElapsedTime(since) > Patience)
            {
                var said = await File.ReadAllTextAsync(Path.Combine(data, "server.log"));
                await run.DisposeAsync();
                throw new InvalidOperationException($"The server did not start. It said:\n{said}");
            }

            await Task.Delay(5);
        }

        return run;
    }

    /// <summary>Declares the client that the scenarios use and discovers the endpoints.</summary>
    /// <param name="program">The published program, run once more for <c>apply</c>.</param>
    public async Task<Target> DeclareAsync(string program)
    {
        var dev = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(Folder, "dev.json"))).RootElement;
        var declared = Path.Combine(Folder, "bench.json");
        await File.WriteAllTextAsync(declared, $$"""
            { "clients": [ {
                "issuer": "{{dev.GetProperty("issuer").GetString()}}",
                "client_id": "{{ClientId}}",
                "client_name": "Bench",
                "application_type": "web",
                "token_endpoint_auth_method": "client_secret_basic",
                "redirect_uris": [ "{{Visitor.RedirectUri}}" ],
                "grant_types": [ "authorization_code", "refresh_token", "client_credentials" ],
                "response_types": [ "code" ],
                "scope": "{{Target.Scope}}",
                "introspect": true,
                "access_token_format": "jwt",
                "policy": { "refresh_tokens": "always", "access_token_lifetime": "01:00:00" }
            } ] }
            """);
        using var apply = Process.Start(new ProcessStartInfo(program, ["apply", "-f", declared, "--data", Folder, "--json", "--yes"]) { RedirectStandardOutput = true })!;
        var said = await apply.StandardOutput.ReadToEndAsync();
        await apply.WaitForExitAsync();
        if (apply.ExitCode != 0) throw new InvalidOperationException($"apply ended with {apply.ExitCode}");
        var change = JsonDocument.Parse(said).RootElement.GetProperty("changes").EnumerateArray().First(c => c.GetProperty("id").GetString() == ClientId);
        return await Target.DiscoverAsync(Issuer, ClientId, change.GetProperty("client_secret").GetString()!,
            dev.GetProperty("user").GetProperty("username").GetString()!, dev.GetProperty("user").GetProperty("password").GetString()!);
    }

    /// <summary>Ends the server and leaves the folder as it is.</summary>
    public Task StopAsync() => Core.EndAsync(process);

    /// <summary>Ends it as a crash does, and leaves the folder as it is.</summary>
    public Task KillAsync() => Core.KillAsync(process);

    public async ValueTask DisposeAsync()
    {
        if (isDisposed) return;
        isDisposed = true;
        await StopAsync();
        process.Dispose();
        if (ownsFolder) Directory.Delete(Folder, recursive: true);
    }

    /// <summary>Whether dev.json is there and this process has written it.</summary>
    private bool HasWritten()
    {
        try
        {
            using var written = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "dev.json")));
            return written.RootElement.GetProperty("pid").GetInt32() == process.Id;
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return false;
        }
    }

    public static int FreePort() => Evergrant.Fire.Servers.ServerProcess.FreePort();
}
