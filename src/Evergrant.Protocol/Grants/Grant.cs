using Evergrant.Protocol.Clients;

namespace Evergrant.Protocol.Grants;

/// <summary>One authorization: this user allowed this client these scopes. One row for as long as it lives, whatever the number of refreshes.</summary>
public sealed record Grant
{
    /// <summary>UUIDv7, part of every credential of the grant.</summary>
    public required Guid Id { get; init; }

    /// <summary>Issuer identifier, byte for byte as in metadata.</summary>
    public required string Issuer { get; init; }

    /// <summary>The client that holds the grant.</summary>
    public required string ClientId { get; init; }

    /// <summary>Account id of the End-User; null for none.</summary>
    public string? Subject { get; init; }

    /// <summary>Public id of the session the grant ends with; null when it outlives the session (offline access).</summary>
    public string? SessionId { get; init; }

    /// <summary>Where the grant stands.</summary>
    public required GrantState State { get; init; }

    /// <summary>0: the code is not redeemed; n: the n-th refresh token is the live one.</summary>
    public required long Generation { get; init; }

    /// <summary>When the present generation began.</summary>
    public required DateTimeOffset GenerationAt { get; init; }

    /// <summary>Number of the credential key that made the present generation, so that a retry across a key rotation gives the same successor.</summary>
    public required int KeyNumber { get; init; }

    /// <summary>Retries of the last ten generations.</summary>
    public RetryHistory Retries { get; init; }

    /// <summary>Random number of the request that made the present generation or last renewed it: a request that is in doubt about its own commit knows it again, and a decision
    /// on a row that has changed since does not hold. 0 in rows that nobody redeemed, or that are older than marks.</summary>
    public long Mark { get; init; }

    /// <summary>Serial of the newest access token.</summary>
    public int AccessSerial { get; init; }

    /// <summary>Access tokens with a serial below this one are dead.</summary>
    public int AccessFloor { get; init; }

    /// <summary>When the End-User authorized.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>While pending: end of the code. While active: end unless refreshed before; null for none.</summary>
    public DateTimeOffset? IdleExpiresAt { get; init; }

    /// <summary>Absolute end that no refresh moves; null for none.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The key that the grant is bound to, as <see cref="Jose.Confirmation.Text"/>: a refresh has to prove it. Null for none, as of confidential clients, whose refresh tokens
    /// are bound to their credentials (RFC 9449 section 5).</summary>
    public string? BoundKey { get; init; }

    /// <summary>128 random bits, kept nowhere else: without them no credential of this grant can be made.</summary>
    public required byte[] Salt { get; init; }

    /// <summary>When the grant was revoked; null while it is not.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>Why it was revoked.</summary>
    public RevocationCause RevokedWhy { get; init; }

    /// <summary>What was authorized.</summary>
    public required Authorized Authorized { get; init; }

    /// <summary>The policy that the grant lives by: that of its authorization.</summary>
    /// <param name="client">The client that holds it.</param>
    public GrantPolicy PolicyOf(Client client) => Authorized.Rules ?? client.EffectivePolicy;

    /// <summary>Whether the absolute or the idle end has come; the end itself is outside (grants.md, row 5).</summary>
    /// <param name="now">The instant of the decision.</param>
    public bool HasEnded(DateTimeOffset now) => ExpiresAt <= now || IdleExpiresAt <= now;
}
