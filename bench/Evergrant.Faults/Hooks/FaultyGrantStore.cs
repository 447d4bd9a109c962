using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Sessions;
using Evergrant.Protocol.Storage;

namespace Evergrant.Faults.Hooks;

/// <summary>The server's store with a mutant and failpoints before it. Everything but the rows of grants and their changes goes through untouched.</summary>
internal sealed class FaultyGrantStore(IGrantStore store, Mutant mutant, Failpoint failpoint) : IGrantStore
{
    public ValueTask<Handle?> FindHandleAsync(ReadOnlyMemory<byte> key, CancellationToken cancellationToken) => store.FindHandleAsync(key, cancellationToken);

    public ValueTask<IReadOnlyList<Delivery>> ListDeliveriesAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) => store.ListDeliveriesAsync(now, limit, cancellationToken);

    public ValueTask<Grant?> FindGrantAsync(Guid id, CancellationToken cancellationToken) => mutant.FindAsync(store, id, Asked.Now);

    public async ValueTask<CommitResult> CommitAsync(Change change, EventRecord? record, CancellationToken cancellationToken)
    {
        if (change is not AdvanceGrant) return await mutant.CommitAsync(store, change, record);
        failpoint.Pass(FailpointPlace.BeforeCommit);
        CommitResult result = await mutant.CommitAsync(store, change, record);
        failpoint.Pass(FailpointPlace.AfterCommit);
        return result;
    }

    public ValueTask<IReadOnlyList<Grant>> ListGrantsAsync(GrantFilter filter, CancellationToken cancellationToken) => store.ListGrantsAsync(filter, cancellationToken);

    public ValueTask RecordAsync(EventRecord record, CancellationToken cancellationToken) => store.RecordAsync(record, cancellationToken);

    public ValueTask<bool> IsDeniedAsync(ReadOnlyMemory<byte> tokenHash, CancellationToken cancellationToken) => store.IsDeniedAsync(tokenHash, cancellationToken);

    public ValueTask<Consent?> FindConsentAsync(string issuer, string subject, string clientId, CancellationToken cancellationToken) => store.FindConsentAsync(issuer, subject, clientId, cancellationToken);

    public ValueTask<IReadOnlyList<Consent>> ListConsentsAsync(string subject, CancellationToken cancellationToken) => store.ListConsentsAsync(subject, cancellationToken);

    public ValueTask<Session?> FindSessionAsync(ReadOnlyMemory<byte> key, CancellationToken cancellationToken) => store.FindSessionAsync(key, cancellationToken);

    public ValueTask<EventRecord?> FindEventAsync(string reference, CancellationToken cancellationToken) => store.FindEventAsync(reference, cancellationToken);

    public ValueTask<IReadOnlyList<EventRecord>> ListEventsAsync(Guid grantId, CancellationToken cancellationToken) => store.ListEventsAsync(grantId, cancellationToken);

    public ValueTask<int> CleanUpAsync(DateTimeOffset now, TimeSpan keepEventsFor, int limit, CancellationToken cancellationToken) => store.CleanUpAsync(now, keepEventsFor, limit, cancellationToken);
}
