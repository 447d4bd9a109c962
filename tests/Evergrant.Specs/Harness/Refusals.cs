using System.Text.Json.Nodes;

namespace Evergrant.Specs.Harness;

/// <summary>Runs <c>evergrant serve</c> with settings that it should refuse.</summary>
public static class Refusals
{
    /// <summary>What it says when these settings, right in all else, are changed so. Ends by itself, or is ended after half a minute.</summary>
    public static async Task<CommandResult> Of(Action<JsonObject> change)
    {
        var folder = Directory.CreateTempSubdirectory("evg-").FullName;
        try
        {
            ProductionServer.WriteCertificate(folder, ProductionServer.SelfSigned());
            var settings = new JsonObject
            {
                ["data"] = folder,
                ["issuers"] = Issuers("https://auth.example"),
                ["urls"] = new JsonArray("https://localhost:0"),
                ["certificate"] = new JsonObject { ["path"] = Path.Combine(folder, "cert.pem"), ["key_path"] = Path.Combine(folder, "key.pem") },
            };
            var initial = ProductionServer.WriteSettings(folder, settings);
            await EvergrantProgram.Run("init", "--config", initial);
            change(settings);
            var file = ProductionServer.WriteSettings(folder, settings);
            await using var program = EvergrantProgram.Start("serve", "--config", file);
            var ended = await program.Ended(TimeSpan.FromSeconds(30));
            return new CommandResult(ended ? program.ExitCode : 0, program.Output, "");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The setting <c>issuers</c> for these identifiers.</summary>
    public static JsonArray Issuers(params string[] identifiers) =>
        new([.. identifiers.Select(identifier => new JsonObject { ["issuer"] = identifier })]);
}
