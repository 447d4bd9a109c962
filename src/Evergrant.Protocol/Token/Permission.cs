using Evergrant.Protocol.Storage;

namespace Evergrant.Protocol.Token;

/// <summary>What a grant without a row of its own has found out: for whom tokens may be issued, and how far. <see cref="PermittedGrant"/> makes a decision of it.</summary>
public sealed record Permission
{
    /// <summary>Account id of the End-User; null when the token speaks for nobody who has an account here.</summary>
    public string? Account { get; init; }

    /// <summary>The sub of somebody who has no account here; null for the client itself. Not looked at beside <see cref="Account"/>.</summary>
    public string? Subject { get; init; }

    /// <summary>The most that may be granted of what the client may have; null for no further bound.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>Audiences that the token may have; null for any that the client may have.</summary>
    public IReadOnlyList<string>? Audiences { get; init; }

    /// <summary>Whether an access token without a refresh token has no grant of its own, though it speaks for an account.</summary>
    public bool StandsAlone { get; init; }

    /// <summary>Whether a refresh token may come of it where the client's policy gives one. Never for a <see cref="Subject"/> without an account.</summary>
    public bool MayRefresh { get; init; }

    /// <summary>End that no token outlives; null for the policy's.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>Public id of the session that the grant ends with; null for none.</summary>
    public string? SessionId { get; init; }

    /// <summary>When the End-User last authenticated actively; null when it is not known.</summary>
    public DateTimeOffset? AuthTime { get; init; }

    /// <summary>Authentication context class; null when none is claimed.</summary>
    public string? Acr { get; init; }

    /// <summary>Authentication methods (RFC 8176); null when they are not known.</summary>
    public IReadOnlyList<string>? Amr { get; init; }

    /// <summary>Who acts, as JSON (RFC 8693 section 4.1); null for the subject alone.</summary>
    public string? Actor { get; init; }

    /// <summary>The grant that a token without one of its own ends with; null for none.</summary>
    public Guid? OriginGrantId { get; init; }

    /// <summary>Serial in that grant of the access token that it comes from.</summary>
    public int OriginSerial { get; init; }

    /// <summary>issued_token_type of the answer (RFC 8693 section 2.2.1); null for none.</summary>
    public string? IssuedTokenType { get; init; }

    /// <summary>What may be used once only, noted together with what is issued; null for nothing.</summary>
    public UseAssertion? Once { get; init; }
}
