using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Evergrant.Protocol.Accounts;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;

namespace Evergrant.Cli;

/// <summary>grant list.</summary>
internal static class GrantList
{
    /// <summary>The client that is meant.</summary>
    public static readonly Option<string?> Client = new("--client") { Description = "Only grants of this client", HelpName = "ID" };

    /// <summary>The account that is meant.</summary>
    public static readonly Option<string?> User = new("--user") { Description = "Only grants of this account", HelpName = "NAME" };

    private static readonly Option<bool> Live = new("--live") { Description = "Only grants that still stand" };
    private static readonly Option<int> Limit = new("--limit") { Description = "So many at most", HelpName = "N", DefaultValueFactory = _ => 100 };

    /// <summary>The command.</summary>
    public static Command Command(Execution execution)
    {
        var command = new Command("list", "List grants, newest first") { Client, User, Live, Limit, CommandLine.Issuer, CommandLine.Json };
        command.SetAction((parse, cancellationToken) => execution.RunAsync(parse, (invocation, c) => ListAsync(invocation, parse, c), cancellationToken));
        return command;
    }

    private static async Task<int> ListAsync(Invocation invocation, ParseResult parse, CancellationToken cancellationToken)
    {
        int limit = parse.GetValue(Limit);
        if (limit is < 1 or > 10_000) return invocation.Unusable("--limit is from 1 to 10000");
        string? issuer = parse.GetValue(CommandLine.Issuer), user = parse.GetValue(User);
        if (issuer is not null && invocation.Issuer(issuer) is null) return ExitCode.Unusable;
        Account? account = user is null ? null : await invocation.On.Registry.FindAsync(user, cancellationToken);
        if (user is not null && account is null) return invocation.Refuse($"nobody is called {user}");
        DateTimeOffset now = invocation.On.Time.GetUtcNow();
        var filter = new GrantFilter(issuer, account?.Id, parse.GetValue(Client), parse.GetValue(Live) ? now : null, limit);
        IReadOnlyList<Grant> grants = await invocation.On.Store.Grants.ListGrantsAsync(filter, cancellationToken);
        if (parse.GetValue(CommandLine.Json))
        {
            JsonOutput.Write(invocation.Out, new JsonObject { ["grants"] = JsonOutput.Array(grants.Select(g => Write(g, now))) });
            return ExitCode.Done;
        }
        Table.Write(invocation, "No grants.", ["grant", "client", "account", "state", "refreshed", "last", "scope"], grants.Select(IReadOnlyList<string> (g) =>
        [
            g.Id.ToString(), g.ClientId, g.Subject ?? "", StateOf(g, now), Math.Max(0, g.Generation - 1).ToString(CultureInfo.InvariantCulture), Invocation.At(g.GenerationAt), g.Authorized.Scope,
        ]));
        return ExitCode.Done;
    }

    /// <summary>Where a grant stands, in a word or two.</summary>
    public static string StateOf(Grant grant, DateTimeOffset now) =>
        grant.State == GrantState.Revoked ? "revoked" : grant.HasEnded(now) ? "ended" : grant.State.ToString().ToLowerInvariant();

    /// <summary>A grant for programs; nothing of which a credential could be made.</summary>
    public static JsonObject Write(Grant grant, DateTimeOffset now) => new()
    {
        ["id"] = grant.Id.ToString(), ["issuer"] = grant.Issuer, ["client_id"] = grant.ClientId, ["subject"] = grant.Subject, ["state"] = StateOf(grant, now), ["generation"] = grant.Generation,
        ["generation_at"] = JsonOutput.At(grant.GenerationAt), ["retries"] = grant.Retries.Total, ["created_at"] = JsonOutput.At(grant.CreatedAt), ["idle_expires_at"] = JsonOutput.At(grant.IdleExpiresAt),
        ["expires_at"] = JsonOutput.At(grant.ExpiresAt), ["revoked_at"] = JsonOutput.At(grant.RevokedAt), ["revoked_why"] = grant.RevokedWhy == RevocationCause.None ? null : grant.RevokedWhy.ToString(),
        ["scope"] = grant.Authorized.Scope, ["resources"] = JsonOutput.Texts(grant.Authorized.Resources), ["policy"] = grant.Authorized.Policy,
    };
}
