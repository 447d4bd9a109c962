using System.Collections;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Evergrant.AspNetCore.Keys;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Keys;

namespace Evergrant.Hosting;

/// <summary>The root keys of a server, kept beside the store, never in it. The store says which of them makes what is new and which are dropped (<see cref="RootKeyAgreement"/>); all others verify and unwrap.</summary>
/// <remarks>Safe for concurrent use. Keys come and go while the server runs.</remarks>
internal sealed class RootKeys : IServerSecrets
{
    private readonly IDictionary _environment;
    private volatile Ring _ring;
    private IReadOnlyList<int> _read;

    private RootKeys(RootKeySource source, IDictionary environment)
    {
        (Source, _environment) = (source, environment);
        SortedDictionary<int, byte[]> keys = source.Read(environment);
        _read = [.. keys.Keys];
        // Until the store is asked: the youngest.
        _ring = new(keys, keys.Keys.Max());
    }

    /// <summary>Where they come from.</summary>
    public RootKeySource Source { get; }

    /// <summary>Why this node must not answer: it lacks a root key that the store relies on; null while all is well.</summary>
    public string? Fault { get; private set; }

    /// <summary>Numbers of the keys in use, ascending.</summary>
    public IReadOnlyList<int> Numbers => _ring.Numbers;

    /// <inheritdoc/>
    public CredentialKeys Credentials => _ring.Credentials;

    /// <inheritdoc/>
    public NumberedKeys Derive(string purpose) => _ring.Derive(purpose);

    /// <summary>Reads them.</summary>
    /// <param name="folder">Data folder.</param>
    /// <param name="environment">Environment variables; null takes those of the process.</param>
    /// <exception cref="UnusableException">They are missing, in two places, open to others, or not what was written; the message holds nothing of them.</exception>
    public static RootKeys Read(string folder, IDictionary? environment = null)
    {
        environment ??= Environment.GetEnvironmentVariables();
        return new(RootKeySource.Find(folder, environment), environment);
    }

    /// <summary>What is wrong with the root keys of a folder; null when nothing is.</summary>
    public static string? FaultOf(string folder)
    {
        try
        {
            Read(folder);
            return null;
        }
        catch (UnusableException e)
        {
            return e.Message;
        }
    }

    /// <summary>32 bytes that tell whether two nodes have the same key, and nothing about it.</summary>
    public byte[] CheckValueOf(int number) => _ring.DeriveOne(number, "root-key-check");

    /// <summary>Reads the file again, if that is where they come from: another key may have been put there.</summary>
    public void Reload()
    {
        if (Source.File is null) return;
        SortedDictionary<int, byte[]> keys = Source.Read(_environment);
        if (keys.Keys.SequenceEqual(_read) || !keys.ContainsKey(_ring.Active)) return;
        _read = [.. keys.Keys];
        _ring = new(keys, _ring.Active);
    }

    /// <summary>Takes up what the store says of the keys.</summary>
    /// <param name="known">All root keys that it knows.</param>
    /// <param name="now">The instant.</param>
    /// <returns>What is wrong with the keys of this node, in words; null when nothing is.</returns>
    public string? Adopt(IReadOnlyList<RootKeyRecord> known, DateTimeOffset now)
    {
        Ring ring = _ring;
        Fault = FaultOf(known, ring);
        if (Fault is not null) return Fault;
        // A key that waits and is another one here than where it was made first is as good as absent.
        HashSet<int> without = [.. known.Where(k => k.DroppedAt is not null || !IsSame(k, ring)).Select(k => k.Number)];
        int active = RootKeyRecord.Active(known, now)?.Number ?? ring.Numbers.Max();
        if (active != ring.Active || ring.Numbers.Any(without.Contains)) _ring = ring.With(active, without);
        return null;
    }

    /// <summary>Tells nothing.</summary>
    public override string ToString() => "***";

    private string? FaultOf(IReadOnlyList<RootKeyRecord> known, Ring ring)
    {
        foreach (RootKeyRecord key in known.Where(k => k is { DroppedAt: null, ActiveFrom: not null }))
        {
            if (!ring.Numbers.Contains(key.Number)) return $"{Source.Place}: has no root key {key.Number}, which this store relies on; put it there as the other nodes, or the copy that was kept, have it";
            if (!IsSame(key, ring)) return $"{Source.Place}: root key {key.Number} is not the root key of this store; put back the one that was there when the store was made, or that the other nodes have";
        }
        return null;
    }

    private static bool IsSame(RootKeyRecord key, Ring ring) => !ring.Numbers.Contains(key.Number) || CryptographicOperations.FixedTimeEquals(ring.DeriveOne(key.Number, "root-key-check"), key.CheckValue);

    /// <summary>The keys as they stand, and what was derived from them.</summary>
    private sealed class Ring
    {
        private readonly SortedDictionary<int, byte[]> _keys;
        private readonly ConcurrentDictionary<string, NumberedKeys> _derived = new(StringComparer.Ordinal);

        public Ring(SortedDictionary<int, byte[]> keys, int active)
        {
            (_keys, Active, Numbers) = (keys, active, [.. keys.Keys]);
            Credentials = new CredentialKeys(keys, active);
        }

        public int Active { get; }

        public IReadOnlyList<int> Numbers { get; }

        public CredentialKeys Credentials { get; }

        public Ring With(int active, HashSet<int> without) => new(new SortedDictionary<int, byte[]>(_keys.Where(k => !without.Contains(k.Key)).ToDictionary()), active);

        public NumberedKeys Derive(string purpose) =>
            _derived.GetOrAdd(purpose, p => new NumberedKeys(Numbers.Select(n => KeyValuePair.Create(n, DeriveOne(n, p))), Active));

        public byte[] DeriveOne(int number, string purpose) => HKDF.DeriveKey(HashAlgorithmName.SHA256, _keys[number], 32, info: Encoding.UTF8.GetBytes("evergrant/1/" + purpose));
    }
}
