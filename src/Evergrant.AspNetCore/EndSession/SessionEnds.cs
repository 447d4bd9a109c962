using Evergrant.AspNetCore.Clients;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.EndSession;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Sessions;
using Evergrant.Protocol.Storage;

namespace Evergrant.AspNetCore.EndSession;

/// <summary>Ends sign-in sessions: their rows, the grants that end with them, and the news of it to the clients that took part. Every way out goes through here.</summary>
/// <param name="store">Where sessions and grants are.</param>
/// <param name="clients">Who took part.</param>
/// <param name="clock">The server's clock.</param>
public sealed class SessionEnds(IGrantStore store, ClientCatalogue clients, TimeProvider clock)
{
    private const int MostParticipants = 1_000;

    /// <summary>Ends sessions.</summary>
    /// <param name="sessions">Rows that were read; one that is gone meanwhile is no fault.</param>
    /// <param name="endpoint">Folder word of the endpoint, for the event.</param>
    /// <param name="cancellationToken">Ends the wait before anything is changed.</param>
    /// <returns>Addresses that the browser is to load so that clients hear of it; null when it is not certain that all sessions have ended.</returns>
    /// <exception cref="StoreUnavailableException">Not all sessions have ended.</exception>
    public async ValueTask<IReadOnlyList<string>?> EndAsync(IReadOnlyList<Session> sessions, string endpoint, CancellationToken cancellationToken)
    {
        List<string> frames = [];
        foreach (Session session in sessions)
        {
            DateTimeOffset now = clock.GetUtcNow();
            var revoke = new RevokeGrants(null, session.Subject, null, session.Id, RevocationCause.SessionEnded, now);
            EventRecord record = new() { Reference = EventReference.Create(), At = now, Decision = "Revoked", Endpoint = endpoint, Subject = session.Subject };
            CommitResult result = await store.CommitAsync(new Together([new RemoveSession(session.Key), revoke]), record, cancellationToken);
            if (result == CommitResult.Conflict) result = await store.CommitAsync(revoke, record, cancellationToken); // somebody else removed the session
            if (result != CommitResult.Committed) return null;
            // After the end: without the session no further client can have come.
            foreach ((Client client, Participant participant) in await ParticipantsAsync(session, cancellationToken))
            {
                if (FrontchannelLogout.AddressOf(client, participant) is { } address) frames.Add(address);
            }
        }
        return frames;
    }

    private async ValueTask<IReadOnlyList<(Client Client, Participant Participant)>> ParticipantsAsync(Session session, CancellationToken cancellationToken)
    {
        var filter = new GrantFilter(Subject: session.Subject, AuthorizedIn: session.Id, Limit: MostParticipants);
        var found = new List<(Client, Participant)>();
        foreach (Participant participant in Participant.Of(await store.ListGrantsAsync(filter, cancellationToken)))
        {
            if (await clients.FindAsync(participant.Issuer, participant.ClientId, cancellationToken) is { } client) found.Add((client, participant));
        }
        return found;
    }
}
