using System.Security.Cryptography;

namespace Evergrant.Jose;

/// <summary>A private key that opens what was encrypted to its public half. Safe for concurrent use. It never prints; its octets are wiped on disposal.</summary>
public sealed class DecryptionKey : IDisposable
{
    private readonly byte[] pkcs8;
    private readonly KeyPool<RSA>? rsaKeys;
    private readonly KeyPool<ECDiffieHellman>? ecKeys;
    private volatile bool disposed;

    private DecryptionKey(byte[] pkcs8, Jwk publicKey, KeyPool<RSA>? rsaKeys, KeyPool<ECDiffieHellman>? ecKeys)
    {
        this.pkcs8 = pkcs8;
        this.rsaKeys = rsaKeys;
        this.ecKeys = ecKeys;
        PublicKey = publicKey;
    }

    /// <summary>The public half, with <c>use</c> enc and its <c>kid</c>.</summary>
    public Jwk PublicKey { get; }

    /// <summary>The <c>kid</c>.</summary>
    public string KeyId => PublicKey.KeyId!;

    /// <summary>Makes a new key: RSA of 2048 bits for RSA-OAEP, P-256 for ECDH-ES. Throws <see cref="ArgumentException"/> for another algorithm.</summary>
    /// <param name="alg">One of <see cref="JweAlgorithm.KeyManagement"/>: it says the type of the key, which goes with every algorithm of that type.</param>
    /// <param name="keyId">kid.</param>
    public static DecryptionKey Create(string alg, string keyId)
    {
        using AsymmetricAlgorithm key = JweAlgorithm.IsRsa(alg) ? RSA.Create(2048)
            : JweAlgorithm.IsEcdh(alg) ? ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256)
            : throw new ArgumentException("Not a supported encryption algorithm.", nameof(alg));
        return Import(key.ExportPkcs8PrivateKey(), JweAlgorithm.IsRsa(alg), keyId);
    }

    /// <summary>Takes a PKCS#8 private key (DER, not encrypted). Throws <see cref="CryptographicException"/> when it is not one of its type, <see cref="ArgumentException"/> when its size or curve is not supported.</summary>
    /// <param name="pkcs8">The key.</param>
    /// <param name="isRsa">Whether it is RSA; otherwise EC.</param>
    /// <param name="keyId">kid.</param>
    /// <param name="alg">The one algorithm that the key is used with (RFC 9864 section 7), which its public half says; null for every one of its type.</param>
    public static DecryptionKey Import(ReadOnlySpan<byte> pkcs8, bool isRsa, string keyId, string? alg = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(keyId);
        byte[] own = pkcs8.ToArray();
        T Load<T>(T key)
            where T : AsymmetricAlgorithm
        {
            key.ImportPkcs8PrivateKey(own, out _);
            return key;
        }

        if (isRsa)
        {
            RSA first = Load(RSA.Create());
            Jwk publicKey = Jwk.ForEncryption(first.ExportParameters(false), keyId, alg) ?? throw new ArgumentException("An RSA encryption key has 2048 to 8192 bits (RFC 7518 section 4.3).", nameof(pkcs8));
            var pool = new KeyPool<RSA>(() => Load(RSA.Create()));
            pool.Return(first);
            return new DecryptionKey(own, publicKey, pool, null);
        }
        ECDiffieHellman ec = Load(ECDiffieHellman.Create());
        Jwk point = Jwk.ForEncryption(ec.ExportParameters(false), keyId, alg) ?? throw new ArgumentException("The key is not on a curve that is supported.", nameof(pkcs8));
        var keys = new KeyPool<ECDiffieHellman>(() => Load(ECDiffieHellman.Create()));
        keys.Return(ec);
        return new DecryptionKey(own, point, null, keys);
    }

    /// <summary>The private key as PKCS#8 (DER, not encrypted). Whoever asks for it wipes it. Throws <see cref="ObjectDisposedException"/> after disposal.</summary>
    public byte[] ExportPkcs8()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        return [.. pkcs8];
    }

    /// <summary>Wipes the key.</summary>
    public void Dispose()
    {
        disposed = true;
        rsaKeys?.Close();
        ecKeys?.Close();
        CryptographicOperations.ZeroMemory(pkcs8);
    }

    /// <summary>Key type and id; nothing secret.</summary>
    public override string ToString() => PublicKey.ToString();

    /// <summary>The key of the content; random octets where it cannot be had, so that all failures look like that of the content (RFC 7516 §11.5).</summary>
    internal byte[] ContentKey(JweHeader header, ReadOnlySpan<byte> encryptedKey, int length)
    {
        byte[]? key = null;
        try
        {
            key = JweAlgorithm.IsRsa(header.Algorithm) ? OpenRsa(header.Algorithm, encryptedKey) : OpenEc(header, encryptedKey, length);
        }
        catch (CryptographicException)
        {
            // As if it were another key.
        }
        return key is not null && key.Length == length ? key : RandomNumberGenerator.GetBytes(length);
    }

    private byte[] OpenRsa(string alg, ReadOnlySpan<byte> encryptedKey)
    {
        RSA key = rsaKeys!.Rent();
        try
        {
            return key.Decrypt(encryptedKey, alg == JweAlgorithm.RsaOaep ? RSAEncryptionPadding.OaepSHA1 : RSAEncryptionPadding.OaepSHA256);
        }
        finally
        {
            rsaKeys.Return(key);
        }
    }

    private byte[]? OpenEc(JweHeader header, ReadOnlySpan<byte> encryptedKey, int length)
    {
        int wrapping = JweAlgorithm.WrappingKeyLength(header.Algorithm);
        ECDiffieHellman key = ecKeys!.Rent();
        try
        {
            byte[] agreed = KeyAgreement.Agree(key, header.Ephemeral!.EcParameters(), wrapping == 0 ? header.Encryption : header.Algorithm, wrapping == 0 ? length : wrapping, header.PartyU, header.PartyV);
            return wrapping == 0 ? agreed : AesKeyWrap.Unwrap(agreed, encryptedKey);
        }
        finally
        {
            ecKeys.Return(key);
        }
    }
}
