using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Evergrant.Hosting;
using Evergrant.Hosting.Settings;

namespace Evergrant.Cli;

/// <summary>init: makes the data folder, the root key and the store of a production server; with --issuer also its settings. What is there stays as it is.</summary>
internal static class Init
{
    private static readonly Option<string?> Issuer = new("--issuer") { Description = "Write settings for this issuer, behind a proxy on this machine, unless there are some", HelpName = "URL" };

    /// <summary>The command.</summary>
    public static Command Command()
    {
        var command = new Command("init", "Make the data folder, the root key and the store of a server") { Issuer };
        command.SetAction((parse, _) => RunAsync(parse));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parse)
    {
        string? data = parse.GetValue(CommandLine.Data);
        string config = parse.GetValue(CommandLine.Config) ?? (data is null ? Location.SettingsFile : Path.Combine(data, Location.SettingsFile));
        if (parse.GetValue(Issuer) is { } issuer && !File.Exists(config))
        {
            if (SettingsJudge.IssuerFault(issuer) is { } fault) throw new UnusableException($"--issuer: {issuer} {fault}");
            WriteSettings(config, issuer, data);
        }
        string folder;
        if (File.Exists(config) || parse.GetValue(CommandLine.Config) is not null) folder = data is null ? Location.Read(config).Folder : Path.GetFullPath(data);
        else folder = Path.GetFullPath(data ?? throw new UnusableException("name the data folder with --data, the settings with --config, or the issuer of new settings with --issuer"));

        PrivateFile.MakeFolder(folder);
        bool made = !RootKeySource.Elsewhere(Environment.GetEnvironmentVariables()).Any() && RootKeySource.Create(folder);
        RootKeys root = RootKeys.Read(folder);
        // Only settings know of a database.
        ServerSettings settings = File.Exists(config) ? Location.Read(config) with { Folder = folder } : new() { Folder = folder, Issuers = [], Urls = [] };
        await using (OpenStore store = await OpenStore.OpenAsync(settings)) Console.WriteLine($"The store is {store.File?.FilePath ?? store.Description}");
        Console.WriteLine(made ? $"Made the root key {root.Source.Place}: keep a copy of it apart from the backups" : $"The root key was there already: {root.Source.Place}");
        Console.WriteLine(File.Exists(config) ? $"Next: evergrant serve --config {config}" : $"Next: write the settings, {config}");
        return ExitCode.Done;
    }

    private static void WriteSettings(string config, string issuer, string? data)
    {
        var json = new JsonObject
        {
            ["data"] = data is null ? "data" : ".", ["issuers"] = new JsonArray(new JsonObject { ["issuer"] = issuer }), ["urls"] = new JsonArray("http://127.0.0.1:5000"), ["trusted_proxies"] = new JsonArray("127.0.0.1"),
        };
        string folder = Path.GetDirectoryName(Path.GetFullPath(config))!;
        if (!Directory.Exists(folder)) PrivateFile.MakeFolder(folder);
        using (var text = new StringWriter())
        {
            JsonOutput.Write(text, json);
            PrivateFile.Write(config, Encoding.UTF8.GetBytes(text.ToString()));
        }
        try
        {
            ServerSettings unused = Location.Read(config);
            Console.WriteLine($"Wrote {config}");
        }
        catch (UnusableException)
        {
            File.Delete(config);
            throw;
        }
    }
}
