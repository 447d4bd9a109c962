using System.CommandLine;
using System.Text.Json.Nodes;
using Evergrant.Accounts;
using Evergrant.Protocol.Accounts;
using Evergrant.Protocol.Storage;

namespace Evergrant.Cli;

/// <summary>What became of an order to change an account, said the same way by all commands.</summary>
internal static class UserOutcome
{
    /// <summary>Orders a change of an account, takes it down, and says what became of it.</summary>
    /// <param name="invocation">The command.</param>
    /// <param name="parse">Its command line.</param>
    /// <param name="name">Whose account.</param>
    /// <param name="after">What the change makes of the account, with the members that change; null when nothing of it is left.</param>
    /// <param name="change">Orders it.</param>
    /// <param name="done">What to say when it is done.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> ChangeAsync(
        Invocation invocation, ParseResult parse, string name, JsonObject? after, Func<CancellationToken, ValueTask<AccountOutcome>> change, string done, CancellationToken cancellationToken)
    {
        Account? account = await invocation.On.Registry.FindAsync(name, cancellationToken);
        JsonObject? before = account is null ? null : Write(account);
        if (before is not null && after is not null) before = new(before.Where(m => after.ContainsKey(m.Key)).Select(m => KeyValuePair.Create(m.Key, m.Value?.DeepClone())));
        AccountOutcome outcome = await invocation.Changes.ChangeAsync("user " + name, before, after, async c => await change(c), FaultOf, cancellationToken);
        return Write(invocation, parse, name, outcome, done);
    }

    /// <summary>An account as the record of its change shows it; no secret.</summary>
    public static JsonObject Write(Account account) => new()
    {
        ["operator"] = account.Operator, ["disabled"] = account.Disabled, ["claims"] = JsonNode.Parse(account.Claims), ["password"] = account.PasswordHash is null ? null : "set",
    };

    private static string? FaultOf(AccountOutcome outcome) => outcome switch
    {
        AccountOutcome.Done => null,
        AccountOutcome.NotFound => "nobody has the name",
        AccountOutcome.NameTaken => "somebody has the name",
        AccountOutcome.Faulty { Why: var why } => why,
        _ => "it is not certain whether the change was written",
    };

    /// <summary>Says it and gives the exit code.</summary>
    private static int Write(Invocation invocation, ParseResult parse, string name, AccountOutcome outcome, string done)
    {
        switch (outcome)
        {
            case AccountOutcome.Done { Account: var account }:
                if (parse.CommandResult.Command.Options.Contains(CommandLine.Json) && parse.GetValue(CommandLine.Json)) JsonOutput.Write(invocation.Out, new JsonObject { ["username"] = account.UserName, ["id"] = account.Id, ["operator"] = account.Operator });
                else invocation.Out.WriteLine(done);
                return ExitCode.Done;
            case AccountOutcome.NotFound:
                return invocation.Refuse($"nobody is called {name}");
            case AccountOutcome.NameTaken:
                return invocation.Refuse($"somebody is called {name} already");
            case AccountOutcome.Faulty { Why: var why }:
                return invocation.Unusable(why);
            default:
                throw new StoreUnavailableException("It is not certain whether the change was written. Look, and ask again.");
        }
    }
}
