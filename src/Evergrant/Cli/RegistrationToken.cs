using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Registration;
using Evergrant.Protocol.Storage;

namespace Evergrant.Cli;

/// <summary>registration token: makes an initial access token with which a client can register itself (RFC 7591 section 3), and shows it this once.</summary>
internal static class RegistrationToken
{
    private static readonly Option<string?> Lifetime = new("--lifetime") { Description = "How long it is good, e.g. 7d; a day when left out", HelpName = "TIME" };
    private static readonly Option<bool> Many = new("--many") { Description = "Good for any number of registrations; otherwise for one" };
    private static readonly Option<string[]> Grants = new("--grant-type") { Description = "Grant types that a client registered with it may choose from; authorization_code and refresh_token when left out; may be repeated", HelpName = "TYPE" };

    /// <summary>The command.</summary>
    public static Command Command(Execution execution)
    {
        var command = new Command("token", "Make an initial access token, with which a client registers itself") { Lifetime, Many, Grants, CommandLine.Issuer, CommandLine.Json };
        command.SetAction((parse, cancellationToken) => execution.ChangeAsync(parse, (invocation, c) => MakeAsync(invocation, parse, c), cancellationToken));
        return command;
    }

    private static async Task<int> MakeAsync(Invocation invocation, ParseResult parse, CancellationToken cancellationToken)
    {
        if (invocation.Issuer(parse.GetValue(CommandLine.Issuer)) is not { } issuer) return ExitCode.Unusable;
        TimeSpan lifetime = TimeSpan.FromDays(1);
        if (parse.GetValue(Lifetime) is { } text)
        {
            if (FriendlyDuration.Read(text, invocation.On.Time.GetUtcNow()) is not { } span || span <= TimeSpan.Zero || span > TimeSpan.FromDays(3660)) return invocation.Unusable($"--lifetime: {text} is not a time like 30m, 12h or 7d");
            lifetime = span;
        }
        string[] grants = parse.GetValue(Grants) is { Length: > 0 } named ? named : ["authorization_code", "refresh_token"];
        if (grants.FirstOrDefault(g => !ClientMetadata.GrantTypes.Contains(g)) is { } unknown) return invocation.Unusable($"--grant-type: {unknown} is not a grant type of this server; it has {string.Join(", ", ClientMetadata.GrantTypes)}");
        string token = RegistrationTokens.New(RegistrationTokens.InitialPrefix, RandomNumberGenerator.GetBytes(32));
        DateTimeOffset end = invocation.On.Time.GetUtcNow() + lifetime;
        var handle = new Handle(RegistrationTokens.HashOf(token), HandleKind.InitialAccessToken, null, new InitialAccess(issuer, !parse.GetValue(Many), grants).Write(), end);
        CommitResult result = await invocation.Changes.ChangeAsync(
            $"initial access token of {issuer}", before: null,
            new JsonObject { ["expires_at"] = JsonOutput.At(end), ["once"] = !parse.GetValue(Many), ["grant_types"] = JsonOutput.Texts(grants) },
            async c => await invocation.On.Store.Grants.CommitAsync(new AddHandle(handle), null, c), Invocation.FaultOf, cancellationToken);
        if (result != CommitResult.Committed) return invocation.Outcome(result, "two tokens are the same, which does not happen");
        if (parse.GetValue(CommandLine.Json)) JsonOutput.Write(invocation.Out, new JsonObject { ["initial_access_token"] = token, ["issuer"] = issuer, ["expires_at"] = Invocation.At(end), ["once"] = !parse.GetValue(Many) });
        else invocation.Out.WriteLine($"initial_access_token {token}   (shown this once; good until {Invocation.At(end)} for {(parse.GetValue(Many) ? "any number of registrations" : "one registration")})");
        return ExitCode.Done;
    }
}
