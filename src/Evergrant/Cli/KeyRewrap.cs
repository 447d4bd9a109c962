using System.CommandLine;
using System.Text.Json.Nodes;

namespace Evergrant.Cli;

/// <summary>key rewrap: after a new root key has become active.</summary>
internal static class KeyRewrap
{
    /// <summary>The command.</summary>
    public static Command Command(Execution execution)
    {
        var command = new Command("rewrap", "Wrap the stored signing keys and secrets by the active root key; may be given at any time, again and again");
        command.SetAction((parse, cancellationToken) => execution.ChangeAsync(parse, async (invocation, c) =>
        {
            int done = await invocation.Changes.ChangeAsync("wrapped keys and secrets", before: null, new JsonObject { ["wrapped_by"] = "the active root key" }, on => invocation.On.RootKeys.RewrapAsync(on), _ => null, c);
            invocation.Out.WriteLine(done == 0 ? "All keys and secrets are wrapped by the active root key." : $"Wrapped {done} keys and secrets by the active root key.");
            return ExitCode.Done;
        }, cancellationToken));
        return command;
    }
}
