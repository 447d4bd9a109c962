using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;
using Evergrant.Protocol.Token;

namespace Evergrant.Protocol.Revocation;

/// <summary>What a revocation request does (RFC 7009).</summary>
public abstract record RevocationDecision;

/// <summary>There is nothing to revoke: unknown, expired or revoked before. The answer is 200 (section 2.2).</summary>
public sealed record NothingToRevoke : RevocationDecision;

/// <summary>The token is another client's; nothing changes (section 2.1).</summary>
/// <param name="Error">The error.</param>
/// <param name="Grant">The grant behind the token; null for none.</param>
public sealed record Refused(OAuthError Error, Grant? Grant) : RevocationDecision;

/// <summary>The token dies once the change is durable.</summary>
/// <param name="Change">Ends the grant, or puts one access token on the list of the dead.</param>
/// <param name="Grant">The grant; null for none.</param>
public sealed record Revoked(Change Change, Grant? Grant) : RevocationDecision;

/// <summary>The revocation decision.</summary>
public static class Revocation
{
    /// <summary>Decides.</summary>
    /// <param name="token">What was presented; null when it is none of ours.</param>
    /// <param name="grant">The grant behind it; null for none.</param>
    /// <param name="issuer">The issuer that was asked.</param>
    /// <param name="client">The authenticated client; for a public client, the one it says it is.</param>
    /// <param name="keys">The server's credential keys.</param>
    /// <param name="now">The instant.</param>
    public static RevocationDecision Decide(PresentedToken? token, Grant? grant, string issuer, Client client, CredentialKeys keys, DateTimeOffset now)
    {
        if (token is null) return new NothingToRevoke();
        if (token.GrantId is not null && !token.IsOf(grant, issuer, keys)) return new NothingToRevoke();
        if (token.ClientOf(grant) != client.ClientId)
        {
            return new Refused(OAuthError.InvalidGrant("The token was issued to another client.", Refusal.TokenOfAnotherClient), grant);
        }
        // Nor does the grant end that an exchanged token comes from.
        if (grant is null || token.Access?.OriginGrantId is not null) return new Revoked(new DenyAccessToken(token.Access!.DenialKey(), token.Access.ExpiresAt), null);
        GrantPolicy policy = grant.PolicyOf(client);
        // A device secret is as much as the grant that it came with (OpenID Connect Native SSO).
        bool whole = token.IsRefreshToken || token.IsDeviceSecret;
        RevocationCascade cascade = whole ? policy.RevokeRefreshToken : policy.RevokeAccessToken;
        // A refresh token that is gone may have left its access tokens behind.
        if (!whole && (cascade == RevocationCascade.Token || grant.State == GrantState.Revoked)) return new Revoked(new DenyAccessToken(token.Access!.DenialKey(), token.Access.ExpiresAt), grant);
        if (grant.State == GrantState.Revoked) return new NothingToRevoke();
        if (cascade == RevocationCascade.All && grant.Subject is not null)
        {
            return new Revoked(new RevokeGrants(grant.Issuer, grant.Subject, grant.ClientId, null, RevocationCause.RevokedByClient, now), grant);
        }
        // A refresh token stands for the whole grant, whichever generation is shown: the client is done with it (section 2.1).
        return new Revoked(new RevokeGrant(grant.Id, cascade == RevocationCascade.Token ? RevocationCause.RefreshTokenRevoked : RevocationCause.RevokedByClient, now), grant);
    }
}
