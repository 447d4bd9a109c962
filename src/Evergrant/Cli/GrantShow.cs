using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Evergrant.Protocol.Accounts;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;

namespace Evergrant.Cli;

/// <summary>grant show: one grant and its events.</summary>
internal static class GrantShow
{
    private static readonly Argument<Guid> Id = new("grant") { Description = "Its id" };

    /// <summary>The command.</summary>
    public static Command Command(Execution execution)
    {
        var command = new Command("show", "Show a grant and what happened to it") { Id, CommandLine.Json };
        command.SetAction((parse, cancellationToken) => execution.RunAsync(parse, (invocation, c) => ShowAsync(invocation, parse, c), cancellationToken));
        return command;
    }

    private static async Task<int> ShowAsync(Invocation invocation, ParseResult parse, CancellationToken cancellationToken)
    {
        Guid id = parse.GetRequiredValue(Id);
        if (await invocation.On.Store.Grants.FindGrantAsync(id, cancellationToken) is not { } grant) return invocation.Refuse($"there is no grant {id}");
        IReadOnlyList<EventRecord> events = await invocation.On.Store.Grants.ListEventsAsync(id, cancellationToken);
        DateTimeOffset now = invocation.On.Time.GetUtcNow();
        if (parse.GetValue(CommandLine.Json))
        {
            JsonObject json = GrantList.Write(grant, now);
            json["events"] = JsonOutput.Array(events.Select(Write));
            JsonOutput.Write(invocation.Out, json);
            return ExitCode.Done;
        }
        Account? account = grant.Subject is null ? null : await invocation.On.Store.Accounts.FindAccountAsync(grant.Subject, cancellationToken);
        Table.WritePairs(invocation, Pairs(grant, account, now));
        if (events.Count == 0) return ExitCode.Done;
        invocation.Out.WriteLine();
        Table.Write(invocation, "", ["when", "what", "why", "presented", "reference"], events.Select(IReadOnlyList<string> (e) =>
            [Invocation.At(e.At), e.Decision, e.Refusal ?? "", e.Presented?.ToString(CultureInfo.InvariantCulture) ?? "", e.Reference]));
        return ExitCode.Done;
    }

    private static IEnumerable<(string, string?)> Pairs(Grant grant, Account? account, DateTimeOffset now) =>
    [
        ("grant", grant.Id.ToString()), ("state", GrantList.StateOf(grant, now)), ("issuer", grant.Issuer), ("client", grant.ClientId),
        ("account", account is null ? grant.Subject : $"{account.UserName} ({account.Id})"), ("scope", grant.Authorized.Scope), ("resources", string.Join('\n', grant.Authorized.Resources)),
        ("policy", grant.Authorized.Policy), ("overrides", grant.Authorized.PolicyOverrides), ("ends with", grant.SessionId is null ? null : "the sign-in session"), ("authorized", Invocation.At(grant.CreatedAt)),
        ("generation", $"{grant.Generation.ToString(CultureInfo.InvariantCulture)} since {Invocation.At(grant.GenerationAt)}"), ("retries", grant.Retries.Total > 0 ? $"{grant.Retries.Total} in the last ten rotations" : null),
        ("ends unless used", Invocation.At(grant.IdleExpiresAt)), ("ends", Invocation.At(grant.ExpiresAt)),
        ("revoked", grant.RevokedAt is null ? null : $"{Invocation.At(grant.RevokedAt)} {grant.RevokedWhy}"),
    ];

    private static JsonObject Write(EventRecord record) => new()
    {
        ["reference"] = record.Reference, ["at"] = JsonOutput.At(record.At), ["decision"] = record.Decision, ["refusal"] = record.Refusal, ["error"] = record.Error, ["endpoint"] = record.Endpoint,
        ["presented"] = record.Presented, ["generation"] = record.Generation,
    };
}
