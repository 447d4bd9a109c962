using System.CommandLine;

namespace Evergrant.Cli;

/// <summary>key withdraw: for a key that is no longer secret.</summary>
internal static class KeyWithdraw
{
    private static readonly Argument<string> KeyId = new("kid") { Description = "The key" };

    /// <summary>The command.</summary>
    public static Command Command(Execution execution)
    {
        var command = new Command("withdraw", "Withdraw a signing key at once: for a key that is no longer secret. What it signed verifies no more") { KeyId, CommandLine.Issuer };
        command.SetAction((parse, cancellationToken) => execution.RunAsync(parse, async (invocation, c) =>
        {
            if (invocation.Issuer(parse.GetValue(CommandLine.Issuer)) is not { } issuer) return ExitCode.Unusable;
            string kid = parse.GetRequiredValue(KeyId);
            switch (await invocation.On.Keys.WithdrawAsync(issuer, kid, c))
            {
                case null: return invocation.Refuse($"{issuer} has no key {kid} that is published; evergrant key list --all shows those that are gone");
                case false: return invocation.Refuse($"{kid} was withdrawn before");
            }
            invocation.Out.WriteLine($"Withdrew {kid}. Resource servers that keep the JWK Set still take it until they read the set again.");
            return ExitCode.Done;
        }, cancellationToken));
        return command;
    }
}
