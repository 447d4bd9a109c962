using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Sessions;
using Evergrant.Protocol.Storage;

namespace Evergrant.Pages.Tests.Fakes;

/// <summary>Sessions, consents and the record of changes in memory; grants are what a test puts in.</summary>
internal sealed class MemoryGrants : IGrantStore
{
    public List<Grant> Grants { get; } = [];
    public List<Change> Changes { get; } = [];
    public List<EventRecord> Events { get; } = [];
    public Dictionary<string, Session> Sessions { get; } = [];
    public List<Consent> Consents { get; } = [];

    public ValueTask<CommitResult> CommitAsync(Change change, EventRecord? record, CancellationToken cancellationToken)
    {
        lock (Changes)
        {
            if (change is Together together && !together.Changes.All(Holds)) return new(CommitResult.Conflict);
            if (!Holds(change)) return new(CommitResult.Conflict);
            foreach (Change one in change is Together t ? t.Changes : [change]) Make(one);
            if (record is not null) Events.Add(record);
            return new(CommitResult.Committed);
        }
    }

    public ValueTask RecordAsync(EventRecord record, CancellationToken cancellationToken)
    {
        lock (Changes) Events.Add(record);
        return default;
    }

    public ValueTask<Session?> FindSessionAsync(ReadOnlyMemory<byte> key, CancellationToken cancellationToken)
    {
        lock (Changes) return new(Sessions.GetValueOrDefault(Convert.ToHexString(key.Span)));
    }

    public ValueTask<Consent?> FindConsentAsync(string issuer, string subject, string clientId, CancellationToken cancellationToken) =>
        new(Consents.Find(c => c.Issuer == issuer && c.Subject == subject && c.ClientId == clientId));

    public ValueTask<IReadOnlyList<Consent>> ListConsentsAsync(string subject, CancellationToken cancellationToken) => new([.. Consents.Where(c => c.Subject == subject)]);

    public ValueTask<IReadOnlyList<Grant>> ListGrantsAsync(GrantFilter filter, CancellationToken cancellationToken) =>
        new([.. Grants.Where(g => (filter.Subject is null || g.Subject == filter.Subject) && (filter.LiveAt is not { } at || (g.State != GrantState.Revoked && !g.HasEnded(at)))).Take(filter.Limit)]);

    public ValueTask<Handle?> FindHandleAsync(ReadOnlyMemory<byte> key, CancellationToken cancellationToken) => new((Handle?)null);

    public ValueTask<IReadOnlyList<Delivery>> ListDeliveriesAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) => new([]);

    public ValueTask<Grant?> FindGrantAsync(Guid id, CancellationToken cancellationToken) => new(Grants.Find(g => g.Id == id));

    public ValueTask<bool> IsDeniedAsync(ReadOnlyMemory<byte> tokenHash, CancellationToken cancellationToken) => new(false);

    public ValueTask<EventRecord?> FindEventAsync(string reference, CancellationToken cancellationToken) => new(Events.Find(e => e.Reference == reference));

    public ValueTask<IReadOnlyList<EventRecord>> ListEventsAsync(Guid grantId, CancellationToken cancellationToken) => new([.. Events.Where(e => e.GrantId == grantId)]);

    public ValueTask<int> CleanUpAsync(DateTimeOffset now, TimeSpan keepEventsFor, int limit, CancellationToken cancellationToken) => new(0);

    private bool Holds(Change change) => change switch
    {
        RemoveSession remove => Sessions.ContainsKey(Convert.ToHexString(remove.Key)),
        TouchSession touch => Sessions.ContainsKey(Convert.ToHexString(touch.Key)),
        RemoveConsent remove => Consents.Exists(c => c.ClientId == remove.ClientId && c.Subject == remove.Subject),
        _ => true,
    };

    private void Make(Change change)
    {
        Changes.Add(change);
        if (change is CreateSession create) Sessions[Convert.ToHexString(create.Session.Key)] = create.Session;
        else if (change is RemoveSession remove) Sessions.Remove(Convert.ToHexString(remove.Key));
        else if (change is RemoveSessionsOf of) foreach (string key in Sessions.Where(s => s.Value.Subject == of.Subject).Select(s => s.Key).ToArray()) Sessions.Remove(key);
        else if (change is RemoveConsent consent) Consents.RemoveAll(c => c.ClientId == consent.ClientId && c.Subject == consent.Subject);
    }
}
