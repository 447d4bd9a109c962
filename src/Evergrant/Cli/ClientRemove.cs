using System.CommandLine;
using Evergrant.Declared;

namespace Evergrant.Cli;

/// <summary>client remove: a client and all its grants.</summary>
internal static class ClientRemove
{
    private static readonly Argument<string> Id = new("client-id") { Description = "The client" };

    /// <summary>The command.</summary>
    public static Command Command(Execution execution)
    {
        var command = new Command("remove", "Remove a client and end all its grants") { Id, CommandLine.Issuer };
        command.SetAction((parse, cancellationToken) => execution.ChangeAsync(parse, (invocation, c) => RemoveAsync(invocation, parse, c), cancellationToken));
        return command;
    }

    private static async Task<int> RemoveAsync(Invocation invocation, ParseResult parse, CancellationToken cancellationToken)
    {
        if (invocation.Issuer(parse.GetValue(CommandLine.Issuer)) is not { } issuer) return ExitCode.Unusable;
        string id = parse.GetRequiredValue(Id);
        if (await invocation.On.Store.Clients.FindClientAsync(issuer, id, cancellationToken) is not { } client) return invocation.Refuse($"there is no client {id} at {issuer}");
        bool removed = await invocation.Changes.ChangeAsync(
            $"client {id} of {issuer}", Plan.Write(client), after: null,
            async c => await invocation.On.Store.Clients.RemoveClientAsync(issuer, id, invocation.On.Time.GetUtcNow(), c), gone => gone ? null : "there is no such client", cancellationToken);
        invocation.On.Catalogue.Invalidate();
        if (!removed) return invocation.Refuse($"there is no client {id} at {issuer}");
        invocation.Out.WriteLine($"Removed {id}; its grants have ended.");
        return ExitCode.Done;
    }
}
