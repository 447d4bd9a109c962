using System.CommandLine;
using System.Text.Json.Nodes;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Policies;

namespace Evergrant.Cli;

/// <summary>policy list: the named policies and who lives by them.</summary>
internal static class PolicyList
{
    /// <summary>The command.</summary>
    public static Command Command(Execution execution)
    {
        var command = new Command("list", "List the token policies, built in and declared, and who uses them") { CommandLine.Json };
        command.SetAction((parse, cancellationToken) => execution.RunAsync(parse, (invocation, c) => ListAsync(invocation, parse, c), cancellationToken));
        return command;
    }

    private static async Task<int> ListAsync(Invocation invocation, ParseResult parse, CancellationToken cancellationToken)
    {
        PolicySet policies = await invocation.On.Catalogue.PoliciesAsync(cancellationToken);
        IReadOnlyList<Client> clients = [.. (await invocation.On.Store.Clients.ListClientsAsync(null, cancellationToken)).Select(c => c with { Policies = policies })];
        List<(string Name, string Extends, int Overrides, IReadOnlyList<string> UsedBy, string About)> rows =
        [
            .. GrantPolicy.BuiltIn.Select(p => (p.Name, "", 0, (IReadOnlyList<string>)Users(invocation, clients, p.Name), "built in, " + BuiltInPolicies.About(p))),
            .. policies.All.Select(p => (p.Name!, p.Extends ?? "", p.Overrides.Count, (IReadOnlyList<string>)Users(invocation, clients, p.Name!), p.Description ?? "")),
        ];
        if (parse.GetValue(CommandLine.Json))
        {
            JsonOutput.Write(invocation.Out, new JsonObject
            {
                ["policies"] = JsonOutput.Array(rows.Select(r => new JsonObject
                {
                    ["name"] = r.Name, ["extends"] = r.Extends.Length == 0 ? null : r.Extends, ["overrides"] = r.Overrides, ["used_by"] = JsonOutput.Texts(r.UsedBy), ["description"] = r.About.Length == 0 ? null : r.About,
                })),
            });
            return ExitCode.Done;
        }
        Table.Write(invocation, "", ["policy", "extends", "overrides", "used by", "about"], rows.Select(IReadOnlyList<string> (r) =>
            [r.Name, r.Extends, r.Overrides == 0 ? "" : r.Overrides.ToString(System.Globalization.CultureInfo.InvariantCulture), Shortened(r.UsedBy), r.About]));
        return ExitCode.Done;
    }

    private static string[] Users(Invocation invocation, IEnumerable<Client> clients, string name) =>
    [
        .. invocation.On.Settings.Policy == name ? ["server"] : Array.Empty<string>(),
        .. invocation.On.Settings.Policies.Where(p => p.Value == name).Select(p => p.Key),
        .. clients.Where(c => c.EffectivePolicy.Name == name).Select(c => c.ClientId),
    ];

    private static string Shortened(IReadOnlyList<string> names) => names.Count <= 4 ? string.Join(", ", names) : $"{string.Join(", ", names.Take(3))} and {names.Count - 3} more";
}
