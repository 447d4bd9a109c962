using Evergrant.Protocol.Clients;

namespace Evergrant.Protocol.Grants;

/// <summary>What a client is told of the ends of its refresh token (draft-ietf-oauth-refresh-token-expiration section 6.1), in whole seconds from now.</summary>
/// <param name="Timeout">refresh_token_timeout: when the token ends unless it is used; null for never.</param>
/// <param name="Authorization">authorization_expires_in: when the authorization ends, whatever is used; null for never.</param>
public readonly record struct RefreshTokenLife(long? Timeout, long? Authorization)
{
    /// <summary>Reads them off a row.</summary>
    /// <param name="grant">The row, active.</param>
    /// <param name="client">The client that holds it.</param>
    /// <param name="now">The instant of the decision.</param>
    public static RefreshTokenLife Of(Grant grant, Client client, DateTimeOffset now)
    {
        GrantPolicy policy = grant.PolicyOf(client);
        // The grace is for those who come too late, and nobody is told of it.
        DateTimeOffset? idle = grant.IdleExpiresAt - policy.IdleGrace;
        if (policy.IdleLive) idle = Earlier(idle, grant.GenerationAt + client.EffectivePolicy.IdleLifetime);
        return new(Seconds(Earlier(idle, grant.ExpiresAt), now), Seconds(grant.ExpiresAt, now));
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) => one is null || other < one ? other : one;

    private static long? Seconds(DateTimeOffset? end, DateTimeOffset now) => end is { } at ? Math.Max(0, (at - now).Ticks / TimeSpan.TicksPerSecond) : null;
}
