namespace Evergrant.Protocol.Grants;

/// <summary>Why a grant was revoked. The names are stored, logged and shown by <c>explain</c>.</summary>
public enum RevocationCause
{
    /// <summary>Not revoked.</summary>
    None = 0,

    /// <summary>A refresh token that had been superseded came back outside the retry rule (RFC 9700 section 4.14.2).</summary>
    RefreshTokenReplayed = 1,

    /// <summary>The authorization or device code was redeemed a second time by an otherwise valid request (OAuth 2.1 section 7.5.2).</summary>
    CodeReplayed = 2,

    /// <summary>The client asked for it at the revocation endpoint (RFC 7009).</summary>
    RevokedByClient = 3,

    /// <summary>The End-User withdrew it on the account page.</summary>
    RevokedByUser = 4,

    /// <summary>An operator revoked it.</summary>
    RevokedByOperator = 5,

    /// <summary>The sign-in session it was bound to ended.</summary>
    SessionEnded = 6,

    /// <summary>The account was removed or disabled.</summary>
    AccountRemoved = 7,

    /// <summary>The account's password was changed.</summary>
    PasswordChanged = 8,

    /// <summary>The client was removed.</summary>
    ClientRemoved = 9,

    /// <summary>A newer authorization was one more than the policy's limit allows, and this was the oldest.</summary>
    EvictedAsOldest = 10,

    /// <summary>The policy's limit leaves only the newest authorization.</summary>
    EvictedByNewer = 11,

    /// <summary>The End-User authorized the client anew, and the policy ends what was before.</summary>
    Reauthorized = 12,

    /// <summary>The policy handed out an authorization that was live already instead of this one.</summary>
    ActiveReturned = 13,

    /// <summary>A refresh token of another grant of the same user and client was replayed, and the policy ends all of them.</summary>
    SiblingReplayed = 14,

    /// <summary>The client revoked its refresh token, and the policy lets the access tokens live until they expire.</summary>
    RefreshTokenRevoked = 15,

    /// <summary>The End-User refused what a device asked for (RFC 8628 section 3.5).</summary>
    DeniedByUser = 16,

    /// <summary>The client merged it into a newer one of the same name, or replaced it (Grant Management section 5.2).</summary>
    Superseded = 17,
}
