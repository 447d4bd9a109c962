using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Evergrant.Protocol.Keys;

namespace Evergrant.Cli;

/// <summary>key list.</summary>
internal static class KeyList
{
    private static readonly Option<bool> All = new("--all") { Description = "Also keys that are gone" };

    /// <summary>The command.</summary>
    public static Command Command(Execution execution)
    {
        var command = new Command("list", "List the signing keys of an issuer, and the root keys of the server") { All, CommandLine.Issuer, CommandLine.Json };
        command.SetAction((parse, cancellationToken) => execution.RunAsync(parse, (invocation, c) => ListAsync(invocation, parse, c), cancellationToken));
        return command;
    }

    private static async Task<int> ListAsync(Invocation invocation, ParseResult parse, CancellationToken cancellationToken)
    {
        if (invocation.Issuer(parse.GetValue(CommandLine.Issuer)) is not { } issuer) return ExitCode.Unusable;
        IEnumerable<SigningKeyRecord> keys = await invocation.On.Keys.ListAsync(issuer, cancellationToken);
        // After the look, which may have made keys that sign at once.
        DateTimeOffset now = invocation.On.Time.GetUtcNow();
        if (!parse.GetValue(All)) keys = keys.Where(k => KeyRing.PhaseOf(k, now) != KeyPhase.Gone);
        IReadOnlyList<RootKeyRecord> root = await invocation.On.RootKeys.ListAsync(cancellationToken);
        if (parse.GetValue(CommandLine.Json)) JsonOutput.Write(invocation.Out, new JsonObject { ["issuer"] = issuer, ["keys"] = JsonOutput.Array(keys.Select(k => Write(k, now))), ["root_keys"] = JsonOutput.Array(root.Select(k => Write(k, root, now))) });
        else
        {
            Table.Write(invocation, "No keys.", ["key", "algorithm", "state", "signs from", "signs until", "published until"], keys.Select(IReadOnlyList<string> (k) =>
                [k.KeyId, k.Algorithm, StateOf(k, now), Invocation.At(k.SignsFrom), Invocation.At(k.RetiresAt), Invocation.At(k.GoneAt)]));
            invocation.Out.WriteLine();
            Table.Write(invocation, "No root keys.", ["root key", "state", "added", "active from", "dropped"], root.Where(k => k.DroppedAt is null || parse.GetValue(All)).Select(IReadOnlyList<string> (k) =>
                [k.Number.ToString(CultureInfo.InvariantCulture), StateOf(k, root, now), Invocation.At(k.AddedAt), Invocation.At(k.ActiveFrom), Invocation.At(k.DroppedAt)]));
        }
        return ExitCode.Done;
    }

    /// <summary>A key for programs.</summary>
    public static JsonObject Write(SigningKeyRecord key, DateTimeOffset now) => new()
    {
        ["kid"] = key.KeyId, ["alg"] = key.Algorithm, ["state"] = StateOf(key, now), ["announced_at"] = JsonOutput.At(key.AnnouncedAt), ["signs_from"] = JsonOutput.At(key.SignsFrom),
        ["root_key"] = key.KeyNumber, ["retires_at"] = JsonOutput.At(key.RetiresAt), ["gone_at"] = JsonOutput.At(key.GoneAt), ["withdrawn_at"] = JsonOutput.At(key.WithdrawnAt),
    };

    private static JsonObject Write(RootKeyRecord key, IReadOnlyList<RootKeyRecord> all, DateTimeOffset now) => new()
    {
        ["number"] = key.Number, ["state"] = StateOf(key, all, now), ["added_at"] = JsonOutput.At(key.AddedAt), ["active_from"] = JsonOutput.At(key.ActiveFrom), ["dropped_at"] = JsonOutput.At(key.DroppedAt),
    };

    private static string StateOf(RootKeyRecord key, IReadOnlyList<RootKeyRecord> all, DateTimeOffset now) =>
        key.DroppedAt is not null ? "dropped" : key.ActiveFrom is null ? "waiting" : key.ActiveFrom > now ? "announced" : RootKeyRecord.Active(all, now) == key ? "active" : "accepted";

    private static string StateOf(SigningKeyRecord key, DateTimeOffset now) => key.WithdrawnAt is not null ? "withdrawn" : KeyRing.PhaseOf(key, now).ToString().ToLowerInvariant();
}
