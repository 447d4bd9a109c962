namespace Evergrant.Jose;

/// <summary>Who signs: a key in this process (<see cref="SigningKey"/>), or a PKCS#11 device or key service behind the same shape. Safe for concurrent use.</summary>
public interface ISigner
{
    /// <summary>The <c>kid</c> that goes into headers. It must never change for one signer: headers are encoded once and kept.</summary>
    string KeyId { get; }

    /// <summary>The <c>alg</c> that goes into headers, one of <see cref="SignatureAlgorithm.Asymmetric"/>. It must never change for one signer.</summary>
    string Algorithm { get; }

    /// <summary>The public half, with its <c>kid</c> and <c>alg</c>.</summary>
    Jwk PublicKey { get; }

    /// <summary>The octets a signature may take.</summary>
    int MaxSignatureLength { get; }

    /// <summary>
    /// Signs <paramref name="data"/> (not its hash) into <paramref name="signature"/>, which has room for <see cref="MaxSignatureLength"/> octets,
    /// and answers how many were written, in the form that JWS wants (RFC 7518 §3). In-process keys complete before they return.
    /// Throws when the key is unavailable.
    /// </summary>
    ValueTask<int> SignAsync(ReadOnlyMemory<byte> data, Memory<byte> signature, CancellationToken cancellationToken);
}
