using System.CommandLine;
using System.Text.Json.Nodes;
using Evergrant.Declared;
using Evergrant.Protocol.Clients;

namespace Evergrant.Cli;

/// <summary>client rotate-secret: makes a second secret, so that the client can change over without a gap; --finish ends the first.</summary>
internal static class ClientRotateSecret
{
    private static readonly Argument<string> Id = new("client-id") { Description = "The client" };
    private static readonly Option<bool> Now = new("--now") { Description = "The secrets there are end at once: for a secret that has leaked" };
    private static readonly Option<bool> Finish = new("--finish") { Description = "Make no secret; end the older one of two" };

    /// <summary>The command.</summary>
    public static Command Command(Execution execution)
    {
        var command = new Command("rotate-secret", "Make a new secret for a client; the present one stays good until --finish, or the next rotation") { Id, Now, Finish, CommandLine.Issuer, CommandLine.Json };
        command.SetAction((parse, cancellationToken) => execution.ChangeAsync(parse, (invocation, c) => RotateAsync(invocation, parse, c), cancellationToken));
        return command;
    }

    private static async Task<int> RotateAsync(Invocation invocation, ParseResult parse, CancellationToken cancellationToken)
    {
        if (parse.GetValue(Now) && parse.GetValue(Finish)) return invocation.Unusable("--now and --finish contradict each other");
        if (invocation.Issuer(parse.GetValue(CommandLine.Issuer)) is not { } issuer) return ExitCode.Unusable;
        string id = parse.GetRequiredValue(Id);
        if (await invocation.On.Store.Clients.FindClientAsync(issuer, id, cancellationToken) is not { } client) return invocation.Refuse($"there is no client {id} at {issuer}");
        if (!Plan.HasSecret(client)) return invocation.Refuse($"{id} has no secret; its token_endpoint_auth_method is {ClientMetadata.NameOf(client.AuthenticationMethod)}");
        string? secret = null;
        Client before = client;
        if (parse.GetValue(Finish))
        {
            if (client.SecretHashes.Count < 2) return invocation.Refuse($"{id} has one secret only");
            client = client with { SecretHashes = [client.SecretHashes[^1]] };
        }
        else (secret, client) = Plan.WithNewSecret(client, invocation.On, keepNewest: !parse.GetValue(Now));
        bool changed = await invocation.Changes.ChangeAsync(
            $"client {id} of {issuer}", Hashes(before), Hashes(client), async c => await invocation.On.Store.Clients.ChangeClientAsync(client, c), done => done ? null : "it was changed meanwhile", cancellationToken);
        invocation.On.Catalogue.Invalidate();
        if (!changed) return invocation.Refuse($"{id} was changed meanwhile, and its secrets are as that change left them; look, and ask again");
        if (parse.GetValue(CommandLine.Json)) JsonOutput.Write(invocation.Out, new JsonObject { ["client_id"] = id, ["client_secret"] = secret, ["secrets"] = client.SecretHashes.Count });
        else if (secret is null) invocation.Out.WriteLine($"The older secret of {id} is good no more.");
        else
        {
            invocation.Out.WriteLine($"client_secret {secret}   (shown this once)");
            if (client.SecretHashes.Count > 1) invocation.Out.WriteLine($"The present secret stays good until: evergrant client rotate-secret {id} --finish");
        }
        return ExitCode.Done;
    }

    // Which secrets there are, by the first bytes of what is kept of them: of which no secret could be made.
    private static JsonObject Hashes(Client client) => new() { ["secrets"] = JsonOutput.Texts(client.SecretHashes.Select(h => Convert.ToHexStringLower(h.AsSpan(0, 4)))) };
}
