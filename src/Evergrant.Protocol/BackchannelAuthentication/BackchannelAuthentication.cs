using System.Security.Cryptography;
using System.Text;
using Evergrant.Protocol.Authorize;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.GrantManagement;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;
using Evergrant.Protocol.Token;

namespace Evergrant.Protocol.BackchannelAuthentication;

/// <summary>What the server decides when a client asks for an End-User over the back channel.</summary>
public abstract record BackchannelDecision
{
    /// <summary>Name of the decision.</summary>
    public string Name => GetType().Name;
}

/// <summary>An auth_req_id is handed out once the change is durable.</summary>
/// <param name="Grant">The new row, Requested; generation 0 is the auth_req_id.</param>
/// <param name="Change">Writes the row, what is kept beside it, and what is told should nobody answer.</param>
/// <param name="ExpiresIn">Its life.</param>
public sealed record BackchannelAccepted(Grant Grant, Change Change, TimeSpan ExpiresIn) : BackchannelDecision;

/// <summary>The client gets an error.</summary>
/// <param name="Error">The error.</param>
public sealed record BackchannelRefused(OAuthError Error) : BackchannelDecision;

/// <summary>The backchannel authentication request (CIBA Core section 7).</summary>
public static class BackchannelAuthentication
{
    /// <summary>Seconds that a client waits between requests (section 7.3).</summary>
    public const int Interval = 5;

    /// <summary>Requests that may wait for one person at a time: more are somebody who hopes for a slip.</summary>
    public const int MostWaiting = 5;

    private static readonly TimeSpan ShortestLife = TimeSpan.FromSeconds(10);

    private static readonly OAuthError Unknown = new("unknown_user_id", "The hint names nobody who can be asked.", Refusal.HintedUserUnknown);
    private static readonly OAuthError TooMany = new("access_denied", "Too many requests wait for this user.", Refusal.LimitReached);

    /// <summary>Decides.</summary>
    /// <param name="request">The request.</param>
    /// <param name="issuer">The issuer that was asked.</param>
    /// <param name="client">The authenticated client.</param>
    /// <param name="catalogue">The server's scopes and resources.</param>
    /// <param name="subject">Account id of the End-User whom the hint names; null for nobody.</param>
    /// <param name="waiting">Requests that wait for this person already.</param>
    /// <param name="seed">What the row is made of.</param>
    /// <param name="deliveryId">UUIDv7 of the news that nobody has answered.</param>
    /// <param name="note">What is kept beside the request.</param>
    /// <param name="now">The instant of the decision.</param>
    /// <param name="demands">What the server demands of every request; null for nothing.</param>
    /// <param name="managed">The grant under the request's grant_id; null for none.</param>
    public static BackchannelDecision Decide(
        BackchannelRequest request, string issuer, Client client, ScopeCatalogue catalogue, string? subject, int waiting, GrantSeed seed, Guid deliveryId, BackchannelNote note, DateTimeOffset now,
        AuthorizeDemands? demands = null, Grant? managed = null)
    {
        AuthorizeRequest asked = AuthorizeRequest.Read(request.Parameters);
        if (ManagedGrant.Judge(asked, client, demands ?? AuthorizeDemands.None) is { } unfit) return new BackchannelRefused(unfit);
        if (DecoupledRequest.Judge(asked, issuer, client, catalogue, out IReadOnlyList<string> scopes) is { } error) return new BackchannelRefused(error);
        if (subject is null) return new BackchannelRefused(Unknown);
        if (ManagedGrant.Judge(asked, managed, issuer, client, subject, now) is { } notTheirs) return new BackchannelRefused(notTheirs);
        if (waiting >= MostWaiting) return new BackchannelRefused(TooMany);
        GrantPolicy policy = client.EffectivePolicy;
        TimeSpan life = request.Expiry is { } wanted && wanted < policy.DeviceCodeLifetime ? (wanted < ShortestLife ? ShortestLife : wanted) : policy.DeviceCodeLifetime;
        DateTimeOffset ends = now + life;
        Grant grant = DecoupledRequest.Open(asked, issuer, client, subject, scopes, seed, ends, now, managed);
        List<Change> changes = [new CreateGrant(grant), new AddHandle(new Handle(BackchannelNote.KeyOf(grant.Id), HandleKind.BackchannelRequest, grant.Id, note.Write(), ends))];
        // A signed request counts once.
        if (request is { JwtId: { } jti, JwtExpiresAt: { } until }) changes.Add(new UseAssertion(SHA256.HashData(Encoding.UTF8.GetBytes($"backchannel\n{issuer}\n{client.ClientId}\n{jti}")), until + TimeSpan.FromMinutes(1)));
        if (note.SealedToken is { } token)
        {
            var news = new BackchannelNews(grant.Id, OnExpiry: true, token, note.KeyNumber);
            changes.Add(new AddDelivery(new Delivery(deliveryId, KindOf(client), issuer, client.ClientId, news.Write(), 0, ends, ends + Delivery.Lifetime)));
        }
        return new BackchannelAccepted(grant, new Together(changes), life);
    }

    /// <summary>How a client is told of an answer.</summary>
    internal static DeliveryKind KindOf(Client client) => client.TokenDeliveryMode == TokenDeliveryMode.Push ? DeliveryKind.Push : DeliveryKind.Ping;
}
