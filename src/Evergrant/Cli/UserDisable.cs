using System.CommandLine;

namespace Evergrant.Cli;

/// <summary>user disable: the account stays, and can do nothing.</summary>
internal static class UserDisable
{
    private static readonly Argument<string> Name = new("username") { Description = "The account" };

    /// <summary>The command.</summary>
    public static Command Command(Execution execution)
    {
        var command = new Command("disable", "Refuse an account until it is enabled again; ends its sessions and grants") { Name };
        command.SetAction((parse, cancellationToken) => execution.RunAsync(parse, async (invocation, c) =>
        {
            string name = parse.GetRequiredValue(Name);
            return UserOutcome.Write(invocation, parse, name, await invocation.On.Registry.SetDisabledAsync(name, disabled: true, c), $"Disabled {name}; its sessions and grants have ended.");
        }, cancellationToken));
        return command;
    }
}
