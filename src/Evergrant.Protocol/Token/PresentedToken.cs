using Evergrant.Jose;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;

namespace Evergrant.Protocol.Token;

/// <summary>A token that somebody shows at introspection, revocation or userinfo, read as far as possible without the store.</summary>
/// <remarks>The kind is told by the prefix, so that no look-up is tried twice (RFC 7009 section 2.1: token_type_hint needs no attention).</remarks>
public sealed class PresentedToken
{
    private readonly GrantCredential? _credential;
    private readonly string _text;

    private PresentedToken(string text, GrantCredential? credential, AccessToken? access, Guid? grantId)
    {
        _text = text;
        _credential = credential;
        Access = access;
        GrantId = grantId;
    }

    /// <summary>Whether it is a refresh token.</summary>
    public bool IsRefreshToken => _credential?.Kind == CredentialKind.RefreshToken;

    /// <summary>Whether it is a device secret, which is good for nothing but revocation here.</summary>
    public bool IsDeviceSecret => _credential?.Kind == CredentialKind.DeviceSecret;

    /// <summary>Generation of a refresh token; null for access tokens.</summary>
    public long? Generation => IsRefreshToken ? _credential!.Generation : null;

    /// <summary>The grant to look up before anything is believed; null when there is none behind it.</summary>
    public Guid? GrantId { get; }

    /// <summary>What an access token says; null for a refresh token, and for an opaque access token before <see cref="Resolve"/>.</summary>
    public AccessToken? Access { get; private set; }

    /// <summary>Reads a token.</summary>
    /// <param name="text">What was presented.</param>
    /// <param name="keys">The server's credential keys.</param>
    /// <param name="published">The issuer's published keys.</param>
    /// <param name="issuer">The issuer that was asked.</param>
    /// <param name="now">The instant: an expired JWT is not read.</param>
    /// <returns>Null when it is no token of this issuer.</returns>
    public static PresentedToken? Read(string text, CredentialKeys keys, JwkSet published, string issuer, DateTimeOffset now)
    {
        if (text.StartsWith(GrantCredential.PrefixOf(CredentialKind.RefreshToken), StringComparison.Ordinal))
        {
            return GrantCredential.Read(keys, CredentialKind.RefreshToken, text) is { } refresh ? new(text, refresh, null, refresh.GrantId) : null;
        }
        if (text.StartsWith(GrantCredential.PrefixOf(CredentialKind.AccessToken), StringComparison.Ordinal))
        {
            return GrantCredential.Read(keys, CredentialKind.AccessToken, text) is { } opaque ? new(text, opaque, null, opaque.GrantId) : null;
        }
        if (text.StartsWith(GrantCredential.PrefixOf(CredentialKind.DeviceSecret), StringComparison.Ordinal))
        {
            return GrantCredential.Read(keys, CredentialKind.DeviceSecret, text) is { } secret ? new(text, secret, null, secret.GrantId) : null;
        }
        if (text.StartsWith(SealedAccessToken.Prefix, StringComparison.Ordinal))
        {
            return SealedAccessToken.Read(keys, text, issuer) is { } sealedToken && sealedToken.ExpiresAt > now ? new(text, null, sealedToken, sealedToken.OriginGrantId) : null;
        }
        JwtVerdict<JwtAccessToken> verdict = JwtAccessToken.Judge(text, published, issuer, null, now, TimeSpan.Zero);
        if (!verdict.Holds) return null;
        AccessToken access = AccessToken.Of(verdict.Value!);
        return new(text, null, access, access.GrantId ?? access.OriginGrantId);
    }

    /// <summary>Whether it is good together with its grant's row.</summary>
    /// <param name="grant">The row under <see cref="GrantId"/>; null when there is none.</param>
    /// <param name="issuer">The issuer that was asked.</param>
    /// <param name="keys">The server's credential keys.</param>
    /// <param name="now">The instant.</param>
    /// <returns>False when it is forged, revoked, superseded, or at its end.</returns>
    public bool Resolve(Grant? grant, string issuer, CredentialKeys keys, DateTimeOffset now)
    {
        if (IsDeviceSecret) return false;
        if (GrantId is null) return Access!.ExpiresAt > now;
        if (!IsOf(grant, issuer, keys)) return false;
        if (grant!.State == GrantState.Revoked) return !IsRefreshToken && SparesAccessTokens(grant) && IsLive(grant, now);
        // A token ahead of its row proves that the row is behind: its state may be that of before the redemption, and its idle end belongs to a generation long past.
        if (IsAheadOf(grant)) return !(grant.ExpiresAt <= now);
        if (grant.State != GrantState.Active) return false;
        if (IsRefreshToken) return (_credential!.Generation == grant.Generation || KeepsPredecessors(grant)) && !grant.HasEnded(now);
        return IsLive(grant, now);
    }

    private bool IsLive(Grant grant, DateTimeOffset now) => Access!.ExpiresAt > now && (Access.OriginGrantId is null ? Access.Serial : Access.OriginSerial) >= grant.AccessFloor;

    private static bool KeepsPredecessors(Grant grant) => grant.Authorized.Rules?.Predecessor == Predecessor.StaysValid;

    /// <summary>Whether what ended the grant took its refresh token only.</summary>
    private static bool SparesAccessTokens(Grant grant) => grant.Authorized.Rules is { } policy && grant.RevokedWhy switch
    {
        RevocationCause.RefreshTokenReplayed or RevocationCause.SiblingReplayed => policy.ReplayRevokesAccessTokens == false,
        RevocationCause.RefreshTokenRevoked => policy.RevokeRefreshToken == RevocationCascade.Token,
        _ => false,
    };

    /// <summary>Whether it was made by us for this grant, whatever the grant's state; reads what an opaque access token says.</summary>
    /// <param name="grant">The row under <see cref="GrantId"/>; null when there is none.</param>
    /// <param name="issuer">The issuer that was asked.</param>
    /// <param name="keys">The server's credential keys.</param>
    public bool IsOf(Grant? grant, string issuer, CredentialKeys keys)
    {
        if (grant is null || grant.Issuer != issuer) return false;
        // What was exchanged ends with the grant of another client.
        if (_credential is null) return Access!.OriginGrantId is not null || grant.ClientId == Access.ClientId;
        if (!_credential.IsOf(keys, grant)) return false;
        if (!IsRefreshToken && !IsDeviceSecret) Access ??= AccessToken.OfBody(_credential.Body, _text, issuer, grant.ClientId, grant.Id, (int)_credential.Generation);
        return true;
    }

    /// <summary>Whether it is a refresh token of a generation that the row does not know: the store has gone back in time.</summary>
    /// <param name="grant">The row.</param>
    public bool IsAheadOf(Grant grant) => IsRefreshToken && _credential!.Generation > grant.Generation;

    /// <summary>The client that it was issued to; null when that is not known without the row.</summary>
    /// <param name="grant">The row, if any.</param>
    public string? ClientOf(Grant? grant) => Access is { OriginGrantId: not null } exchanged ? exchanged.ClientId : grant?.ClientId ?? Access?.ClientId;

    /// <summary>Tells nothing.</summary>
    public override string ToString() => "***";
}
