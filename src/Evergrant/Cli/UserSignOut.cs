using System.CommandLine;

namespace Evergrant.Cli;

/// <summary>user sign-out: the account is signed in nowhere any more.</summary>
internal static class UserSignOut
{
    private static readonly Argument<string> Name = new("username") { Description = "The account" };

    /// <summary>The command.</summary>
    public static Command Command(Execution execution)
    {
        var command = new Command("sign-out", "End the sessions of an account everywhere and what is bound to them; apps with a back channel are told") { Name };
        command.SetAction((parse, cancellationToken) => execution.RunAsync(parse, async (invocation, c) =>
        {
            string name = parse.GetRequiredValue(Name);
            return UserOutcome.Write(invocation, parse, name, await invocation.On.Registry.SignOutAsync(name, c), $"Signed {name} out; the sessions have ended, offline access goes on.");
        }, cancellationToken));
        return command;
    }
}
