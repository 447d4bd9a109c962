using Evergrant.AspNetCore.Clients;
using Evergrant.AspNetCore.Keys;
using Evergrant.AspNetCore.Outbound;
using Evergrant.AspNetCore.Outbox;
using Evergrant.Jose;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.EndSession;
using Evergrant.Protocol.Storage;

namespace Evergrant.AspNetCore.EndSession;

/// <summary>Posts Logout Tokens (OpenID Connect Back-Channel Logout section 2.5). Each try makes the token anew, with the same jti: a client that has heard of it knows it again.</summary>
internal sealed class LogoutTokenSender(ClientCatalogue clients, KeyRings rings, OutboundFetcher fetcher, TimeProvider clock) : IDeliverySender
{
    public IReadOnlyList<DeliveryKind> Kinds { get; } = [DeliveryKind.LogoutToken];

    public async ValueTask<FetchFault> SendAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        if (await clients.FindAsync(delivery.Issuer, delivery.ClientId, cancellationToken) is not { BackchannelLogoutUri: { } uri } client) return FetchFault.None;
        LogoutNotice notice = LogoutNotice.Read(delivery);
        DateTimeOffset now = clock.GetUtcNow();
        var token = new LogoutToken
        {
            Issuer = delivery.Issuer,
            Audience = client.ClientId,
            IssuedAt = now,
            ExpiresAt = now + LogoutToken.Lifetime,
            JwtId = CanonicalBase64Url.Encode(delivery.Id.ToByteArray(bigEndian: true)),
            Subject = notice.Subject,
            SessionId = notice.SessionId,
        };
        // Section 2.4: signed as the client's ID Tokens are.
        ISigner signer = await rings.SignerAsync(delivery.Issuer, client.IdTokenSignedResponseAlg ?? SignatureAlgorithm.RS256, token.ExpiresAt, cancellationToken);
        using var body = new FormUrlEncodedContent([KeyValuePair.Create("logout_token", await token.WriteAsync(signer, cancellationToken))]);
        return await fetcher.PostAsync(uri, "backchannel_logout_uri", body, null, cancellationToken);
    }
}
