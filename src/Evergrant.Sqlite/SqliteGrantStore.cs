using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Sessions;
using Evergrant.Protocol.Storage;

namespace Evergrant.Sqlite;

/// <summary>Grants and what stands around them: the reads, and the switch from a change to its statement.</summary>
internal sealed class SqliteGrantStore(Readers readers, GroupCommit commits) : IGrantStore
{
    // A step of clean-up holds the writer for a few milliseconds at most.
    private const int CleanUpStep = 200;

    public ValueTask<Grant?> FindGrantAsync(Guid id, CancellationToken cancellationToken) =>
        readers.Read(id, static (tables, id) => tables.Grants.Find(id), cancellationToken);

    public ValueTask<IReadOnlyList<Grant>> ListGrantsAsync(GrantFilter filter, CancellationToken cancellationToken) =>
        readers.Read<GrantFilter, IReadOnlyList<Grant>>(filter, static (tables, filter) => tables.Grants.List(filter), cancellationToken);

    public ValueTask<bool> IsDeniedAsync(ReadOnlyMemory<byte> tokenHash, CancellationToken cancellationToken) =>
        readers.Read(tokenHash, static (tables, hash) => tables.Denials.Contains(hash.Span), cancellationToken);

    public ValueTask<Consent?> FindConsentAsync(string issuer, string subject, string clientId, CancellationToken cancellationToken) =>
        readers.Read((issuer, subject, clientId), static (tables, of) => tables.Consents.Find(of.issuer, of.subject, of.clientId), cancellationToken);

    public ValueTask<IReadOnlyList<Consent>> ListConsentsAsync(string subject, CancellationToken cancellationToken) =>
        readers.Read<string, IReadOnlyList<Consent>>(subject, static (tables, subject) => tables.Consents.List(subject), cancellationToken);

    public ValueTask<Session?> FindSessionAsync(ReadOnlyMemory<byte> key, CancellationToken cancellationToken) =>
        readers.Read(key, static (tables, key) => tables.Sessions.Find(key.Span), cancellationToken);

    public ValueTask<Handle?> FindHandleAsync(ReadOnlyMemory<byte> key, CancellationToken cancellationToken) =>
        readers.Read(key, static (tables, key) => tables.Handles.Find(key.Span), cancellationToken);

    public ValueTask<IReadOnlyList<Delivery>> ListDeliveriesAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        readers.Read<(DateTimeOffset Now, int Limit), IReadOnlyList<Delivery>>((now, limit), static (tables, due) => tables.Deliveries.Due(due.Now, due.Limit), cancellationToken);

    public ValueTask<EventRecord?> FindEventAsync(string reference, CancellationToken cancellationToken) =>
        readers.Read(reference, static (tables, reference) => tables.Events.Find(reference), cancellationToken);

    public ValueTask<IReadOnlyList<EventRecord>> ListEventsAsync(Guid grantId, CancellationToken cancellationToken) =>
        readers.Read<Guid, IReadOnlyList<EventRecord>>(grantId, static (tables, id) => tables.Events.List(id), cancellationToken);

    public ValueTask<CommitResult> CommitAsync(Change change, EventRecord? record, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return commits.Submit(Pending.For(change, record, cancellationToken));
    }

    public async ValueTask RecordAsync(EventRecord record, CancellationToken cancellationToken) =>
        await commits.WriteAsync(tables => tables.Events.Add(record), cancellationToken);

    public async ValueTask<int> CleanUpAsync(DateTimeOffset now, TimeSpan keepEventsFor, int limit, CancellationToken cancellationToken)
    {
        DateTimeOffset keptSince = now - DateTimeOffset.MinValue > keepEventsFor ? now - keepEventsFor : DateTimeOffset.MinValue;
        return await InSteps((tables, most) => tables.Grants.CleanUp(keptSince, keepEventsFor, most), limit, cancellationToken)
            + await InSteps((tables, most) => tables.Sessions.CleanUp(now, most), limit, cancellationToken)
            + await InSteps((tables, most) => (tables.Events.CleanUp(keptSince, most), 0), limit, cancellationToken)
            + await InSteps((tables, most) => (tables.Handles.CleanUp(now, most), 0), limit, cancellationToken)
            + await InSteps((tables, most) => (tables.Deliveries.CleanUp(now, most), 0), limit, cancellationToken)
            + await InSteps((tables, most) => (tables.Denials.CleanUp(now, most), 0), limit, cancellationToken)
            + await InSteps((tables, most) => (tables.Assertions.CleanUp(now, most), 0), limit, cancellationToken);
    }

    /// <summary>The switch: makes one change; false when its condition does not hold.</summary>
    internal static bool Apply(Tables tables, Change change)
    {
        switch (change)
        {
            case AdvanceGrant advance: return tables.Grants.Advance(advance);
            case CreateGrant create: return (create.SessionKey is null || tables.Sessions.Contains(create.SessionKey)) && tables.Grants.Create(create.Grant);
            case ApproveGrant approve: return (approve.SessionKey is null || tables.Sessions.Contains(approve.SessionKey)) && tables.Grants.Approve(approve.Grant);
            case AddHandle add: return tables.Handles.Add(add.Handle);
            case RemoveHandle remove: return tables.Handles.Remove(remove.Key);
            case AddDelivery add: return tables.Deliveries.Add(add.Delivery);
            case TakeDelivery take: return tables.Deliveries.Take(take);
            case RemoveDelivery remove: return tables.Deliveries.Remove(remove.Id);
            case HoldsNoOther holds: return tables.Grants.HoldsNoOther(holds);
            case RenewGrant renew: return tables.Grants.Renew(renew);
            case CountRetry retry: return tables.Grants.CountRetry(retry);
            case RevokeGrant revoke: return tables.Grants.Revoke(revoke);
            case RevokeGrants revoke: tables.Grants.Revoke(revoke); return true;
            case DenyAccessToken deny: tables.Denials.Add(deny); return true;
            case UseAssertion use: return tables.Assertions.Add(use);
            case SaveConsent save: tables.Consents.Save(save.Consent); return true;
            case RemoveConsent remove: return tables.Consents.Remove(remove);
            case CreateSession create: return tables.Sessions.Create(create.Session);
            case TouchSession touch: return tables.Sessions.Touch(touch);
            case RemoveSession remove: return tables.Sessions.Remove(remove);
            case RemoveSessionsOf remove: tables.Sessions.RemoveOf(remove.Subject); return true;
            case Together together:
                foreach (Change one in together.Changes)
                {
                    if (!Apply(tables, one)) return false;
                }
                return true;
            default: throw new NotSupportedException($"{change.GetType().Name} is no change that this store knows.");
        }
    }

    // Many short transactions, each behind whatever has queued: requests are not stopped.
    private async ValueTask<int> InSteps(Func<Tables, int, (int Removed, int PutOff)> step, int limit, CancellationToken cancellationToken)
    {
        int removed = 0;
        while (removed < limit)
        {
            int most = Math.Min(CleanUpStep, limit - removed);
            (int Removed, int PutOff) done = default;
            await commits.WriteAsync(tables => done = step(tables, most), cancellationToken);
            removed += done.Removed;
            if (done is { Removed: 0, PutOff: 0 }) break;
        }
        return removed;
    }
}
