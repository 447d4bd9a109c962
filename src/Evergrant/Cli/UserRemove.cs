using System.CommandLine;

namespace Evergrant.Cli;

/// <summary>user remove: an account, its sessions, consents and grants.</summary>
internal static class UserRemove
{
    private static readonly Argument<string> Name = new("username") { Description = "The account" };

    /// <summary>The command.</summary>
    public static Command Command(Execution execution)
    {
        var command = new Command("remove", "Remove an account with its sessions and consents, and end its grants") { Name };
        command.SetAction((parse, cancellationToken) => execution.ChangeAsync(parse, async (invocation, c) =>
        {
            string name = parse.GetRequiredValue(Name);
            return await UserOutcome.ChangeAsync(invocation, parse, name, after: null, on => invocation.On.Registry.RemoveAsync(name, on), $"Removed {name}; its sessions and grants have ended.", c);
        }, cancellationToken));
        return command;
    }
}
