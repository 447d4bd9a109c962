using System.Buffers;
using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;

namespace Evergrant.Load.Baseline;

/// <summary>One ES256 JWT of the claims and the size that the server signs, and the JSON around it. No store, no client, no grant.</summary>
internal sealed class BaselineSigner
{
    private const int ExpiresIn = 3600;
    private readonly ECParameters key;
    private readonly ConcurrentBag<ECDsa> signers = [];
    private readonly string header;
    private readonly string jwtPadding;
    private readonly string bodyPadding;
    private readonly int refreshBytes;

    /// <param name="body">Length of the JSON to answer, in bytes.</param>
    /// <param name="accessToken">Length of the access token.</param>
    /// <param name="refreshToken">Length of the refresh token.</param>
    public BaselineSigner(int body, int accessToken, int refreshToken)
    {
        using (var made = ECDsa.Create(ECCurve.NamedCurves.nistP256)) key = made.ExportParameters(includePrivateParameters: true);
        header = Base64Url.EncodeToString("""{"alg":"ES256","kid":"AAAAAAAAAAAAAAAAAAAAAA","typ":"at+jwt"}"""u8);
        refreshBytes = refreshToken * 3 / 4;
        jwtPadding = bodyPadding = "";
        var payload = Base64Url.GetMaxDecodedLength(accessToken - header.Length - 2 - 86) - Payload(DateTimeOffset.UtcNow).Length;
        jwtPadding = new string('x', Math.Max(0, payload));
        bodyPadding = new string('x', Math.Max(0, body - Answer(DateTimeOffset.UtcNow).Length));
    }

    /// <summary>The body of a token answer; a new signature and a new refresh token each time.</summary>
    public ReadOnlyMemory<byte> Answer(DateTimeOffset now)
    {
        var payload = Payload(now);
        Span<byte> token = stackalloc byte[header.Length + 1 + Base64Url.GetEncodedLength(payload.Length) + 1 + 86];
        var signed = System.Text.Encoding.ASCII.GetBytes(header, token);
        token[signed++] = (byte)'.';
        Base64Url.EncodeToUtf8(payload, token[signed..], out _, out var written);
        signed += written;
        Span<byte> signature = stackalloc byte[64];
        var signer = signers.TryTake(out var idle) ? idle : ECDsa.Create(key);
        signer.SignData(token[..signed], signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        signers.Add(signer);
        token[signed++] = (byte)'.';
        Base64Url.EncodeToUtf8(signature, token[signed..], out _, out _);

        var body = new ArrayBufferWriter<byte>(1024);
        using var json = new Utf8JsonWriter(body);
        json.WriteStartObject();
        json.WriteString("access_token"u8, token);
        json.WriteString("token_type"u8, "Bearer"u8);
        json.WriteNumber("expires_in"u8, ExpiresIn);
        json.WriteString("refresh_token"u8, Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(refreshBytes)));
        json.WriteString("scope"u8, bodyPadding);
        json.WriteEndObject();
        json.Flush();
        return body.WrittenMemory;
    }

    private ReadOnlySpan<byte> Payload(DateTimeOffset now)
    {
        var payload = new ArrayBufferWriter<byte>(512);
        using var json = new Utf8JsonWriter(payload);
        json.WriteStartObject();
        json.WriteString("iss"u8, "http://localhost:5000"u8);
        json.WriteString("sub"u8, "user"u8);
        json.WriteString("aud"u8, "http://localhost:5000"u8);
        json.WriteNumber("exp"u8, now.ToUnixTimeSeconds() + ExpiresIn);
        json.WriteNumber("iat"u8, now.ToUnixTimeSeconds());
        json.WriteString("jti"u8, Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16)));
        json.WriteString("client_id"u8, "bench"u8);
        json.WriteString("scope"u8, jwtPadding);
        json.WriteEndObject();
        json.Flush();
        return payload.WrittenSpan;
    }
}
