using System.CommandLine;
using System.Text.Json.Nodes;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Policies;

namespace Evergrant.Cli;

/// <summary>policy show: what a named policy says.</summary>
internal static class PolicyShow
{
    private static readonly Argument<string> Name = new("name") { Description = "The policy" };

    /// <summary>The command.</summary>
    public static Command Command(Execution execution)
    {
        var command = new Command("show", "Show what a token policy says") { Name, CommandLine.Json };
        command.SetAction((parse, cancellationToken) => execution.RunAsync(parse, (invocation, c) => ShowAsync(invocation, parse, c), cancellationToken));
        return command;
    }

    private static async Task<int> ShowAsync(Invocation invocation, ParseResult parse, CancellationToken cancellationToken)
    {
        string name = parse.GetRequiredValue(Name);
        PolicySet policies = await invocation.On.Catalogue.PoliciesAsync(cancellationToken);
        JsonObject? json = policies.Find(name)?.Write() ?? (BuiltInPolicies.Find(name) is { } builtIn ? Written(builtIn) : null);
        if (json is null) return invocation.Refuse($"there is no policy {name}; policy list names them");
        if (parse.GetValue(CommandLine.Json))
        {
            JsonOutput.Write(invocation.Out, json);
            return ExitCode.Done;
        }
        Table.WritePairs(invocation, json.Where(m => m.Key != "overrides").Select(m => (m.Key, (string?)PolicyExplain.Shown(m.Value))));
        if (policies.Find(name) is not { Overrides.Count: > 0 } policy) return ExitCode.Done;
        invocation.Out.WriteLine();
        JsonArray overrides = json["overrides"]!.AsArray();
        Table.Write(invocation, "", ["override", "when", "set", "reason"], policy.Overrides.Select(IReadOnlyList<string> (o, i) =>
            [o.Name, PolicyExplain.Shown(overrides[i]!["when"]), PolicyExplain.Shown(overrides[i]!["set"]), o.Reason ?? ""]));
        return ExitCode.Done;
    }

    private static JsonObject Written(GrantPolicy builtIn)
    {
        JsonObject json = ClientMetadata.WritePolicy(builtIn);
        json.Insert(1, "description", "built in, " + BuiltInPolicies.About(builtIn));
        return json;
    }
}
