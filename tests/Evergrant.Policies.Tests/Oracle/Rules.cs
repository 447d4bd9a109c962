using System.Globalization;
using System.Text.Json.Nodes;

namespace Evergrant.Policies.Tests.Oracle;

/// <summary>The knobs that hold for a variant, read by the tests themselves from the JSON: they do not ask the product what its policies mean.</summary>
internal sealed class Rules
{
    private readonly JsonObject _knobs;
    private readonly Variant _variant;

    public Rules(Variant variant, string grant = "authorization_code")
    {
        _variant = variant;
        bool isPublic = variant.Type != "web";
        _knobs = new JsonObject
        {
            ["refresh_tokens"] = "offline_access", ["refresh_token_grants"] = new JsonArray("authorization_code", "urn:ietf:params:oauth:grant-type:device_code", "urn:openid:params:grant-type:ciba"), ["access_token_lifetime"] = "00:05:00", ["code_lifetime"] = "00:01:00", ["device_code_lifetime"] = "00:10:00",
            ["idle_lifetime"] = "14.00:00:00", ["idle_grace"] = "00:00:00", ["absolute_lifetime"] = "90.00:00:00", ["inherits_absolute_lifetime"] = true, ["rotate"] = true, ["predecessor"] = "invalidated",
            ["retry"] = isPublic ? "00:01:00" : "acknowledged", ["retry_budget"] = isPublic ? 3 : null,
            ["retry_uncounted"] = variant.Type == "browser" ? "00:00:10" : null, ["echo_refresh_token"] = true, ["on_replay"] = "revoke", ["previous_access_token"] = "keep",
            ["on_reauthorize"] = "keep", ["revoke_access_token"] = "token", ["revoke_refresh_token"] = "family", ["refresh_scope"] = "reject",
        };
        Take(variant.Knobs);
        foreach (JsonNode? one in variant.Knobs["overrides"] as JsonArray ?? [])
        {
            if (Holds(one!["when"]!.AsObject(), grant)) Take(one["set"]!.AsObject());
        }
        bool keeps = isPublic && Flag("public_without_rotation") != true;
        if (keeps) (_knobs["rotate"], _knobs["predecessor"]) = (true, "invalidated");
        if (Word("previous_access_token") == "revoke_all") _knobs["on_reauthorize"] = "revoke_all";
        if ((_knobs["access_token_lifetime_by_grant"] as JsonObject)?[grant] is { } life) (_knobs["access_token_lifetime"], _knobs["access_token_lifetime_most"]) = (life.DeepClone(), null);
        IssuesRefreshToken = Issues(grant);
    }

    /// <summary>Whether an authorization comes with a refresh token, if it is one in which the person consents.</summary>
    public bool IssuesRefreshToken { get; }

    public bool OnlyAtConsent => Word("refresh_token_recurrence") == "first_consent_only";

    public bool Rotates => Flag("rotate") == true;

    public bool KeepsPredecessors => Word("predecessor") == "stays_valid";

    public bool Echoes => Flag("echo_refresh_token") == true;

    public (TimeSpan Least, TimeSpan Most)? Life => Span("access_token_lifetime") is { } least ? (least, Span("access_token_lifetime_most") ?? least) : null;

    public JsonArray Limits => _knobs["limits"] as JsonArray ?? [];

    public JsonObject? Rate => _knobs["issue_rate"] as JsonObject;

    public int? Number(string knob) => (int?)_knobs[knob];

    public bool? Flag(string knob) => (bool?)_knobs[knob];

    public string? Word(string knob) => (string?)_knobs[knob];

    public TimeSpan? Span(string knob) => Word(knob) is { } text ? TimeSpan.Parse(text, CultureInfo.InvariantCulture) : null;

    public static bool IsPer(JsonNode limit, string what) => limit["per"]!.AsArray().Any(p => (string?)p == what);

    private void Take(JsonObject set)
    {
        foreach ((string name, JsonNode? value) in set) _knobs[name] = value?.DeepClone();
    }

    private bool Issues(string grant)
    {
        string[] scope = _variant.Scope.Split(' ');
        string[] types = [_variant.Type, _variant.Type == "web" ? "confidential" : "public"];
        return (Word("refresh_tokens") == "always" || (Word("refresh_tokens") == "offline_access" && scope.Contains("offline_access")))
            && Words(_knobs["refresh_token_grants"]).Contains(grant)
            && (_knobs["refresh_token_clients"] is not JsonArray { Count: > 0 } clients || Words(clients).Intersect(types).Any())
            && (_knobs["refresh_token_requires"] is not JsonObject requires || Holds(requires, grant));
    }

    private bool Holds(JsonObject when, string grant)
    {
        string[] scope = _variant.Scope.Split(' ');
        string[] types = [_variant.Type, _variant.Type == "web" ? "confidential" : "public"];
        return when.All(member => member.Key switch
        {
            "client_type" => Words(member.Value).Intersect(types).Any(),
            "client_flag" => !Words(member.Value).Except(_variant.Flags).Any(),
            "scope_any" => Words(member.Value).Intersect(scope).Any(),
            "scopes_not_within" => scope.Except(Words(member.Value)).Any(),
            "param" => member.Value!.AsObject().All(p => _variant.Params.TryGetValue(p.Key, out string? value) && value == (string?)p.Value),
            "grant" => Words(member.Value).Contains(grant),
            _ => throw new InvalidOperationException($"The tests do not know the condition {member.Key}."),
        });
    }

    private static string[] Words(JsonNode? node) => node is JsonArray list ? [.. list.Select(w => (string)w!)] : [(string)node!];
}
