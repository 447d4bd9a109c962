using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Evergrant.Tests;
using Xunit;

[assembly: AssemblyFixture(typeof(Evergrant.Pages.Tests.Browser.Server))]
[assembly: AssemblyFixture(typeof(Evergrant.Pages.Tests.Browser.Chrome))]

namespace Evergrant.Pages.Tests.Browser;

/// <summary>The real program in development mode on a folder of its own, with a person for each test.</summary>
public sealed class Server : IAsyncLifetime
{
    /// <summary>The password of every person declared here.</summary>
    public const string Password = "a long walk in the woods";

    private static readonly string[] People =
    [
        "arrives", "typo", "keys", "noscript", "denies", "partly", "leaves-out", "remembered", "leaves", "takes-back", "mallory", "looks", "cancels", "two-one", "two-two", "posted", "fresh-id", "asked-again", "watched", "kept-apart",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("evergrant-pages-").FullName;
    private Process? _process;

    /// <summary>The issuer, which is also the origin of the pages.</summary>
    public string Issuer { get; private set; } = "";

    /// <summary>What dev.json says.</summary>
    public JsonElement Development { get; private set; }

    /// <summary>Talks to the server as a client does: without cookies, following nothing.</summary>
    public HttpClient Http { get; } = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false });

    /// <summary>The folder at the root of the repository.</summary>
    public static string Root { get; } = FindRoot();

    public async ValueTask InitializeAsync()
    {
        int port = FreePort();
        _process = Run("start", "--urls", $"http://localhost:{port}", "--data", _folder);
        _ = _process.StandardOutput.ReadToEndAsync();
        Task<string> errors = _process.StandardError.ReadToEndAsync();
        string file = Path.Combine(_folder, "dev.json");
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(30));
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(50));
        while (!File.Exists(file))
        {
            Assert.False(_process.HasExited, "The program ended at once.");
            await timer.WaitForNextTickAsync(patience.Token);
        }
        Development = JsonDocument.Parse(await File.ReadAllBytesAsync(file, patience.Token)).RootElement.Clone();
        Issuer = Development.GetProperty("issuer").GetString()!;
        await DeclareAsync(patience.Token);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (_process is { HasExited: false })
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }
        _process?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A member of dev.json, e.g. "user", "password".</summary>
    public string Dev(params ReadOnlySpan<string> path)
    {
        JsonElement at = Development;
        foreach (string name in path) at = at.GetProperty(name);
        return at.GetString()!;
    }

    /// <summary>Asks the token endpoint as demo-native or demo-web.</summary>
    public async Task<JsonElement> TokenAsync(string client, params (string Name, string Value)[] form)
    {
        (string, string)[] who = client == "demo-web" ? [("client_id", client), ("client_secret", Dev("clients", "web", "client_secret"))] : [("client_id", client)];
        using FormUrlEncodedContent content = new(form.Concat(who).Select(f => KeyValuePair.Create(f.Item1, f.Item2)));
        using HttpResponseMessage response = await Http.PostAsync(Issuer + "/token", content);
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.Clone();
    }

    private async Task DeclareAsync(CancellationToken cancellationToken)
    {
        JsonArray users = [.. People.Select(name => new JsonObject { ["username"] = name, ["password"] = Password, ["claims"] = new JsonObject { ["name"] = "The Person " + name } })];
        string file = Path.Combine(_folder, "people.json");
        await File.WriteAllTextAsync(file, new JsonObject { ["users"] = users }.ToJsonString(), cancellationToken);
        using Process apply = Run("apply", "-f", file, "--data", _folder, "--yes");
        Task<string> output = apply.StandardOutput.ReadToEndAsync(cancellationToken), errors = apply.StandardError.ReadToEndAsync(cancellationToken);
        await apply.WaitForExitAsync(cancellationToken);
        Assert.True(apply.ExitCode == 0, await output + await errors);
    }

    private static Process Run(params IEnumerable<string> arguments) => Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "evergrant.dll"), .. arguments])
    {
        RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetTempPath(),
    })!;

    private static int FreePort() => Ports.Free();

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Evergrant.slnx"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The tests run inside the repository.");
    }
}
