using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Evergrant.Load.Http;

/// <summary>
/// Checks access tokens: every one for its shape, one in <see cref="SampleEvery"/> for its ES256 signature and expiry
/// (each costs the generator some 100 µs).
/// </summary>
internal sealed class AccessTokenCheck(IReadOnlyDictionary<string, ECDsa> keys)
{
    public const int SampleEvery = 64;
    private int seen;

    /// <summary>The ES256 keys of a JWKS document, by kid.</summary>
    public static AccessTokenCheck FromJwks(ReadOnlyMemory<byte> jwks)
    {
        using var document = JsonDocument.Parse(jwks);
        var keys = new Dictionary<string, ECDsa>();
        foreach (var key in document.RootElement.GetProperty("keys").EnumerateArray())
        {
            if (key.GetProperty("kty").GetString() != "EC" || key.GetProperty("crv").GetString() != "P-256") continue;
            keys[key.GetProperty("kid").GetString()!] = ECDsa.Create(new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256,
                Q = new ECPoint { X = Bytes(key, "x"), Y = Bytes(key, "y") },
            });
        }

        return new AccessTokenCheck(keys);
    }

    /// <exception cref="WrongAnswerException">The token is not a JWT of the form, or, sampled, its signature or expiry is wrong.</exception>
    public void Check(string token)
    {
        var first = token.IndexOf('.', StringComparison.Ordinal);
        var last = token.LastIndexOf('.');
        if (!token.StartsWith("eyJ", StringComparison.Ordinal) || first < 0 || last == first || token.Length - last - 1 != 86)
        {
            throw new WrongAnswerException("the access token is not a JWT signed with ES256");
        }

        if (Interlocked.Increment(ref seen) % SampleEvery != 1) return;
        using var header = JsonDocument.Parse(Base64Url.DecodeFromChars(token.AsSpan(0, first)));
        using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(token.AsSpan(first + 1, last - first - 1)));
        if (header.RootElement.GetProperty("alg").GetString() != "ES256" || header.RootElement.GetProperty("typ").GetString() != "at+jwt")
        {
            throw new WrongAnswerException("the access token's header is not that of RFC 9068");
        }

        if (DateTimeOffset.FromUnixTimeSeconds(claims.RootElement.GetProperty("exp").GetInt64()) <= DateTimeOffset.UtcNow)
        {
            throw new WrongAnswerException("the access token has expired");
        }

        var key = keys[header.RootElement.GetProperty("kid").GetString()!];
        lock (key)
        {
            if (!key.VerifyData(Encoding.ASCII.GetBytes(token[..last]), Base64Url.DecodeFromChars(token.AsSpan(last + 1)), HashAlgorithmName.SHA256))
            {
                throw new WrongAnswerException("the access token's signature is wrong");
            }
        }
    }

    private static byte[] Bytes(JsonElement key, string name) => Base64Url.DecodeFromChars(key.GetProperty(name).GetString());
}
