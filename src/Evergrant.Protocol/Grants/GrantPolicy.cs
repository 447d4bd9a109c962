using System.Text.Json.Serialization;

namespace Evergrant.Protocol.Grants;

/// <summary>When an authorization comes with a refresh token.</summary>
public enum RefreshTokenIssuance
{
    /// <summary>Never.</summary>
    Never,

    /// <summary>When the scope offline_access was granted (OpenID Connect Core section 11).</summary>
    OfflineAccess,

    /// <summary>Always; without offline_access the grant ends with the sign-in session.</summary>
    Always,
}

/// <summary>What a replayed refresh token does.</summary>
public enum ReplayReaction
{
    /// <summary>The grant is revoked (RFC 9700 section 4.14.2).</summary>
    Revoke,

    /// <summary>The request is refused and nothing else happens.</summary>
    Reject,
}

/// <summary>What becomes of older access tokens at a refresh.</summary>
public enum PreviousAccessToken
{
    /// <summary>They live until they expire.</summary>
    Keep,

    /// <summary>They are dead wherever the grant is asked (introspection, userinfo).</summary>
    Revoke,
}

/// <summary>What happens when a client shows a generation that the store does not know yet.</summary>
public enum StoreBehindReaction
{
    /// <summary>The store catches up with the token; a critical event is recorded.</summary>
    CatchUp,

    /// <summary>The request is refused; nothing is revoked.</summary>
    Refuse,
}

/// <summary>How long the predecessor of the present refresh token may ask for the same answer again.</summary>
/// <param name="Kind">The form of the rule.</param>
/// <param name="Window">Length of the window for <see cref="RetryRuleKind.Window"/>, otherwise zero.</param>
public readonly record struct RetryRule(RetryRuleKind Kind, TimeSpan Window)
{
    /// <summary>A predecessor is a replay at once.</summary>
    public static RetryRule Never => new(RetryRuleKind.Never, TimeSpan.Zero);

    /// <summary>A predecessor is good until its successor has been used.</summary>
    public static RetryRule UntilAcknowledged => new(RetryRuleKind.UntilAcknowledged, TimeSpan.Zero);

    /// <summary>A predecessor is good for a time after the rotation, and no longer than its successor is unused.</summary>
    /// <param name="window">More than zero.</param>
    public static RetryRule For(TimeSpan window) => new(RetryRuleKind.Window, window);
}

/// <summary>The forms of the retry rule.</summary>
public enum RetryRuleKind
{
    /// <summary>No retry.</summary>
    Never,

    /// <summary>For a time.</summary>
    Window,

    /// <summary>Until the successor is first used.</summary>
    UntilAcknowledged,
}

/// <summary>How the tokens of a grant live: data, resolved once per authorization and named in the grant.</summary>
public sealed record GrantPolicy
{
    /// <summary>Shown by <c>explain</c> and stored with the grant.</summary>
    public required string Name { get; init; }

    /// <summary>When a refresh token is issued.</summary>
    public RefreshTokenIssuance RefreshTokens { get; init; } = RefreshTokenIssuance.OfflineAccess;

    /// <summary>Whether each refresh supersedes the refresh token (RFC 9700 section 2.2.2; always on for public clients).</summary>
    public bool Rotate { get; init; } = true;

    /// <summary>The retry rule.</summary>
    public required RetryRule Retry { get; init; }

    /// <summary>Retries allowed within ten rotations; null for any number.</summary>
    public int? RetryBudget { get; init; }

    /// <summary>The reaction to a replay.</summary>
    public ReplayReaction OnReplay { get; init; } = ReplayReaction.Revoke;

    /// <summary>The reaction to a token that is ahead of the store.</summary>
    public StoreBehindReaction OnStoreBehind { get; init; } = StoreBehindReaction.CatchUp;

    /// <summary>Older access tokens at a refresh.</summary>
    public PreviousAccessToken OnRefresh { get; init; } = PreviousAccessToken.Keep;

    /// <summary>End of a refresh token that is not used; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public TimeSpan? IdleLifetime { get; init; } = TimeSpan.FromDays(14);

    /// <summary>End of the grant that no refresh moves; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public TimeSpan? AbsoluteLifetime { get; init; } = TimeSpan.FromDays(90);

    /// <summary>Life of an access token (RFC 6750 section 5.3: an hour or less).</summary>
    public TimeSpan AccessTokenLifetime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Life of an ID Token.</summary>
    public TimeSpan IdTokenLifetime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Life of an authorization code (RFC 6749 section 4.1.2: ten minutes at most).</summary>
    public TimeSpan CodeLifetime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The built-in policy for clients that prove who they are.</summary>
    public static GrantPolicy Confidential { get; } = new() { Name = "confidential", Retry = RetryRule.UntilAcknowledged };

    /// <summary>The built-in policy for clients that hold bare bearer refresh tokens.</summary>
    public static GrantPolicy Public { get; } = new()
    {
        Name = "public", Retry = RetryRule.For(TimeSpan.FromSeconds(60)), RetryBudget = 3,
    };
}
