using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Evergrant.Protocol;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Policies;

namespace Evergrant.Cli;

/// <summary>policy explain: the policy that an authorization would have, or that a grant has, knob by knob with where each value comes from.</summary>
internal static class PolicyExplain
{
    private static readonly Argument<string> Subject = new("client-or-grant") { Description = "A client id, or the id of a grant" };
    private static readonly Option<string> Grant = new("--grant") { Description = "Grant type of the authorization", HelpName = "TYPE", DefaultValueFactory = _ => "authorization_code" };
    private static readonly Option<string?> Scopes = new("--scope") { Description = "Granted scope, space-delimited; what the client may have when left out", HelpName = "SCOPE" };
    private static readonly Option<string[]> Parameters = new("--param") { Description = "A parameter of the authorization request", HelpName = "NAME=VALUE" };
    private static readonly Option<bool> Consent = new("--consent") { Description = "The person consents in this authorization" };
    private static readonly Option<bool> Changed = new("--changed") { Description = "Only knobs that are not built in" };
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The command.</summary>
    public static Command Command(Execution execution)
    {
        var command = new Command("explain", "Explain which policy an authorization of a client would have, or a grant has") { Subject, Grant, Scopes, Parameters, Consent, Changed, CommandLine.Issuer, CommandLine.Json };
        command.SetAction((parse, cancellationToken) => execution.RunAsync(parse, (invocation, c) => ExplainAsync(invocation, parse, c), cancellationToken));
        return command;
    }

    /// <summary>A value as people read it.</summary>
    public static string Shown(JsonNode? value) => value switch
    {
        null => "none",
        JsonValue text when text.TryGetValue(out string? plain) => plain,
        JsonArray { Count: 0 } or JsonObject { Count: 0 } => "none",
        JsonArray list when list.All(i => i is JsonValue) => string.Join(", ", list.Select(Shown)),
        _ => value.ToJsonString(Readable),
    };

    private static async Task<int> ExplainAsync(Invocation invocation, ParseResult parse, CancellationToken cancellationToken)
    {
        string subject = parse.GetRequiredValue(Subject);
        if (Guid.TryParse(subject, out Guid id)) return await ExplainGrantAsync(invocation, parse, id, cancellationToken);
        if (invocation.Issuer(parse.GetValue(CommandLine.Issuer)) is not { } issuer) return ExitCode.Unusable;
        if (await invocation.On.Catalogue.FindAsync(issuer, subject, cancellationToken) is not { } client) return invocation.Refuse($"there is no client {subject} at {issuer}");
        string grant = parse.GetValue(Grant)!;
        if (!PolicyCondition.IsGrantWord(grant)) return invocation.Unusable($"--grant is one of {string.Join(", ", PolicyCondition.GrantWords)}");
        IReadOnlyList<string> scopes = client.Scopes;
        if (parse.GetValue(Scopes) is { } given && !Scope.TryParse(given, out scopes)) return invocation.Unusable("--scope is not a list of scope values with single spaces");
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string parameter in parse.GetValue(Parameters) ?? [])
        {
            if (parameter.IndexOf('=') is not (> 0 and int at)) return invocation.Unusable($"--param {parameter} is not NAME=VALUE");
            parameters[parameter[..at]] = parameter[(at + 1)..];
        }
        var facts = new PolicyFacts(client, grant, scopes, parameters.GetValueOrDefault, parse.GetValue(Consent));
        var origins = new Dictionary<Knob, KnobOrigin>();
        EffectivePolicy effective = PolicyResolution.Resolve(facts, origins);
        var head = new List<(string, string?)>
        {
            ("policy", effective.Policy.Name), ("built in", BuiltIn(GrantPolicy.BuiltInFor(client))), ("client", client.ClientId), ("issuer", issuer), ("grant type", grant), ("scope", Scope.Join(scopes)),
            ("overrides", effective.Overrides.Length == 0 ? "none applies" : effective.Overrides), ("refresh token", RefreshToken(effective.Policy, facts)),
        };
        return Write(invocation, parse, head, effective.Policy, origins);
    }

    private static async Task<int> ExplainGrantAsync(Invocation invocation, ParseResult parse, Guid id, CancellationToken cancellationToken)
    {
        if (await invocation.On.Store.Grants.FindGrantAsync(id, cancellationToken) is not { } grant) return invocation.Refuse($"there is no grant {id}");
        Client? client = await invocation.On.Catalogue.FindAsync(grant.Issuer, grant.ClientId, cancellationToken);
        GrantPolicy start = client is null ? grant.Authorized.Rules ?? GrantPolicy.Confidential : grant.PolicyOf(client);
        string where = grant.Authorized.Rules is null ? "the client's policy of today: the grant is older than stored policies" : $"stored when it was authorized, {Invocation.At(grant.CreatedAt)}";
        // A grant that lives by a built-in policy may be older than the one that is built in for its client now.
        GrantPolicy builtIn = BuiltInPolicies.Has(start) ? start : client is null ? GrantPolicy.Confidential : GrantPolicy.BuiltInFor(client);
        var origins = Knob.All.ToDictionary(k => k, k => JsonNode.DeepEquals(k.ValueIn(start), k.ValueIn(builtIn)) ? new KnobOrigin("built in", k.Meaning) : new KnobOrigin("grant", null));
        var head = new List<(string, string?)>
        {
            ("policy", grant.Authorized.Policy), ("built in", BuiltInPolicies.Has(start) ? BuiltIn(start) : null), ("grant", grant.Id.ToString()), ("client", grant.ClientId), ("issuer", grant.Issuer), ("scope", grant.Authorized.Scope),
            ("overrides", grant.Authorized.PolicyOverrides ?? "none applied"), ("rules", where),
        };
        return Write(invocation, parse, head, start, origins);
    }

    private static int Write(Invocation invocation, ParseResult parse, List<(string Name, string? Value)> head, GrantPolicy policy, Dictionary<Knob, KnobOrigin> origins)
    {
        Knob[] knobs = [.. Knob.All.Where(k => !parse.GetValue(Changed) || origins[k].Source != "built in")];
        if (parse.GetValue(CommandLine.Json))
        {
            var json = new JsonObject(head.Select(h => KeyValuePair.Create(h.Name.Replace(' ', '_'), (JsonNode?)h.Value)));
            json["knobs"] = new JsonObject(knobs.Select(k => KeyValuePair.Create(k.Name, (JsonNode?)new JsonObject { ["value"] = k.ValueIn(policy), ["from"] = origins[k].Source, ["reason"] = origins[k].Reason })));
            JsonOutput.Write(invocation.Out, json);
            return ExitCode.Done;
        }
        Table.WritePairs(invocation, head);
        invocation.Out.WriteLine();
        Table.Write(invocation, "Everything is built in.", ["knob", "value", "from", "why"], knobs.Select(IReadOnlyList<string> (k) => [k.Name, Shown(k.ValueIn(policy)), origins[k].Source, origins[k].Reason ?? ""]));
        return ExitCode.Done;
    }

    private static string BuiltIn(GrantPolicy policy) => $"{policy.Name}, {BuiltInPolicies.About(policy)}";

    private static string RefreshToken(GrantPolicy policy, PolicyFacts facts) =>
        !facts.Client.GrantTypes.Contains("refresh_token") ? "none: the client is not registered for refresh_token"
        : PolicyResolution.IssuesRefreshToken(policy, facts) ? "issued" : "none: the refresh_token knobs below say so";
}
