namespace Evergrant.Protocol.Sessions;

/// <summary>One sign-in of one account in one browser. The cookie holds a 256-bit random value; the row holds its hash.</summary>
public sealed record Session
{
    /// <summary>SHA-256 of the cookie value.</summary>
    public required byte[] Key { get; init; }

    /// <summary>Public id, the sid claim of ID Tokens; tells nothing about the cookie.</summary>
    public required string Id { get; init; }

    /// <summary>Account id.</summary>
    public required string Subject { get; init; }

    /// <summary>When the End-User authenticated actively.</summary>
    public required DateTimeOffset AuthTime { get; init; }

    /// <summary>Authentication methods used (RFC 8176), e.g. pwd.</summary>
    public required IReadOnlyList<string> Amr { get; init; }

    /// <summary>Authentication context class reached; null for none.</summary>
    public string? Acr { get; init; }

    /// <summary>Last use that was recorded.</summary>
    public required DateTimeOffset SeenAt { get; init; }

    /// <summary>End unless used before.</summary>
    public required DateTimeOffset IdleExpiresAt { get; init; }

    /// <summary>Absolute end.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Whether the session still stands.</summary>
    /// <param name="now">The instant of the decision.</param>
    public bool IsLive(DateTimeOffset now) => now < IdleExpiresAt && now < ExpiresAt;
}
