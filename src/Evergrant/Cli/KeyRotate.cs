using System.CommandLine;
using System.Text.Json.Nodes;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Keys;

namespace Evergrant.Cli;

/// <summary>key rotate: announces successors now, before they are due.</summary>
internal static class KeyRotate
{
    private static readonly Option<string?> Algorithm = new("--alg") { Description = "JWS algorithm, or RSA-OAEP-256 or ECDH-ES for the keys that clients encrypt to; every one in use when left out", HelpName = "ALG" };

    /// <summary>The command.</summary>
    public static Command Command(Execution execution)
    {
        var command = new Command("rotate", "Announce new signing keys now; the present ones sign until all who verify have seen them") { Algorithm, CommandLine.Issuer, CommandLine.Json };
        command.SetAction((parse, cancellationToken) => execution.ChangeAsync(parse, (invocation, c) => RotateAsync(invocation, parse, c), cancellationToken));
        return command;
    }

    private static async Task<int> RotateAsync(Invocation invocation, ParseResult parse, CancellationToken cancellationToken)
    {
        if (invocation.Issuer(parse.GetValue(CommandLine.Issuer)) is not { } issuer) return ExitCode.Unusable;
        string? algorithm = parse.GetValue(Algorithm);
        string[] algorithms = [.. ClientMetadata.SigningAlgorithms, .. KeyRing.ForEncryption];
        if (algorithm is not null && !algorithms.Contains(algorithm)) return invocation.Unusable($"--alg is one of {string.Join(", ", algorithms)}");
        // A server that has never run has no keys yet.
        await invocation.On.Keys.ListAsync(issuer, cancellationToken);
        IReadOnlyList<SigningKeyRecord> made = await invocation.Changes.ChangeAsync(
            $"keys of {issuer}", before: null, new JsonObject { ["successors_for"] = algorithm ?? "every algorithm in use" },
            async c => await invocation.On.Keys.RotateAsync(issuer, algorithm, c), _ => null, cancellationToken);
        DateTimeOffset now = invocation.On.Time.GetUtcNow();
        if (parse.GetValue(CommandLine.Json)) JsonOutput.Write(invocation.Out, new JsonObject { ["issuer"] = issuer, ["keys"] = JsonOutput.Array(made.Select(k => KeyList.Write(k, now))) });
        else
        {
            foreach (SigningKeyRecord key in made) invocation.Out.WriteLine($"Announced {key.KeyId} ({key.Algorithm}); it signs from {Invocation.At(key.SignsFrom)}.");
        }
        return ExitCode.Done;
    }
}
