using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Evergrant.Protocol.Clients;

namespace Evergrant.Cli;

/// <summary>client show: the metadata of a client and the policy in force. Never a secret.</summary>
internal static class ClientShow
{
    private static readonly Argument<string> Id = new("client-id") { Description = "The client" };

    /// <summary>The command.</summary>
    public static Command Command(Execution execution)
    {
        var command = new Command("show", "Show a client and the token policy in force") { Id, CommandLine.Issuer, CommandLine.Json };
        command.SetAction((parse, cancellationToken) => execution.RunAsync(parse, (invocation, c) => ShowAsync(invocation, parse, c), cancellationToken));
        return command;
    }

    private static async Task<int> ShowAsync(Invocation invocation, ParseResult parse, CancellationToken cancellationToken)
    {
        if (invocation.Issuer(parse.GetValue(CommandLine.Issuer)) is not { } issuer) return ExitCode.Unusable;
        string id = parse.GetRequiredValue(Id);
        if (await invocation.On.Catalogue.FindAsync(issuer, id, cancellationToken) is not { } client) return invocation.Refuse($"there is no client {id} at {issuer}");
        JsonObject json = ClientMetadata.Write(client);
        json["policy"] = ClientMetadata.WritePolicy(client.EffectivePolicy);
        if (parse.GetValue(CommandLine.Json))
        {
            json["secrets"] = client.SecretHashes.Count;
            json["created_at"] = JsonOutput.At(client.CreatedAt);
            JsonOutput.Write(invocation.Out, json);
            return ExitCode.Done;
        }
        IEnumerable<(string, string?)> pairs = json.Where(m => m.Key != "policy").Select(m => (m.Key, Shown(m.Value)))
            .Append(("secrets", client.SecretHashes.Count > 0 ? client.SecretHashes.Count.ToString(CultureInfo.InvariantCulture) : null))
            .Append(("created_at", Invocation.At(client.CreatedAt)))
            .Concat(json["policy"]!.AsObject().Select(m => ("policy." + m.Key, Shown(m.Value))));
        Table.WritePairs(invocation, pairs);
        return ExitCode.Done;
    }

    private static string? Shown(JsonNode? value) => value switch
    {
        null => null,
        JsonArray list => string.Join('\n', list.Select(Shown)),
        JsonValue text when text.TryGetValue(out string? plain) => plain,
        _ => value.ToJsonString(),
    };
}
