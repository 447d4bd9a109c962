using System.CommandLine;
using System.Text.Json.Nodes;
using Evergrant.Protocol.Accounts;

namespace Evergrant.Cli;

/// <summary>user list.</summary>
internal static class UserList
{
    private static readonly Option<string?> After = new("--after") { Description = "Begin after this name", HelpName = "NAME" };
    private static readonly Option<int> Limit = new("--limit") { Description = "So many at most", HelpName = "N", DefaultValueFactory = _ => 100 };

    /// <summary>The command.</summary>
    public static Command Command(Execution execution)
    {
        var command = new Command("list", "List accounts in the order of their names") { After, Limit, CommandLine.Json };
        command.SetAction((parse, cancellationToken) => execution.RunAsync(parse, (invocation, c) => ListAsync(invocation, parse, c), cancellationToken));
        return command;
    }

    private static async Task<int> ListAsync(Invocation invocation, ParseResult parse, CancellationToken cancellationToken)
    {
        int limit = parse.GetValue(Limit);
        if (limit is < 1 or > 10_000) return invocation.Unusable("--limit is from 1 to 10000");
        IReadOnlyList<Account> accounts = await invocation.On.Registry.ListAsync(parse.GetValue(After), limit, cancellationToken);
        DateTimeOffset now = invocation.On.Time.GetUtcNow();
        if (parse.GetValue(CommandLine.Json))
        {
            JsonOutput.Write(invocation.Out, new JsonObject { ["users"] = JsonOutput.Array(accounts.Select(Write)) });
            return ExitCode.Done;
        }
        Table.Write(invocation, "No accounts. evergrant user add makes one.", ["user", "id", "state", "made"], accounts.Select(IReadOnlyList<string> (a) =>
            [a.UserName, a.Id, StateOf(a, now), Invocation.At(a.CreatedAt)]));
        if (accounts.Count == limit) invocation.Out.WriteLine($"There may be more: --after {accounts[^1].UserName}");
        return ExitCode.Done;
    }

    private static string StateOf(Account account, DateTimeOffset now) =>
        account.Disabled ? "disabled" : account.LockoutEnd > now ? "locked until " + Invocation.At(account.LockoutEnd) : account.Operator ? "operator" : "";

    private static JsonObject Write(Account account) => new()
    {
        ["username"] = account.UserName, ["id"] = account.Id, ["operator"] = account.Operator, ["disabled"] = account.Disabled, ["locked_until"] = JsonOutput.At(account.LockoutEnd),
        ["claims"] = JsonNode.Parse(account.Claims), ["created_at"] = JsonOutput.At(account.CreatedAt),
    };
}
