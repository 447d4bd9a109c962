using System.CommandLine;
using System.Text.Json.Nodes;

namespace Evergrant.Cli;

/// <summary>user set-password: a new password from standard input; lifts a lockout and ends the account's sessions.</summary>
internal static class UserSetPassword
{
    private static readonly Argument<string> Name = new("username") { Description = "The account" };
    private static readonly Option<bool> EndGrants = new("--end-grants") { Description = "End offline grants too: for a password that somebody else may know" };

    /// <summary>The command.</summary>
    public static Command Command(Execution execution)
    {
        var command = new Command("set-password", "Set a password, read from standard input; ends the account's sessions") { Name, EndGrants };
        command.SetAction((parse, cancellationToken) => execution.ChangeAsync(
            parse, (invocation, c) => SetAsync(invocation, parse, c), cancellationToken, input: c => TextInput.SecretAsync("New password for " + parse.GetRequiredValue(Name), c)));
        return command;
    }

    private static async Task<int> SetAsync(Invocation invocation, ParseResult parse, CancellationToken cancellationToken)
    {
        string name = parse.GetRequiredValue(Name);
        if (string.IsNullOrEmpty(invocation.Input)) return invocation.Unusable("no password on standard input");
        (string password, bool endGrants) = (invocation.Input, parse.GetValue(EndGrants));
        return await UserOutcome.ChangeAsync(
            invocation, parse, name, new JsonObject { ["password"] = "set", ["sessions"] = "ended", ["grants"] = endGrants ? "ended" : "kept" },
            on => invocation.On.Registry.SetPasswordAsync(name, password, endGrants, on), $"Set the password of {name}; its sessions have ended.", cancellationToken);
    }
}
