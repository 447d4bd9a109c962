using System.CommandLine;
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
        var command = new Command("list", "List the signing keys of an issuer") { All, CommandLine.Issuer, CommandLine.Json };
        command.SetAction((parse, cancellationToken) => execution.RunAsync(parse, (invocation, c) => ListAsync(invocation, parse, c), cancellationToken));
        return command;
    }

    private static async Task<int> ListAsync(Invocation invocation, ParseResult parse, CancellationToken cancellationToken)
    {
        if (invocation.Issuer(parse.GetValue(CommandLine.Issuer)) is not { } issuer) return ExitCode.Unusable;
        DateTimeOffset now = invocation.On.Time.GetUtcNow();
        IEnumerable<SigningKeyRecord> keys = await invocation.On.Keys.ListAsync(issuer, cancellationToken);
        if (!parse.GetValue(All)) keys = keys.Where(k => KeyRing.PhaseOf(k, now) != KeyPhase.Gone);
        if (parse.GetValue(CommandLine.Json)) JsonOutput.Write(invocation.Out, new JsonObject { ["issuer"] = issuer, ["keys"] = JsonOutput.Array(keys.Select(k => Write(k, now))) });
        else
        {
            Table.Write(invocation, "No keys.", ["key", "algorithm", "state", "signs from", "signs until", "published until"], keys.Select(IReadOnlyList<string> (k) =>
                [k.KeyId, k.Algorithm, StateOf(k, now), Invocation.At(k.SignsFrom), Invocation.At(k.RetiresAt), Invocation.At(k.GoneAt)]));
        }
        return ExitCode.Done;
    }

    /// <summary>A key for programs.</summary>
    public static JsonObject Write(SigningKeyRecord key, DateTimeOffset now) => new()
    {
        ["kid"] = key.KeyId, ["alg"] = key.Algorithm, ["state"] = StateOf(key, now), ["announced_at"] = JsonOutput.At(key.AnnouncedAt), ["signs_from"] = JsonOutput.At(key.SignsFrom),
        ["retires_at"] = JsonOutput.At(key.RetiresAt), ["gone_at"] = JsonOutput.At(key.GoneAt), ["withdrawn_at"] = JsonOutput.At(key.WithdrawnAt),
    };

    private static string StateOf(SigningKeyRecord key, DateTimeOffset now) => key.WithdrawnAt is not null ? "withdrawn" : KeyRing.PhaseOf(key, now).ToString().ToLowerInvariant();
}
