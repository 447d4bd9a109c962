using System.CommandLine;
using System.Text.Json.Nodes;

namespace Evergrant.Cli;

/// <summary>key drop-root: ends a root key that nothing needs any more.</summary>
internal static class KeyDropRoot
{
    private static readonly Argument<int> Number = new("number") { Description = "The root key, as evergrant key list shows it" };

    /// <summary>The command.</summary>
    public static Command Command(Execution execution)
    {
        var command = new Command("drop-root", "Take an old root key away; refused, with the reasons, while something needs it") { Number, CommandLine.Json };
        command.SetAction((parse, cancellationToken) => execution.ChangeAsync(parse, async (invocation, c) =>
            KeyRotateRoot.Write(invocation, parse.GetValue(CommandLine.Json), await KeyRotateRoot.ChangeAsync(invocation, new JsonObject { ["dropped"] = parse.GetRequiredValue(Number) }, on => invocation.On.RootKeys.DropAsync(parse.GetRequiredValue(Number), on), c)), cancellationToken));
        return command;
    }
}
