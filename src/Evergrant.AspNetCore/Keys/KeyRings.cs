using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Evergrant.Jose;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Keys;
using Evergrant.Protocol.Storage;

namespace Evergrant.AspNetCore.Keys;

/// <summary>The signing keys of one issuer as they stand until <see cref="Until"/>.</summary>
public sealed class KeySnapshot
{
    internal KeySnapshot(IReadOnlyList<SigningKeyRecord> records, JwkSet published, IReadOnlyDictionary<string, KeyInUse> signers, IReadOnlyList<DecryptionKey> opening, DateTimeOffset until)
    {
        Records = records;
        Published = published;
        Signers = signers;
        Opening = opening;
        Until = until;
        JwksJson = published.ToUtf8Json();
        ETag = '"' + Convert.ToHexStringLower(SHA256.HashData(JwksJson)[..8]) + '"';
    }

    /// <summary>All keys, oldest first.</summary>
    public IReadOnlyList<SigningKeyRecord> Records { get; }

    /// <summary>The JWK Set.</summary>
    public JwkSet Published { get; }

    /// <summary>Every key on record that was not withdrawn, also those that are published no more: for ID Tokens that come back as hints. Made anew each time.</summary>
    public JwkSet Known => PublicOf(Records.Where(k => k.WithdrawnAt is null));

    /// <summary>The JWK Set as it is served.</summary>
    public byte[] JwksJson { get; }

    /// <summary>Its entity tag.</summary>
    public string ETag { get; }

    internal IReadOnlyDictionary<string, KeyInUse> Signers { get; }

    /// <summary>What opens what clients have encrypted; empty where nobody does.</summary>
    internal IReadOnlyList<DecryptionKey> Opening { get; }

    internal static JwkSet PublicOf(IEnumerable<SigningKeyRecord> keys)
    {
        var set = new List<Jwk>();
        foreach (SigningKeyRecord record in keys)
        {
            using JsonDocument json = JsonDocument.Parse(record.PublicJwk);
            if (Jwk.TryParse(json.RootElement, out Jwk? key, out _)) set.Add(key);
        }
        return new JwkSet(set);
    }

    /// <summary>When it has to be looked at again.</summary>
    public DateTimeOffset Until { get; }
}

/// <summary>The key that signs with an algorithm, and when it is no longer published.</summary>
internal readonly record struct KeyInUse(ISigner Signer, DateTimeOffset GoneAt);

/// <summary>The key rings of all issuers: loaded from the store, unwrapped, rotated when due. Which key does what at an instant is decided by <see cref="KeyRing"/>.</summary>
public sealed class KeyRings : IDisposable
{
    // Every algorithm that the metadata offers, so that a key is announced before anybody asks for its signature.
    private static readonly IReadOnlyList<string> Always = ClientMetadata.SigningAlgorithms;
    private const string Purpose = "signing-key-wrap";
    private static readonly TimeSpan LongestLook = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Skew = TimeSpan.FromHours(1);
    private static readonly TimeSpan ClocksApart = TimeSpan.FromSeconds(2);

    private readonly IKeyStore _store;
    private readonly TimeProvider _clock;
    private readonly KeyTimes _times;
    private readonly IServerSecrets _secrets;
    private readonly TimeSpan _longestLook;
    private readonly ConcurrentDictionary<string, SigningKey> _unwrapped = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DecryptionKey> _unwrappedForOpening = new(StringComparer.Ordinal);

    // Issuers with clients that encrypt; others have no keys for it.
    private readonly ConcurrentDictionary<string, bool> _encrypted = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _loading = new(1, 1);

    // Replaced as a whole: what was read before a change and arrives after it goes into the one that nobody asks any more.
    private volatile ConcurrentDictionary<string, KeySnapshot> _snapshots = new(StringComparer.Ordinal);

    /// <summary>Takes what it stands on.</summary>
    /// <param name="store">Where the wrapped keys are.</param>
    /// <param name="secrets">Has the wrapping keys.</param>
    /// <param name="clock">The server's clock.</param>
    /// <param name="options">Has the timeline.</param>
    public KeyRings(IKeyStore store, IServerSecrets secrets, TimeProvider clock, EvergrantOptions options)
    {
        _store = store;
        _clock = clock;
        _times = options.KeyTimes;
        _secrets = secrets;
        _longestLook = options.CacheAge < LongestLook ? options.CacheAge.Value : LongestLook;
    }

    /// <summary>The keys of an issuer now.</summary>
    /// <param name="issuer">Issuer.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<KeySnapshot> CurrentAsync(string issuer, CancellationToken cancellationToken) =>
        _snapshots.TryGetValue(issuer, out KeySnapshot? snapshot) && _clock.GetUtcNow() < snapshot.Until ? new(snapshot) : LoadAsync(issuer, false, cancellationToken);

    /// <summary>The same, for an issuer whose clients encrypt to it: there are keys for that too.</summary>
    /// <param name="issuer">Issuer.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<KeySnapshot> WithEncryptionAsync(string issuer, CancellationToken cancellationToken)
    {
        _encrypted[issuer] = true;
        return _snapshots.TryGetValue(issuer, out KeySnapshot? snapshot) && snapshot.Opening.Count > 0 && _clock.GetUtcNow() < snapshot.Until ? new(snapshot) : LoadAsync(issuer, true, cancellationToken);
    }

    /// <summary>The signer of an issuer for an algorithm.</summary>
    /// <param name="issuer">Issuer.</param>
    /// <param name="algorithm">One of <see cref="ClientMetadata.SigningAlgorithms"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<ISigner> SignerAsync(string issuer, string algorithm, CancellationToken cancellationToken) =>
        (await CurrentAsync(issuer, cancellationToken)).Signers[algorithm].Signer;

    /// <summary>The signer of an issuer for a token that lives until an instant: its key stays published until then and an hour more, which is written down before the token is signed.</summary>
    /// <param name="issuer">Issuer.</param>
    /// <param name="algorithm">One of <see cref="ClientMetadata.SigningAlgorithms"/>.</param>
    /// <param name="expires">End of the token.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<ISigner> SignerAsync(string issuer, string algorithm, DateTimeOffset expires, CancellationToken cancellationToken)
    {
        while (true)
        {
            KeySnapshot snapshot = await CurrentAsync(issuer, cancellationToken);
            (ISigner signer, DateTimeOffset goneAt) = snapshot.Signers[algorithm];
            if (goneAt >= expires + Skew) return signer;
            // As long as this token lives, for all tokens that the key has still to sign.
            await _store.RetainKeyAsync(issuer, signer.KeyId, expires - _clock.GetUtcNow() + Skew + ClocksApart, cancellationToken);
            await LoadAsync(issuer, true, cancellationToken);
        }
    }

    /// <summary>Reads all keys of an issuer from the store.</summary>
    /// <param name="issuer">Issuer.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<IReadOnlyList<SigningKeyRecord>> ListAsync(string issuer, CancellationToken cancellationToken) =>
        (await LoadAsync(issuer, true, cancellationToken)).Records;

    /// <summary>Announces a successor now; the present keys sign until it may.</summary>
    /// <param name="issuer">Issuer.</param>
    /// <param name="algorithm">JWS algorithm; null for every one in use.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The new keys.</returns>
    public async ValueTask<IReadOnlyList<SigningKeyRecord>> RotateAsync(string issuer, string? algorithm, CancellationToken cancellationToken)
    {
        while (true)
        {
            IReadOnlyList<SigningKeyRecord> keys = await _store.ListKeysAsync(issuer, cancellationToken);
            DateTimeOffset now = _clock.GetUtcNow();
            var changed = new List<SigningKeyRecord>();
            var made = new List<SigningKeyRecord>();
            IEnumerable<string> algorithms = algorithm is not null ? [algorithm] : keys.Where(k => KeyRing.PhaseOf(k, now) == KeyPhase.Signing).Select(k => k.Algorithm).Distinct();
            foreach (string one in algorithms)
            {
                changed.AddRange(KeyRing.Rotate(keys, one, _times, now, out PlannedKey planned));
                made.Add(Make(issuer, planned));
            }
            if (await _store.SaveKeysAsync(issuer, keys.Count, [.. changed, .. made], cancellationToken))
            {
                Invalidate();
                return made;
            }
        }
    }

    /// <summary>Withdraws a key at once: it leaves the JWK Set and signs no more; a new one signs at once if it was the signer. For keys that are no longer secret.</summary>
    /// <param name="issuer">Issuer.</param>
    /// <param name="keyId">kid.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether it stood until now; null when there is no such key, or it was gone.</returns>
    public async ValueTask<bool?> WithdrawAsync(string issuer, string keyId, CancellationToken cancellationToken)
    {
        while (true)
        {
            IReadOnlyList<SigningKeyRecord> keys = await _store.ListKeysAsync(issuer, cancellationToken);
            if (keys.FirstOrDefault(k => k.KeyId == keyId) is not { } key) return null;
            DateTimeOffset now = _clock.GetUtcNow();
            if (key.WithdrawnAt is not null) return false;
            if (KeyRing.PhaseOf(key, now) == KeyPhase.Gone) return null;
            if (!await _store.SaveKeysAsync(issuer, keys.Count, [key with { WithdrawnAt = now }], cancellationToken)) continue;
            await LoadAsync(issuer, true, cancellationToken);
            return true;
        }
    }

    /// <summary>Wraps every signing key of the store by the present root key. Nothing that signs or verifies is touched by it.</summary>
    /// <param name="cancellationToken">Ends the wait; what was wrapped stays so.</param>
    /// <returns>How many were wrapped anew.</returns>
    /// <exception cref="CryptographicException">A key is wrapped by a root key that is not here.</exception>
    public async ValueTask<int> RewrapAsync(CancellationToken cancellationToken)
    {
        int done = 0;
        NumberedKeys wrapping = _secrets.Derive(Purpose);
        foreach (SigningKeyRecord record in await _store.ListKeysAsync(null, cancellationToken))
        {
            if (record.KeyNumber == wrapping.CurrentNumber) continue;
            byte[] pkcs8 = KeyWrap.Open(wrapping, record.KeyNumber, record.WrappedKey, BoundTo(record.Issuer, record.KeyId));
            byte[] wrapped = KeyWrap.Seal(wrapping, pkcs8, BoundTo(record.Issuer, record.KeyId));
            CryptographicOperations.ZeroMemory(pkcs8);
            if (await _store.RewrapKeyAsync(record, wrapped, wrapping.CurrentNumber, cancellationToken)) done++;
        }
        return done;
    }

    /// <summary>Forgets what was read; the next question goes to the store. For keys that another node has changed.</summary>
    public void Invalidate() => _snapshots = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public void Dispose()
    {
        _loading.Dispose();
        foreach (SigningKey key in _unwrapped.Values) key.Dispose();
        foreach (DecryptionKey key in _unwrappedForOpening.Values) key.Dispose();
    }

    private async ValueTask<KeySnapshot> LoadAsync(string issuer, bool anew, CancellationToken cancellationToken)
    {
        await _loading.WaitAsync(cancellationToken);
        try
        {
            while (true)
            {
                ConcurrentDictionary<string, KeySnapshot> into = _snapshots;
                DateTimeOffset asked = _clock.GetUtcNow();
                // Of many that waited, the first has read it for all.
                if (!anew && into.TryGetValue(issuer, out KeySnapshot? read) && asked < read.Until) return read;
                IReadOnlyList<SigningKeyRecord> keys = await _store.ListKeysAsync(issuer, cancellationToken);
                DateTimeOffset now = Reached(keys, _clock.GetUtcNow());
                IReadOnlyList<PlannedKey> due = KeyRing.Due(keys, _encrypted.ContainsKey(issuer) ? [.. Always, .. KeyRing.ForEncryption] : Always, _times, now);
                if (due.Count > 0)
                {
                    // Whoever is first writes; the others read what was written.
                    await _store.SaveKeysAsync(issuer, keys.Count, [.. KeyRing.Extended(keys, due, _times, now), .. due.Select(planned => Make(issuer, planned))], cancellationToken);
                    continue;
                }
                var signers = new Dictionary<string, KeyInUse>(StringComparer.Ordinal);
                foreach (string one in Always)
                {
                    if (KeyRing.Signer(keys, one, now) is { } key) signers[one] = new KeyInUse(Unwrap(key), key.GoneAt);
                }
                var published = new JwkSet([.. KeyRing.Published(keys, now).Select(k => Jwk.TryParse(JsonDocument.Parse(k.PublicJwk).RootElement, out Jwk? jwk, out _) ? jwk : throw new InvalidDataException("A stored public key does not parse."))]);
                DateTimeOffset until = KeyRing.NextLook(keys, _times, now) is { } next && next < asked + _longestLook ? next : asked + _longestLook;
                return into[issuer] = new KeySnapshot(keys, published, signers, [.. KeyRing.Opening(keys, now).Select(UnwrapForOpening)], until);
            }
        }
        finally
        {
            _loading.Release();
        }
    }

    // What another node has written as done proves that its instant has come, though this node's clock may be a little behind.
    private static DateTimeOffset Reached(IReadOnlyList<SigningKeyRecord> keys, DateTimeOffset now)
    {
        DateTimeOffset reached = now;
        foreach (SigningKeyRecord key in keys)
        {
            if (key.AnnouncedAt > reached && key.AnnouncedAt - now < ClocksApart) reached = key.AnnouncedAt;
            if (key.WithdrawnAt > reached && key.WithdrawnAt - now < ClocksApart) reached = key.WithdrawnAt.Value;
        }
        return reached;
    }

    private SigningKeyRecord Make(string issuer, PlannedKey planned)
    {
        string kid = CanonicalBase64Url.Encode(RandomNumberGenerator.GetBytes(12));
        (byte[] pkcs8, Jwk publicKey) = KeyRing.ForEncryption.Contains(planned.Algorithm) ? MakeForOpening(planned.Algorithm, kid) : MakeForSigning(planned.Algorithm, kid);
        NumberedKeys wrapping = _secrets.Derive(Purpose);
        byte[] wrapped = KeyWrap.Seal(wrapping, pkcs8, BoundTo(issuer, kid));
        CryptographicOperations.ZeroMemory(pkcs8);
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer)) publicKey.Write(json);
        return new SigningKeyRecord
        {
            Issuer = issuer,
            KeyId = kid,
            Algorithm = planned.Algorithm,
            WrappedKey = wrapped,
            KeyNumber = wrapping.CurrentNumber,
            PublicJwk = Encoding.UTF8.GetString(buffer.ToArray()),
            AnnouncedAt = planned.AnnouncedAt,
            SignsFrom = planned.SignsFrom,
            RetiresAt = planned.RetiresAt,
            GoneAt = planned.GoneAt,
        };
    }

    private (byte[] Pkcs8, Jwk PublicKey) MakeForSigning(string algorithm, string kid)
    {
        SigningKey key = SigningKey.Create(algorithm, kid);
        _unwrapped[kid] = key;
        return (key.ExportPkcs8(), key.PublicKey);
    }

    private (byte[] Pkcs8, Jwk PublicKey) MakeForOpening(string algorithm, string kid)
    {
        using DecryptionKey made = DecryptionKey.Create(algorithm, kid);
        byte[] pkcs8 = made.ExportPkcs8();
        DecryptionKey key = DecryptionKey.Import(pkcs8, algorithm == JweAlgorithm.RsaOaep256, kid, algorithm);
        _unwrappedForOpening[kid] = key;
        return (pkcs8, key.PublicKey);
    }

    private DecryptionKey UnwrapForOpening(SigningKeyRecord record) => _unwrappedForOpening.GetOrAdd(record.KeyId, _ =>
    {
        byte[] pkcs8 = KeyWrap.Open(_secrets.Derive(Purpose), record.KeyNumber, record.WrappedKey, BoundTo(record.Issuer, record.KeyId));
        DecryptionKey key = DecryptionKey.Import(pkcs8, record.Algorithm == JweAlgorithm.RsaOaep256, record.KeyId, record.Algorithm);
        CryptographicOperations.ZeroMemory(pkcs8);
        return key;
    });

    private SigningKey Unwrap(SigningKeyRecord record) => _unwrapped.GetOrAdd(record.KeyId, _ =>
    {
        byte[] pkcs8 = KeyWrap.Open(_secrets.Derive(Purpose), record.KeyNumber, record.WrappedKey, BoundTo(record.Issuer, record.KeyId));
        SigningKey key = SigningKey.Import(pkcs8, record.Algorithm, record.KeyId);
        CryptographicOperations.ZeroMemory(pkcs8);
        return key;
    });

    private static string BoundTo(string issuer, string kid) => issuer + "\n" + kid;
}
