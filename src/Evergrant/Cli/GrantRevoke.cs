using System.CommandLine;
using System.Text.Json.Nodes;
using Evergrant.Accounts;
using Evergrant.AspNetCore;
using Evergrant.Protocol.Accounts;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;

namespace Evergrant.Cli;

/// <summary>grant revoke: one grant, or all of a client or an account.</summary>
internal static class GrantRevoke
{
    private static readonly Argument<Guid?> Id = new("grant") { Description = "Its id; or say whose with --client and --user", Arity = ArgumentArity.ZeroOrOne };

    /// <summary>The command.</summary>
    public static Command Command(Execution execution)
    {
        var command = new Command("revoke", "Revoke a grant, or all grants of a client or an account") { Id, GrantList.Client, GrantList.User, CommandLine.Issuer };
        command.SetAction((parse, cancellationToken) => execution.ChangeAsync(parse, (invocation, c) => RevokeAsync(invocation, parse, c), cancellationToken));
        return command;
    }

    private static async Task<int> RevokeAsync(Invocation invocation, ParseResult parse, CancellationToken cancellationToken)
    {
        string? client = parse.GetValue(GrantList.Client), user = parse.GetValue(GrantList.User), issuer = parse.GetValue(CommandLine.Issuer);
        DateTimeOffset now = invocation.On.Time.GetUtcNow();
        if (parse.GetValue(Id) is { } id)
        {
            if (client is not null || user is not null || issuer is not null) return invocation.Unusable("a grant is named by its id alone");
            if (await invocation.On.Store.Grants.FindGrantAsync(id, cancellationToken) is not { } grant) return invocation.Refuse($"there is no grant {id}");
            var (before, after) = (new JsonObject { ["state"] = GrantList.StateOf(grant, now) }, new JsonObject { ["state"] = "revoked" });
            return await CommitAsync(invocation, $"grant {id} of {grant.ClientId}", before, after, new RevokeGrant(id, RevocationCause.RevokedByOperator, now), Event(now, grant, grant.Issuer, grant.ClientId, grant.Subject), $"Revoked {id}.", cancellationToken);
        }
        if (client is null && user is null) return invocation.Unusable("name a grant, or whose with --client or --user");
        if (issuer is not null && invocation.Issuer(issuer) is null) return ExitCode.Unusable;
        Account? account = user is null ? null : await invocation.On.Registry.FindAsync(user, cancellationToken);
        if (user is not null && account is null) return invocation.Refuse($"nobody is called {user}");
        var all = new RevokeGrants(issuer, account?.Id, client, null, RevocationCause.RevokedByOperator, now);
        string whose = string.Join(" and ", new[] { client is null ? null : "client " + client, user is null ? null : "user " + user }.OfType<string>());
        return await CommitAsync(invocation, $"grants of {whose}{(issuer is null ? "" : " at " + issuer)}", before: null, new JsonObject { ["state"] = "revoked" }, all, Event(now, null, issuer, client, account?.Id), "Revoked them all.", cancellationToken);
    }

    private static async Task<int> CommitAsync(Invocation invocation, string what, JsonObject? before, JsonObject after, Change change, EventRecord record, string done, CancellationToken cancellationToken)
    {
        CommitResult result = await invocation.Changes.ChangeAsync(what, before, after, async c => await invocation.On.Store.Grants.CommitAsync(change, record, c), Invocation.FaultOf, cancellationToken);
        int code = invocation.Outcome(result, "it is revoked already");
        if (code == ExitCode.Done) invocation.Out.WriteLine(done);
        return code;
    }

    private static EventRecord Event(DateTimeOffset now, Grant? grant, string? issuer, string? client, string? subject) => new()
    {
        Reference = EventReference.Create(), At = now, Decision = "Revoked", Endpoint = "Operator", Issuer = issuer, ClientId = client, Subject = subject,
        GrantId = grant?.Id, Generation = grant?.Generation, Policy = grant?.Authorized.Policy,
    };
}
