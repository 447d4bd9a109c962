using System.Security.Cryptography;

namespace Evergrant.Jose;

/// <summary>
/// A private key in this process, bound to one algorithm (RFC 8725 §3.1). Safe for concurrent signing. Its octets are wiped on disposal; it never prints.
/// </summary>
public sealed class SigningKey : ISigner, IDisposable
{
    private readonly byte[] pkcs8;
    private readonly KeyPool<RSA>? rsaKeys;
    private readonly KeyPool<ECDsa>? ecKeys;
    private volatile bool disposed;

    private SigningKey(byte[] pkcs8, Jwk publicKey, string algorithm, string keyId, KeyPool<RSA>? rsaKeys, KeyPool<ECDsa>? ecKeys)
    {
        this.pkcs8 = pkcs8;
        this.rsaKeys = rsaKeys;
        this.ecKeys = ecKeys;
        PublicKey = publicKey;
        Algorithm = algorithm;
        KeyId = keyId;
    }

    /// <inheritdoc/>
    public string KeyId { get; }

    /// <inheritdoc/>
    public string Algorithm { get; }

    /// <inheritdoc/>
    public Jwk PublicKey { get; }

    /// <inheritdoc/>
    public int MaxSignatureLength => PublicKey.SignatureLength;

    /// <summary>Makes a new key: RSA of 2048 bits for RS and PS, the algorithm's curve for ES. Throws <see cref="ArgumentException"/> for an unsupported algorithm or an empty id.</summary>
    public static SigningKey Create(string algorithm, string keyId)
    {
        using AsymmetricAlgorithm key = EcCurve.ByAlgorithm(algorithm) is { } curve ? ECDsa.Create(curve.Named)
            : SignatureAlgorithm.IsRsa(algorithm) ? RSA.Create(2048)
            : throw new ArgumentException("Not a supported signature algorithm.", nameof(algorithm));
        byte[] pkcs8 = key.ExportPkcs8PrivateKey();
        try
        {
            return Import(pkcs8, algorithm, keyId);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }

    /// <summary>
    /// Takes a PKCS#8 private key (DER, not encrypted). Throws <see cref="CryptographicException"/> when it is not one, and <see cref="ArgumentException"/>
    /// when the algorithm is unsupported, does not go with the key's type or curve, or the RSA key has fewer than 2048 or more than 8192 bits.
    /// </summary>
    public static SigningKey Import(ReadOnlySpan<byte> pkcs8, string algorithm, string keyId)
    {
        ArgumentException.ThrowIfNullOrEmpty(keyId);
        byte[] own = pkcs8.ToArray();
        try
        {
            return SignatureAlgorithm.IsRsa(algorithm) ? ImportRsa(own, algorithm, keyId)
                : SignatureAlgorithm.IsEc(algorithm) ? ImportEc(own, algorithm, keyId)
                : throw new ArgumentException("Not a supported signature algorithm.", nameof(algorithm));
        }
        catch
        {
            CryptographicOperations.ZeroMemory(own);
            throw;
        }
    }

    /// <summary>The private key as PKCS#8 (DER, not encrypted). Whoever asks for it wipes it. Throws <see cref="ObjectDisposedException"/> after disposal.</summary>
    public byte[] ExportPkcs8()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        return [.. pkcs8];
    }

    /// <summary>Completes before it returns. Throws <see cref="ObjectDisposedException"/> after disposal and <see cref="ArgumentException"/> when the room does not suffice.</summary>
    public ValueTask<int> SignAsync(ReadOnlyMemory<byte> data, Memory<byte> signature, CancellationToken cancellationToken)
    {
        if (signature.Length < MaxSignatureLength)
            throw new ArgumentException("The room for the signature is shorter than MaxSignatureLength.", nameof(signature));
        Span<byte> hash = stackalloc byte[SignatureAlgorithm.MaxHashLength];
        hash = hash[..SignatureAlgorithm.Hash(Algorithm, data.Span, hash)];
        return ValueTask.FromResult(ecKeys is not null ? SignEc(ecKeys, hash, signature.Span) : SignRsa(rsaKeys!, hash, signature.Span));
    }

    /// <summary>Wipes the key. Signing afterwards throws; a signature in progress finishes or throws.</summary>
    public void Dispose()
    {
        disposed = true;
        rsaKeys?.Close();
        ecKeys?.Close();
        CryptographicOperations.ZeroMemory(pkcs8);
    }

    /// <summary>Algorithm and key id; nothing secret.</summary>
    public override string ToString() => $"{Algorithm} {KeyId}";

    private static int SignEc(KeyPool<ECDsa> keys, ReadOnlySpan<byte> hash, Span<byte> signature)
    {
        ECDsa key = keys.Rent();
        try
        {
            return key.SignHash(hash, signature, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
        finally
        {
            keys.Return(key);
        }
    }

    private int SignRsa(KeyPool<RSA> keys, ReadOnlySpan<byte> hash, Span<byte> signature)
    {
        RSA key = keys.Rent();
        try
        {
            return key.SignHash(hash, signature, SignatureAlgorithm.HashOf(Algorithm), SignatureAlgorithm.PaddingOf(Algorithm));
        }
        finally
        {
            keys.Return(key);
        }
    }

    private static SigningKey ImportRsa(byte[] pkcs8, string algorithm, string keyId)
    {
        RSA Load()
        {
            var key = RSA.Create();
            key.ImportPkcs8PrivateKey(pkcs8, out _);
            return key;
        }

        RSA first = Load();
        if (Jwk.FromRsa(first.ExportParameters(false), keyId, algorithm) is not { } publicKey)
        {
            first.Dispose();
            throw new ArgumentException("An RSA signing key has 2048 to 8192 bits (RFC 7518 section 3.3).", nameof(pkcs8));
        }
        var pool = new KeyPool<RSA>(Load);
        pool.Return(first);
        return new SigningKey(pkcs8, publicKey, algorithm, keyId, pool, null);
    }

    private static SigningKey ImportEc(byte[] pkcs8, string algorithm, string keyId)
    {
        ECDsa Load()
        {
            var key = ECDsa.Create();
            key.ImportPkcs8PrivateKey(pkcs8, out _);
            return key;
        }

        ECDsa first = Load();
        if (Jwk.FromEc(first.ExportParameters(false), keyId, algorithm) is not { } publicKey)
        {
            first.Dispose();
            throw new ArgumentException("The key is not on the curve that the algorithm uses (RFC 7518 section 3.4).", nameof(pkcs8));
        }
        var pool = new KeyPool<ECDsa>(Load);
        pool.Return(first);
        return new SigningKey(pkcs8, publicKey, algorithm, keyId, null, pool);
    }
}
