using System.CommandLine;
using System.Text.Json.Nodes;
using Evergrant.Protocol.Clients;

namespace Evergrant.Cli;

/// <summary>client list.</summary>
internal static class ClientList
{
    /// <summary>The command.</summary>
    public static Command Command(Execution execution)
    {
        var command = new Command("list", "List the clients of all issuers, or of one") { CommandLine.Issuer, CommandLine.Json };
        command.SetAction((parse, cancellationToken) => execution.RunAsync(parse, (invocation, c) => ListAsync(invocation, parse, c), cancellationToken));
        return command;
    }

    private static async Task<int> ListAsync(Invocation invocation, ParseResult parse, CancellationToken cancellationToken)
    {
        string? issuer = parse.GetValue(CommandLine.Issuer);
        if (issuer is not null && invocation.Issuer(issuer) is null) return ExitCode.Unusable;
        IReadOnlyList<Client> clients = await invocation.On.Store.Clients.ListClientsAsync(issuer, cancellationToken);
        if (parse.GetValue(CommandLine.Json))
        {
            JsonOutput.Write(invocation.Out, new JsonObject { ["clients"] = JsonOutput.Array(clients.Select(ClientMetadata.Write)) });
            return ExitCode.Done;
        }
        bool several = invocation.On.Settings.Issuers.Count > 1;
        Table.Write(invocation, "No clients. evergrant client add registers one.", ["client", "type", "authentication", "grants", "name", .. several ? ["issuer"] : Array.Empty<string>()],
            clients.Select(IReadOnlyList<string> (c) =>
            [
                c.ClientId, c.ApplicationType.ToString().ToLowerInvariant(), ClientMetadata.NameOf(c.AuthenticationMethod), string.Join(' ', c.GrantTypes), c.Name ?? "", .. several ? [c.Issuer] : Array.Empty<string>(),
            ]));
        return ExitCode.Done;
    }
}
