using Evergrant.AspNetCore.Clients;
using Evergrant.AspNetCore.Keys;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.EndSession;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Sessions;
using Evergrant.Protocol.Storage;

namespace Evergrant.AspNetCore.EndSession;

/// <summary>Ends sign-in sessions: their rows, the grants that end with them, and the news of it to the clients that took part. Every way out goes through here.</summary>
public sealed class SessionEnds
{
    private const int Most = 10_000;

    private readonly IGrantStore _store;
    private readonly ClientCatalogue _clients;
    private readonly PairwiseKey _pairwise;
    private readonly Outbox.Outbox _outbox;
    private readonly TimeProvider _clock;

    internal SessionEnds(IGrantStore store, ClientCatalogue clients, PairwiseKey pairwise, Outbox.Outbox outbox, TimeProvider clock)
    {
        _store = store;
        _clients = clients;
        _pairwise = pairwise;
        _outbox = outbox;
        _clock = clock;
    }

    /// <summary>Ends sessions, and tells the clients that have a back channel.</summary>
    /// <param name="sessions">Rows that were read; one that is gone meanwhile is no fault.</param>
    /// <param name="endpoint">Folder word of the endpoint, for the event.</param>
    /// <param name="cancellationToken">Ends the wait before anything is changed.</param>
    /// <returns>Addresses that the browser is to load so that the other clients hear of it; null when it is not certain that all sessions have ended.</returns>
    /// <exception cref="StoreUnavailableException">Not all sessions have ended.</exception>
    public async ValueTask<IReadOnlyList<string>?> EndAsync(IReadOnlyList<Session> sessions, string endpoint, CancellationToken cancellationToken)
    {
        List<string> frames = [];
        List<Delivery> deliveries = [];
        foreach (Session session in sessions)
        {
            DateTimeOffset now = _clock.GetUtcNow();
            IReadOnlyList<Participation> before = await ParticipantsAsync(session.Subject, session.Id, cancellationToken);
            List<Delivery> written = await NoticesAsync(before, session.Subject, all: false, now, cancellationToken);
            var revoke = new RevokeGrants(null, session.Subject, null, session.Id, RevocationCause.SessionEnded, now);
            EventRecord record = new() { Reference = EventReference.Create(), At = now, Decision = "Revoked", Endpoint = endpoint, Subject = session.Subject };
            CommitResult result = await _store.CommitAsync(new Together([new RemoveSession(session.Key), revoke, .. written.Select(d => new AddDelivery(d))]), record, cancellationToken);
            if (result == CommitResult.Conflict)
            {
                // Somebody else removed the session, and tells of it.
                written.Clear();
                result = await _store.CommitAsync(revoke, record, cancellationToken);
            }
            if (result != CommitResult.Committed) return null;
            // Without the session no further client can come; one that came between the look and the end is told as well.
            IReadOnlyList<Participation> all = await ParticipantsAsync(session.Subject, session.Id, cancellationToken);
            // A grant that came meanwhile of a device secret, without the session's row, may not have been seen by the order above; by now it is.
            if (all.Any(p => p.Client.NativeSsoGroup is not null) && await _store.CommitAsync(revoke, null, cancellationToken) != CommitResult.Committed) return null;
            List<Delivery> late = await NoticesAsync([.. all.Except(before)], session.Subject, all: false, now, cancellationToken);
            if (late.Count > 0 && await _store.CommitAsync(new Together([.. late.Select(d => new AddDelivery(d))]), null, cancellationToken) == CommitResult.Committed) written.AddRange(late);
            deliveries.AddRange(written);
            foreach ((Client client, Participant participant) in all)
            {
                if (FrontchannelLogout.AddressOf(client, participant) is { } address) frames.Add(address);
            }
        }
        await _outbox.SendNewAsync(deliveries);
        return frames;
    }

    /// <summary>The changes that belong into the commit which ends every session of an account: the news of it to all clients that the account has used.</summary>
    /// <param name="subject">Account id.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<IReadOnlyList<AddDelivery>> NoticesOfAsync(string subject, CancellationToken cancellationToken) =>
        [.. (await NoticesAsync(await ParticipantsAsync(subject, null, cancellationToken), subject, all: true, _clock.GetUtcNow(), cancellationToken)).Select(d => new AddDelivery(d))];

    /// <summary>Delivers notices whose commit is durable, as far as that is possible within seconds; the rest follows by itself.</summary>
    /// <param name="notices">What was committed.</param>
    public ValueTask SendAsync(IReadOnlyList<AddDelivery> notices) => _outbox.SendNewAsync([.. notices.Select(n => n.Delivery)]);

    private async ValueTask<List<Delivery>> NoticesAsync(IReadOnlyList<Participation> participants, string subject, bool all, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var deliveries = new List<Delivery>();
        foreach (IGrouping<(string, string), Participation> one in participants.GroupBy(p => (p.Participant.Issuer, p.Participant.ClientId)))
        {
            Client client = one.First().Client;
            if (client.BackchannelLogoutUri is null) continue;
            string sub = (await _pairwise.SubjectsOfAsync(client, cancellationToken))(subject);
            deliveries.AddRange(LogoutNotice.For(client, sub, [.. one.Select(p => p.Participant.SessionId)], all)
                .Select(notice => Delivery.Begun(Guid.CreateVersion7(now), DeliveryKind.LogoutToken, client.Issuer, client.ClientId, notice.Write(), now)));
        }
        return deliveries;
    }

    private async ValueTask<IReadOnlyList<Participation>> ParticipantsAsync(string subject, string? sessionId, CancellationToken cancellationToken)
    {
        var filter = new GrantFilter(Subject: subject, AuthorizedIn: sessionId, Limit: Most);
        var found = new List<Participation>();
        foreach (Participant participant in Participant.Of(await _store.ListGrantsAsync(filter, cancellationToken)))
        {
            if (await _clients.FindAsync(participant.Issuer, participant.ClientId, cancellationToken) is { } client) found.Add(new(client, participant));
        }
        return found;
    }

    private readonly record struct Participation(Client Client, Participant Participant)
    {
        public bool Equals(Participation other) => Participant == other.Participant;

        public override int GetHashCode() => Participant.GetHashCode();
    }
}
