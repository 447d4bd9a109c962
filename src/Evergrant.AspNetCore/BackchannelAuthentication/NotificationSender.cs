using System.Buffers;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using Evergrant.AspNetCore.Clients;
using Evergrant.AspNetCore.Keys;
using Evergrant.AspNetCore.Outbound;
using Evergrant.AspNetCore.Outbox;
using Evergrant.AspNetCore.Token;
using Evergrant.Jose;
using Evergrant.Protocol.BackchannelAuthentication;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;
using Evergrant.Protocol.Token;

namespace Evergrant.AspNetCore.BackchannelAuthentication;

/// <summary>Tells clients what became of their requests: that there is something to fetch (CIBA Core section 10.2), or the tokens or the error itself (sections 10.3 and 12). What is said is
/// looked up when it is said; no token waits in the store.</summary>
internal sealed class NotificationSender(
    ClientCatalogue clients, IGrantStore store, IServerSecrets secrets, IssuerSites sites, TokenWriter writer, OtherGrants others, NotificationTokens notifications, OutboundFetcher fetcher, TimeProvider clock)
    : IDeliverySender
{
    private const string RequestClaim = "urn:openid:params:jwt:claim:auth_req_id";
    private const string RefreshClaim = "urn:openid:params:jwt:claim:rt_hash";

    public IReadOnlyList<DeliveryKind> Kinds { get; } = [DeliveryKind.Ping, DeliveryKind.Push];

    public async ValueTask<FetchFault> SendAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        BackchannelNews news = BackchannelNews.Read(delivery.Document);
        if (await clients.FindAsync(delivery.Issuer, delivery.ClientId, cancellationToken) is not { BackchannelNotificationEndpoint: { } endpoint } client) return FetchFault.None;
        if (await store.FindGrantAsync(news.GrantId, cancellationToken) is not { } grant || notifications.Open(news) is not { } token) return FetchFault.None;
        if (news.OnExpiry && (grant.State != GrantState.Requested || !grant.HasEnded(clock.GetUtcNow()))) return FetchFault.None;
        string id = GrantCredential.Write(secrets.Credentials, grant.KeyNumber, CredentialKind.AuthRequest, grant, 0);
        if (delivery.Kind == DeliveryKind.Ping) return await PostAsync(endpoint, token, Body(id), cancellationToken);
        if (news.OnExpiry) return await PostAsync(endpoint, token, Error(id, "expired_token", "Nobody has answered in time."), cancellationToken);
        if (grant.State == GrantState.Revoked) return await PostAsync(endpoint, token, Error(id, "access_denied", "The End-User has refused."), cancellationToken);
        return await PushAsync(endpoint, token, id, client, grant, cancellationToken);
    }

    private async ValueTask<FetchFault> PushAsync(string endpoint, string token, string id, Client client, Grant grant, CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        ScopeCatalogue catalogue = await clients.ScopesAsync(cancellationToken);
        long mark = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long))) & long.MaxValue;
        TokenDecision decision = CibaGrant.Push(grant, client, catalogue, secrets.Credentials, mark, now, await others.FindAsync(grant, client, cancellationToken));
        IssuerSite site = sites.All.First(s => s.Issuer == grant.Issuer);
        if (decision is not Granted granted || await writer.PrepareAsync(site, client, granted, null, now, cancellationToken) is not { IdToken: { } content } prepared)
        {
            return await PostAsync(endpoint, token, Error(id, "transaction_failed", "The tokens cannot be issued."), cancellationToken);
        }
        // Another node, or an earlier try: the next one finds the row as it is then.
        if (await store.CommitAsync(granted.Change, null, cancellationToken) != CommitResult.Committed) return FetchFault.Busy;
        // The generation's key was chosen with the redemption.
        string? refresh = granted.RefreshGeneration is { } generation ? GrantCredential.Write(secrets.Credentials, granted.Grant.KeyNumber, CredentialKind.RefreshToken, granted.Grant, generation) : null;
        string algorithm = client.IdTokenSignedResponseAlg ?? SignatureAlgorithm.RS256;
        var claims = new Dictionary<string, JsonElement>(content.Claims ?? new Dictionary<string, JsonElement>(), StringComparer.Ordinal) { [RequestClaim] = JsonSerializer.SerializeToElement(id) };
        if (refresh is not null) claims[RefreshClaim] = JsonSerializer.SerializeToElement(IdToken.HashOf(refresh, algorithm));
        SignedTokens signed = await writer.SignAsync(site, prepared with { IdToken = content with { Claims = claims } }, cancellationToken);
        return await PostAsync(endpoint, token, Body(id, json =>
        {
            json.WriteString("access_token", signed.AccessToken);
            json.WriteString("token_type", signed.TokenType);
            if (refresh is not null)
            {
                json.WriteString("refresh_token", refresh);
                TokenWriter.WriteLife(json, signed.Refresh);
            }
            if (signed.ExpiresIn is { } seconds) json.WriteNumber("expires_in", seconds);
            json.WriteString("scope", signed.Scope);
            json.WriteString("id_token", signed.IdToken);
            if (signed.ManagedId is not null) json.WriteString("grant_id", signed.ManagedId);
        }), cancellationToken);
    }

    private async ValueTask<FetchFault> PostAsync(string endpoint, string token, byte[] json, CancellationToken cancellationToken)
    {
        using var body = new ByteArrayContent(json);
        body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return await fetcher.PostAsync(endpoint, "backchannel_client_notification_endpoint", body, new AuthenticationHeaderValue("Bearer", token), cancellationToken);
    }

    private static byte[] Error(string id, string code, string description) => Body(id, json =>
    {
        json.WriteString("error", code);
        json.WriteString("error_description", description);
    });

    private static byte[] Body(string id, Action<Utf8JsonWriter>? more = null)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, JsonReply.Options))
        {
            json.WriteStartObject();
            json.WriteString("auth_req_id", id);
            more?.Invoke(json);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }
}
