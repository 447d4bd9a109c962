using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json.Nodes;
using Evergrant.Declared;
using Evergrant.Hosting;
using Evergrant.Protocol.Storage;

namespace Evergrant.Cli;

/// <summary>Writes what a command changes: each change before it is made, and what became of it before the command answers. What cannot be written is not done.</summary>
/// <param name="store">Where it is written.</param>
/// <param name="time">The clock.</param>
/// <param name="actor">Who gave the command.</param>
/// <param name="action">The command, without its arguments.</param>
internal sealed class AuditTrail(IAuditStore store, TimeProvider time, string actor, string action)
{
    private const string Mask = "***";

    private bool _hasWritten;

    /// <summary>The user of the operating system who runs this process, and on whose behalf when that is known.</summary>
    public static string LocalActor
    {
        get
        {
            string user = Environment.UserName is { Length: > 0 } name ? name : "an unknown user";
            return Environment.GetEnvironmentVariable("SUDO_USER") is { Length: > 0 } other && other != user ? $"{other} as {user}" : user;
        }
    }

    /// <summary>Why the command refused, as it was said.</summary>
    public string? Why { get; set; }

    /// <summary>For what a server does of itself when it starts.</summary>
    public static AuditTrail OfStart(Operations operations, string action) => new(operations.Store.Audit, operations.Time, LocalActor, action);

    /// <summary>Does the work of a command that changes something. When it ends without having begun a change, and not well, the attempt is written.</summary>
    public static async Task<int> FollowAsync(Invocation invocation, ParseResult parse, Work work, CancellationToken cancellationToken)
    {
        var trail = new AuditTrail(invocation.On.Store.Audit, invocation.On.Time, invocation.Actor, NameOf(parse));
        string? named = string.Join(' ', parse.CommandResult.Children.OfType<ArgumentResult>().SelectMany(a => a.Tokens).Select(t => t.Value)) is { Length: > 0 } text ? text : null;
        try
        {
            int code = await work(invocation with { Trail = trail }, cancellationToken);
            if (code != ExitCode.Done && !trail._hasWritten) await trail.RefusedAsync(named, cancellationToken);
            return code;
        }
        catch (UnusableException e) when (!trail._hasWritten)
        {
            trail.Why = e.Message;
            await trail.RefusedAsync(named, cancellationToken);
            throw;
        }
    }

    /// <summary>Makes one change.</summary>
    /// <typeparam name="T">What making it gives.</typeparam>
    /// <param name="what">What is changed, e.g. <c>client shop of https://as.example</c>.</param>
    /// <param name="before">The members that change, as they are; null for nothing.</param>
    /// <param name="after">The same as they are to be; null for nothing.</param>
    /// <param name="change">Makes it.</param>
    /// <param name="fault">Why it was not made; null when it was.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="StoreUnavailableException">It could not be written that it begins, and nothing was changed; or not, what became of it.</exception>
    public async Task<T> ChangeAsync<T>(string what, JsonObject? before, JsonObject? after, Func<CancellationToken, Task<T>> change, Func<T, string?> fault, CancellationToken cancellationToken)
    {
        AuditRecord record = Record(what) with { Before = Written(before), After = Written(after) };
        _hasWritten = true;
        await store.AppendAsync(record, cancellationToken);
        T result;
        try
        {
            result = await change(cancellationToken);
        }
        catch (Exception e)
        {
            await TryFailAsync(record.Id, e is StoreUnavailableException or ChangedMeanwhileException or UnusableException or IOException ? e.Message : e.GetType().Name);
            throw;
        }
        string? why = fault(result);
        // Whoever gave the command may be gone by now; what was done is written all the same.
        await store.EndAsync(record.Id, why is null ? AuditOutcome.Done : AuditOutcome.Refused, why, CancellationToken.None);
        return result;
    }

    /// <summary>As above, for what is made or throws.</summary>
    public Task ChangeAsync(string what, JsonObject? before, JsonObject? after, Func<CancellationToken, Task> change, CancellationToken cancellationToken) => ChangeAsync(
        what, before, after,
        async c =>
        {
            await change(c);
            return true;
        },
        _ => null, cancellationToken);

    // The first fault is the one to tell; the record says Begun when the store is what failed.
    private async Task TryFailAsync(Guid id, string why)
    {
        try
        {
            await store.EndAsync(id, AuditOutcome.Failed, why, CancellationToken.None);
        }
        catch (StoreUnavailableException)
        {
            // Begun is the truth: nobody wrote what became of it.
        }
    }

    private async Task RefusedAsync(string? what, CancellationToken cancellationToken) =>
        await store.AppendAsync(Record(what) with { Outcome = AuditOutcome.Refused, Reason = Why }, cancellationToken);

    private AuditRecord Record(string? what)
    {
        DateTimeOffset now = time.GetUtcNow();
        return new AuditRecord { Id = Guid.CreateVersion7(now), At = now, Actor = actor, Action = action, Target = what };
    }

    private static string? Written(JsonObject? json) => json is null ? null : Masked(json)!.ToJsonString(JsonOutput.Readable);

    // What is written here is known to have none; should a member come that has, it stays out.
    private static JsonNode? Masked(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(members.Select(m => KeyValuePair.Create(m.Key, IsSecret(m.Key) && m.Value is JsonValue ? Mask : Masked(m.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Masked)]),
        _ => node?.DeepClone(),
    };

    private static bool IsSecret(string member) =>
        member is "d" or "p" or "q" or "dp" or "dq" or "qi" or "k" || member.EndsWith("secret", StringComparison.Ordinal) || member.EndsWith("password", StringComparison.Ordinal) || member.EndsWith("_token", StringComparison.Ordinal);

    private static string NameOf(ParseResult parse)
    {
        List<string> names = [];
        for (SymbolResult? at = parse.CommandResult; at is CommandResult { Command: not RootCommand } command; at = at.Parent) names.Insert(0, command.Command.Name);
        return string.Join(' ', names);
    }
}
