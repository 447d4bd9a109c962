namespace Evergrant.Jose;

/// <summary>
/// The JWE algorithms that are supported, by their registered names (RFC 7518 §4.1, §5.1). Absent on purpose: RSA1_5, which tells too much when it fails; those that need
/// a secret that both sides know (<c>dir</c>, AES key wrapping, PBES2), since of client secrets only hashes are kept.
/// </summary>
public static class JweAlgorithm
{
    /// <summary>RSAES OAEP with SHA-1, as its definition has it.</summary>
    public const string RsaOaep = "RSA-OAEP";

    /// <summary>RSAES OAEP with SHA-256.</summary>
    public const string RsaOaep256 = "RSA-OAEP-256";

    /// <summary>ECDH with a fresh key; the agreed key encrypts the content.</summary>
    public const string EcdhEs = "ECDH-ES";

    /// <summary>ECDH with a fresh key; the agreed key wraps that of the content, 128 bits.</summary>
    public const string EcdhEsA128KW = "ECDH-ES+A128KW";

    /// <summary>The same with 256 bits.</summary>
    public const string EcdhEsA256KW = "ECDH-ES+A256KW";

    /// <summary>AES-GCM with a key of 128 bits.</summary>
    public const string A128Gcm = "A128GCM";

    /// <summary>AES-GCM with a key of 256 bits.</summary>
    public const string A256Gcm = "A256GCM";

    /// <summary>AES-CBC and HMAC-SHA-256, each with a key of 128 bits; what is taken where nobody says otherwise.</summary>
    public const string A128CbcHs256 = "A128CBC-HS256";

    /// <summary>AES-CBC and HMAC-SHA-512, each with a key of 256 bits.</summary>
    public const string A256CbcHs512 = "A256CBC-HS512";

    /// <summary>The <c>alg</c> values.</summary>
    public static IReadOnlyList<string> KeyManagement { get; } = [RsaOaep256, RsaOaep, EcdhEs, EcdhEsA128KW, EcdhEsA256KW];

    /// <summary>The <c>enc</c> values.</summary>
    public static IReadOnlyList<string> ContentEncryption { get; } = [A128CbcHs256, A256CbcHs512, A128Gcm, A256Gcm];

    internal static bool IsRsa(string alg) => alg is RsaOaep or RsaOaep256;

    internal static bool IsEcdh(string alg) => alg is EcdhEs or EcdhEsA128KW or EcdhEsA256KW;

    /// <summary>Octets of the key that wraps; 0 where the agreed key is that of the content.</summary>
    internal static int WrappingKeyLength(string alg) => alg switch { EcdhEsA128KW => 16, EcdhEsA256KW => 32, _ => 0 };
}
