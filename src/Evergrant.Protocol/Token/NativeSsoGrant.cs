using Evergrant.Jose;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Sessions;
using Evergrant.Protocol.Storage;

namespace Evergrant.Protocol.Token;

/// <summary>What is shown for a native SSO exchange, read and judged for itself.</summary>
public sealed record NativeSsoProof
{
    /// <summary>The ID Token, ours by signature and issuer, expired or not; null when it is none.</summary>
    public IdToken? IdToken { get; init; }

    /// <summary>The client that it was issued to; null when there is none any more.</summary>
    public Client? Client { get; init; }

    /// <summary>The device secret, as far as it can be read without its row; null when it cannot.</summary>
    public GrantCredential? Secret { get; init; }

    /// <summary>The row of the device secret; null for none.</summary>
    public Grant? Origin { get; init; }

    /// <summary>The client of that row; null when there is none any more.</summary>
    public Client? OriginClient { get; init; }

    /// <summary>The sub by which the ID Token's client knows the End-User of that row.</summary>
    public string? Subject { get; init; }
}

/// <summary>The token exchange of OpenID Connect Native SSO section 4: an app of the same vendor on the same device signs in with an ID Token and the device secret, without a page.</summary>
public static class NativeSsoGrant
{
    private static readonly OAuthError WrongTypes = OAuthError.InvalidRequest("A device secret goes with an ID Token, and an access token comes of it.", Refusal.TokenTypeUnsupported);
    private static readonly OAuthError WrongAudience = OAuthError.InvalidTarget("The audience must be the issuer of the ID Token, once.", Refusal.AudienceNotAllowed);
    private static readonly OAuthError NoOpenId = OAuthError.InvalidScope("The scope must include openid.", Refusal.ScopeInvalid);
    private static readonly OAuthError NotShared = new("unauthorized_client", "The client may not share the sign-in of that client.", Refusal.NativeSsoNotShared);
    private static readonly OAuthError BadSecret = OAuthError.InvalidGrant("The device_secret is not valid.", Refusal.DeviceSecretInvalid);
    private static readonly OAuthError Mismatch = BadSecret with { Refusal = Refusal.DeviceSecretMismatch };
    private static readonly OAuthError NoConsent = new("interaction_required", "The End-User has not consented to the scope for this client.", Refusal.ConsentRequired);

    /// <summary>Decides an exchange.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="proof">What is shown.</param>
    /// <param name="request">What is common to token requests.</param>
    /// <param name="issuer">The issuer that was asked.</param>
    /// <param name="client">The client, authenticated if it is confidential.</param>
    /// <param name="consent">What the End-User has allowed this client; null for nothing.</param>
    /// <param name="catalogue">The server's scopes and resources.</param>
    /// <param name="keys">The server's credential keys.</param>
    /// <param name="seed">What the grant row is made of.</param>
    /// <param name="now">The instant of the decision.</param>
    public static TokenDecision Decide(
        ExchangeRequest exchange, NativeSsoProof proof, TokenRequest request, string issuer, Client client, Consent? consent, ScopeCatalogue catalogue, CredentialKeys keys, GrantSeed seed, DateTimeOffset now)
    {
        // Section 4.1.
        if (exchange is not { SubjectTokenType: TokenType.IdToken, RequestedType: TokenType.AccessToken }) return new Refused(WrongTypes);
        if (exchange.Audiences is not [var audience] || audience != issuer) return new Refused(WrongAudience);
        if (request.Scopes?.Contains(Scope.OpenId) == false) return new Refused(NoOpenId);
        if (client.NativeSsoGroup is not { } group) return new Refused(NotShared);
        // Section 4.3: the secret, the ID Token, that they belong together, that the session lives (its end has ended the secret's grant), that the clients may share.
        if (!DeviceSecret.IsGood(proof.Secret, proof.Origin, issuer, keys, now)) return new Refused(BadSecret);
        if (proof.IdToken is not { } token) return new Refused(TokenExchangeGrant.BadSubject);
        Grant origin = proof.Origin!;
        if (token.DeviceSecretHash != DeviceSecret.HashOf(exchange.ActorToken!) || token.SessionId is null || token.SessionId != origin.Authorized.SessionId || token.Subject != proof.Subject) return new Refused(Mismatch, origin);
        if (proof.Client?.NativeSsoGroup != group || proof.OriginClient?.NativeSsoGroup != group) return new Refused(NotShared, origin);

        var permission = new Permission
        {
            Account = origin.Subject,
            SessionId = origin.Authorized.SessionId,
            MayRefresh = true,
            AuthTime = origin.Authorized.AuthTime,
            Acr = origin.Authorized.Acr,
            Amr = origin.Authorized.Amr,
            IssuedTokenType = TokenType.AccessToken,
        };
        TokenDecision decision = PermittedGrant.Decide(permission, request with { Resources = exchange.Resources }, issuer, client, catalogue, seed, now);
        if (decision is not Opened opened) return decision;
        // What is asked of people elsewhere is not granted behind their back here.
        if (client.Consent == ConsentRule.Ask && !Covers(consent, origin, opened.Grant)) return new Refused(NoConsent, origin);
        // Holds while the secret's grant is as it was read: whoever ends the session ends what comes of it too.
        var holds = new RenewGrant(origin.Id, origin.Generation, origin.GenerationAt, origin.IdleExpiresAt, origin.AccessSerial, origin.AccessFloor) { MarkBefore = origin.Mark, Mark = origin.Mark };
        return opened with { Change = new Together([holds, opened.Change]) };
    }

    private static bool Covers(Consent? consent, Grant origin, Grant opened) =>
        consent is not null && consent.Subject == origin.Subject && Scope.Split(opened.Authorized.Scope).All(consent.Scopes.Contains) && opened.Authorized.Resources.All(consent.Resources.Contains);
}
