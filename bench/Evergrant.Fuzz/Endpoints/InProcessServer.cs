using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.TestHost;

namespace Evergrant.Fuzz.Endpoints;

/// <summary>The real program in development mode in this process, with a test server in the place of Kestrel: nothing listens, everything else is as it is.</summary>
internal sealed class InProcessServer : IAsyncDisposable
{
    private readonly string _folder;
    private readonly IHost _host;
    private readonly Task<int> _run;
    private readonly TextWriter _console;

    private InProcessServer(string folder, IHost host, Task<int> run, JsonElement announced, TextWriter console)
    {
        (_folder, _host, _run, Announced, _console) = (folder, host, run, announced, console);
        Server = (TestServer)host.Services.GetRequiredService<IServer>();
        Server.AllowSynchronousIO = false;
    }

    /// <summary>What it wrote to dev.json.</summary>
    public JsonElement Announced { get; }

    /// <summary>Takes requests.</summary>
    public TestServer Server { get; }

    /// <summary>Every address that is mapped, with its method.</summary>
    public IReadOnlyList<(string Method, string Path)> Addresses =>
    [
        .. _host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(e => (e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Select(m => (m, e.RoutePattern.RawText ?? "/"))),
    ];

    /// <summary>Starts one. Until it ends nothing is printed: what it says of itself holds passwords, and of requests far too much.</summary>
    /// <param name="folder">A new folder, removed at the end.</param>
    public static async Task<InProcessServer> StartAsync(string folder)
    {
        TextWriter console = Console.Out;
        Console.SetOut(TextWriter.Null);
        var built = new TaskCompletionSource<IHost>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var listener = new HostListener(built);
        using IDisposable subscription = DiagnosticListener.AllListeners.Subscribe(listener);
        Assembly program = Assembly.Load("evergrant");
        Task<int> run = Task.Run(() => Run(program, "start", "--urls", "http://localhost:5000", "--data", folder));
        Task first = await Task.WhenAny(built.Task, run);
        if (first == run) throw new InvalidOperationException($"The program ended with {await run} before it was built.");
        IHost host = await built.Task;
        string file = Path.Combine(folder, "dev.json");
        while (!File.Exists(file) && !run.IsCompleted) await Task.Delay(20);
        if (run.IsCompleted) throw new InvalidOperationException($"The program ended with {await run}.");
        using JsonDocument announced = JsonDocument.Parse(await File.ReadAllTextAsync(file));
        return new InProcessServer(folder, host, run, announced.RootElement.Clone(), console);
    }

    /// <summary>Runs another command of the program, which speaks to the server.</summary>
    public static int Command(params string[] arguments) => Run(Assembly.Load("evergrant"), arguments);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await _run;
        Console.SetOut(_console);
        Directory.Delete(_folder, recursive: true);
    }

    private static int Run(Assembly program, params string[] arguments) => program.EntryPoint!.Invoke(null, [arguments]) switch
    {
        int code => code,
        _ => 0,
    };

    // As WebApplicationFactory does it: the host says when it is built.
    private sealed class HostListener(TaskCompletionSource<IHost> built) : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
    {
        private IDisposable? _hosting;

        public void OnNext(DiagnosticListener value)
        {
            if (value.Name == "Microsoft.Extensions.Hosting") _hosting = value.Subscribe(this);
        }

        public void OnNext(KeyValuePair<string, object?> value)
        {
            if (value.Key == "HostBuilding") ((IHostBuilder)value.Value!).ConfigureServices(services => services.AddSingleton<IServer, TestServer>().AddLogging(logging => logging.ClearProviders()));
            if (value.Key == "HostBuilt") built.TrySetResult((IHost)value.Value!);
        }

        public void OnCompleted() { }

        public void OnError(Exception error) => built.TrySetException(error);

        public void Dispose() => _hosting?.Dispose();
    }
}
