using Evergrant.AspNetCore.Clients;
using Evergrant.AspNetCore.Keys;
using Evergrant.Jose;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;
using Evergrant.Protocol.Token;

namespace Evergrant.AspNetCore.Token;

/// <summary>Reads what <see cref="NativeSsoGrant"/> looks at, and adds device secrets to answers (OpenID Connect Native SSO sections 3.3 and 4.4).</summary>
internal sealed class NativeSsoExchange(IGrantStore store, KeyRings rings, ClientCatalogue clients, PairwiseKey pairwise, IServerSecrets secrets)
{
    /// <summary>Decides an exchange whose actor token is a device secret.</summary>
    public async ValueTask<TokenDecision> DecideAsync(ExchangeRequest exchange, TokenContext context)
    {
        string issuer = context.Site.Issuer;
        GrantCredential? secret = GrantCredential.Read(secrets.Credentials, CredentialKind.DeviceSecret, exchange.ActorToken!);
        Grant? origin = secret is null ? null : await store.FindGrantAsync(secret.GrantId, context.Aborted);
        // Of an ID Token only who and where is wanted, so that neither its end nor that of its key counts (section 4.3).
        IdToken? token = IdToken.JudgeAsHint(exchange.SubjectToken, (await rings.CurrentAsync(issuer, context.Aborted)).Known, issuer).Value;
        Client? client = token is null ? null : await clients.FindAsync(issuer, token.Audience, context.Aborted);
        var proof = new NativeSsoProof
        {
            IdToken = token,
            Client = client,
            Secret = secret,
            Origin = origin,
            OriginClient = origin is null ? null : await clients.FindAsync(issuer, origin.ClientId, context.Aborted),
            Subject = client is null || origin?.Subject is not { } account ? null : (await pairwise.SubjectsOfAsync(client, context.Aborted))(account),
        };
        var consent = origin?.Subject is { } subject ? await store.FindConsentAsync(issuer, subject, context.Client.ClientId, context.Aborted) : null;
        if (consent is not null && context.Client.ConsentSince > consent.GivenAt) consent = null;
        return NativeSsoGrant.Decide(exchange, proof, context.Request, issuer, context.Client, consent, context.Catalogue, secrets.Credentials, secrets.NewSeed(context.Now), context.Now);
    }

    /// <summary>Adds the device secret to an answer whose grant has one, where the request does not leave it out, and its hash to the ID Token beside it.</summary>
    /// <param name="prepared">What the answer will say.</param>
    /// <param name="request">The request.</param>
    /// <param name="shown">The secret that the client has already; null for none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<PreparedTokens> AddAsync(PreparedTokens prepared, TokenRequest request, string? shown, CancellationToken cancellationToken)
    {
        // Both or neither (section 3.4).
        if (prepared.IdToken is not { } idToken || request.Scopes?.Contains(Protocol.Scope.DeviceSso) == false) return prepared;
        string secret = shown is not null && await MayStayAsync(shown, prepared, cancellationToken) ? shown : DeviceSecret.Of(secrets.Credentials, prepared.Grant);
        return prepared with { DeviceSecret = secret, IdToken = idToken with { DeviceSecretHash = DeviceSecret.HashOf(secret) } };
    }

    private async ValueTask<bool> MayStayAsync(string shown, PreparedTokens prepared, CancellationToken cancellationToken)
    {
        if (GrantCredential.Read(secrets.Credentials, CredentialKind.DeviceSecret, shown) is not { } secret) return false;
        Grant? origin = secret.GrantId == prepared.Grant.Id ? prepared.Grant : await store.FindGrantAsync(secret.GrantId, cancellationToken);
        if (!DeviceSecret.IsGood(secret, origin, prepared.Grant.Issuer, secrets.Credentials, prepared.At) || !DeviceSecret.MayStayWith(origin!, prepared.Grant)) return false;
        return origin!.ClientId == prepared.Client.ClientId
            || (prepared.Client.NativeSsoGroup is { } group && await clients.FindAsync(origin.Issuer, origin.ClientId, cancellationToken) is { } other && other.NativeSsoGroup == group);
    }
}
