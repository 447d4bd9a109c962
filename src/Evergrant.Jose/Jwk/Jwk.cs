using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Evergrant.Jose;

/// <summary>
/// A public key for verifying signatures or encrypting: RSA or EC, as RFC 7517 writes it and RFC 7518 §6 fills it. It is checked once, when it is read; it never holds
/// anything private. Immutable, and safe for concurrent use.
/// </summary>
public sealed class Jwk
{
    private readonly byte[] first;
    private readonly byte[] second;
    private readonly EcCurve? curve;
    private readonly bool mayVerify;
    private readonly bool mayEncrypt;
    private readonly KeyPool<RSA>? rsaKeys;
    private readonly KeyPool<ECDsa>? ecKeys;

    // RSA: first is n, second is e. EC: first is x, second is y. Both as their JWK members decode.
    private Jwk(EcCurve? curve, byte[] first, byte[] second, JwkMarks marks)
    {
        this.curve = curve;
        this.first = first;
        this.second = second;
        mayVerify = marks.MayVerify;
        mayEncrypt = marks.MayEncrypt;
        KeyId = marks.KeyId;
        Algorithm = marks.Algorithm;
        Use = marks.Use;
        CertificateThumbprint = marks.CertificateThumbprint;
        if (curve is null)
            rsaKeys = new KeyPool<RSA>(() => RSA.Create(new RSAParameters { Modulus = first, Exponent = second }));
        else
            ecKeys = new KeyPool<ECDsa>(() => ECDsa.Create(new ECParameters { Curve = curve.Named, Q = new ECPoint { X = first, Y = second } }));
    }

    /// <summary><c>RSA</c> or <c>EC</c>.</summary>
    public string KeyType => curve is null ? "RSA" : "EC";

    /// <summary><c>crv</c>: <c>P-256</c>, <c>P-384</c> or <c>P-521</c>; null for RSA.</summary>
    public string? Curve => curve?.Name;

    /// <summary><c>kid</c>, compared octet by octet; null when the key has none.</summary>
    public string? KeyId { get; }

    /// <summary><c>alg</c>: the only algorithm the key may be used with; null when its owner did not say.</summary>
    public string? Algorithm { get; }

    /// <summary><c>use</c>: only <c>sig</c> or null let the key verify.</summary>
    public string? Use { get; }

    /// <summary>SHA-256 of the certificate that its owner published with it (the first of <c>x5c</c>), in base64url; null for none. It certifies this key; nothing else in it is believed.</summary>
    public string? CertificateThumbprint { get; }

    /// <summary>Octets of every signature by this key.</summary>
    internal int SignatureLength => curve is null ? first.Length : 2 * curve.CoordinateLength;

    /// <summary>
    /// Reads one key. Refused, with a sentence that says why and repeats none of the input: private or symmetric members, unknown <c>kty</c> or <c>crv</c>,
    /// RSA outside 2048 to 8192 bits, an exponent that is even, below 3 or above 32 bits, points off the curve, wrong lengths, a first certificate in
    /// <c>x5c</c> with another key. Unknown members are ignored (RFC 7517 §4).
    /// </summary>
    public static bool TryParse(JsonElement json, [NotNullWhen(true)] out Jwk? key, [NotNullWhen(false)] out string? fault)
    {
        key = null;
        fault = "the key is not a strict JSON object";
        if (!StrictJson.TryParseObject(json, out JsonDocument? document))
            return false;
        using (document)
        {
            return TryParseStrict(document.RootElement, out key, out fault);
        }
    }

    /// <summary>As <see cref="TryParse"/>, for an element of a document that <see cref="StrictJson"/> has read.</summary>
    internal static bool TryParseStrict(JsonElement json, [NotNullWhen(true)] out Jwk? key, [NotNullWhen(false)] out string? fault)
    {
        key = null;
        fault = JwkMembers.Read(json, out JwkMarks marks, out EcCurve? curve, out byte[]? first, out byte[]? second);
        if (fault is not null)
            return false;
        key = new Jwk(curve, first!, second!, marks);
        return true;
    }

    /// <summary>RFC 7638 with SHA-256: 43 letters of base64url. The same for the same key, whatever its <c>kid</c>, <c>use</c> and <c>alg</c>.</summary>
    public string Thumbprint()
    {
        string members = curve is null
            ? $$"""{"e":"{{CanonicalBase64Url.Encode(second)}}","kty":"RSA","n":"{{CanonicalBase64Url.Encode(first)}}"}"""
            : $$"""{"crv":"{{curve.Name}}","kty":"EC","x":"{{CanonicalBase64Url.Encode(first)}}","y":"{{CanonicalBase64Url.Encode(second)}}"}""";
        return CanonicalBase64Url.Encode(SHA256.HashData(Encoding.UTF8.GetBytes(members)));
    }

    /// <summary>Writes the key as one JSON object: <c>kty</c>, then <c>use</c>, <c>alg</c> and <c>kid</c> as far as it has them, then its public members.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("kty", KeyType);
        WriteIfPresent(writer, "use", Use);
        WriteIfPresent(writer, "alg", Algorithm);
        WriteIfPresent(writer, "kid", KeyId);
        WriteIfPresent(writer, "crv", curve?.Name);
        writer.WriteString(curve is null ? "n" : "x", CanonicalBase64Url.Encode(first));
        writer.WriteString(curve is null ? "e" : "y", CanonicalBase64Url.Encode(second));
        writer.WriteEndObject();
    }

    /// <summary>Whether the key may verify this algorithm: its type and curve go with it, and its own <c>alg</c>, <c>use</c> and <c>key_ops</c> do not say otherwise.</summary>
    public bool Fits(string algorithm) =>
        mayVerify && (Algorithm is null || Algorithm == algorithm) &&
        (curve is null ? SignatureAlgorithm.IsRsa(algorithm) : curve.Algorithm == algorithm);

    /// <summary>Whether this JWE <c>alg</c> can be used with the key, by its type and by its own <c>alg</c>, <c>use</c> and <c>key_ops</c>.</summary>
    public bool FitsEncryption(string algorithm) =>
        mayEncrypt && (Algorithm is null || Algorithm == algorithm) && (curve is null ? JweAlgorithm.IsRsa(algorithm) : JweAlgorithm.IsEcdh(algorithm));

    /// <summary>
    /// Whether <paramref name="signature"/> is this key's over <paramref name="data"/> by exactly this algorithm. False when the algorithm does not fit.
    /// ES signatures are R and S of fixed length (RFC 7518 §3.4), never DER; PS takes a salt as long as the hash (§3.5).
    /// </summary>
    public bool Verify(string algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (!Fits(algorithm) || signature.Length != SignatureLength)
            return false;
        Span<byte> hash = stackalloc byte[SignatureAlgorithm.MaxHashLength];
        hash = hash[..SignatureAlgorithm.Hash(algorithm, data, hash)];
        try
        {
            return ecKeys is not null ? VerifiesEc(ecKeys, hash, signature) : VerifiesRsa(rsaKeys!, algorithm, hash, signature);
        }
        catch (CryptographicException)
        {
            // Some platforms throw where others say false, for numbers out of range.
            return false;
        }
    }

    /// <summary>Key type and <c>kid</c>.</summary>
    public override string ToString() => $"{KeyType} {KeyId}";

    /// <summary>The public half of a signing key; null when RFC 7518 §3.3 does not allow its size.</summary>
    internal static Jwk? FromRsa(RSAParameters key, string keyId, string algorithm) =>
        JwkMembers.RsaFault(key.Modulus!, key.Exponent!) is null
            ? new Jwk(null, key.Modulus!, key.Exponent!, new JwkMarks(keyId, algorithm, "sig", MayVerify: true))
            : null;

    /// <summary>The public half of a signing key; null when it is not on the curve that the algorithm uses.</summary>
    internal static Jwk? FromEc(ECParameters key, string keyId, string algorithm) =>
        EcCurve.ByAlgorithm(algorithm) is { } curve && curve.Contains(key.Q.X, key.Q.Y)
            ? new Jwk(curve, key.Q.X!, key.Q.Y!, new JwkMarks(keyId, algorithm, "sig", MayVerify: true))
            : null;

    /// <summary>The public half of a key that decrypts; null when RFC 7518 §4.3 does not allow its size.</summary>
    internal static Jwk? ForEncryption(RSAParameters key, string keyId, string? alg = null) =>
        JwkMembers.RsaFault(key.Modulus!, key.Exponent!) is null ? new Jwk(null, key.Modulus!, key.Exponent!, Encrypting(keyId, alg)) : null;

    /// <summary>The same of a point; null when its curve is not supported.</summary>
    internal static Jwk? ForEncryption(ECParameters key, string keyId, string? alg = null) =>
        EcCurve.ByName(key.Curve.Oid.FriendlyName switch { "nistP256" or "ECDSA_P256" => "P-256", "nistP384" or "ECDSA_P384" => "P-384", "nistP521" or "ECDSA_P521" => "P-521", var other => other ?? "" }) is { } curve
            ? new Jwk(curve, key.Q.X!, key.Q.Y!, Encrypting(keyId, alg)) : null;

    /// <summary>A fresh point on the curve of a recipient, for a header: it says nothing of itself.</summary>
    internal static Jwk OfPoint(Jwk recipient, ECPoint point) => new(recipient.curve, point.X!, point.Y!, new JwkMarks(null, null, null, MayVerify: false));

    /// <summary>An RSA key for the BCL.</summary>
    internal RSAParameters RsaParameters() => new() { Modulus = first, Exponent = second };

    /// <summary>A point for the BCL.</summary>
    internal ECParameters EcParameters() => new() { Curve = curve!.Named, Q = new ECPoint { X = first, Y = second } };

    private static JwkMarks Encrypting(string keyId, string? alg) => new(keyId, alg, "enc", MayVerify: false) { MayEncrypt = true };

    private static void WriteIfPresent(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
            writer.WriteString(name, value);
    }

    private static bool VerifiesEc(KeyPool<ECDsa> keys, ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature)
    {
        // Zero is outside the range of R and S; the check is here so that it does not hang on the platform (CVE-2022-21449 was exactly this).
        int half = signature.Length / 2;
        if (!signature[..half].ContainsAnyExcept((byte)0) || !signature[half..].ContainsAnyExcept((byte)0))
            return false;
        ECDsa key = keys.Rent();
        try
        {
            return key.VerifyHash(hash, signature, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
        finally
        {
            keys.Return(key);
        }
    }

    private static bool VerifiesRsa(KeyPool<RSA> keys, string algorithm, ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature)
    {
        RSA key = keys.Rent();
        try
        {
            return key.VerifyHash(hash, signature, SignatureAlgorithm.HashOf(algorithm), SignatureAlgorithm.PaddingOf(algorithm));
        }
        finally
        {
            keys.Return(key);
        }
    }
}
