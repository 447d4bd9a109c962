using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace Evergrant.Jose;

/// <summary>
/// A JWS in compact serialization (RFC 7515 §7.1), taken apart but not believed: nothing in it means anything before <see cref="VerifiedBy"/> or
/// <see cref="VerifiedByAny"/> said yes. Only the asymmetric algorithms can; <c>none</c> and the HMAC algorithms never do.
/// Header members that point to keys (<c>jwk</c>, <c>jku</c>, <c>x5u</c>, <c>x5c</c>, <c>x5t</c>) are ignored.
/// </summary>
public sealed class CompactJws
{
    /// <summary>Longer tokens are refused unread.</summary>
    public const int MaxLength = 16 * 1024;

    private readonly string token;
    private readonly int signedLength;
    private readonly byte[] payload;
    private readonly byte[] signature;

    private CompactJws(string token, int signedLength, JwsHeader header, byte[] payload, byte[] signature)
    {
        this.token = token;
        this.signedLength = signedLength;
        this.payload = payload;
        this.signature = signature;
        Algorithm = header.Algorithm;
        KeyId = header.KeyId;
        Type = header.Type;
    }

    /// <summary><c>alg</c> as the header has it: a claim of the sender, not yet an algorithm that is accepted.</summary>
    public string Algorithm { get; }

    /// <summary><c>kid</c>; null when the header has none. At most 255 characters, otherwise anything.</summary>
    public string? KeyId { get; }

    /// <summary><c>typ</c> as the header spells it; null when it has none.</summary>
    public string? Type { get; }

    /// <summary>The payload's octets.</summary>
    public ReadOnlyMemory<byte> Payload => payload;

    /// <summary>Whether nobody signed it and it says so: <c>alg</c> is <c>none</c> and the third part is empty (RFC 7518 §3.6). It is then worth no more than what brought it.</summary>
    internal bool IsUnsecured => Algorithm == "none" && signature.Length == 0;

    /// <summary>Takes a token apart. The fault is a constant sentence; it repeats nothing of the token.</summary>
    public static bool TryParse(string token, [NotNullWhen(true)] out CompactJws? jws, [NotNullWhen(false)] out string? fault) =>
        Read(token, out jws, out fault) == JwtFault.None;

    /// <summary>Whether this key signed it with the algorithm that the header names.</summary>
    public bool VerifiedBy(Jwk key)
    {
        if (!key.Fits(Algorithm) || signature.Length != key.SignatureLength)
            return false;
        byte[] signed = ArrayPool<byte>.Shared.Rent(signedLength);
        try
        {
            // Canonical base64url and one dot: ASCII, so octets and characters agree.
            int length = Encoding.ASCII.GetBytes(token.AsSpan(0, signedLength), signed);
            return key.Verify(Algorithm, signed.AsSpan(0, length), signature);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(signed);
        }
    }

    /// <summary>
    /// Whether a key of the set signed it, with an algorithm that the caller allows (RFC 8725 §3.1). A token with <c>kid</c> is only tried against
    /// the keys of that name.
    /// </summary>
    public bool VerifiedByAny(JwkSet keys, IReadOnlyCollection<string> allowedAlgorithms) =>
        allowedAlgorithms.Contains(Algorithm) && keys.Candidates(Algorithm, KeyId).Any(VerifiedBy);

    /// <summary>As <see cref="TryParse"/>, with the fault by name: None, TooLong, NotAJws or CriticalHeader.</summary>
    internal static JwtFault Read(string token, out CompactJws? jws, out string? fault)
    {
        jws = null;
        if (token.Length > MaxLength)
        {
            fault = "the token is longer than 16 KB";
            return JwtFault.TooLong;
        }
        if (!TryDecodeParts(token, out int signedLength, out byte[]? header, out byte[]? payload, out byte[]? signature))
        {
            fault = "the token is not three parts of canonical base64url";
            return JwtFault.NotAJws;
        }
        JwtFault name = JwsHeader.Read(header, out JwsHeader? read, out fault);
        if (name == JwtFault.None)
            jws = new CompactJws(token, signedLength, read!, payload, signature);
        return name;
    }

    private static bool TryDecodeParts(string token, out int signedLength, [NotNullWhen(true)] out byte[]? header,
        [NotNullWhen(true)] out byte[]? payload, [NotNullWhen(true)] out byte[]? signature)
    {
        (header, payload, signature) = (null, null, null);
        ReadOnlySpan<char> text = token;
        int firstDot = text.IndexOf('.');
        signedLength = text.LastIndexOf('.');
        // A dot more than two stays inside the middle part, where the alphabet of base64url refuses it.
        return firstDot > 0 && signedLength > firstDot &&
            CanonicalBase64Url.TryDecode(text[..firstDot], out header) &&
            CanonicalBase64Url.TryDecode(text[(firstDot + 1)..signedLength], out payload) &&
            CanonicalBase64Url.TryDecode(text[(signedLength + 1)..], out signature);
    }
}
