using System.CommandLine;
using System.Text.Json.Nodes;
using Evergrant.Protocol.Storage;

namespace Evergrant.Cli;

/// <summary>audit: who changed what.</summary>
internal static class Audit
{
    private static readonly Option<int> Limit = new("--limit") { Description = "So many at most", HelpName = "N", DefaultValueFactory = _ => 100 };

    /// <summary>The command.</summary>
    public static Command Command(Execution execution)
    {
        var command = new Command("audit", "Tell who changed clients, accounts, keys and the rest, newest first") { Limit, CommandLine.Json };
        command.SetAction((parse, cancellationToken) => execution.RunAsync(parse, (invocation, c) => ListAsync(invocation, parse, c), cancellationToken));
        return command;
    }

    private static async Task<int> ListAsync(Invocation invocation, ParseResult parse, CancellationToken cancellationToken)
    {
        int limit = parse.GetValue(Limit);
        if (limit is < 1 or > 10_000) return invocation.Unusable("--limit is from 1 to 10000");
        IReadOnlyList<AuditRecord> records = await invocation.On.Store.Audit.ListAsync(limit, cancellationToken);
        if (parse.GetValue(CommandLine.Json)) JsonOutput.Write(invocation.Out, new JsonObject { ["changes"] = JsonOutput.Array(records.Select(Write)) });
        else
        {
            Table.Write(invocation, "Nothing was changed.", ["at", "who", "command", "what", "outcome", "change"], records.Select(IReadOnlyList<string> (r) =>
                [Invocation.At(r.At), r.Actor, r.Action, r.Target ?? "", r.Reason is { } why ? $"{Word(r.Outcome)}: {why}" : Word(r.Outcome), Words(r)]));
        }
        return ExitCode.Done;
    }

    private static JsonObject Write(AuditRecord record) => new()
    {
        ["id"] = record.Id.ToString(), ["at"] = JsonOutput.At(record.At), ["actor"] = record.Actor, ["action"] = record.Action, ["target"] = record.Target,
        ["before"] = Parsed(record.Before), ["after"] = Parsed(record.After), ["outcome"] = Word(record.Outcome), ["reason"] = record.Reason,
    };

    private static string Word(AuditOutcome outcome) => outcome.ToString().ToLowerInvariant();

    private static JsonNode? Parsed(string? json) => json is null ? null : JsonNode.Parse(json);

    // What was made or removed whole is told by --json.
    private static string Words(AuditRecord record) => Parsed(record.Before) is JsonObject before && Parsed(record.After) is JsonObject after
        ? string.Join("; ", before.Select(m => m.Key).Union(after.Select(m => m.Key)).Select(name => $"{name}: {Text(before[name])} → {Text(after[name])}"))
        : "";

    private static string Text(JsonNode? node) => node?.ToJsonString(JsonOutput.Readable) ?? "none";
}
