using System.Buffers;
using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Evergrant.Jose;

/// <summary>
/// Writes compact JWS (RFC 7515 §3.1). The encoded header is made once for each signer and type and lives as long as the signer; everything else is
/// pooled, so that the token itself is the only lasting allocation.
/// </summary>
public static class JwsWriter
{
    private static readonly ConditionalWeakTable<ISigner, ConcurrentDictionary<string, byte[]>> Headers = [];

    /// <summary>
    /// Signs a payload. The header has <c>alg</c> and <c>kid</c> of the signer and <c>typ</c> unless that is null. The payload is read before this
    /// method returns, even when the signature is still to come; its memory may be reused then. Throws what the signer throws.
    /// </summary>
    public static ValueTask<string> WriteAsync(ISigner signer, string? typ, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken) =>
        WriteAsync(signer, HeaderOf(signer, typ ?? ""), payload, cancellationToken);

    /// <summary>The same with a header of the caller's: base64url, and the dot behind it.</summary>
    internal static ValueTask<string> WriteAsync(ISigner signer, byte[] header, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        int signedLength = header.Length + Base64Url.GetEncodedLength(payload.Length);
        int signatureAt = signedLength + 1 + Base64Url.GetEncodedLength(signer.MaxSignatureLength);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(signatureAt + signer.MaxSignatureLength);
        // The buffer holds: header '.' payload | '.' signature as text | signature as octets.
        header.CopyTo(buffer, 0);
        Base64Url.EncodeToUtf8(payload.Span, buffer.AsSpan(header.Length));
        ValueTask<int> signing = signer.SignAsync(buffer.AsMemory(0, signedLength), buffer.AsMemory(signatureAt, signer.MaxSignatureLength), cancellationToken);
        if (!signing.IsCompletedSuccessfully)
            return FinishAsync(signing, buffer, signedLength, signatureAt);
        string token = Finish(buffer, signedLength, signatureAt, signing.Result);
        ArrayPool<byte>.Shared.Return(buffer);
        return ValueTask.FromResult(token);
    }

    // When the signer fails or is cancelled it may still be writing: the buffer is left to the collector then, not given back.
    private static async ValueTask<string> FinishAsync(ValueTask<int> signing, byte[] buffer, int signedLength, int signatureAt)
    {
        string token = Finish(buffer, signedLength, signatureAt, await signing);
        ArrayPool<byte>.Shared.Return(buffer);
        return token;
    }

    private static string Finish(byte[] buffer, int signedLength, int signatureAt, int signatureLength)
    {
        buffer[signedLength] = (byte)'.';
        int written = Base64Url.EncodeToUtf8(buffer.AsSpan(signatureAt, signatureLength), buffer.AsSpan(signedLength + 1, signatureAt - signedLength - 1));
        return Encoding.ASCII.GetString(buffer, 0, signedLength + 1 + written);
    }

    private static byte[] HeaderOf(ISigner signer, string typ)
    {
        ConcurrentDictionary<string, byte[]> byType = Headers.GetOrCreateValue(signer);
        return byType.TryGetValue(typ, out byte[]? header) ? header : byType.GetOrAdd(typ, EncodeHeader(signer, typ));
    }

    private static byte[] EncodeHeader(ISigner signer, string typ)
    {
        var json = new ArrayBufferWriter<byte>();
        // The strict encoder would write at\u002Bjwt: right, but longer, and stumbled over by readers that compare octets.
        using (var writer = new Utf8JsonWriter(json, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteString("alg", signer.Algorithm);
            writer.WriteString("kid", signer.KeyId);
            if (typ.Length > 0)
                writer.WriteString("typ", typ);
            writer.WriteEndObject();
        }
        return Encoding.ASCII.GetBytes(CanonicalBase64Url.Encode(json.WrittenSpan) + ".");
    }
}
