using System.CommandLine;
using Evergrant.Hosting;
using Evergrant.Hosting.Settings;
using Evergrant.Playground;
using Evergrant.Protocol;

namespace Evergrant.Cli;

/// <summary>start: development mode. Everything is made that is needed, and everything needed is said on one screen.</summary>
internal static class Start
{
    private static readonly Option<string> Urls = new("--urls") { Description = "Where to listen; the first URL is the issuer", HelpName = "URLS", DefaultValueFactory = _ => "http://localhost:5000" };

    private static readonly Option<string?> Issuer = new("--issuer") { Description = "The issuer, where it is not the first URL: of several servers on one database, behind a proxy of this machine", HelpName = "URL" };
    private static readonly Option<string?> Postgres = new("--postgres") { Description = "Use this database instead of a file in the data folder, e.g. \"Host=localhost;Username=me;Database=evergrant\"", HelpName = "CONNECTION" };

    /// <summary>The command.</summary>
    public static Command Command()
    {
        var command = new Command("start", "Run a server for development, on this machine only, with demo clients and accounts (data folder: ./data)") { Urls, Issuer, Postgres };
        command.SetAction((parse, cancellationToken) => RunAsync(parse, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parse, CancellationToken cancellationToken)
    {
        if (parse.GetValue(CommandLine.Config) is not null) throw new UnusableException("start takes no settings file; serve does");
        Parsed<ServerSettings> settings = ServerSettings.ForDevelopment(parse.GetValue(CommandLine.Data) ?? "data", parse.GetRequiredValue(Urls), parse.GetValue(Postgres), parse.GetValue(Issuer));
        if (!settings.IsValid) throw new UnusableException("development mode cannot start:", settings.Faults);
        PrivateFile.MakeFolder(settings.Value.Folder);
        // A file has one writer, which its lock sees to; with a database it is the socket that tells.
        if (settings.Value.Postgres is not null && await LocalExecution.ConnectAsync(settings.Value.Folder, cancellationToken) is { } socket)
        {
            socket.Dispose();
            throw new UnusableException($"--data: a server runs in {settings.Value.Folder} already");
        }
        if (!RootKeySource.Elsewhere(Environment.GetEnvironmentVariables()).Any()) RootKeySource.Create(settings.Value.Folder);
        return await ServerRun.RunAsync(settings.Value, PrepareAsync, cancellationToken);
    }

    private static async Task<Func<Task>> PrepareAsync(Operations operations, CancellationToken cancellationToken)
    {
        string folder = operations.Settings.Folder;
        DevelopmentFile file = await DemoState.ApplyAsync(operations, DevelopmentFile.TakeEarlier(folder), cancellationToken);
        operations.Playground.Settings = new PlaygroundSettings(file.Issuer, DemoState.NativeClient, DemoState.WebClient, file.WebSecret ?? "", DemoState.Scope, DemoState.User, file.Password);
        return () =>
        {
            file.Write(folder, operations.Settings.Postgres?.ConnectionString);
            StartScreen.Write(Console.Out, file, folder, colour: !Console.IsOutputRedirected);
            return Task.CompletedTask;
        };
    }
}
