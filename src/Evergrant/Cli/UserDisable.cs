using System.CommandLine;
using System.Text.Json.Nodes;

namespace Evergrant.Cli;

/// <summary>user disable: the account stays, and can do nothing.</summary>
internal static class UserDisable
{
    private static readonly Argument<string> Name = new("username") { Description = "The account" };

    /// <summary>The command.</summary>
    public static Command Command(Execution execution)
    {
        var command = new Command("disable", "Refuse an account until it is enabled again; ends its sessions and grants") { Name };
        command.SetAction((parse, cancellationToken) => execution.ChangeAsync(parse, async (invocation, c) =>
        {
            string name = parse.GetRequiredValue(Name);
            return await UserOutcome.ChangeAsync(
                invocation, parse, name, new JsonObject { ["disabled"] = true }, on => invocation.On.Registry.SetDisabledAsync(name, disabled: true, on), $"Disabled {name}; its sessions and grants have ended.", c);
        }, cancellationToken));
        return command;
    }
}
