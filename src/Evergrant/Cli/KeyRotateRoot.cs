using System.CommandLine;
using System.Text.Json.Nodes;
using Evergrant.Hosting;
using Evergrant.Protocol.Keys;

namespace Evergrant.Cli;

/// <summary>key rotate-root: the next step to a new root key.</summary>
internal static class KeyRotateRoot
{
    /// <summary>The command.</summary>
    public static Command Command(Execution execution)
    {
        var command = new Command("rotate-root", "Make a new root key, and let it make all that is new once every running node has it; given again, goes on where it waits") { CommandLine.Json };
        command.SetAction((parse, cancellationToken) => execution.ChangeAsync(parse, async (invocation, c) =>
            Write(invocation, parse.GetValue(CommandLine.Json), await ChangeAsync(invocation, new JsonObject { ["root_keys"] = "the next step to a new one" }, on => invocation.On.RootKeys.RotateAsync(on), c)), cancellationToken));
        return command;
    }

    /// <summary>Gives an order about root keys and takes it down.</summary>
    public static async Task<RootKeyOutcome> ChangeAsync(Invocation invocation, JsonObject after, Func<CancellationToken, Task<RootKeyOutcome>> order, CancellationToken cancellationToken)
    {
        DateTimeOffset now = invocation.On.Time.GetUtcNow();
        IReadOnlyList<RootKeyRecord> keys = await invocation.On.RootKeys.ListAsync(cancellationToken);
        var before = new JsonObject { ["root_keys"] = JsonOutput.Texts(keys.Where(k => k.DroppedAt is null).Select(k => k.ActiveFrom <= now ? $"{k.Number} since {Invocation.At(k.ActiveFrom)}" : $"{k.Number} not yet")) };
        return await invocation.Changes.ChangeAsync("root keys", before, after, order, outcome => outcome.Done ? null : string.Join(' ', outcome.Lines), cancellationToken);
    }

    /// <summary>Says what came of an order about root keys.</summary>
    public static int Write(Invocation invocation, bool json, RootKeyOutcome outcome)
    {
        if (!outcome.Done) return invocation.Refuse(string.Join('\n', outcome.Lines));
        if (json)
        {
            JsonOutput.Write(invocation.Out, new JsonObject { ["entry"] = outcome.NewEntry, ["text"] = string.Join(' ', outcome.Lines) });
            return ExitCode.Done;
        }
        if (outcome.NewEntry is { } entry) invocation.Out.WriteLine($"{entry}   (shown this once)");
        foreach (string line in outcome.Lines) invocation.Out.WriteLine(line);
        return ExitCode.Done;
    }
}
