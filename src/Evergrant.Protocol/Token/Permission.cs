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

    /// <summary>Whether a refresh token may come of it where the client's policy gives one.</summary>
    public bool MayRefresh { get; init; }

    /// <summary>End that no token outlives; null for the policy's.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>When the End-User last authenticated actively; null when it is not known.</summary>
    public DateTimeOffset? AuthTime { get; init; }

    /// <summary>Authentication context class; null when none is claimed.</summary>
    public string? Acr { get; init; }

    /// <summary>Authentication methods (RFC 8176); null when they are not known.</summary>
    public IReadOnlyList<string>? Amr { get; init; }

    /// <summary>What may be used once only, noted together with what is issued; null for nothing.</summary>
    public UseAssertion? Once { get; init; }
}
