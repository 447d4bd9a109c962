using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Evergrant.Jose;

/// <summary>Writes compact JWE (RFC 7516 §7.1). Every message has a key, an initialization vector and, for ECDH, an ephemeral key of its own.</summary>
public static class JweWriter
{
    /// <summary>Encrypts a payload to one recipient. The header has <c>alg</c>, <c>enc</c>, the <c>kid</c> of the recipient's key, and <c>cty</c> and <c>typ</c> unless they are null.</summary>
    /// <param name="recipient">The recipient's public key; <see cref="Jwk.FitsEncryption"/> says whether it goes with the algorithm.</param>
    /// <param name="alg">One of <see cref="JweAlgorithm.KeyManagement"/>.</param>
    /// <param name="enc">One of <see cref="JweAlgorithm.ContentEncryption"/>.</param>
    /// <param name="payload">The content: for a nested JWT the signed token in ASCII.</param>
    /// <param name="contentType"><c>cty</c>: JWT for a nested one (RFC 7519 §5.2).</param>
    /// <param name="type"><c>typ</c>.</param>
    /// <exception cref="ArgumentException">An algorithm is not supported, or the key does not go with it.</exception>
    public static string Write(Jwk recipient, string alg, string enc, ReadOnlySpan<byte> payload, string? contentType = null, string? type = null)
    {
        if (!recipient.FitsEncryption(alg) || ContentCipher.KeyLength(enc) is not { } length)
            throw new ArgumentException("The key does not go with the algorithm, or the algorithm is not supported.", nameof(alg));
        byte[] key, encryptedKey;
        Jwk? ephemeral = null;
        if (JweAlgorithm.IsRsa(alg))
        {
            key = RandomNumberGenerator.GetBytes(length);
            using var rsa = RSA.Create(recipient.RsaParameters());
            encryptedKey = rsa.Encrypt(key, alg == JweAlgorithm.RsaOaep ? RSAEncryptionPadding.OaepSHA1 : RSAEncryptionPadding.OaepSHA256);
        }
        else
        {
            ECParameters other = recipient.EcParameters();
            using var own = ECDiffieHellman.Create(other.Curve);
            ephemeral = Jwk.OfPoint(recipient, own.ExportParameters(includePrivateParameters: false).Q);
            int wrapping = JweAlgorithm.WrappingKeyLength(alg);
            byte[] agreed = KeyAgreement.Agree(own, other, wrapping == 0 ? enc : alg, wrapping == 0 ? length : wrapping, default, default);
            key = wrapping == 0 ? agreed : RandomNumberGenerator.GetBytes(length);
            encryptedKey = wrapping == 0 ? [] : AesKeyWrap.Wrap(agreed, key);
        }
        string header = CanonicalBase64Url.Encode(Header(recipient, alg, enc, contentType, type, ephemeral));
        byte[] iv = RandomNumberGenerator.GetBytes(ContentCipher.IvLength(enc)), tag = new byte[ContentCipher.TagLength(enc)];
        byte[] ciphertext = ContentCipher.Encrypt(enc, key, iv, payload, Encoding.ASCII.GetBytes(header), tag);
        CryptographicOperations.ZeroMemory(key);
        return $"{header}.{CanonicalBase64Url.Encode(encryptedKey)}.{CanonicalBase64Url.Encode(iv)}.{CanonicalBase64Url.Encode(ciphertext)}.{CanonicalBase64Url.Encode(tag)}";
    }

    private static ReadOnlySpan<byte> Header(Jwk recipient, string alg, string enc, string? contentType, string? type, Jwk? ephemeral)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("alg", alg);
            json.WriteString("enc", enc);
            if (recipient.KeyId is { } keyId)
                json.WriteString("kid", keyId);
            if (type is not null)
                json.WriteString("typ", type);
            if (contentType is not null)
                json.WriteString("cty", contentType);
            if (ephemeral is not null)
            {
                json.WritePropertyName("epk");
                ephemeral.Write(json);
            }
            json.WriteEndObject();
        }
        return buffer.WrittenSpan;
    }
}
