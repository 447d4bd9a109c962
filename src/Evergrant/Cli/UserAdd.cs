using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Evergrant.Accounts;

namespace Evergrant.Cli;

/// <summary>user add: makes an account. The password comes from standard input or is asked for; never from an argument, which others could read.</summary>
internal static class UserAdd
{
    private static readonly Argument<string> Name = new("username") { Description = "The name to sign in with" };
    private static readonly Option<bool> Operator = new("--operator") { Description = "May use the operator pages" };
    private static readonly Option<string[]> Claims = new("--claim") { Description = "A claim, e.g. email=a@example.com or email_verified=true; may be repeated", HelpName = "NAME=VALUE" };

    /// <summary>The command.</summary>
    public static Command Command(Execution execution)
    {
        var command = new Command("add", "Make an account; the password is read from standard input") { Name, Operator, Claims, CommandLine.Json };
        command.SetAction((parse, cancellationToken) => execution.ChangeAsync(
            parse, (invocation, c) => AddAsync(invocation, parse, c), cancellationToken, input: c => TextInput.SecretAsync("Password for " + parse.GetRequiredValue(Name), c)));
        return command;
    }

    private static async Task<int> AddAsync(Invocation invocation, ParseResult parse, CancellationToken cancellationToken)
    {
        string name = parse.GetRequiredValue(Name);
        if (string.IsNullOrEmpty(invocation.Input)) return invocation.Unusable("no password on standard input");
        var claims = new JsonObject();
        foreach (string claim in parse.GetValue(Claims) ?? [])
        {
            int equals = claim.IndexOf('=');
            if (equals <= 0) return invocation.Unusable($"--claim {claim} is not NAME=VALUE");
            claims[claim[..equals]] = ValueOf(claim[(equals + 1)..]);
        }
        using JsonDocument document = JsonDocument.Parse(claims.ToJsonString());
        var declared = new DeclaredAccount(name, invocation.Input, parse.GetValue(Operator), document.RootElement);
        return await UserOutcome.ChangeAsync(invocation, parse, name, Declared.Plan.Write(declared), on => invocation.On.Registry.CreateAsync(declared, on), $"Made the account {name}.", cancellationToken);
    }

    // true, false, numbers, lists and objects are what they are in JSON; everything else is text.
    private static JsonNode? ValueOf(string text)
    {
        try
        {
            return TextInput.Json(text) is { } value && value.GetValueKind() != JsonValueKind.String ? value : text;
        }
        catch (JsonException)
        {
            return text;
        }
    }
}
