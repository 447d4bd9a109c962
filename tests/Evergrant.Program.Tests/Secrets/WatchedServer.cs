using System.Net;
using System.Text;
using Evergrant.Cli;
using Evergrant.Hosting;
using Evergrant.Hosting.Settings;
using Evergrant.Postgres;
using Evergrant.Program.Tests.Harness;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Evergrant.Program.Tests.Secrets;

/// <summary>The server as evergrant start runs it, in this process, at the finest log level, with every answer that hands out no secret kept.</summary>
internal sealed class WatchedServer : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly WebApplication _app;
    private readonly StringBuilder _answers = new();

    private WatchedServer(TemporaryFolder folder, OpenStore store, WebApplication app, string issuer, RootKeys root, DevelopmentFile development, Witness witness) =>
        (_folder, Store, _app, Issuer, Root, Development, Witness) = (folder, store, app, issuer, root, development, witness);

    public string Issuer { get; }

    public OpenStore Store { get; }

    public RootKeys Root { get; }

    public DevelopmentFile Development { get; }

    public Witness Witness { get; }

    public IReadOnlyList<Type> Registered => Witness.Registered;

    public string RootFile => _folder.At("data/root.key");

    public KestrelServerLimits Limits => _app.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits;

    public Operations Operations => _app.Services.GetRequiredService<Operations>();

    /// <summary>Answers of the server and of commands, without those whose purpose is to hand out a secret.</summary>
    public byte[] Answers => Encoding.UTF8.GetBytes(_answers.ToString());

    public static async Task<WatchedServer> StartAsync(string? postgres)
    {
        var folder = new TemporaryFolder();
        string issuer = $"http://localhost:{RunningProgram.FreePort()}", data = folder.At("data");
        var settings = new ServerSettings { Development = true, Folder = data, Issuers = [issuer], Urls = [issuer], LogLevel = LogLevel.Trace, Postgres = postgres is null ? null : new PostgresOptions(postgres) };
        PrivateFile.MakeFolder(data);
        RootKeySource.Create(data);
        RootKeys root = RootKeys.Read(data, new System.Collections.Hashtable());
        var witness = new Witness();
        witness.Attend();
        OpenStore store = await OpenStore.OpenAsync(settings);
        WebApplication app = HttpServer.Build(settings, store, root, TimeProvider.System);
        await app.Services.GetRequiredService<RootKeyAgreement>().BeginAsync(alone: true, default);
        DevelopmentFile development = await DemoState.ApplyAsync(app.Services.GetRequiredService<Operations>(), null, default);
        await HttpServer.ListenAsync(app, settings);
        return new(folder, store, app, issuer, root, development, witness);
    }

    /// <summary>A browser or client with cookies of its own.</summary>
    public (HttpClient Http, CookieContainer Cookies) Client()
    {
        var cookies = new CookieContainer();
        return (new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = cookies }) { BaseAddress = new Uri(Issuer) }, cookies);
    }

    /// <summary>Keeps an answer: status, headers but cookies, and body.</summary>
    public async Task<string> KeepAsync(HttpResponseMessage reply)
    {
        string body = await reply.Content.ReadAsStringAsync();
        _answers.Append((int)reply.StatusCode).Append('\n');
        foreach ((string name, IEnumerable<string> values) in reply.Headers.Concat(reply.Content.Headers).Where(h => h.Key != "Set-Cookie")) _answers.Append(name).Append(": ").AppendJoin(", ", values).Append('\n');
        _answers.Append(body).Append('\n');
        return body;
    }

    /// <summary>Gives a command as over the socket, and keeps what it says.</summary>
    public async Task<string> CommandAsync(string? input, params string[] arguments)
    {
        CommandReply reply = await ServedExecution.RunAsync(Operations, new CommandRequest(arguments, input, Path.GetTempPath(), 0), default);
        _answers.Append(reply.Output).Append(reply.Error);
        return reply.Output;
    }

    /// <summary>Every file of the store, or every row of the database.</summary>
    public async Task<byte[]> StoredAsync(Func<Task<string>> dump)
    {
        if (Store.File is null) return Encoding.UTF8.GetBytes(await dump());
        var bytes = new MemoryStream();
        foreach (string file in Directory.EnumerateFiles(_folder.At("data"), "evergrant.db*"))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            await stream.CopyToAsync(bytes);
        }
        return bytes.ToArray();
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        await Store.DisposeAsync();
        Witness.Dispose();
        _folder.Dispose();
    }
}
