using System.CommandLine;
using System.Text.Json.Nodes;

namespace Evergrant.Cli;

/// <summary>key withdraw: for a key that is no longer secret.</summary>
internal static class KeyWithdraw
{
    private static readonly Argument<string> KeyId = new("kid") { Description = "The key" };

    /// <summary>The command.</summary>
    public static Command Command(Execution execution)
    {
        var command = new Command("withdraw", "Withdraw a signing key at once: for a key that is no longer secret. What it signed verifies no more") { KeyId, CommandLine.Issuer };
        command.SetAction((parse, cancellationToken) => execution.ChangeAsync(parse, async (invocation, c) =>
        {
            if (invocation.Issuer(parse.GetValue(CommandLine.Issuer)) is not { } issuer) return ExitCode.Unusable;
            string kid = parse.GetRequiredValue(KeyId);
            bool? withdrawn = await invocation.Changes.ChangeAsync(
                $"key {kid} of {issuer}", new JsonObject { ["withdrawn"] = false }, new JsonObject { ["withdrawn"] = true }, async on => await invocation.On.Keys.WithdrawAsync(issuer, kid, on),
                done => done switch { true => null, false => "it was withdrawn before", null => "no such key is published" }, c);
            switch (withdrawn)
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
