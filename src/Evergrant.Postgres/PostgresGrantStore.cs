using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Sessions;
using Evergrant.Protocol.Storage;

namespace Evergrant.Postgres;

/// <summary>Grants and what stands around them: the reads, and the switch from a change to its statement.</summary>
internal sealed class PostgresGrantStore(Readers readers, Pipeline commits) : IGrantStore
{
    // A step of clean-up holds its rows for a few milliseconds at most.
    private const int CleanUpStep = 200;

    public ValueTask<Grant?> FindGrantAsync(Guid id, CancellationToken cancellationToken) => readers.FindAsync(Grants.Find(id), Grants.Map, cancellationToken);

    public ValueTask<IReadOnlyList<Grant>> ListGrantsAsync(GrantFilter filter, CancellationToken cancellationToken) =>
        readers.ListAsync(Grants.List(filter), Grants.Map, cancellationToken);

    public ValueTask<bool> IsDeniedAsync(ReadOnlyMemory<byte> tokenHash, CancellationToken cancellationToken) => readers.AnyAsync(Denials.Find(tokenHash), cancellationToken);

    public ValueTask<Consent?> FindConsentAsync(string issuer, string subject, string clientId, CancellationToken cancellationToken) =>
        readers.FindAsync(Consents.Find(issuer, subject, clientId), Consents.Map, cancellationToken);

    public ValueTask<IReadOnlyList<Consent>> ListConsentsAsync(string subject, CancellationToken cancellationToken) =>
        readers.ListAsync(Consents.List(subject), Consents.Map, cancellationToken);

    public ValueTask<Session?> FindSessionAsync(ReadOnlyMemory<byte> key, CancellationToken cancellationToken) => readers.FindAsync(Sessions.Find(key), Sessions.Map, cancellationToken);

    public ValueTask<Handle?> FindHandleAsync(ReadOnlyMemory<byte> key, CancellationToken cancellationToken) => readers.FindAsync(Handles.Find(key), Handles.Map, cancellationToken);

    public ValueTask<IReadOnlyList<Delivery>> ListDeliveriesAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        readers.ListAsync(Deliveries.Due(now, limit), Deliveries.Map, cancellationToken);

    public ValueTask<EventRecord?> FindEventAsync(string reference, CancellationToken cancellationToken) => readers.FindAsync(Events.Find(reference), Events.Map, cancellationToken);

    public ValueTask<IReadOnlyList<EventRecord>> ListEventsAsync(Guid grantId, CancellationToken cancellationToken) =>
        readers.ListAsync(Events.List(grantId), Events.Map, cancellationToken);

    public ValueTask<CommitResult> CommitAsync(Change change, EventRecord? record, CancellationToken cancellationToken)
    {
        if (change is Together or HoldsNoOther)
        {
            List<Statement> statements = [.. Statements(change)];
            if (record is not null) statements.Add(Events.Add(record));
            return commits.SubmitAsync(statements, cancellationToken);
        }
        Statement statement = StatementOf(change);
        return commits.SubmitAsync(record is null ? statement : Events.Join(statement, record), cancellationToken);
    }

    public async ValueTask RecordAsync(EventRecord record, CancellationToken cancellationToken) => await commits.WriteAsync(cancellationToken, Events.Add(record));

    public async ValueTask<int> CleanUpAsync(DateTimeOffset now, TimeSpan keepEventsFor, int limit, CancellationToken cancellationToken)
    {
        DateTimeOffset keptSince = now - DateTimeOffset.MinValue > keepEventsFor ? now - keepEventsFor : DateTimeOffset.MinValue;
        return await InSteps(most => Grants.CleanUp(keptSince, keepEventsFor, most), limit, cancellationToken)
            + await InSteps(most => Sessions.CleanUp(now, most), limit, cancellationToken)
            + await InSteps(most => (Events.CleanUp(keptSince, most), null), limit, cancellationToken)
            + await InSteps(most => (Handles.CleanUp(now, most), null), limit, cancellationToken)
            + await InSteps(most => (Deliveries.CleanUp(now, most), null), limit, cancellationToken)
            + await InSteps(most => (Denials.CleanUp(now, most), null), limit, cancellationToken)
            + await InSteps(most => (Assertions.CleanUp(now, most), null), limit, cancellationToken);
    }

    /// <summary>The switch: the one statement that makes a change.</summary>
    private static Statement StatementOf(Change change) => change switch
    {
        AdvanceGrant advance => Grants.Advance(advance),
        CreateGrant create => Grants.Create(create),
        ApproveGrant approve => Grants.Approve(approve),
        RenewGrant renew => Grants.Renew(renew),
        CountRetry retry => Grants.CountRetry(retry),
        RevokeGrant revoke => Grants.Revoke(revoke),
        RevokeGrants revoke => Grants.Revoke(revoke),
        AddHandle add => Handles.Add(add.Handle),
        RemoveHandle remove => Handles.Remove(remove.Key),
        AddDelivery add => Deliveries.Add(add.Delivery),
        TakeDelivery take => Deliveries.Take(take),
        RemoveDelivery remove => Deliveries.Remove(remove.Id),
        DenyAccessToken deny => Denials.Add(deny),
        UseAssertion use => Assertions.Add(use),
        SaveConsent save => Consents.Save(save.Consent),
        RemoveConsent remove => Consents.Remove(remove),
        CreateSession create => Sessions.Create(create.Session),
        TouchSession touch => Sessions.Touch(touch),
        RemoveSession remove => Sessions.Remove(remove),
        RemoveSessionsOf remove => Sessions.RemoveOf(remove.Subject),
        _ => throw new NotSupportedException($"{change.GetType().Name} is no change that this store knows."),
    };

    private static IEnumerable<Statement> Statements(Change change) => change switch
    {
        Together together => together.Changes.SelectMany(Statements),
        // The lock first, and then a look of its own: it sees all that was committed before the lock was had.
        HoldsNoOther holds => [Grants.LockHolder(holds), Grants.HoldsNoOther(holds)],
        _ => [StatementOf(change)],
    };

    // Many short transactions that pass over rows somebody else holds: requests are not stopped.
    private async ValueTask<int> InSteps(Func<int, (Statement Remove, Statement? PutOff)> step, int limit, CancellationToken cancellationToken)
    {
        int removed = 0;
        while (removed < limit)
        {
            (Statement remove, Statement? putOff) = step(Math.Min(CleanUpStep, limit - removed));
            int gone = await commits.CountAsync(remove, cancellationToken);
            int later = putOff is null ? 0 : await commits.CountAsync(putOff, cancellationToken);
            removed += gone;
            if (gone + later == 0) break;
        }
        return removed;
    }
}
