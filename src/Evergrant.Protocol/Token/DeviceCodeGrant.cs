using Evergrant.Protocol.Authorize;
using Evergrant.Protocol.Binding;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;

namespace Evergrant.Protocol.Token;

/// <summary>The device authorization grant (RFC 8628 section 3.4): a device asks again and again until its user has answered elsewhere. The device code is generation 0 of the grant.</summary>
public static class DeviceCodeGrant
{
    /// <summary>The grant_type value.</summary>
    public const string Name = "urn:ietf:params:oauth:grant-type:device_code";

    private static readonly OAuthError Unknown = OAuthError.InvalidGrant("The device code is not valid.", Refusal.DeviceCodeUnknown);
    private static readonly OAuthError Foreign = Unknown with { Refusal = Refusal.DeviceCodeOfAnotherClient };
    private static readonly OAuthError Revoked = Unknown with { Refusal = Refusal.GrantRevoked };
    private static readonly OAuthError Replay = Unknown with { Refusal = Refusal.DeviceCodeReplayed };
    private static readonly OAuthError Pending = new("authorization_pending", "The user has not answered yet.", Refusal.AuthorizationPending);
    private static readonly OAuthError TooFast = new("slow_down", "The device asks too often; wait five seconds longer between requests.", Refusal.PolledTooFast);
    private static readonly OAuthError Denied = new("access_denied", "The End-User has refused.", Refusal.ConsentDenied);
    private static readonly OAuthError Expired = new("expired_token", "The device code has expired; begin again.", Refusal.DeviceCodeExpired);

    /// <summary>Decides a request of a device.</summary>
    /// <param name="request">The token request.</param>
    /// <param name="credential">What was presented, as far as it can be read without the row; null when it cannot.</param>
    /// <param name="grant">The row under the credential's grant id; null when there is none.</param>
    /// <param name="issuer">The issuer that was asked.</param>
    /// <param name="client">The authenticated client.</param>
    /// <param name="catalogue">The server's scopes and resources.</param>
    /// <param name="keys">The server's credential keys.</param>
    /// <param name="now">The instant of the decision.</param>
    /// <param name="tooFast">Whether the device asks sooner than it may.</param>
    /// <param name="others">The user's grants for the client, newest first, where the grant's policy looks at them; otherwise empty.</param>
    public static TokenDecision Decide(
        TokenRequest request, GrantCredential? credential, Grant? grant, string issuer, Client client,
        ScopeCatalogue catalogue, CredentialKeys keys, DateTimeOffset now, bool tooFast, params IReadOnlyList<Grant> others)
    {
        if (credential is null || grant is null || grant.Issuer != issuer || credential.Generation != 0 || !credential.IsOf(keys, grant)) return new Refused(Unknown);
        // RFC 8628 section 3.4: from the client that it was issued to, and no other; that one changes nothing.
        if (grant.ClientId != client.ClientId) return new Refused(Foreign, grant, 0);
        if (grant is { State: GrantState.Revoked, RevokedWhy: RevocationCause.DeniedByUser }) return new Refused(Denied, grant, 0);
        if (grant.State == GrantState.Revoked) return new Refused(Revoked, grant, 0);
        if (grant.State == GrantState.Active) return OnSecondUse(request, grant, client, catalogue, now);
        if (grant.HasEnded(now)) return new Refused(Expired, grant, 0);
        // RFC 8628 section 3.5: slow_down is a variant of authorization_pending. Who has been answered is not made to wait.
        if (grant.State == GrantState.Requested) return new Waiting(tooFast ? TooFast : Pending);
        return Redemption.Redeem(request, grant, client, catalogue, keys, now, others);
    }

    /// <summary>A device that asks while an earlier request of its own is still answered, or whose answer was lost, is no thief: within the retry rule, and before the first refresh, it is given
    /// the same tokens' successor-to-be once more. Later it is a replay, as for an authorization code.</summary>
    private static TokenDecision OnSecondUse(TokenRequest request, Grant grant, Client client, ScopeCatalogue catalogue, DateTimeOffset now)
    {
        // Who does not hold the key of the first request is not its device, and kills nothing.
        if ((BindingRules.JudgeGrant(grant, request.Proven) ?? BindingRules.JudgeRetry(grant, request.Proven)) is { } unproven) return new Refused(unproven, grant, 0);
        GrantPolicy policy = grant.PolicyOf(client);
        if (grant.Generation == 1 && !grant.HasEnded(now) && grant.Authorized.IssuesRefreshToken && policy.PermitsRetry(grant, now))
        {
            string[] granted = Scope.Split(grant.Authorized.Scope);
            if (TokenAudience.Resolve(grant.Issuer, granted, granted, grant.Authorized.Resources, request.Resources, client.Resources, catalogue, out TokenAudience? access, AuthorizationDetails.OwnersOf(grant.Authorized.Details, catalogue)) is { } error)
            {
                return new Refused(error, grant, 0);
            }
            if ((grant.Authorized.Details ?? request.Details) is not null && AuthorizationDetails.Narrow(grant.Authorized.Details, request, catalogue, ref access) is { } wider) return new Refused(wider, grant, 0);
            CountRetry count = policy.RetryOf(grant, now);
            return new Repeated(count.ApplyTo(grant)!, count, access!, 1, 0);
        }
        return new Replayed(Replay, grant, 0, new RevokeGrant(grant.Id, RevocationCause.CodeReplayed, now));
    }
}
