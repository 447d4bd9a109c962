using System.Security.Cryptography;

namespace Evergrant.Jose;

/// <summary>
/// The JWS algorithms of RFC 7518 §3.1 that sign with a private key, by their registered names.
/// EdDSA (RFC 8037) is absent because the BCL has no Ed25519. <c>none</c> and the HMAC algorithms are absent on purpose: nothing here accepts them.
/// </summary>
public static class SignatureAlgorithm
{
    /// <summary>RSASSA-PKCS1-v1_5 with SHA-256.</summary>
    public const string RS256 = "RS256";

    /// <summary>RSASSA-PKCS1-v1_5 with SHA-384.</summary>
    public const string RS384 = "RS384";

    /// <summary>RSASSA-PKCS1-v1_5 with SHA-512.</summary>
    public const string RS512 = "RS512";

    /// <summary>RSASSA-PSS with SHA-256, MGF1 with the same hash, salt of 32 octets.</summary>
    public const string PS256 = "PS256";

    /// <summary>RSASSA-PSS with SHA-384, MGF1 with the same hash, salt of 48 octets.</summary>
    public const string PS384 = "PS384";

    /// <summary>RSASSA-PSS with SHA-512, MGF1 with the same hash, salt of 64 octets.</summary>
    public const string PS512 = "PS512";

    /// <summary>ECDSA on P-256 with SHA-256; the signature is R and S of 32 octets each.</summary>
    public const string ES256 = "ES256";

    /// <summary>ECDSA on P-384 with SHA-384; the signature is R and S of 48 octets each.</summary>
    public const string ES384 = "ES384";

    /// <summary>ECDSA on P-521 with SHA-512; the signature is R and S of 66 octets each.</summary>
    public const string ES512 = "ES512";

    /// <summary>Every algorithm that can be signed with and verified here.</summary>
    public static IReadOnlyList<string> Asymmetric { get; } = [RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512];

    /// <summary>The hash of a supported algorithm; throws <see cref="ArgumentException"/> for any other name.</summary>
    public static HashAlgorithmName HashOf(string alg) => alg switch
    {
        RS256 or PS256 or ES256 => HashAlgorithmName.SHA256,
        RS384 or PS384 or ES384 => HashAlgorithmName.SHA384,
        RS512 or PS512 or ES512 => HashAlgorithmName.SHA512,
        _ => throw new ArgumentException("Not a supported signature algorithm.", nameof(alg)),
    };

    /// <summary>The longest hash of any supported algorithm, in octets.</summary>
    internal const int MaxHashLength = 64;

    /// <summary>Hashes as the algorithm asks; <paramref name="hash"/> has at least <see cref="MaxHashLength"/> octets; answers how many were written.</summary>
    internal static int Hash(string alg, ReadOnlySpan<byte> data, Span<byte> hash) => alg switch
    {
        RS256 or PS256 or ES256 => SHA256.HashData(data, hash),
        RS384 or PS384 or ES384 => SHA384.HashData(data, hash),
        _ => SHA512.HashData(data, hash),
    };

    internal static bool IsSupported(string alg) => IsRsa(alg) || IsEc(alg);

    internal static bool IsRsa(string alg) => alg is RS256 or RS384 or RS512 or PS256 or PS384 or PS512;

    internal static bool IsEc(string alg) => alg is ES256 or ES384 or ES512;

    // RSASignaturePadding.Pss is RFC 7518 §3.5 exactly: MGF1 with the same hash and a salt as long as the hash.
    internal static RSASignaturePadding PaddingOf(string alg) =>
        alg is PS256 or PS384 or PS512 ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1;
}
