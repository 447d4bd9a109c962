using System.CommandLine;
using System.Text.Json.Nodes;

namespace Evergrant.Cli;

/// <summary>user sign-out: the account is signed in nowhere any more.</summary>
internal static class UserSignOut
{
    private static readonly Argument<string> Name = new("username") { Description = "The account" };

    /// <summary>The command.</summary>
    public static Command Command(Execution execution)
    {
        var command = new Command("sign-out", "End the sessions of an account everywhere and what is bound to them; apps with a back channel are told") { Name };
        command.SetAction((parse, cancellationToken) => execution.ChangeAsync(parse, async (invocation, c) =>
        {
            string name = parse.GetRequiredValue(Name);
            return await UserOutcome.ChangeAsync(
                invocation, parse, name, new JsonObject { ["sessions"] = "ended" }, on => invocation.On.Registry.SignOutAsync(name, on), $"Signed {name} out; the sessions have ended, offline access goes on.", c);
        }, cancellationToken));
        return command;
    }
}
