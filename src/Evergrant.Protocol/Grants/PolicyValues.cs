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

/// <summary>How often one person's authorizations of one client come with a refresh token.</summary>
public enum RefreshTokenRecurrence
{
    /// <summary>Each of them.</summary>
    EveryAuthorization,

    /// <summary>Only one in which the person consents, which <c>prompt=consent</c> forces.</summary>
    FirstConsentOnly,
}

/// <summary>What becomes of a refresh token once its successor has been used.</summary>
public enum Predecessor
{
    /// <summary>It is dead; coming back it is a replay (RFC 9700 section 4.14.2).</summary>
    Invalidated,

    /// <summary>It is as good as its successor.</summary>
    StaysValid,
}

/// <summary>What a replayed refresh token does.</summary>
public enum ReplayReaction
{
    /// <summary>The grant is revoked (RFC 9700 section 4.14.2).</summary>
    Revoke,

    /// <summary>The request is refused and nothing else happens.</summary>
    Reject,

    /// <summary>Every grant of the same user and client is revoked.</summary>
    RevokeAll,
}

/// <summary>What becomes of older access tokens at a refresh.</summary>
public enum PreviousAccessToken
{
    /// <summary>They live until they expire.</summary>
    Keep,

    /// <summary>Those of the grant are dead wherever the grant is asked (introspection, userinfo).</summary>
    Revoke,

    /// <summary>Those of the grant are; and since a new authorization ends the older ones, the client has one for each user.</summary>
    RevokeAll,
}

/// <summary>What becomes of a user's other grants for a client when a code is redeemed.</summary>
public enum Reauthorization
{
    /// <summary>They live.</summary>
    Keep,

    /// <summary>They are revoked.</summary>
    RevokeAll,

    /// <summary>A live one of the same scope is handed out instead of a new one.</summary>
    ReturnActive,
}

/// <summary>What goes with a token that its client revokes (RFC 7009 section 2.1).</summary>
public enum RevocationCascade
{
    /// <summary>That kind of token only: one access token; or the refresh token, whose access tokens live until they expire.</summary>
    Token,

    /// <summary>The grant: its refresh token and all access tokens of it.</summary>
    Family,

    /// <summary>Every grant of the same user and client.</summary>
    All,
}

/// <summary>What a refresh does about scope values that were not granted.</summary>
public enum RefreshScope
{
    /// <summary>It is refused (RFC 6749 section 6).</summary>
    Reject,

    /// <summary>They are left out.</summary>
    Ignore,
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
