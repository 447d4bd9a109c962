using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Evergrant.Program.Tests.Harness;

/// <summary>A server in development mode that the tests of a class share.</summary>
public sealed class DevelopmentServer : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private RunningProgram? _program;

    public string Folder => _folder.At("data");

    public string Issuer { get; } = $"http://localhost:{RunningProgram.FreePort()}";

    public JsonElement Announced { get; private set; }

    internal RunningProgram Program => _program!;

    public HttpClient Http { get; } = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });

    public async ValueTask InitializeAsync()
    {
        _program = await RunningProgram.Start(() => Task.FromResult(File.Exists(Path.Combine(Folder, "dev.json"))), "start", "--urls", Issuer, "--data", Folder);
        Announced = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "dev.json"))).RootElement;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (_program is not null) await _program.DisposeAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>A command for this server.</summary>
    internal Task<Said> Run(params string[] arguments) => RunningProgram.Run([.. arguments, "--data", Folder]);

    internal Task<Said> RunWith(string input, params string[] arguments) => RunningProgram.RunWith(input, [.. arguments, "--data", Folder]);

    /// <summary>A command whose output is JSON.</summary>
    internal async Task<JsonElement> Json(params string[] arguments)
    {
        Said said = await Run([.. arguments, "--json"]);
        Assert.True(said.ExitCode == 0, said.Error);
        return JsonDocument.Parse(said.Output).RootElement;
    }

    /// <summary>Applies a declared state and gives the changes.</summary>
    internal async Task<JsonElement> Apply(string json)
    {
        Said said = await RunWith(json, "apply", "-f", "-", "--json", "--yes");
        Assert.True(said.ExitCode == 0, said.Error);
        return JsonDocument.Parse(said.Output).RootElement.GetProperty("changes");
    }

    /// <summary>Asks the token endpoint with client credentials; the status tells whether the server knows the client.</summary>
    internal async Task<HttpStatusCode> AskForToken(string clientId, string secret)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Issuer + "/token") { Content = new FormUrlEncodedContent([new("grant_type", "client_credentials")]) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{clientId}:{secret}")));
        using HttpResponseMessage reply = await Http.SendAsync(request);
        return reply.StatusCode;
    }
}
