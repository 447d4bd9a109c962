using System.CommandLine;
using System.Text.Json;
using Evergrant.Hosting;
using Evergrant.Hosting.Settings;
using Evergrant.Protocol;

namespace Evergrant.Cli;

/// <summary>Which server a command is for: its folder, and where its settings are.</summary>
/// <param name="Folder">Data folder.</param>
/// <param name="File">Settings file; null for environment variables alone or development mode.</param>
internal sealed record Location(string Folder, string? File)
{
    /// <summary>Name of the settings file that is looked for.</summary>
    public const string SettingsFile = "evergrant.json";

    private const string DevelopmentFolder = "data";

    /// <summary>Finds it: --config, --data, ./evergrant.json, ./data.</summary>
    /// <exception cref="UnusableException">There is none, or the settings are faulty.</exception>
    public static Location Of(ParseResult parse)
    {
        string? data = parse.GetValue(CommandLine.Data);
        string? config = parse.GetValue(CommandLine.Config);
        if (config is null && data is null && System.IO.File.Exists(SettingsFile)) config = SettingsFile;
        if (config is not null) return new Location(data ?? Read(config).Folder, config);
        if (data is not null)
        {
            string beside = Path.Combine(data, SettingsFile);
            return new Location(Path.GetFullPath(data), System.IO.File.Exists(beside) ? beside : null);
        }
        if (Environment.GetEnvironmentVariable("EVERGRANT__DATA") is { Length: > 0 } named) return new Location(Path.GetFullPath(named), null);
        return Directory.Exists(DevelopmentFolder) ? new Location(Path.GetFullPath(DevelopmentFolder), null) : throw new UnusableException("which server? Name its folder with --data, or its settings with --config");
    }

    /// <summary>Reads the settings: those of the file, or of development mode in a folder that evergrant start has used.</summary>
    /// <exception cref="UnusableException">There are none, or they are faulty.</exception>
    public ServerSettings Settings()
    {
        if (File is not null) return Read(File);
        if (Development() is { Issuer: { } issuer } development) return ServerSettings.ForDevelopment(Folder, issuer, development.Postgres).Value ?? throw new UnusableException($"{Path.Combine(Folder, DevelopmentFile.FileName)}: names no issuer");
        return Environment.GetEnvironmentVariable("EVERGRANT__DATA") is { Length: > 0 }
            ? Read(null)
            : throw new UnusableException($"{Folder} has neither {SettingsFile} nor {DevelopmentFile.FileName}; name the settings with --config");
    }

    /// <summary>Reads settings.</summary>
    /// <param name="file">The file; null for environment variables alone.</param>
    /// <exception cref="UnusableException">They are faulty; all faults at once.</exception>
    public static ServerSettings Read(string? file)
    {
        Parsed<ServerSettings> settings = ServerSettings.Read(file, Environment.GetEnvironmentVariables());
        return settings.IsValid ? settings.Value : throw new UnusableException("the settings cannot be used:", settings.Faults);
    }

    private (string? Issuer, string? Postgres) Development()
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(System.IO.File.ReadAllBytes(Path.Combine(Folder, DevelopmentFile.FileName)));
            return (json.RootElement.GetProperty("issuer").GetString(), json.RootElement.TryGetProperty("postgres", out JsonElement postgres) ? postgres.GetString() : null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return default;
        }
    }
}
