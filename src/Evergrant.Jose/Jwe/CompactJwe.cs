using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Evergrant.Jose;

/// <summary>
/// A JWE in compact serialization (RFC 7516 §7.1), taken apart but not opened. Told from a JWS by its five parts (§9): neither is ever read as the other.
/// </summary>
public sealed class CompactJwe
{
    /// <summary>Longer tokens are refused unread.</summary>
    public const int MaxLength = 32 * 1024;

    private readonly JweHeader header;
    private readonly byte[] associated;
    private readonly byte[] encryptedKey;
    private readonly byte[] iv;
    private readonly byte[] ciphertext;
    private readonly byte[] tag;

    private CompactJwe(JweHeader header, string encodedHeader, byte[][] parts)
    {
        this.header = header;
        associated = Encoding.ASCII.GetBytes(encodedHeader);
        (encryptedKey, iv, ciphertext, tag) = (parts[1], parts[2], parts[3], parts[4]);
    }

    /// <summary><c>alg</c> as the header has it.</summary>
    public string Algorithm => header.Algorithm;

    /// <summary><c>enc</c> as the header has it.</summary>
    public string Encryption => header.Encryption;

    /// <summary><c>kid</c>; null when the header has none.</summary>
    public string? KeyId => header.KeyId;

    /// <summary><c>typ</c>; null when the header has none.</summary>
    public string? Type => header.Type;

    /// <summary><c>cty</c>; null when the header has none.</summary>
    public string? ContentType => header.ContentType;

    /// <summary>Takes a token apart. The fault is a constant sentence; it repeats nothing of the token.</summary>
    public static bool TryParse(string token, [NotNullWhen(true)] out CompactJwe? jwe, [NotNullWhen(false)] out string? fault)
    {
        jwe = null;
        fault = token.Length > MaxLength ? "the token is longer than 32 KB" : null;
        if (fault is not null)
            return false;
        string[] texts = token.Split('.', 6);
        byte[][] parts = new byte[5][];
        fault = "the token is not five parts of canonical base64url";
        if (texts.Length != 5)
            return false;
        for (int i = 0; i < parts.Length; i++)
        {
            if (!CanonicalBase64Url.TryDecode(texts[i], out byte[]? octets))
                return false;
            parts[i] = octets;
        }
        fault = JweHeader.Read(parts[0], out JweHeader? header);
        if (fault is not null)
            return false;
        jwe = new CompactJwe(header!, texts[0], parts);
        return true;
    }

    /// <summary>Opens it with the first key that it was encrypted to; null when there is none, an algorithm is not accepted, or anything was changed. Why is not told (RFC 7516 §11.5).</summary>
    /// <param name="keys">The keys; a <c>kid</c> in the header narrows them.</param>
    /// <param name="algorithms">The accepted <c>alg</c> values.</param>
    /// <param name="encryptions">The accepted <c>enc</c> values.</param>
    public byte[]? Open(IEnumerable<DecryptionKey> keys, IReadOnlyCollection<string> algorithms, IReadOnlyCollection<string> encryptions)
    {
        if (!algorithms.Contains(Algorithm) || !encryptions.Contains(Encryption) || ContentCipher.KeyLength(Encryption) is not { } length)
            return null;
        // RFC 7516 §5.2 step 9: where the agreed key is that of the content there is none that is encrypted.
        if (Algorithm == JweAlgorithm.EcdhEs && encryptedKey.Length != 0)
            return null;
        foreach (DecryptionKey key in keys)
        {
            if ((KeyId is not null && key.KeyId != KeyId) || !key.PublicKey.FitsEncryption(Algorithm) || (header.Ephemeral is { } point && JweAlgorithm.IsEcdh(Algorithm) && point.Curve != key.PublicKey.Curve))
                continue;
            if (ContentCipher.Decrypt(Encryption, key.ContentKey(header, encryptedKey, length), iv, ciphertext, associated, tag) is { } content)
                return content;
        }
        return null;
    }
}
