// Over 180 lines: the table of knobs is one thing, and is read from top to bottom.
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;

namespace Evergrant.Protocol.Policies;

public sealed partial class Knob
{
    private const string Issue = "Issue", Access = "Access token", Refresh = "Refresh token", Rotation = "Rotation", Replay = "Replay", Effects = "Side effects", Limiting = "Limits", Revoking = "Revocation", Scoping = "Scope";

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1), TenYears = TimeSpan.FromDays(3660);

    /// <summary>All of them, in the order of the guide.</summary>
    public static IReadOnlyList<Knob> All { get; } =
    [
        Choice(Issue, "refresh_tokens", "When an authorization comes with a refresh token (OpenID Connect Core section 11).", p => p.RefreshTokens, (p, v) => p with { RefreshTokens = v },
            ("offline_access", RefreshTokenIssuance.OfflineAccess), ("never", RefreshTokenIssuance.Never), ("always", RefreshTokenIssuance.Always)),
        new(Issue, "refresh_token_requires", "condition or null", "What the authorization must be like besides; a condition as in `when`.",
            (m, n, p) => p with { RefreshTokenRequires = m.Member(n) is { ValueKind: not JsonValueKind.Null } json ? PolicyCondition.Parse(json, m.PathOf(n), m.Faults) : null }, p => p.RefreshTokenRequires?.Write()),
        Words(Issue, "refresh_token_grants", PolicyCondition.GrantWords, "Grant types that come with one (RFC 6749 section 4.4.3: client credentials should not).", p => p.RefreshTokenGrants, (p, v) => p with { RefreshTokenGrants = v }),
        Words(Issue, "refresh_token_clients", PolicyCondition.ClientTypeWords, "Client types that get one; empty for all.", p => p.RefreshTokenClients, (p, v) => p with { RefreshTokenClients = v }),
        Choice(Issue, "refresh_token_recurrence", "Whether each authorization comes with one, or only one in which the person consents.", p => p.RefreshTokenRecurrence, (p, v) => p with { RefreshTokenRecurrence = v },
            ("every_authorization", RefreshTokenRecurrence.EveryAuthorization), ("first_consent_only", RefreshTokenRecurrence.FirstConsentOnly)),
        Choice(Access, "access_token_format", "Their form; null leaves it to the API and the client.", p => p.AccessTokenFormat, (p, v) => p with { AccessTokenFormat = v },
            (null, null), ("jwt", AccessTokenFormat.Jwt), ("opaque", AccessTokenFormat.Opaque)),
        Span(Access, "access_token_lifetime", Second, TimeSpan.FromDays(366), true, "Life of an access token; null for one that never ends, which is then opaque (RFC 6750 section 5.3 advises an hour or less).",
            p => p.AccessTokenLifetime, (p, v) => p with { AccessTokenLifetime = v }),
        Span(Access, "access_token_lifetime_most", Second, TimeSpan.FromDays(366), true, "Where it is set, each access token draws its life between the two, so that they do not all end at once.",
            p => p.AccessTokenLifetimeMost, (p, v) => p with { AccessTokenLifetimeMost = v }),
        new(Access, "access_token_lifetime_by_grant", "object of durations", "Lives that differ by grant type.", ReadByGrant, p => WriteByGrant(p.AccessTokenLifetimeByGrant)),
        Span(Access, "id_token_lifetime", Second, TimeSpan.FromDays(1), false, "Life of an ID Token.", p => p.IdTokenLifetime, (p, v) => p with { IdTokenLifetime = v!.Value }),
        Span(Access, "code_lifetime", Second, TimeSpan.FromMinutes(10), false, "Life of an authorization code (RFC 6749 section 4.1.2).", p => p.CodeLifetime, (p, v) => p with { CodeLifetime = v!.Value }),
        Span(Access, "device_code_lifetime", TimeSpan.FromMinutes(1), TimeSpan.FromHours(1), false, "Life of a device code and its user code (RFC 8628 section 3.2), and of an auth_req_id (CIBA Core section 7.3).", p => p.DeviceCodeLifetime, (p, v) => p with { DeviceCodeLifetime = v!.Value }),
        Span(Refresh, "idle_lifetime", Second, TenYears, true, "End of a refresh token that is not used; null for none.", p => p.IdleLifetime, (p, v) => p with { IdleLifetime = v }),
        Span(Refresh, "idle_grace", TimeSpan.Zero, TimeSpan.FromDays(1), false, "For how much longer than that it is accepted all the same.", p => p.IdleGrace, (p, v) => p with { IdleGrace = v!.Value }),
        Flag(Refresh, "idle_live", "Whether the idle lifetime is that of the present settings, not that of the authorization.", p => p.IdleLive, (p, v) => p with { IdleLive = v }),
        Span(Refresh, "absolute_lifetime", Second, TenYears, true, "End of the grant however much it is used; null for none.", p => p.AbsoluteLifetime, (p, v) => p with { AbsoluteLifetime = v }),
        Flag(Refresh, "inherits_absolute_lifetime", "Whether a new refresh token ends when its predecessor would have; otherwise the absolute lifetime begins again with each.",
            p => p.InheritsAbsoluteLifetime, (p, v) => p with { InheritsAbsoluteLifetime = v }),
        Flag(Rotation, "rotate", "Whether each refresh supersedes the refresh token (RFC 9700 section 2.2.2).", p => p.Rotate, (p, v) => p with { Rotate = v }),
        Choice(Rotation, "predecessor", "Whether a superseded token is dead or as good as its successor.", p => p.Predecessor, (p, v) => p with { Predecessor = v },
            ("invalidated", Predecessor.Invalidated), ("stays_valid", Predecessor.StaysValid)),
        new(Rotation, "retry", "`never`, `acknowledged` or duration to 1 h", "How long the direct predecessor may ask for the same answer again, when the answer was lost.", ReadRetry, p => WriteRetry(p.Retry)),
        Number(Rotation, "retry_uses", 0, 15, "Retries of one refresh at most; null for any number.", p => p.RetryUses, (p, v) => p with { RetryUses = v }),
        Number(Rotation, "retry_budget", 0, 150, "Retries within ten rotations at most; null for any number.", p => p.RetryBudget, (p, v) => p with { RetryBudget = v }),
        Span(Rotation, "retry_uncounted", Second, TimeSpan.FromMinutes(1), true, "Time after a refresh in which retries do not count against `retry_budget`, because tabs and processes refresh at once; null for none. Without effect where `retry_uses` is given.",
            p => p.RetryUncounted, (p, v) => p with { RetryUncounted = v }),
        Flag(Rotation, "echo_refresh_token", "Whether a refresh token that is not superseded stands in the answer again.", p => p.EchoRefreshToken, (p, v) => p with { EchoRefreshToken = v }),
        Flag(Rotation, "public_without_rotation", "Whether you want public clients to keep one bearer refresh token: whoever copies it has it (RFC 9700 section 2.2.2 forbids it).",
            p => p.PublicWithoutRotation, (p, v) => p with { PublicWithoutRotation = v }),
        Choice(Replay, "on_replay", "What a superseded token does that comes back (RFC 9700 section 4.14.2).", p => p.OnReplay, (p, v) => p with { OnReplay = v },
            ("revoke", ReplayReaction.Revoke), ("reject", ReplayReaction.Reject), ("revoke_all", ReplayReaction.RevokeAll)),
        new(Replay, "replay_revokes_access_tokens", "true, false or null", "Whether a replay kills the access tokens of the grant; null kills them where it revokes the grant.",
            (m, n, p) => p with { ReplayRevokesAccessTokens = m.Flag(n) }, p => p.ReplayRevokesAccessTokens),
        Choice(Replay, "on_store_behind", "What a token does that is ahead of a store which lost its last writes.", p => p.OnStoreBehind, (p, v) => p with { OnStoreBehind = v },
            ("catch_up", StoreBehindReaction.CatchUp), ("refuse", StoreBehindReaction.Refuse)),
        Choice(Effects, "previous_access_token", "Older access tokens at a refresh; `revoke_all` goes with on_reauthorize `revoke_all`.", p => p.OnRefresh, (p, v) => p with { OnRefresh = v },
            ("keep", PreviousAccessToken.Keep), ("revoke", PreviousAccessToken.Revoke), ("revoke_all", PreviousAccessToken.RevokeAll)),
        Choice(Effects, "on_reauthorize", "The user's other grants for the client when a code is redeemed.", p => p.OnReauthorize, (p, v) => p with { OnReauthorize = v },
            ("keep", Reauthorization.Keep), ("revoke_all", Reauthorization.RevokeAll), ("return_active", Reauthorization.ReturnActive)),
        new(Limiting, "limits", "list of {subject, per, max, overflow}", "How many may live at a time.", ReadLimits, p => new JsonArray([.. p.Limits.Select(WriteLimit)])),
        new(Limiting, "issue_rate", "{max, window, per} or null", "How many codes of one user a client may redeem within a time; more are refused.", ReadRate, p => WriteRate(p.IssueRate)),
        Choice(Revoking, "revoke_access_token", "What goes with an access token that its client revokes (RFC 7009 section 2.1).", p => p.RevokeAccessToken, (p, v) => p with { RevokeAccessToken = v },
            ("token", RevocationCascade.Token), ("family", RevocationCascade.Family), ("all", RevocationCascade.All)),
        Choice(Revoking, "revoke_refresh_token", "What goes with a refresh token that its client revokes.", p => p.RevokeRefreshToken, (p, v) => p with { RevokeRefreshToken = v },
            ("family", RevocationCascade.Family), ("token", RevocationCascade.Token), ("all", RevocationCascade.All)),
        Choice(Scoping, "refresh_scope", "What a refresh does about scope values that were not granted (RFC 6749 section 6).", p => p.RefreshScope, (p, v) => p with { RefreshScope = v },
            ("reject", RefreshScope.Reject), ("ignore", RefreshScope.Ignore)),
    ];

    private static Dictionary<string, Knob> ByName { get; } = All.ToDictionary(k => k.Name, StringComparer.Ordinal);

    /// <summary>Durations are written as [d.]hh:mm:ss.</summary>
    internal static string Duration(TimeSpan span) => span.ToString("c", CultureInfo.InvariantCulture);

    private static Knob Choice<T>(string group, string name, string meaning, Func<GrantPolicy, T> get, Func<GrantPolicy, T, GrantPolicy> set, params (string? Word, T Value)[] choices) => new(
        group, name, string.Join(", ", choices.Select(c => c.Word is null ? "null" : $"`{c.Word}`")), meaning,
        (m, n, p) => set(p, m.Choice(n, choices[0].Value, [.. choices.Where(c => c.Word is not null).Select(c => (c.Word!, c.Value))])),
        p => choices.First(c => EqualityComparer<T>.Default.Equals(c.Value, get(p))).Word);

    private static Knob Flag(string group, string name, string meaning, Func<GrantPolicy, bool> get, Func<GrantPolicy, bool, GrantPolicy> set) => new(
        group, name, "true, false", meaning, (m, n, p) => m.Flag(n) is { } given ? set(p, given) : p, p => get(p));

    private static Knob Number(string group, string name, int least, int most, string meaning, Func<GrantPolicy, int?> get, Func<GrantPolicy, int?, GrantPolicy> set) => new(
        group, name, string.Create(CultureInfo.InvariantCulture, $"{least} to {most} or null"), meaning, (m, n, p) => set(p, m.Number(n, least, most)), p => get(p));

    private static Knob Span(string group, string name, TimeSpan least, TimeSpan most, bool orNone, string meaning, Func<GrantPolicy, TimeSpan?> get, Func<GrantPolicy, TimeSpan?, GrantPolicy> set) => new(
        group, name, "duration" + (orNone ? " or null" : ""), meaning,
        (m, n, p) => m.Span(n, get(p), least, most) is { } given ? set(p, given) : orNone ? set(p, null) : p,
        p => get(p) is { } span ? Duration(span) : null);

    private static Knob Words(string group, string name, IReadOnlyList<string> known, string meaning, Func<GrantPolicy, string> get, Func<GrantPolicy, string, GrantPolicy> set) => new(
        group, name, "list of " + string.Join(", ", known.Select(k => $"`{k}`")), meaning,
        (m, n, p) =>
        {
            IReadOnlyList<string> words = m.Texts(n) ?? [];
            foreach (string word in words.Where(w => !known.Contains(w) && !(ReferenceEquals(known, PolicyCondition.GrantWords) && PolicyCondition.IsGrantWord(w)))) m.Fault(n, $"has {word}, which is none of {string.Join(", ", known)}");
            return set(p, string.Join(' ', words));
        },
        p => new JsonArray([.. Scope.Split(get(p)).Select(w => (JsonNode)w)]));

    private static GrantPolicy ReadRetry(JsonMembers read, string name, GrantPolicy policy) => policy with
    {
        Retry = read.Text(name) switch
        {
            null => policy.Retry,
            "never" => RetryRule.Never,
            "acknowledged" => RetryRule.UntilAcknowledged,
            _ => read.Span(name, null, Second, TimeSpan.FromHours(1)) is { } window ? RetryRule.For(window) : RetryRule.Never,
        },
    };

    private static string WriteRetry(RetryRule retry) => retry.Kind switch { RetryRuleKind.Never => "never", RetryRuleKind.UntilAcknowledged => "acknowledged", _ => Duration(retry.Window) };

    private static GrantPolicy ReadByGrant(JsonMembers read, string name, GrantPolicy policy)
    {
        if (read.Member(name) is not { ValueKind: JsonValueKind.Object } json)
        {
            read.Fault(name, "is not an object");
            return policy;
        }
        var lives = new JsonMembers(json, PolicyCondition.GrantWords, read.PathOf(name) + ".", read.Faults);
        return policy with
        {
            AccessTokenLifetimeByGrant = string.Join(' ', PolicyCondition.GrantWords.Where(lives.Has).Select(g => $"{g}={Duration(lives.Span(g, null, Second, TimeSpan.FromDays(366)) ?? Second)}")),
        };
    }

    private static JsonObject WriteByGrant(string lives) => new(Scope.Split(lives).Select(l => l.Split('=')).Select(l => KeyValuePair.Create(l[0], (JsonNode?)l[1])));

    private static GrantPolicy ReadLimits(JsonMembers read, string name, GrantPolicy policy)
    {
        if (read.Member(name) is not { ValueKind: JsonValueKind.Array } json || json.GetArrayLength() > 8)
        {
            read.Fault(name, "is not a list of at most 8 limits");
            return policy;
        }
        return policy with { Limits = [.. json.EnumerateArray().Select((item, i) => ReadLimit(item, $"{read.PathOf(name)}[{i}]", read.Faults)).OfType<PolicyLimit>()] };
    }

    private static PolicyLimit? ReadLimit(JsonElement json, string path, List<string> faults)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            faults.Add($"{path} is not an object");
            return null;
        }
        var read = new JsonMembers(json, ["subject", "per", "max", "overflow"], path + ".", faults);
        LimitSubject subject = read.Choice("subject", ("family", LimitSubject.Family), ("refresh_token", LimitSubject.RefreshToken), ("access_token", LimitSubject.AccessToken));
        IReadOnlyList<string> per = read.Texts("per") ?? ["client", "user"];
        bool ofGrant = per is ["refresh_token"], perScope = per.Contains("scope");
        if (!ofGrant && (!per.Contains("client") || !per.Contains("user") || per.Any(p => p is not ("client" or "user" or "scope")))) read.Fault("per", "is neither client and user, client, user and scope, nor refresh_token alone");
        if (ofGrant && subject != LimitSubject.AccessToken) read.Fault("per", "is refresh_token, which counts access tokens only");
        LimitOverflow overflow = read.Choice("overflow",
            ("evict_oldest", LimitOverflow.EvictOldest), ("evict_all_others", LimitOverflow.EvictAllOthers), ("reject", LimitOverflow.Reject), ("return_active", LimitOverflow.ReturnActive));
        if (ofGrant && overflow == LimitOverflow.ReturnActive) read.Fault("overflow", "cannot be return_active for the access tokens of one refresh token");
        if (!read.Has("max")) read.Fault("max", "is missing");
        return new PolicyLimit(subject, perScope, ofGrant, read.Number("max", 1, 1000) ?? 1, overflow);
    }

    private static JsonNode WriteLimit(PolicyLimit limit) => new JsonObject
    {
        ["subject"] = limit.Subject switch { LimitSubject.Family => "family", LimitSubject.RefreshToken => "refresh_token", _ => "access_token" },
        ["per"] = limit.PerRefreshToken ? new JsonArray("refresh_token") : limit.PerScope ? new JsonArray("client", "user", "scope") : new JsonArray("client", "user"),
        ["max"] = limit.Max,
        ["overflow"] = limit.Overflow switch { LimitOverflow.EvictOldest => "evict_oldest", LimitOverflow.EvictAllOthers => "evict_all_others", LimitOverflow.Reject => "reject", _ => "return_active" },
    };

    private static GrantPolicy ReadRate(JsonMembers members, string name, GrantPolicy policy)
    {
        if (members.Member(name) is not { ValueKind: JsonValueKind.Object } json)
        {
            if (members.Member(name) is { ValueKind: not JsonValueKind.Null }) members.Fault(name, "is not an object");
            return policy with { IssueRate = null };
        }
        var read = new JsonMembers(json, ["max", "window", "per"], members.PathOf(name) + ".", members.Faults);
        IReadOnlyList<string> per = read.Texts("per") ?? ["client", "user"];
        if (!per.Contains("client") || !per.Contains("user") || per.Any(p => p is not ("client" or "user" or "scope"))) read.Fault("per", "is neither client and user nor client, user and scope");
        foreach (string needed in (string[])["max", "window"])
        {
            if (!read.Has(needed)) read.Fault(needed, "is missing");
        }
        return policy with { IssueRate = new IssueRate(read.Number("max", 1, 500) ?? 1, read.Span("window", null, Second, TimeSpan.FromDays(366)) ?? Second, per.Contains("scope")) };
    }

    private static JsonObject? WriteRate(IssueRate? rate) => rate is null ? null : new JsonObject
    {
        ["max"] = rate.Max, ["window"] = Duration(rate.Window), ["per"] = rate.PerScope ? new JsonArray("client", "user", "scope") : new JsonArray("client", "user"),
    };
}
