using System.CommandLine;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Evergrant.Declared;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Storage;

namespace Evergrant.Cli;

/// <summary>client add: registers a client and shows its secret this once.</summary>
internal static class ClientAdd
{
    private static readonly Argument<string> Id = new("client-id") { Description = "1 to 128 characters of A-Z, a-z, 0-9, '.', '_', '~', '-'" };
    private static readonly Option<string?> Metadata = new("--metadata") { Description = "JSON file with client metadata (RFC 7591); - is standard input. The other options add to it", HelpName = "FILE" };
    private static readonly Option<bool> Introspect = new("--introspect") { Description = "It is an API: it may introspect tokens" };

    private static readonly (Option<string?> Option, string Member)[] Texts =
    [
        (Text("--name", "Shown to people", "NAME"), "client_name"),
        (Text("--type", "web, native or browser; web when left out", "TYPE"), "application_type"),
        (Text("--auth-method", "client_secret_basic, client_secret_post, private_key_jwt or none", "METHOD"), "token_endpoint_auth_method"),
        (Text("--scope", "Scope values it may have, with spaces between", "SCOPE"), "scope"),
        (Text("--profile", "oauth2.1, mcp or legacy; oauth2.1 when left out and the server has none", "PROFILE"), "profile"),
        (Text("--consent", "ask or implied; ask when left out", "RULE"), "consent"),
        (Text("--access-token-format", "jwt or opaque; jwt when left out", "FORMAT"), "access_token_format"),
    ];

    private static readonly (Option<string[]> Option, string Member)[] Lists =
    [
        (List("--redirect-uri", "A redirect URI, compared byte for byte; may be repeated", "URI"), "redirect_uris"),
        (List("--grant-type", "authorization_code, refresh_token, client_credentials, or the URN of another grant; may be repeated", "TYPE"), "grant_types"),
        (List("--resource", "An API it may have tokens for; may be repeated", "URI"), "resources"),
        (List("--origin", "An origin whose scripts may call the token endpoint; may be repeated", "ORIGIN"), "allowed_origins"),
    ];

    /// <summary>The command.</summary>
    public static Command Command(Execution execution)
    {
        var command = new Command("add", "Register a client") { Id, Metadata, Introspect, CommandLine.Issuer, CommandLine.Json };
        foreach ((Option<string?> option, _) in Texts) command.Add(option);
        foreach ((Option<string[]> option, _) in Lists) command.Add(option);
        command.SetAction((parse, cancellationToken) => execution.ChangeAsync(
            parse, (invocation, c) => AddAsync(invocation, parse, c), cancellationToken,
            input: parse.GetValue(Metadata) is { } file ? c => TextInput.FileAsync(file, c) : null));
        return command;
    }

    private static async Task<int> AddAsync(Invocation invocation, ParseResult parse, CancellationToken cancellationToken)
    {
        if (invocation.Issuer(parse.GetValue(CommandLine.Issuer)) is not { } issuer) return ExitCode.Unusable;
        string id = parse.GetRequiredValue(Id);
        IClientStore store = invocation.On.Store.Clients;
        if (await store.FindClientAsync(issuer, id, cancellationToken) is not null) return invocation.Refuse($"{id} is registered already; evergrant apply changes it, evergrant client show tells what it is");
        if (Read(invocation, parse, issuer, id) is not { } metadata) return ExitCode.Unusable;
        // One client is a declared state with one client: the same rules, the same faults, the same secret.
        byte[] file = Encoding.UTF8.GetBytes(new JsonObject { ["clients"] = new JsonArray(metadata) }.ToJsonString());
        Plan plan = await Plan.MakeAsync(await DeclaredState.ReadAsync(file, "the client", invocation.On, cancellationToken), invocation.On, cancellationToken);
        IReadOnlyList<PlannedChange> done = await plan.ApplyAsync(invocation.On, invocation.Changes, cancellationToken);
        if (parse.GetValue(CommandLine.Json)) PlanOutput.WriteJson(invocation.Out, done);
        else PlanOutput.Write(invocation.Out, done);
        return ExitCode.Done;
    }

    private static JsonObject? Read(Invocation invocation, ParseResult parse, string issuer, string id)
    {
        JsonObject metadata;
        try
        {
            metadata = invocation.Input is null ? [] : TextInput.Json(invocation.Input) as JsonObject ?? throw new JsonException();
        }
        catch (JsonException)
        {
            invocation.Unusable("the metadata is not a JSON object");
            return null;
        }
        metadata["issuer"] = issuer;
        metadata["client_id"] = id;
        // A client that is added now is a new one.
        if (!metadata.ContainsKey("profile") && invocation.On.Settings.Profile is null) metadata["profile"] = Profile.OAuth21.Name;
        if (parse.GetValue(Introspect)) metadata["introspect"] = true;
        foreach ((Option<string?> option, string member) in Texts)
        {
            if (parse.GetValue(option) is { } value) metadata[member] = value;
        }
        foreach ((Option<string[]> option, string member) in Lists)
        {
            if (parse.GetValue(option) is { Length: > 0 } values) metadata[member] = JsonOutput.Texts(values);
        }
        return metadata;
    }

    private static Option<string?> Text(string name, string description, string help) => new(name) { Description = description, HelpName = help };

    private static Option<string[]> List(string name, string description, string help) => new(name) { Description = description, HelpName = help };
}
