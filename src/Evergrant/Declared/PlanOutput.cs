using System.Text.Json.Nodes;
using Evergrant.Cli;

namespace Evergrant.Declared;

/// <summary>Shows what a plan does or has done.</summary>
internal static class PlanOutput
{
    /// <summary>For people: a line for each thing, below it what differs.</summary>
    public static void Write(TextWriter output, IReadOnlyList<PlannedChange> changes)
    {
        int width = changes.Count == 0 ? 0 : Math.Min(40, changes.Max(c => c.Id.Length));
        foreach (PlannedChange change in changes.Where(c => c.Action != PlannedAction.Unchanged))
        {
            output.WriteLine($"{Mark(change.Action)} {change.Kind,-8} {change.Id.PadRight(width)}  {Word(change.Action)}");
            foreach (Difference difference in change.Differences) output.WriteLine($"      {difference.Member}: {difference.Before ?? "none"} -> {difference.After ?? "none"}");
            if (change.ClientSecret is { } secret) output.WriteLine($"      client_secret {secret}   (shown this once)");
        }
        int unchanged = changes.Count(c => c.Action == PlannedAction.Unchanged);
        if (unchanged == changes.Count) output.WriteLine("Nothing to change.");
        else if (unchanged > 0) output.WriteLine($"  {unchanged} unchanged");
    }

    /// <summary>For programs.</summary>
    public static void WriteJson(TextWriter output, IReadOnlyList<PlannedChange> changes) =>
        JsonOutput.Write(output, new JsonObject { ["changes"] = JsonOutput.Array(changes.Select(Write)) });

    private static JsonObject Write(PlannedChange change)
    {
        var json = new JsonObject { ["kind"] = change.Kind, ["id"] = change.Id, ["action"] = Word(change.Action) };
        if (change.Issuer is not null) json["issuer"] = change.Issuer;
        if (change.ClientSecret is not null) json["client_secret"] = change.ClientSecret;
        if (change.Differences.Count > 0) json["differs"] = JsonOutput.Texts(change.Differences.Select(d => d.Member));
        return json;
    }

    private static string Word(PlannedAction action) => action.ToString().ToLowerInvariant();

    private static char Mark(PlannedAction action) => action switch { PlannedAction.Created => '+', PlannedAction.Removed => '-', _ => '~' };
}
