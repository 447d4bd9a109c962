using System.Security.Cryptography;
using System.Text;
using Evergrant.AspNetCore.Keys;
using Evergrant.Hosting.Settings;
using Evergrant.Protocol.Keys;
using Evergrant.Protocol.Storage;

namespace Evergrant.Hosting;

/// <summary>Makes sure that all nodes of a store have the same root keys and make what is new with the same one. The store has a check value of each key; a node with another key does not start.</summary>
internal sealed class RootKeyAgreement(IKeyStore store, KeyRings rings, PairwiseKey pairwise, RootKeys root, ServerSettings settings, TimeProvider time)
{
    /// <summary>How long a node counts as running after it was seen last.</summary>
    public static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(5);

    /// <summary>How long before its use a root key is announced where there are other nodes: each looks several times in between.</summary>
    public static readonly TimeSpan Announce = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan SayEvery = TimeSpan.FromMinutes(1);

    private readonly string _node = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
    private DateTimeOffset _saidAt;
    private IReadOnlyList<int> _said = [];

    /// <summary>Compares the keys with the store's, before anything is made with them; makes them known to a store that knows none.</summary>
    /// <exception cref="UnusableException">They are not the root keys of this store.</exception>
    /// <exception cref="StoreUnavailableException">The store cannot be asked.</exception>
    public async Task DemandAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<RootKeyRecord> known = await store.ListRootKeysAsync(cancellationToken);
        DateTimeOffset now = time.GetUtcNow();
        if (known.Count == 0)
        {
            // A store of before keys were numbered says by its signing keys whether these are its root keys.
            await DemandUnwrappedAsync(cancellationToken);
            await store.AddRootKeysAsync([.. root.Numbers.Select(n => new RootKeyRecord(n, root.CheckValueOf(n), now, now, null))], cancellationToken);
            known = await store.ListRootKeysAsync(cancellationToken);
        }
        if (root.Adopt(known, now) is { } fault) throw new UnusableException(fault);
        await MakeKnownAsync(known, cancellationToken);
    }

    /// <summary>As above, for a server that is about to answer: says which keys it has, and unwraps what the store keeps wrapped.</summary>
    /// <exception cref="UnusableException">They are not the root keys of this store.</exception>
    public async Task BeginAsync(bool alone, CancellationToken cancellationToken)
    {
        await DemandAsync(cancellationToken);
        // Said before the store is asked once more: whoever activates a key from here on sees this node.
        await SayAsync(alone ? time.GetUtcNow() : null, cancellationToken);
        await LookAsync(cancellationToken);
        if (root.Fault is { } fault) throw new UnusableException(fault);
        try
        {
            await pairwise.ReadAsync(cancellationToken);
        }
        catch (CryptographicException)
        {
            throw new UnusableException(NotOfThisStore);
        }
        await DemandUnwrappedAsync(cancellationToken);
    }

    /// <summary>Looks for keys that were added here, and for what other nodes have agreed on.</summary>
    /// <returns>What is wrong with the keys of this node; null when nothing is.</returns>
    public async Task<string?> LookAsync(CancellationToken cancellationToken)
    {
        root.Reload();
        IReadOnlyList<RootKeyRecord> known = await store.ListRootKeysAsync(cancellationToken);
        string? fault = root.Adopt(known, time.GetUtcNow());
        if (fault is not null) return fault;
        await MakeKnownAsync(known, cancellationToken);
        if (!_said.SequenceEqual(root.Numbers) || time.GetUtcNow() - _saidAt >= SayEvery) await SayAsync(null, cancellationToken);
        return null;
    }

    /// <summary>Tells the others that this node is going.</summary>
    public async Task LeaveAsync(CancellationToken cancellationToken)
    {
        if (_said.Count > 0) await store.SaveRootKeyHolderAsync(new RootKeyHolder(_node, [], time.GetUtcNow()), time.GetUtcNow() - Forgotten, cancellationToken);
    }

    /// <summary>Other nodes that run now.</summary>
    public async Task<IReadOnlyList<RootKeyHolder>> OthersAsync(CancellationToken cancellationToken) =>
        [.. (await store.ListRootKeyHoldersAsync(cancellationToken)).Where(h => h.Node != _node && h.SeenAt > time.GetUtcNow() - Forgotten)];

    /// <summary>What to say when the keys do not open what the store has.</summary>
    private string NotOfThisStore => $"{root.Source.Place}: is not the root key of this store; put back the one that was there when the store was made";

    private async Task MakeKnownAsync(IReadOnlyList<RootKeyRecord> known, CancellationToken cancellationToken)
    {
        RootKeyRecord[] unknown = [.. root.Numbers.Where(n => known.All(k => k.Number != n)).Select(n => new RootKeyRecord(n, root.CheckValueOf(n), time.GetUtcNow(), null, null))];
        if (unknown.Length > 0) await store.AddRootKeysAsync(unknown, cancellationToken);
    }

    private async Task SayAsync(DateTimeOffset? alone, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        IReadOnlyList<int> numbers = root.Numbers;
        await store.SaveRootKeyHolderAsync(new RootKeyHolder(_node, numbers, now), alone ?? now - Forgotten, cancellationToken);
        (_said, _saidAt) = (numbers, now);
    }

    // A restored store beside a new root key: nothing in it could be read, and new keys would make it worse.
    private async Task DemandUnwrappedAsync(CancellationToken cancellationToken)
    {
        try
        {
            foreach (string issuer in settings.Issuers)
            {
                if ((await store.ListKeysAsync(issuer, cancellationToken)).Count > 0) await rings.CurrentAsync(issuer, cancellationToken);
            }
        }
        catch (CryptographicException)
        {
            throw new UnusableException(NotOfThisStore);
        }
    }
}
