using Evergrant.AspNetCore.Authorize;
using Evergrant.AspNetCore.Clients;
using Evergrant.Protocol.BackchannelAuthentication;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;

namespace Evergrant.AspNetCore.BackchannelAuthentication;

/// <summary>A request that waits for a person's answer.</summary>
/// <param name="Issuer">Issuer that was asked.</param>
/// <param name="Id">The grant's id, 32 hexadecimal digits: names the request where it is answered, and is no secret.</param>
/// <param name="Client">The client that asks.</param>
/// <param name="Scope">What it asks for, space-delimited.</param>
/// <param name="Details">The authorization_details that it asks for, as JSON; null for none.</param>
/// <param name="Message">What its own device shows as well; null for nothing.</param>
/// <param name="StartedAt">When it asked.</param>
/// <param name="ExpiresAt">When it stops waiting.</param>
public sealed record PendingRequest(string Issuer, string Id, Client Client, string Scope, string? Details, string? Message, DateTimeOffset StartedAt, DateTimeOffset ExpiresAt);

/// <summary>The requests of clients that wait for the answers of people (CIBA).</summary>
/// <param name="store">Where they wait.</param>
/// <param name="clients">Who asks.</param>
/// <param name="clock">The server's clock.</param>
public sealed class PendingRequests(IGrantStore store, ClientCatalogue clients, TimeProvider clock)
{
    private const int Most = 1_000;

    /// <summary>The requests that wait for a person, newest first.</summary>
    /// <param name="subject">Account id.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<IReadOnlyList<PendingRequest>> ListAsync(string subject, CancellationToken cancellationToken)
    {
        var waiting = new List<PendingRequest>();
        foreach (Grant grant in await store.ListGrantsAsync(new GrantFilter(Subject: subject, LiveAt: clock.GetUtcNow(), Limit: Most, State: GrantState.Requested), cancellationToken))
        {
            if (await clients.FindAsync(grant.Issuer, grant.ClientId, cancellationToken) is not { } client) continue;
            if (await store.FindHandleAsync(BackchannelNote.KeyOf(grant.Id), cancellationToken) is not { Document: { } document }) continue;
            BackchannelNote note = BackchannelNote.Read(document);
            waiting.Add(new(grant.Issuer, grant.Id.ToString("N"), client, grant.Authorized.Scope, grant.Authorized.Details, note.Message, note.At, grant.IdleExpiresAt!.Value));
        }
        return waiting;
    }

    /// <summary>The account that a client knows by a sub; null for none. Pairwise ones are looked for among those who have used the client lately.</summary>
    internal async ValueTask<string?> AccountOfAsync(Client client, string sub, Func<string, string> subjectOf, IInteractions interactions, CancellationToken cancellationToken)
    {
        if (client.SubjectType == SubjectType.Public) return await interactions.FindAccountAsync(sub, cancellationToken);
        IReadOnlyList<Grant> used = await store.ListGrantsAsync(new GrantFilter(client.Issuer, ClientId: client.ClientId, Limit: Most), cancellationToken);
        return used.Select(g => g.Subject).OfType<string>().Distinct().FirstOrDefault(account => subjectOf(account) == sub) is { } found ? await interactions.FindAccountAsync(found, cancellationToken) : null;
    }
}
