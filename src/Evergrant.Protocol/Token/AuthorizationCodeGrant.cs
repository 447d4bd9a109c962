using Evergrant.Protocol.Authorize;
using Evergrant.Protocol.Binding;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;

namespace Evergrant.Protocol.Token;

/// <summary>The authorization code grant (RFC 6749 section 4.1.3, RFC 7636 section 4.6): the same act as a refresh, from generation 0.</summary>
public static class AuthorizationCodeGrant
{
    /// <summary>The grant_type value.</summary>
    public const string Name = "authorization_code";

    private static readonly OAuthError Unknown = OAuthError.InvalidGrant("The authorization code is not valid.", Refusal.CodeUnknown);
    private static readonly OAuthError Foreign = Unknown with { Refusal = Refusal.CodeOfAnotherClient };
    private static readonly OAuthError Expired = Unknown with { Refusal = Refusal.CodeExpired };
    private static readonly OAuthError Revoked = Unknown with { Refusal = Refusal.GrantRevoked };
    private static readonly OAuthError Replay = Unknown with { Refusal = Refusal.CodeReplayed };
    private static readonly OAuthError WrongRedirect = OAuthError.InvalidGrant("redirect_uri is not that of the authorization request.", Refusal.RedirectUriMismatch);

    /// <summary>Decides the redemption of a code.</summary>
    /// <param name="request">The token request.</param>
    /// <param name="credential">What was presented, as far as it can be read without the row; null when it cannot.</param>
    /// <param name="grant">The row under the credential's grant id; null when there is none.</param>
    /// <param name="issuer">The issuer that was asked.</param>
    /// <param name="client">The authenticated client.</param>
    /// <param name="catalogue">The server's scopes and resources.</param>
    /// <param name="keys">The server's credential keys.</param>
    /// <param name="now">The instant of the decision.</param>
    /// <param name="others">The user's grants for the client, newest first, where the grant's policy looks at them; otherwise empty.</param>
    public static TokenDecision Decide(
        TokenRequest request, GrantCredential? credential, Grant? grant, string issuer, Client client,
        ScopeCatalogue catalogue, CredentialKeys keys, DateTimeOffset now, params IReadOnlyList<Grant> others)
    {
        if (credential is null || grant is null || grant.Issuer != issuer || credential.Generation != 0 || !credential.IsOf(keys, grant)) return new Refused(Unknown);
        if (grant.ClientId != client.ClientId) return new Refused(Foreign, grant, 0);
        if (grant.State == GrantState.Revoked) return new Refused(Revoked, grant, 0);
        Authorized authorized = grant.Authorized;

        // The request's own proofs come before the replay rule: only a replay that could have succeeded revokes (OAuth 2.1 section 7.5.2).
        // Sent in the authorization request, redirect_uri is demanded here, unless the client's registration frees it (OAuth 2.1 section 10.2); sent here, it must match.
        bool redirectHolds = request.RedirectUri is null
            ? authorized.RedirectUri is null || client.RedirectUriOptionalAtToken
            : request.RedirectUri == (authorized.RedirectUri ?? (client.RedirectUris.Count == 1 ? client.RedirectUris[0] : null));
        if (!redirectHolds) return new Refused(WrongRedirect, grant, 0);
        if (Pkce.Judge(authorized.CodeChallenge, request.CodeVerifier) is { } pkce) return new Refused(pkce, grant, 0);
        if (BindingRules.JudgeCode(authorized, request.Proven) is { } unproven) return new Refused(unproven, grant, 0);

        if (grant.State == GrantState.Active)
        {
            return new Replayed(Replay, grant, 0, new RevokeGrant(grant.Id, RevocationCause.CodeReplayed, now));
        }
        if (grant.HasEnded(now)) return new Refused(Expired, grant, 0);

        return Redemption.Redeem(request, grant, client, catalogue, keys, now, others);
    }
}
