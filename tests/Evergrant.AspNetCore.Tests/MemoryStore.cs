using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Keys;
using Evergrant.Protocol.Policies;
using Evergrant.Protocol.Sessions;
using Evergrant.Protocol.Storage;
using Evergrant.Protocol.Trust;

namespace Evergrant.AspNetCore.Tests;

/// <summary>The stores in memory, with faults that a test can switch on.</summary>
internal sealed class MemoryStore : IGrantStore, IClientStore, IKeyStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, Grant> _grants = [];
    private readonly HashSet<string> _denied = [];
    private readonly List<Handle> _handles = [];
    private List<SigningKeyRecord> _keys = [];
    private List<WrappedSecret> _secrets = [];

    public List<Client> Clients { get; } = [];
    public List<EventRecord> Events { get; } = [];
    public IReadOnlyList<Handle> Handles => _handles;
    public List<Delivery> Deliveries { get; } = [];
    public List<ScopeDescription> Scopes { get; } = [new("extra")];

    /// <summary>Reads of grants, keys, clients and consents throw.</summary>
    public bool ReadsFail { get; set; }

    /// <summary>Commits throw.</summary>
    public bool CommitsFail { get; set; }

    /// <summary>Events of refusals cannot be written.</summary>
    public bool RecordsFail { get; set; }

    /// <summary>Commits are made and answered with Unknown.</summary>
    public bool OutcomeUnknown { get; set; }

    /// <summary>So many commits, the next ones, are answered with Unknown; whether they are made as well.</summary>
    public (int Count, bool Made) Doubts { get; set; }

    /// <summary>So many commits are answered with Conflict before one is tried.</summary>
    public int Conflicts { get; set; }

    /// <summary>A commit waits for this before it is made.</summary>
    public TaskCompletionSource? Held { get; set; }

    /// <summary>Completed when a commit has begun to wait.</summary>
    public TaskCompletionSource Waiting { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A read of the scopes waits for this after it has read.</summary>
    public TaskCompletionSource? ScopesHeld { get; set; }

    /// <summary>Completed when scopes have been read.</summary>
    public TaskCompletionSource ReadingScopes { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Sessions have ended between the moment they were read and the commit.</summary>
    public bool SessionsEnd { get; set; }

    public IReadOnlyList<Grant> Grants => [.. _grants.Values];

    /// <summary>How often a grant was read.</summary>
    public int Reads { get; private set; }

    public ValueTask<Grant?> FindGrantAsync(Guid id, CancellationToken cancellationToken) => Read(() =>
    {
        Reads++;
        return _grants.GetValueOrDefault(id);
    });

    public ValueTask<Handle?> FindHandleAsync(ReadOnlyMemory<byte> key, CancellationToken cancellationToken) => Read(() => _handles.Find(h => h.Key.AsSpan().SequenceEqual(key.Span)));

    public ValueTask<IReadOnlyList<Delivery>> ListDeliveriesAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        lock (_lock) return new([.. Deliveries.Where(d => d.DueAt <= now)]);
    }

    /// <summary>Changes a row as another node does.</summary>
    public void Change(Func<Grant, Grant> change)
    {
        Grant row = _grants.Values.Single();
        _grants[row.Id] = change(row);
    }

    public ValueTask<IReadOnlyList<Grant>> ListGrantsAsync(GrantFilter filter, CancellationToken cancellationToken) => Read(() => (IReadOnlyList<Grant>)[.. _grants.Values]);

    public async ValueTask<CommitResult> CommitAsync(Change change, EventRecord? record, CancellationToken cancellationToken)
    {
        if (CommitsFail) throw new StoreUnavailableException("The store is switched off.");
        if (Held is { } held)
        {
            Waiting.TrySetResult();
            await held.Task;
        }
        lock (_lock)
        {
            if (Conflicts > 0)
            {
                Conflicts--;
                return CommitResult.Conflict;
            }
            bool doubtful = Doubts.Count > 0;
            if (doubtful)
            {
                Doubts = Doubts with { Count = Doubts.Count - 1 };
                if (!Doubts.Made) return CommitResult.Unknown;
            }
            if (!TryApply(change)) return CommitResult.Conflict;
            if (record is not null) Events.Add(record);
            return OutcomeUnknown || doubtful ? CommitResult.Unknown : CommitResult.Committed;
        }
    }

    public ValueTask RecordAsync(EventRecord record, CancellationToken cancellationToken)
    {
        if (RecordsFail) throw new StoreUnavailableException("The store is switched off.");
        lock (_lock) Events.Add(record);
        return default;
    }

    public ValueTask<bool> IsDeniedAsync(ReadOnlyMemory<byte> tokenHash, CancellationToken cancellationToken) => Read(() => _denied.Contains(Convert.ToHexString(tokenHash.Span)));

    public ValueTask<Consent?> FindConsentAsync(string issuer, string subject, string clientId, CancellationToken cancellationToken) => Read(() => (Consent?)null);

    public ValueTask<IReadOnlyList<Consent>> ListConsentsAsync(string subject, CancellationToken cancellationToken) => Read(() => (IReadOnlyList<Consent>)[]);

    public ValueTask<IReadOnlyList<PolicyDocument>> ListPoliciesAsync(CancellationToken cancellationToken) => Read(() => (IReadOnlyList<PolicyDocument>)[]);

    public ValueTask SavePolicyAsync(PolicyDocument policy, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<bool> RemovePolicyAsync(string name, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<TrustedIssuer>> ListTrustedIssuersAsync(CancellationToken cancellationToken) => Read(() => (IReadOnlyList<TrustedIssuer>)[]);

    public ValueTask SaveTrustedIssuerAsync(TrustedIssuer trusted, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<bool> RemoveTrustedIssuerAsync(string issuer, string name, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<Session?> FindSessionAsync(ReadOnlyMemory<byte> key, CancellationToken cancellationToken) => Read(() => (Session?)null);

    public ValueTask<EventRecord?> FindEventAsync(string reference, CancellationToken cancellationToken) => Read(() => Events.Find(e => e.Reference == reference));

    public ValueTask<IReadOnlyList<EventRecord>> ListEventsAsync(Guid grantId, CancellationToken cancellationToken) => Read(() => (IReadOnlyList<EventRecord>)[.. Events.Where(e => e.GrantId == grantId)]);

    public ValueTask<int> CleanUpAsync(DateTimeOffset now, TimeSpan keepEventsFor, int limit, CancellationToken cancellationToken) => new(0);

    public ValueTask<Client?> FindClientAsync(string issuer, string clientId, CancellationToken cancellationToken) => Read(() => Clients.Find(c => c.Issuer == issuer && c.ClientId == clientId));

    public ValueTask<IReadOnlyList<Client>> ListClientsAsync(string? issuer, CancellationToken cancellationToken) => Read(() => (IReadOnlyList<Client>)[.. Clients]);

    /// <summary>Runs before a client is changed: somebody else who was quicker.</summary>
    public Action? BeforeClientChange { get; set; }

    public ValueTask<bool> ChangeClientAsync(Client client, CancellationToken cancellationToken)
    {
        BeforeClientChange?.Invoke();
        lock (_lock)
        {
            if ((Clients.Find(c => c.Issuer == client.Issuer && c.ClientId == client.ClientId)?.Revision ?? 0) != client.Revision) return new(false);
            Put(client);
        }
        return new(true);
    }

    public ValueTask SaveClientAsync(Client client, CancellationToken cancellationToken)
    {
        lock (_lock) Put(client);
        return default;
    }

    private void Put(Client client)
    {
        Clients.RemoveAll(c => c.Issuer == client.Issuer && c.ClientId == client.ClientId);
        Clients.Add(client with { Revision = client.Revision + 1 });
    }

    public ValueTask<bool> ReplaceSecretHashAsync(string issuer, string clientId, byte[] before, byte[] after, CancellationToken cancellationToken)
    {
        int at = Clients.FindIndex(c => c.Issuer == issuer && c.ClientId == clientId && c.SecretHashes.Any(before.SequenceEqual));
        if (at >= 0) Clients[at] = Clients[at] with { SecretHashes = [.. Clients[at].SecretHashes.Select(h => h.SequenceEqual(before) ? after : h)] };
        return new(at >= 0);
    }

    public ValueTask<bool> RemoveClientAsync(string issuer, string clientId, DateTimeOffset at, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<ApiResource>> ListResourcesAsync(CancellationToken cancellationToken) => Read(() => (IReadOnlyList<ApiResource>)[]);

    public ValueTask SaveResourceAsync(ApiResource resource, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<bool> RemoveResourceAsync(string identifier, CancellationToken cancellationToken) => throw new NotSupportedException();

    public async ValueTask<IReadOnlyList<ScopeDescription>> ListScopesAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<ScopeDescription> scopes = [.. Scopes];
        ReadingScopes.TrySetResult();
        if (ScopesHeld is { } held) await held.Task;
        return await Read(() => scopes);
    }

    public ValueTask SaveScopeAsync(ScopeDescription scope, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<bool> RemoveScopeAsync(string name, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<SigningKeyRecord>> ListKeysAsync(string? issuer, CancellationToken cancellationToken) => Read(() => (IReadOnlyList<SigningKeyRecord>)[.. _keys.Where(k => issuer is null || k.Issuer == issuer)]);

    public ValueTask<bool> SaveKeysAsync(string issuer, int countRead, IReadOnlyList<SigningKeyRecord> keys, CancellationToken cancellationToken)
    {
        lock (_lock) _keys = [.. _keys.Where(k => keys.All(n => n.KeyId != k.KeyId)), .. keys];
        return new(true);
    }

    public ValueTask RetainKeyAsync(string issuer, string keyId, TimeSpan span, CancellationToken cancellationToken)
    {
        lock (_lock) _keys = [.. _keys.Select(k => k.KeyId == keyId && k.RetiresAt + span > k.GoneAt ? k with { GoneAt = k.RetiresAt + span } : k)];
        return default;
    }

    public ValueTask RemoveKeysAsync(DateTimeOffset goneBefore, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<bool> RewrapKeyAsync(SigningKeyRecord before, byte[] wrappedKey, int keyNumber, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<RootKeyRecord>> ListRootKeysAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask AddRootKeysAsync(IReadOnlyList<RootKeyRecord> keys, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<bool> ActivateRootKeyAsync(int number, DateTimeOffset from, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<bool> DropRootKeyAsync(int number, bool lowest, DateTimeOffset at, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<long> CountGrantsOfKeyAsync(int number, DateTimeOffset now, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask SaveRootKeyHolderAsync(RootKeyHolder holder, DateTimeOffset forgetBefore, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<RootKeyHolder>> ListRootKeyHoldersAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<WrappedSecret>> ListSecretsAsync(CancellationToken cancellationToken) => Read(() => (IReadOnlyList<WrappedSecret>)[.. _secrets]);

    public ValueTask<bool> SaveSecretAsync(WrappedSecret? before, WrappedSecret after, CancellationToken cancellationToken)
    {
        lock (_lock) _secrets = [.. _secrets.Where(s => s.Name != after.Name), after];
        return new(true);
    }

    private ValueTask<T> Read<T>(Func<T> read)
    {
        if (ReadsFail) throw new StoreUnavailableException("The store is switched off.");
        lock (_lock) return new(read());
    }

    private bool TryApply(Change change)
    {
        switch (change)
        {
            case CreateGrant { SessionKey: not null } when SessionsEnd: return false;
            case CreateGrant create: return _grants.TryAdd(create.Grant.Id, create.Grant);
            case Together together: return together.Changes.All(TryApply);
            case AddHandle add: _handles.Add(add.Handle); return true;
            case RemoveHandle remove: return _handles.RemoveAll(h => h.Key.AsSpan().SequenceEqual(remove.Key)) > 0;
            case AddDelivery add: Deliveries.Add(add.Delivery); return true;
            case TakeDelivery take:
                int at = Deliveries.FindIndex(d => d.Id == take.Id && d.Tries == take.Tries);
                if (at >= 0) Deliveries[at] = Deliveries[at] with { Tries = take.Tries + 1, DueAt = take.DueAt };
                return at >= 0;
            case RemoveDelivery remove: return Deliveries.RemoveAll(d => d.Id == remove.Id) > 0;
            case SaveConsent: return true;
            case DenyAccessToken deny: return _denied.Add(Convert.ToHexString(deny.TokenHash)) || true;
            case GrantChange one when _grants.GetValueOrDefault(one.GrantId) is { } row && one.ApplyTo(row) is { } after:
                _grants[row.Id] = after;
                return true;
            default: return false;
        }
    }
}
