using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Evergrant.Jose;

/// <summary>Encryption of content with a key that is used once (RFC 7518 §5). All lengths are fixed by the algorithm.</summary>
internal static class ContentCipher
{
    /// <summary>Octets of the key; null for an algorithm that is not supported.</summary>
    public static int? KeyLength(string enc) => enc switch
    {
        JweAlgorithm.A128Gcm => 16,
        JweAlgorithm.A256Gcm or JweAlgorithm.A128CbcHs256 => 32,
        JweAlgorithm.A256CbcHs512 => 64,
        _ => null,
    };

    public static int IvLength(string enc) => IsGcm(enc) ? 12 : 16;

    public static int TagLength(string enc) => enc == JweAlgorithm.A256CbcHs512 ? 32 : 16;

    /// <summary>Encrypts.</summary>
    /// <param name="enc">Algorithm.</param>
    /// <param name="key">Its key.</param>
    /// <param name="iv">Fresh random octets of <see cref="IvLength"/>.</param>
    /// <param name="plaintext">The content.</param>
    /// <param name="associated">The header as it is sent.</param>
    /// <param name="tag">Becomes the tag, <see cref="TagLength"/> octets.</param>
    public static byte[] Encrypt(string enc, ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associated, Span<byte> tag)
    {
        if (IsGcm(enc))
        {
            using var gcm = new AesGcm(key, tag.Length);
            byte[] sealedText = new byte[plaintext.Length];
            gcm.Encrypt(iv, plaintext, sealedText, tag, associated);
            return sealedText;
        }
        int half = key.Length / 2;
        using var aes = Aes.Create();
        aes.SetKey(key[half..]);
        byte[] ciphertext = aes.EncryptCbc(plaintext, iv);
        Tag(enc, key[..half], iv, ciphertext, associated, tag);
        return ciphertext;
    }

    /// <summary>Decrypts; null when anything does not fit. The tag is checked before anything is decrypted (RFC 7518 §5.2.2.2).</summary>
    public static byte[]? Decrypt(string enc, ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> associated, ReadOnlySpan<byte> tag)
    {
        if (key.Length != KeyLength(enc) || iv.Length != IvLength(enc) || tag.Length != TagLength(enc))
            return null;
        try
        {
            if (IsGcm(enc))
            {
                using var gcm = new AesGcm(key, tag.Length);
                byte[] opened = new byte[ciphertext.Length];
                gcm.Decrypt(iv, ciphertext, tag, opened, associated);
                return opened;
            }
            int half = key.Length / 2;
            Span<byte> expected = stackalloc byte[tag.Length];
            Tag(enc, key[..half], iv, ciphertext, associated, expected);
            if (!CryptographicOperations.FixedTimeEquals(expected, tag))
                return null;
            using var aes = Aes.Create();
            aes.SetKey(key[half..]);
            return aes.DecryptCbc(ciphertext, iv);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static bool IsGcm(string enc) => enc is JweAlgorithm.A128Gcm or JweAlgorithm.A256Gcm;

    // RFC 7518 §5.2.2.1: over associated data, IV, ciphertext and the length of the first in bits; half of the MAC.
    private static void Tag(string enc, ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> associated, Span<byte> tag)
    {
        byte[] data = new byte[associated.Length + iv.Length + ciphertext.Length + 8];
        associated.CopyTo(data);
        iv.CopyTo(data.AsSpan(associated.Length));
        ciphertext.CopyTo(data.AsSpan(associated.Length + iv.Length));
        BinaryPrimitives.WriteInt64BigEndian(data.AsSpan(data.Length - 8), associated.Length * 8L);
        Span<byte> mac = stackalloc byte[64];
        int length = enc == JweAlgorithm.A256CbcHs512 ? HMACSHA512.HashData(key, data, mac) : HMACSHA256.HashData(key, data, mac);
        mac[..(length / 2)].CopyTo(tag);
    }
}
