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
    private readonly Process process;
    private readonly bool ownsFolder;

    private ServerRun(Process process, Uri issuer, string folder, bool ownsFolder)
    {
        (this.process, Issuer, Folder, this.ownsFolder) = (process, issuer, folder, ownsFolder);
        Figures = new ProcessFigures(process.Id);
    }

    public Uri Issuer { get; }

    /// <summary>The data folder.</summary>
    public string Folder { get; }

    public ProcessFigures Figures { get; }

    /// <summary>Starts the server and waits until it has written dev.json.</summary>
    /// <param name="program">The published program.</param>
    /// <param name="folder">Its data folder, which is kept; null for a new one that is removed.</param>
    /// <param name="port">Its port; null for a free one.</param>
    public static async Task<ServerRun> StartAsync(string program, string? folder = null, int? port = null)
    {
        var data = folder ?? Directory.CreateTempSubdirectory("evergrant-load-").FullName;
        var issuer = new Uri($"http://localhost:{port ?? FreePort()}");
        var ready = Path.Combine(data, "dev.json");
        File.Delete(ready);
        var process = Core.Start(program, ["start", "--urls", issuer.GetLeftPart(UriPartial.Authority), "--data", data], Path.Combine(data, "server.log"));
        var run = new ServerRun(process, issuer, data, folder is null);
        var since = Stopwatch.GetTimestamp();
        while (!File.Exists(ready) || new FileInfo(ready).Length == 0)
        {
            if (process.HasExited || Stopwatch.GetElapsedTime(since) > TimeSpan.FromSeconds(60))
            {
                var said = await File.ReadAllTextAsync(Path.Combine(data, "server.log"));
                await run.DisposeAsync();
                throw new InvalidOperationException($"The server did not start. It said:\n{said}");
            }

            await Task.Delay(20);
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

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        process.Dispose();
        if (ownsFolder) Directory.Delete(Folder, recursive: true);
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
