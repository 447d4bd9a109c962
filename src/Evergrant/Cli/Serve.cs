using System.CommandLine;
using Evergrant.Declared;
using Evergrant.Hosting;
using Evergrant.Hosting.Settings;
using Evergrant.Protocol;

namespace Evergrant.Cli;

/// <summary>serve: the production server. It starts with settings that are all right, or not at all.</summary>
internal static class Serve
{
    /// <summary>The command.</summary>
    public static Command Command()
    {
        var command = new Command("serve", "Run the server, with evergrant.json and environment variables as its settings");
        command.SetAction((parse, cancellationToken) => RunAsync(parse, cancellationToken));
        return command;
    }

    private static Task<int> RunAsync(ParseResult parse, CancellationToken cancellationToken)
    {
        string? file = parse.GetValue(CommandLine.Config) ?? (File.Exists(Location.SettingsFile) ? Location.SettingsFile : null);
        if (parse.GetValue(CommandLine.Data) is not null) throw new UnusableException("serve takes its data folder from the settings, not from --data");
        Parsed<ServerSettings> settings = ServerSettings.Read(file, Environment.GetEnvironmentVariables(), withRootKey: true);
        if (!settings.IsValid) throw new UnusableException("the settings cannot be used:", settings.Faults);
        return ServerRun.RunAsync(settings.Value, ApplyAsync, cancellationToken);
    }

    private const int Attempts = 10;

    // What a file declares holds before the first request does.
    private static async Task<Func<Task>> ApplyAsync(Operations operations, CancellationToken cancellationToken)
    {
        // Nodes that start together apply the same file: whoever comes second compares again, and finds it done.
        for (int attempt = 1; operations.Settings.Apply is { } file; attempt++)
        {
            Plan plan = await Plan.MakeAsync(await DeclaredState.ReadAsync(await File.ReadAllBytesAsync(file, cancellationToken), file, operations, cancellationToken), operations, cancellationToken);
            if (plan.Changes.FirstOrDefault(c => c.MakesSecret) is { } change)
            {
                throw new UnusableException($"apply: {file} declares the client {change.Id}, for which a secret has to be made that nobody would be told here; run evergrant apply -f {file} once");
            }
            try
            {
                await plan.ApplyAsync(operations, AuditTrail.OfStart(operations, "serve"), cancellationToken);
                break;
            }
            catch (ChangedMeanwhileException) when (attempt < Attempts)
            {
                // Again, from what is there now.
            }
        }
        string[] faults = [.. (await operations.Catalogue.PoliciesAsync(cancellationToken)).Faults()];
        if (faults.Length > 0) throw new UnusableException("the token policies cannot be used:", faults);
        return () => Console.Error.WriteLineAsync($"evergrant: listening on {string.Join(", ", operations.Settings.Urls)} for {string.Join(", ", operations.Settings.Issuers)}");
    }
}
