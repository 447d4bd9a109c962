using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Evergrant.Jose;

/// <summary>What a proof is judged against: the request that it came with.</summary>
/// <param name="Method">The HTTP method, e.g. <c>POST</c>.</param>
/// <param name="Addresses">The URLs that the request may have been sent to, as clients know them; query and fragment do not count.</param>
/// <param name="AccessToken">The access token beside the proof; null at an endpoint that takes none.</param>
/// <param name="Algorithms">The accepted <c>alg</c> values; <c>none</c> and the HMAC algorithms are refused even when listed.</param>
/// <param name="DemandsNonce">Whether a proof without a nonce of the server's is refused.</param>
/// <param name="AcceptsNonce">Whether a nonce is one that the server gave out a short time ago.</param>
/// <param name="Now">The instant to judge at.</param>
public sealed record DpopRequest(
    string Method, IReadOnlyList<string> Addresses, string? AccessToken, IReadOnlyCollection<string> Algorithms, bool DemandsNonce, Func<string, bool> AcceptsNonce, DateTimeOffset Now);

/// <summary>
/// A proof that the sender of one HTTP request holds a private key (RFC 9449 §4.2): how it is written, and how one that comes is judged (§4.3).
/// The judge does not remember <see cref="JwtId"/>; whoever relies on the proof must refuse one of this key and address seen before.
/// </summary>
public sealed record DpopProof
{
    /// <summary>The header's <c>typ</c>.</summary>
    public const string Type = "dpop+jwt";

    /// <summary>Longest <c>jti</c>, in characters (§11.1: what is remembered is bounded).</summary>
    public const int MaxJwtIdLength = 255;

    private const int MaxAddressLength = 2048;

    private static readonly JsonEncodedText Method = JsonEncodedText.Encode("htm"), Address = JsonEncodedText.Encode("htu"), Hash = JsonEncodedText.Encode("ath");

    /// <summary>How old a proof without a nonce may be: one minute, and <see cref="Leeway"/>.</summary>
    public static TimeSpan MaximumAge { get; } = TimeSpan.FromMinutes(1);

    /// <summary>How far the sender's clock may differ: 30 seconds.</summary>
    public static TimeSpan Leeway { get; } = TimeSpan.FromSeconds(30);

    /// <summary><c>jti</c>: 1 to 255 characters, never used twice.</summary>
    public required string JwtId { get; init; }

    /// <summary><c>htm</c>.</summary>
    public required string HttpMethod { get; init; }

    /// <summary><c>htu</c> as the sender spelled it.</summary>
    public required string HttpAddress { get; init; }

    /// <summary><c>iat</c>; written in whole seconds.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary><c>ath</c>, as <see cref="HashOf"/> makes it; null for none.</summary>
    public string? AccessTokenHash { get; init; }

    /// <summary><c>nonce</c>; null for none.</summary>
    public string? Nonce { get; init; }

    /// <summary>RFC 7638 thumbprint of the key that signed; empty for a proof that is still to be written.</summary>
    public string Thumbprint { get; init; } = "";

    /// <summary><c>ath</c> (§4.2): SHA-256 over the ASCII octets of an access token, in base64url.</summary>
    public static string HashOf(string accessToken) => CanonicalBase64Url.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(accessToken)));

    /// <summary>Writes and signs the proof; the signer's public key is in its header. Throws what the signer throws.</summary>
    public ValueTask<string> WriteAsync(ISigner signer, CancellationToken cancellationToken)
    {
        var header = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(header, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("typ", Type);
            json.WriteString("alg", signer.Algorithm);
            json.WritePropertyName("jwk");
            signer.PublicKey.Write(json);
            json.WriteEndObject();
        }
        using ClaimWriter claims = ClaimWriter.Rent();
        claims.Text(ClaimName.JwtId, JwtId);
        claims.Text(Method, HttpMethod);
        claims.Text(Address, HttpAddress);
        claims.Instant(ClaimName.IssuedAt, IssuedAt);
        claims.Text(Hash, AccessTokenHash);
        claims.Text(ClaimName.Nonce, Nonce);
        return JwsWriter.WriteAsync(signer, Encoding.ASCII.GetBytes(CanonicalBase64Url.Encode(header.WrittenSpan) + "."), claims.Written, cancellationToken);
    }

    /// <summary>Judges a proof in the order of §4.3: one JWT, <c>typ</c>, <c>alg</c>, a public <c>jwk</c>, the signature by it, then the claims.</summary>
    /// <param name="text">The one value of the DPoP header.</param>
    /// <param name="request">What it is to be a proof for.</param>
    public static JwtVerdict<DpopProof> Judge(string text, DpopRequest request)
    {
        JwtFault fault = CompactJws.Read(text, out CompactJws? jws, out string? detail);
        if (fault != JwtFault.None)
            return new JwtVerdict<DpopProof>(null, fault, detail);
        if (!JwtRules.IsType(jws!.Type, Type))
            return new JwtVerdict<DpopProof>(null, JwtFault.WrongType, null);
        if (!request.Algorithms.Contains(jws.Algorithm) || !SignatureAlgorithm.IsSupported(jws.Algorithm))
            return new JwtVerdict<DpopProof>(null, JwtFault.AlgorithmNotAllowed, null);
        if (KeyOf(text, out detail) is not { } key)
            return new JwtVerdict<DpopProof>(null, JwtFault.KeyUnknown, detail);
        if (!jws.VerifiedBy(key))
            return new JwtVerdict<DpopProof>(null, JwtFault.SignatureInvalid, null);
        if (!StrictJson.TryParseObject(jws.Payload, out JsonDocument? document))
            return new JwtVerdict<DpopProof>(null, JwtFault.ClaimsNotJson, null);
        using (document)
        {
            var claims = new ClaimReader(document.RootElement);
            DpopProof proof = Read(ref claims, key.Thumbprint());
            proof.JudgeFor(request, ref claims);
            return claims.Fault == JwtFault.None ? new JwtVerdict<DpopProof>(proof, JwtFault.None, null) : new JwtVerdict<DpopProof>(null, claims.Fault, claims.FaultyClaim);
        }
    }

    /// <summary>A URL as it is compared (§4.3: syntax-based and scheme-based normalization of RFC 3986 §6.2, without query and fragment); null when it is no http or https URL.</summary>
    /// <param name="address">The URL.</param>
    public static string? Normalize(string address) =>
        address.Length <= MaxAddressLength && Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) && uri.Scheme is "https" or "http" && uri.UserInfo.Length == 0
            ? uri.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped) : null;

    private static DpopProof Read(ref ClaimReader claims, string thumbprint)
    {
        string jwtId = claims.Text("jti");
        claims.Demand(jwtId.Length <= MaxJwtIdLength, JwtFault.ClaimMalformed, "jti");
        return new DpopProof
        {
            JwtId = jwtId,
            HttpMethod = claims.Text("htm"),
            HttpAddress = claims.Text("htu"),
            IssuedAt = claims.Instant("iat"),
            AccessTokenHash = claims.OptionalText("ath"),
            Nonce = claims.OptionalText("nonce"),
            Thumbprint = thumbprint,
        };
    }

    private void JudgeFor(DpopRequest request, ref ClaimReader claims)
    {
        claims.Demand(HttpMethod == request.Method, JwtFault.RequestWrong, "htm");
        string? address = Normalize(HttpAddress);
        claims.Demand(address is not null && request.Addresses.Any(a => Normalize(a) == address), JwtFault.RequestWrong, "htu");
        claims.Demand(request.AccessToken is null || AccessTokenHash == HashOf(request.AccessToken), JwtFault.RequestWrong, "ath");
        // A claim that ends the proof, or lets it begin, holds although no profile asks for it (RFC 7519 §4.1.4, §4.1.5).
        DateTimeOffset now = request.Now;
        DateTimeOffset? expiresAt = claims.OptionalInstant("exp"), notBefore = claims.OptionalInstant("nbf");
        claims.Demand(expiresAt is null || now - Leeway < expiresAt, JwtFault.Expired);
        claims.Demand(notBefore is null || now + Leeway >= notBefore, JwtFault.NotYetValid);
        claims.Demand(Nonce is null ? !request.DemandsNonce : request.AcceptsNonce(Nonce), JwtFault.NonceWrong);
        // §4.3 item 11: a nonce of the server's says when the proof was made, whatever the sender's clock shows.
        if (Nonce is not null)
            return;
        claims.Demand(IssuedAt <= now + Leeway, JwtFault.IssuedInTheFuture);
        claims.Demand(IssuedAt >= now - MaximumAge - Leeway, JwtFault.Expired);
    }

    /// <summary>The key in the header; null when there is none, or it is private, symmetric or not one that is supported.</summary>
    private static Jwk? KeyOf(string text, out string? fault)
    {
        fault = "jwk is missing";
        // Read once already: it is canonical, and strict JSON.
        if (!CanonicalBase64Url.TryDecode(text.AsSpan(0, text.IndexOf('.')), out byte[]? header) || !StrictJson.TryParseObject(header, out JsonDocument? document))
            return null;
        using (document)
        {
            return document.RootElement.TryGetProperty("jwk", out JsonElement json) && Jwk.TryParseStrict(json, out Jwk? key, out fault) ? key : null;
        }
    }
}
