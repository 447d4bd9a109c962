using Evergrant.AspNetCore.Clients;
using Evergrant.Protocol.Authorize;
using Evergrant.Protocol.BackchannelAuthentication;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Sessions;
using Evergrant.Protocol.Storage;

namespace Evergrant.AspNetCore.BackchannelAuthentication;

/// <summary>A request, what is kept beside it, and what was decided about it.</summary>
/// <param name="Grant">The row; null for none.</param>
/// <param name="Client">The client that asks; null for none.</param>
/// <param name="Answer">The decision; null when its commit is not certain.</param>
internal sealed record AnsweredRequest(Grant? Grant, Client? Client, BackchannelAnswer? Answer);

/// <summary>Takes the answers of people, whichever way they come: decide, commit, tell the client.</summary>
internal sealed class BackchannelAnswers(ClientCatalogue clients, IGrantStore store, Outbox.Outbox outbox, RefusalLog log, TimeProvider clock)
{
    private const int Attempts = 4;

    /// <summary>Decides, and commits an answer.</summary>
    /// <param name="site">The issuer that was asked.</param>
    /// <param name="id">Id of the request as a person's browser or app named it.</param>
    /// <param name="who">Who answers.</param>
    /// <param name="answer">The answer; null to look only. Its scopes are narrowed by the decision.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<AnsweredRequest> TakeAsync(IssuerSite site, string? id, Answering who, ConsentAnswer? answer, CancellationToken cancellationToken)
    {
        if (!Guid.TryParseExact(id, "N", out Guid grantId)) return new(null, null, new NothingWaits());
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            DateTimeOffset now = clock.GetUtcNow();
            Handle? handle = await store.FindHandleAsync(BackchannelNote.KeyOf(grantId), cancellationToken);
            Grant? grant = handle is null ? null : await store.FindGrantAsync(grantId, cancellationToken);
            Client? client = grant is null ? null : await clients.FindAsync(grant.Issuer, grant.ClientId, cancellationToken);
            BackchannelAnswer decision = BackchannelApproval.Decide(handle, grant, client, site.Issuer, who, answer, Guid.CreateVersion7(now), now);
            if (decision is not Answered answered) return new(grant, client, decision);
            EventRecord? record = answered.Allowed ? null : log.Make(new Told("Denied", "BackchannelAuthentication", site.Issuer, client!.ClientId, Grant: grant, Subject: who.Subject));
            CommitResult result = await store.CommitAsync(answered.Change, record, cancellationToken);
            if (result == CommitResult.Unknown) break;
            if (result == CommitResult.Conflict) continue;
            if (record is null) log.Count("Approved", null);
            if (answered.News is { } news) await outbox.SendNewAsync([news.Delivery]);
            return new(grant, client, answered);
        }
        return new(null, null, null);
    }
}
