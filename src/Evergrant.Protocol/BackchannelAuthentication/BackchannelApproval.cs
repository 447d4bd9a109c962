using System.Text.Json;
using Evergrant.Protocol.Authorize;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Sessions;
using Evergrant.Protocol.Storage;
using Evergrant.Protocol.Token;

namespace Evergrant.Protocol.BackchannelAuthentication;

/// <summary>What becomes of an answer.</summary>
public abstract record BackchannelAnswer
{
    /// <summary>Name of the decision.</summary>
    public string Name => GetType().Name;
}

/// <summary>Nothing waits under this id for this person.</summary>
public sealed record NothingWaits : BackchannelAnswer;

/// <summary>The person is to be asked.</summary>
/// <param name="Scopes">What the client asks for.</param>
/// <param name="Details">The objects of authorization_details that it asks for; empty for none.</param>
/// <param name="Note">What was kept beside the request.</param>
public sealed record ToBeAsked(IReadOnlyList<string> Scopes, IReadOnlyList<JsonElement> Details, BackchannelNote Note) : BackchannelAnswer;

/// <summary>The answer counts once the change is durable.</summary>
/// <param name="Allowed">Whether the client gets anything.</param>
/// <param name="Change">Uses up the request and writes the answer, and what the client is told.</param>
/// <param name="News">What the client is told now; null for poll.</param>
public sealed record Answered(bool Allowed, Change Change, AddDelivery? News) : BackchannelAnswer;

/// <summary>The person's side of CIBA (Core section 8). Every request asks: whoever began it is somewhere else.</summary>
public static class BackchannelApproval
{
    // However late the answer, the client has so long to fetch its tokens.
    private static readonly TimeSpan TimeToRedeem = TimeSpan.FromMinutes(2);

    /// <summary>Decides.</summary>
    /// <param name="handle">What is kept beside the request; null when there is nothing.</param>
    /// <param name="grant">The row; null for none.</param>
    /// <param name="client">The client that asks; null when it is gone.</param>
    /// <param name="issuer">Issuer that was asked.</param>
    /// <param name="who">Who answers.</param>
    /// <param name="answer">The answer; null before it.</param>
    /// <param name="deliveryId">UUIDv7 of the news.</param>
    /// <param name="now">The instant of the decision.</param>
    public static BackchannelAnswer Decide(Handle? handle, Grant? grant, Client? client, string issuer, Answering who, ConsentAnswer? answer, Guid deliveryId, DateTimeOffset now)
    {
        if (handle is not { Kind: HandleKind.BackchannelRequest, Document: { } document } || grant is not { State: GrantState.Requested } || client is null
            || grant.Issuer != issuer || grant.Subject != who.Subject || grant.HasEnded(now)) return new NothingWaits();
        BackchannelNote note = BackchannelNote.Read(document);
        if (answer is null || answer.Subject != who.Subject) return new ToBeAsked(Scope.Split(grant.Authorized.Scope), AuthorizationDetails.Parse(grant.Authorized.Details) ?? [], note);
        AddDelivery? news = note.SealedToken is not { } token ? null
            : new(Delivery.Begun(deliveryId, BackchannelAuthentication.KindOf(client), issuer, client.ClientId, new BackchannelNews(grant.Id, false, token, note.KeyNumber).Write(), now));
        Grant? approved = DecoupledRequest.Approve(grant, client, CibaGrant.Name, who, answer, now);
        Change verdict = approved is null
            ? new RevokeGrant(grant.Id, RevocationCause.DeniedByUser, now)
            : new ApproveGrant(approved.IdleExpiresAt < now + TimeToRedeem ? approved with { IdleExpiresAt = now + TimeToRedeem } : approved, who.SessionKey);
        return new Answered(approved is not null, new Together([new RemoveHandle(handle.Key), verdict, .. news is null ? [] : (Change[])[news]]), news);
    }
}
