using System.CommandLine;
using System.Text.Json.Nodes;

namespace Evergrant.Cli;

/// <summary>user enable: lets a disabled account sign in again.</summary>
internal static class UserEnable
{
    private static readonly Argument<string> Name = new("username") { Description = "The account" };

    /// <summary>The command.</summary>
    public static Command Command(Execution execution)
    {
        var command = new Command("enable", "Let a disabled account sign in again; what has ended stays ended") { Name };
        command.SetAction((parse, cancellationToken) => execution.ChangeAsync(parse, async (invocation, c) =>
        {
            string name = parse.GetRequiredValue(Name);
            return await UserOutcome.ChangeAsync(
                invocation, parse, name, new JsonObject { ["disabled"] = false }, on => invocation.On.Registry.SetDisabledAsync(name, disabled: false, on), $"Enabled {name}.", c);
        }, cancellationToken));
        return command;
    }
}
