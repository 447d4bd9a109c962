using System.CommandLine;
using System.Text.Json.Nodes;
using Evergrant.Accounts;
using Evergrant.Protocol.Storage;

namespace Evergrant.Cli;

/// <summary>What became of an order to change an account, said the same way by all commands.</summary>
internal static class UserOutcome
{
    /// <summary>Says it and gives the exit code.</summary>
    public static int Write(Invocation invocation, ParseResult parse, string name, AccountOutcome outcome, string done)
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
