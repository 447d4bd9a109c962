using System.Security.Cryptography;
using System.Text;
using Evergrant.Protocol.Keys;

namespace Evergrant.AspNetCore.Keys;

/// <summary>Secrets under a root key, as the store has them: nonce (12 random bytes), ciphertext and tag (16) of AES-256-GCM, with the row's id as associated data.</summary>
internal static class KeyWrap
{
    private const int NonceLength = 12;
    private const int TagLength = 16;

    /// <summary>Wraps by the current key.</summary>
    public static byte[] Seal(NumberedKeys keys, ReadOnlySpan<byte> secret, string boundTo)
    {
        byte[] wrapped = new byte[NonceLength + secret.Length + TagLength];
        RandomNumberGenerator.Fill(wrapped.AsSpan(0, NonceLength));
        using var aes = new AesGcm(keys.Current, TagLength);
        aes.Encrypt(wrapped.AsSpan(0, NonceLength), secret, wrapped.AsSpan(NonceLength, secret.Length), wrapped.AsSpan(wrapped.Length - TagLength), Encoding.UTF8.GetBytes(boundTo));
        return wrapped;
    }

    /// <summary>Unwraps. Whoever gets the secret wipes it.</summary>
    /// <exception cref="CryptographicException">It was wrapped by another key, or for another row.</exception>
    public static byte[] Open(NumberedKeys keys, int? number, ReadOnlySpan<byte> wrapped, string boundTo)
    {
        byte[] key = keys.Find(number) ?? throw new CryptographicException("The root key that wraps a secret of the store is not here.");
        if (wrapped.Length < NonceLength + TagLength) throw new CryptographicException("A wrapped secret of the store is too short.");
        byte[] secret = new byte[wrapped.Length - NonceLength - TagLength];
        using var aes = new AesGcm(key, TagLength);
        aes.Decrypt(wrapped[..NonceLength], wrapped.Slice(NonceLength, secret.Length), wrapped[^TagLength..], secret, Encoding.UTF8.GetBytes(boundTo));
        return secret;
    }
}
