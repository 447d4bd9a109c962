using System.CommandLine;
using Evergrant.Hosting;
using Evergrant.Hosting.Settings;
using Evergrant.Playground;
using Evergrant.Protocol;
using Evergrant.Sqlite;

namespace Evergrant.Cli;

/// <summary>start: development mode. Everything is made that is needed, and everything needed is said on one screen.</summary>
internal static class Start
{
    private static readonly Option<string> Urls = new("--urls") { Description = "Where to listen; the first URL is the issuer", HelpName = "URLS", DefaultValueFactory = _ => "http://localhost:5000" };

    /// <summary>The command.</summary>
    public static Command Command()
    {
        var command = new Command("start", "Run a server for development, on this machine only, with demo clients and accounts (data folder: ./data)") { Urls };
        command.SetAction((parse, cancellationToken) => RunAsync(parse, cancellationToken));
        return command;
    }

    private static Task<int> RunAsync(ParseResult parse, CancellationToken cancellationToken)
    {
        if (parse.GetValue(CommandLine.Config) is not null) throw new UnusableException("start takes no settings file; serve does");
        Parsed<ServerSettings> settings = ServerSettings.ForDevelopment(parse.GetValue(CommandLine.Data) ?? "data", parse.GetRequiredValue(Urls));
        if (!settings.IsValid) throw new UnusableException("development mode cannot start:", settings.Faults);
        PrivateFile.MakeFolder(settings.Value.Folder);
        RootKeys.Create(settings.Value.Folder);
        return ServerRun.RunAsync(settings.Value, PrepareAsync, cancellationToken);
    }

    private static async Task<Func<Task>> PrepareAsync(Operations operations, CancellationToken cancellationToken)
    {
        string folder = operations.Settings.Folder;
        DevelopmentFile file = await DemoState.ApplyAsync(operations, DevelopmentFile.TakeEarlier(folder), cancellationToken);
        operations.Playground.Settings = new PlaygroundSettings(file.Issuer, DemoState.NativeClient, DemoState.WebClient, file.WebSecret ?? "", DemoState.Scope, DemoState.User, file.Password);
        return () =>
        {
            file.Write(folder);
            StartScreen.Write(Console.Out, file, folder, colour: !Console.IsOutputRedirected);
            return Task.CompletedTask;
        };
    }
}
