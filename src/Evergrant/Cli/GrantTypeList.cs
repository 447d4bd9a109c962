using System.CommandLine;
using System.Text.Json.Nodes;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Policies;
using Evergrant.Protocol.Token;

namespace Evergrant.Cli;

/// <summary>grants: for each grant type, may it carry a refresh token, who says so, and what the policies of this server's clients make of it.</summary>
internal static class GrantTypeList
{
    /// <summary>The command.</summary>
    public static Command Command(Execution execution)
    {
        var command = new Command("grants", "Show for each grant type whether it may carry a refresh token, who says so, and what the clients' policies make of it") { CommandLine.Json };
        command.SetAction((parse, cancellationToken) => execution.RunAsync(parse, (invocation, c) => ListAsync(invocation, parse, c), cancellationToken));
        return command;
    }

    private static async Task<int> ListAsync(Invocation invocation, ParseResult parse, CancellationToken cancellationToken)
    {
        PolicySet policies = await invocation.On.Catalogue.PoliciesAsync(cancellationToken);
        List<Client> clients = [.. (await invocation.On.Store.Clients.ListClientsAsync(null, cancellationToken)).Select(c => c with { Policies = policies })];
        if (parse.GetValue(CommandLine.Json))
        {
            JsonOutput.Write(invocation.Out, new JsonObject
            {
                ["grants"] = JsonOutput.Array(GrantSurvey.All.Select(grant => new JsonObject
                {
                    ["grant_type"] = grant.Name, ["title"] = grant.Title, ["refresh_token"] = grant.Word, ["source"] = grant.Source, ["since"] = grant.Since.Length == 0 ? null : grant.Since,
                    ["here"] = grant.Here.Length == 0 ? "by policy" : grant.Here,
                    ["clients"] = JsonOutput.Array(Of(clients, grant).Select(c => new JsonObject { ["issuer"] = c.Issuer, ["client_id"] = c.ClientId, ["refresh_token"] = grant.Of(c) })),
                })),
            });
            return ExitCode.Done;
        }
        Table.Write(invocation, "", ["grant", "refresh token", "says", "since then", "here"], GrantSurvey.All.Select(IReadOnlyList<string> (g) =>
            [g.Title, g.Word, g.Source, g.Since, Of(clients, g).Count == 0 ? "no client has it" : g.Here.Length == 0 ? "by policy" : g.Here]));
        invocation.Out.WriteLine();
        Table.Write(invocation, "no client is registered", ["grant", "client", "refresh token"], GrantSurvey.All.SelectMany(g => Of(clients, g).Select(IReadOnlyList<string> (c) => [g.Title, c.ClientId, g.Of(c)])));
        return ExitCode.Done;
    }

    private static List<Client> Of(IEnumerable<Client> clients, GrantSurvey grant) => [.. clients.Where(c => c.GrantTypes.Contains(grant.Name))];
}
