using System.Text.Json.Nodes;

namespace Evergrant.Specs.RefreshToken;

/// <summary>The clients of the refresh tests, one for each policy.</summary>
public static class RefreshClients
{
    /// <summary>A superseded token may come back until its successor is used; the rule of confidential clients.</summary>
    public static ClientDefinition Acknowledged { get; } = With("refresh-acknowledged", ("retry", "acknowledged"));

    /// <summary>A superseded token may come back for a minute.</summary>
    public static ClientDefinition Windowed { get; } = With("refresh-windowed", ("retry", "00:01:00"));

    /// <summary>A superseded token may come back for an hour, three times in ten rotations.</summary>
    public static ClientDefinition Budgeted { get; } = With("refresh-budgeted", ("retry", "01:00:00"), ("retry_budget", 3));

    /// <summary>A superseded token may not come back; if it does, the grant is revoked.</summary>
    public static ClientDefinition Once { get; } = With("refresh-once", ("retry", "never"), ("on_replay", "revoke"));

    /// <summary>A superseded token may not come back; if it does, it is refused and nothing else happens.</summary>
    public static ClientDefinition Rejecting { get; } = With("refresh-rejecting", ("retry", "never"), ("on_replay", "reject"));

    /// <summary>The refresh token stays what it is.</summary>
    public static ClientDefinition Kept { get; } = With("refresh-kept", ("rotate", false));

    /// <summary>A refresh ends the access tokens before it; they are opaque.</summary>
    public static ClientDefinition EndingOpaque { get; } = With("refresh-ending-opaque", ("previous_access_token", "revoke")) with { AccessTokenFormat = "opaque" };

    /// <summary>A refresh ends the access tokens before it; they are JWTs.</summary>
    public static ClientDefinition EndingJwt { get; } = With("refresh-ending-jwt", ("previous_access_token", "revoke"));

    /// <summary>Idle for two hours, a day in all.</summary>
    public static ClientDefinition ShortLived { get; } = With("refresh-short", ("idle_lifetime", "02:00:00"), ("absolute_lifetime", "1.00:00:00"));

    /// <summary>A week without use ends it, nothing else.</summary>
    public static ClientDefinition WeekSliding { get; } = With("refresh-week-sliding", ("idle_lifetime", "7.00:00:00"), ("absolute_lifetime", "3650.00:00:00"));

    /// <summary>Six months without use end it, nothing else.</summary>
    public static ClientDefinition HalfYearSliding { get; } = With("refresh-half-year-sliding", ("idle_lifetime", "183.00:00:00"), ("absolute_lifetime", "3650.00:00:00"));

    /// <summary>A week ends it, used or not.</summary>
    public static ClientDefinition WeekAbsolute { get; } = With("refresh-week-absolute", ("idle_lifetime", "7.00:00:00"), ("absolute_lifetime", "7.00:00:00"));

    /// <summary>Six months end it, used or not.</summary>
    public static ClientDefinition HalfYearAbsolute { get; } = With("refresh-half-year-absolute", ("idle_lifetime", "183.00:00:00"), ("absolute_lifetime", "183.00:00:00"));

    /// <summary>Two APIs in one grant.</summary>
    public static ClientDefinition TwoApis { get; } = new("refresh-two-apis")
    {
        Scope = ClientDefinition.UsualScope + " files:read", Resources = [DeclaredState.Mail, DeclaredState.Files],
    };

    /// <summary>A public client under the built-in rule: a minute, and three retries in ten rotations.</summary>
    public static ClientDefinition Public { get; } = Clients.Native with { Id = "refresh-public", Name = "Specs refresh-public", Consent = "implied" };

    /// <summary>An application in a browser under the built-in rule: as <see cref="Public"/>, but retries within ten seconds of the refresh are not counted.</summary>
    public static ClientDefinition Page { get; } = Clients.Spa with { Id = "refresh-page", Name = "Specs refresh-page", Consent = "implied" };

    /// <summary>An application in a browser whose policy counts every retry.</summary>
    public static ClientDefinition PageCounted { get; } = Page with
    {
        Id = "refresh-page-counted",
        Further = new Dictionary<string, JsonNode> { ["policy"] = new JsonObject { ["retry_uncounted"] = null } },
    };

    /// <summary>For hundreds of requests at once: a superseded token may come back until its successor is used.</summary>
    public static ClientDefinition CrowdAcknowledged { get; } = Acknowledged with { Id = "crowd-acknowledged", Name = "Crowd" };

    /// <summary>For hundreds of requests at once: a superseded token is refused.</summary>
    public static ClientDefinition CrowdRejecting { get; } = Rejecting with { Id = "crowd-rejecting", Name = "Crowd" };

    /// <summary>For hundreds of requests at once: a superseded token revokes.</summary>
    public static ClientDefinition CrowdOnce { get; } = Once with { Id = "crowd-once", Name = "Crowd" };

    /// <summary>Every client above.</summary>
    public static IReadOnlyList<ClientDefinition> All { get; } =
    [
        Acknowledged, Windowed, Budgeted, Once, Rejecting, Kept, EndingOpaque, EndingJwt, ShortLived, WeekSliding, HalfYearSliding, WeekAbsolute, HalfYearAbsolute, TwoApis, Public, Page, PageCounted, CrowdAcknowledged, CrowdRejecting, CrowdOnce,
    ];

    private static ClientDefinition With(string id, params (string Name, JsonNode Value)[] rules) =>
        new(id) { Policy = rules.ToDictionary(rule => rule.Name, rule => rule.Value) };
}
