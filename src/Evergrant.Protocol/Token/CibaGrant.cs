using Evergrant.Protocol.Authorize;
using Evergrant.Protocol.Binding;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;

namespace Evergrant.Protocol.Token;

/// <summary>The CIBA grant (CIBA Core sections 10 and 11): a client asks until the End-User has answered on a device of their own. The auth_req_id is generation 0 of the grant.</summary>
public static class CibaGrant
{
    /// <summary>The grant_type value.</summary>
    public const string Name = "urn:openid:params:grant-type:ciba";

    private static readonly OAuthError Unknown = OAuthError.InvalidGrant("The auth_req_id is not valid.", Refusal.AuthRequestUnknown);
    private static readonly OAuthError Foreign = Unknown with { Refusal = Refusal.AuthRequestOfAnotherClient };
    private static readonly OAuthError Revoked = Unknown with { Refusal = Refusal.GrantRevoked };
    private static readonly OAuthError Replay = Unknown with { Refusal = Refusal.AuthRequestReplayed };
    private static readonly OAuthError Pending = new("authorization_pending", "The user has not answered yet.", Refusal.AuthorizationPending);
    private static readonly OAuthError TooFast = new("slow_down", "The client asks too often; wait five seconds longer between requests.", Refusal.PolledTooFast);
    private static readonly OAuthError Denied = new("access_denied", "The End-User has refused.", Refusal.ConsentDenied);
    private static readonly OAuthError Expired = new("expired_token", "The auth_req_id has expired; begin again.", Refusal.AuthRequestExpired);
    private static readonly OAuthError Pushed = new("unauthorized_client", "The client's tokens are pushed to it.", Refusal.GrantTypeNotAllowed);

    /// <summary>Decides a token request.</summary>
    /// <param name="request">The token request.</param>
    /// <param name="credential">What was presented, as far as it can be read without the row; null when it cannot.</param>
    /// <param name="grant">The row under the credential's grant id; null when there is none.</param>
    /// <param name="issuer">The issuer that was asked.</param>
    /// <param name="client">The authenticated client.</param>
    /// <param name="catalogue">The server's scopes and resources.</param>
    /// <param name="keys">The server's credential keys.</param>
    /// <param name="now">The instant of the decision.</param>
    /// <param name="tooFast">Whether the client asks sooner than it may.</param>
    /// <param name="others">The user's grants for the client, newest first, where the grant's policy looks at them; otherwise empty.</param>
    public static TokenDecision Decide(
        TokenRequest request, GrantCredential? credential, Grant? grant, string issuer, Client client,
        ScopeCatalogue catalogue, CredentialKeys keys, DateTimeOffset now, bool tooFast, params IReadOnlyList<Grant> others)
    {
        // Section 11: results come by the registered mode alone.
        if (client.TokenDeliveryMode == TokenDeliveryMode.Push) return new Refused(Pushed);
        if (credential is null || grant is null || grant.Issuer != issuer || credential.Generation != 0 || !credential.IsOf(keys, grant)) return new Refused(Unknown);
        if (grant.ClientId != client.ClientId) return new Refused(Foreign, grant, 0);
        if (grant is { State: GrantState.Revoked, RevokedWhy: RevocationCause.DeniedByUser }) return new Refused(Denied, grant, 0);
        if (grant.State == GrantState.Revoked) return new Refused(Revoked, grant, 0);
        // Who does not hold the key of the first request kills nothing.
        if (grant.State == GrantState.Active && BindingRules.JudgeGrant(grant, request.Proven) is { } unproven) return new Refused(unproven, grant, 0);
        // Section 10.1.1: a redeemed auth_req_id is no longer valid, as for an authorization code.
        if (grant.State == GrantState.Active) return new Replayed(Replay, grant, 0, new RevokeGrant(grant.Id, RevocationCause.CodeReplayed, now));
        if (grant.HasEnded(now)) return new Refused(Expired, grant, 0);
        if (grant.State == GrantState.Requested) return new Waiting(tooFast ? TooFast : Pending);
        return Redemption.Redeem(request, grant, client, catalogue, keys, now, others);
    }

    /// <summary>Decides what is pushed to a client once its End-User has agreed: the redemption, or, where that was made and did not arrive, its tokens anew.</summary>
    /// <param name="grant">The row: Pending, or Active with generation 1.</param>
    /// <param name="client">The client that holds it.</param>
    /// <param name="catalogue">The server's scopes and resources.</param>
    /// <param name="keys">The server's credential keys.</param>
    /// <param name="mark">Random number of this try.</param>
    /// <param name="now">The instant of the decision.</param>
    /// <param name="others">As for <see cref="Decide"/>.</param>
    public static TokenDecision Push(Grant grant, Client client, ScopeCatalogue catalogue, CredentialKeys keys, long mark, DateTimeOffset now, params IReadOnlyList<Grant> others)
    {
        var request = new TokenRequest { GrantType = Name, Resources = [], Mark = mark };
        if (grant.HasEnded(now)) return new Refused(Expired, grant, 0);
        if (grant.State == GrantState.Pending) return Redemption.Redeem(request, grant, client, catalogue, keys, now, others);
        if (grant is not { State: GrantState.Active, Generation: 1 }) return new Refused(Revoked, grant, 0);
        string[] granted = Scope.Split(grant.Authorized.Scope);
        if (TokenAudience.Resolve(grant.Issuer, granted, granted, grant.Authorized.Resources, [], client.Resources, catalogue, out TokenAudience? access) is { } error) return new Refused(error, grant, 0);
        if (grant.Authorized.Details is not null && AuthorizationDetails.Narrow(grant.Authorized.Details, request, catalogue, ref access) is { } wider) return new Refused(wider, grant, 0);
        var count = new CountRetry(grant.Id, 1, null);
        return new Repeated(count.ApplyTo(grant)!, count, access!, grant.Authorized.IssuesRefreshToken ? 1 : null, 0);
    }
}
