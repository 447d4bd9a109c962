using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Evergrant.Jose;
using Evergrant.Protocol.Grants;

namespace Evergrant.Protocol.Token;

/// <summary>The opaque form of an access token that has no grant behind it: its content under AES-256-GCM with a key that is kept outside the store.</summary>
/// <remarks>Text form: prefix evk_, then canonical base64url of key number (2 bytes) · nonce (12) · ciphertext · tag (16). Issuer is associated data.</remarks>
public static class SealedAccessToken
{
    /// <summary>Prefix by which secret scanners know it.</summary>
    public const string Prefix = "evk_";

    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int MaximumLength = 16 * 1024;

    /// <summary>Makes one.</summary>
    /// <param name="keys">The server's keys.</param>
    /// <param name="token">What it says.</param>
    /// <param name="nonce">12 random bytes.</param>
    public static string Write(CredentialKeys keys, AccessToken token, ReadOnlySpan<byte> nonce)
    {
        byte[] content = [.. BitConverter.GetBytes((ushort)Encoding.UTF8.GetByteCount(token.ClientId)), .. Encoding.UTF8.GetBytes(token.ClientId), .. token.ToBody()];
        byte[] bytes = new byte[2 + NonceLength + content.Length + TagLength];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)keys.CurrentNumber);
        nonce.CopyTo(bytes.AsSpan(2, NonceLength));
        using var aes = new AesGcm(keys.Current.Seal, TagLength);
        aes.Encrypt(bytes.AsSpan(2, NonceLength), content, bytes.AsSpan(2 + NonceLength, content.Length), bytes.AsSpan(bytes.Length - TagLength), Encoding.UTF8.GetBytes(token.Issuer));
        return Prefix + CanonicalBase64Url.Encode(bytes);
    }

    /// <summary>Reads one.</summary>
    /// <param name="keys">The server's keys.</param>
    /// <param name="text">What was presented.</param>
    /// <param name="issuer">The issuer that was asked.</param>
    /// <returns>Null when it is not one of this issuer's.</returns>
    public static AccessToken? Read(CredentialKeys keys, string text, string issuer)
    {
        if (!text.StartsWith(Prefix, StringComparison.Ordinal) || text.Length > MaximumLength) return null;
        if (!CanonicalBase64Url.TryDecode(text.AsSpan(Prefix.Length), out byte[]? bytes) || bytes.Length < 2 + NonceLength + 2 + TagLength) return null;
        if (keys.Find(BinaryPrimitives.ReadUInt16BigEndian(bytes)) is not { } key) return null;
        byte[] content = new byte[bytes.Length - 2 - NonceLength - TagLength];
        using var aes = new AesGcm(key.Seal, TagLength);
        try
        {
            aes.Decrypt(bytes.AsSpan(2, NonceLength), bytes.AsSpan(2 + NonceLength, content.Length), bytes.AsSpan(bytes.Length - TagLength), content, Encoding.UTF8.GetBytes(issuer));
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
        int length = BitConverter.ToUInt16(content);
        return AccessToken.OfBody(content.AsSpan(2 + length), text, issuer, Encoding.UTF8.GetString(content, 2, length), null, 0);
    }
}
