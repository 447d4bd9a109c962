using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Evergrant.Tests;
using Xunit;

namespace Evergrant.Specs.Harness;

/// <summary>One instance of the program that serves on a free port and a fresh folder, with <see cref="DeclaredState"/> applied.</summary>
public abstract class RunningServer : IAsyncLifetime
{
    private readonly ConcurrentDictionary<string, Lazy<Task<Browser>>> signedIn = new();
    private readonly ConcurrentDictionary<string, string> secrets = new();
    private readonly ConcurrentDictionary<IPAddress, Api> apis = new();
    private EvergrantProgram? program;

    /// <summary>The issuer identifier.</summary>
    public abstract string Issuer { get; }

    /// <summary>The server's folder; short, since a Unix socket lives in it.</summary>
    public string DataFolder { get; } = Directory.CreateTempSubdirectory("evg-").FullName;

    /// <summary>The connection string of the server's database; null when its store is a file in its folder.</summary>
    public string? Database { get; private set; }

    /// <summary>The endpoints of the issuer, as the test that runs reaches them: each test has an address of its own.</summary>
    public Api Api => apis.GetOrAdd(OwnAddress.OfTest, _ => new Api(NewHttp(), Issuer));

    /// <summary>What the server process has printed.</summary>
    public string Output => program?.Output ?? "";

    /// <summary>The options that lead a command to this server.</summary>
    protected virtual string[] CommandOptions => ["--data", DataFolder];

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        try
        {
            Database = await Store.NewDatabase();
            program = await Launch();
            var applied = await Apply(Declared);
            if (applied.ExitCode != 0) throw new InvalidOperationException($"The declared state was refused: {applied.Errors} {applied.Output}");
            foreach (var (client, secret) in Secrets(applied.Output)) secrets[client] = secret;
            await Prepared();
        }
        catch (Exception)
        {
            await DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (program is not null) await program.DisposeAsync();
        if (Directory.Exists(DataFolder)) Directory.Delete(DataFolder, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>The client as it acts, with the credentials that the server gave it.</summary>
    public Client Client(ClientDefinition definition) =>
        new(Api, definition, SecretOf(definition));

    /// <summary>A browser without cookies.</summary>
    public Browser NewBrowser() => new(NewHttp(), Issuer);

    /// <summary>A browser of its own in which the user has just signed in. Slow (a password is hashed): prefer <see cref="SignedIn"/>.</summary>
    public async Task<Browser> NewSignedIn(User user)
    {
        var browser = NewBrowser();
        var request = new AuthorizationRequest(Client(Clients.Web));
        var page = await browser.SignIn(await browser.Authorize(request), user.Username, user.Password);
        Assert.True(page.Kind is PageKind.Redirect or PageKind.Consent, $"{user.Username} could not sign in: {page}");
        return browser;
    }

    /// <summary>The browser that all tests share for this user. They leave its session as it is.</summary>
    public Task<Browser> SignedIn(User? user = null)
    {
        var who = user ?? Users.Alice;
        return signedIn.GetOrAdd(who.Username, _ => new Lazy<Task<Browser>>(() => NewSignedIn(who))).Value;
    }

    /// <summary>Runs the code flow to its end in the shared browser of Alice (or <paramref name="browser"/>), allowing what is asked.</summary>
    public async Task<Tokens> Authorize(ClientDefinition definition, string? scope = null, Browser? browser = null, params (string Name, string? Value)[] parameters)
    {
        var client = Client(definition);
        var request = new AuthorizationRequest(client).With(parameters);
        if (scope is not null) request.With("scope", scope);
        var code = await (browser ?? await SignedIn()).Code(request);
        var reply = await client.Redeem(request, code);
        return Tokens.Of(reply);
    }

    /// <summary>Runs a command of the program against this server.</summary>
    public Task<CommandResult> Run(params string[] arguments) => EvergrantProgram.Run([.. arguments, .. CommandOptions]);

    /// <summary>Runs a command of the program against this server with this on its standard input.</summary>
    public Task<CommandResult> RunWith(string input, params string[] arguments) => EvergrantProgram.RunWith(input, [.. arguments, .. CommandOptions]);

    /// <summary>Declares state as <c>evergrant apply</c> does.</summary>
    public async Task<CommandResult> Apply(string json)
    {
        var file = Path.Combine(DataFolder, $"declared-{Path.GetRandomFileName()}.json");
        await File.WriteAllTextAsync(file, json);
        try
        {
            return await Run("apply", "-f", file, "--json", "--yes");
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Declares further clients of the first issuer.</summary>
    public Task Declare(params ClientDefinition[] definitions) => DeclareAt(Issuer, definitions);

    /// <summary>Declares further clients of an issuer, and keeps the secrets that the server makes for them.</summary>
    protected async Task DeclareAt(string issuer, params ClientDefinition[] definitions)
    {
        var applied = await Apply(DeclaredState.Json(issuer, definitions));
        Assert.True(applied.ExitCode == 0, $"The clients were refused: {applied.Errors} {applied.Output}");
        foreach (var (client, secret) in Secrets(applied.Output)) secrets[client] = secret;
    }

    /// <summary>The secret that the server made for a client; null when it made none.</summary>
    protected string? SecretOf(ClientDefinition definition) => secrets.GetValueOrDefault(definition.Id);

    /// <summary>Waits until the server has printed a text; fails the test when it does not within half a minute.</summary>
    public async Task Printed(string text)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!Output.Contains(text, StringComparison.Ordinal)) Assert.True(await timer.WaitForNextTickAsync(patience.Token), text);
    }

    /// <summary>Kills the process and starts it again on the same folder.</summary>
    public async Task Restart()
    {
        await program!.Kill();
        await program.DisposeAsync();
        File.Delete(Path.Combine(DataFolder, "dev.json"));
        program = await Launch();
    }

    /// <summary>A connection without redirects and cookies, from the address of the test that runs.</summary>
    public virtual HttpClient NewHttp() => OwnAddress.NewHttp();

    /// <summary>What the server is told with <c>evergrant apply</c>.</summary>
    protected virtual string Declared => DeclaredState.Json(Issuer);

    /// <summary>What a server is told besides, before the first test.</summary>
    protected virtual Task Prepared() => Task.CompletedTask;

    /// <summary>Starts the process and comes back when it listens.</summary>
    protected abstract Task<EvergrantProgram> Launch();

    /// <summary>A port that nobody listened on a moment ago.</summary>
    public static int FreePort() => Ports.Free();

    /// <summary>Asks again until the condition holds, the process ends, or a minute has passed.</summary>
    protected static async Task Until(EvergrantProgram program, Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!await condition())
        {
            if (program.HasExited || patience.IsCancellationRequested)
            {
                await program.DisposeAsync();
                throw new InvalidOperationException("The server did not start: " + program.Output);
            }

            await timer.WaitForNextTickAsync();
        }
    }

    private static IEnumerable<(string Client, string Secret)> Secrets(string output)
    {
        using var json = JsonDocument.Parse(output);
        foreach (var change in json.RootElement.GetProperty("changes").EnumerateArray())
        {
            if (change.TryGetProperty("client_secret", out var secret) && secret.ValueKind == JsonValueKind.String)
                yield return (change.GetProperty("id").GetString()!, secret.GetString()!);
        }
    }
}
