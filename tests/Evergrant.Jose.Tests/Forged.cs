using System.Text;
using System.Text.Json;

namespace Evergrant.Jose.Tests;

/// <summary>Tokens put together by hand, as a stranger would.</summary>
internal static class Forged
{
    public static string Part(string text) => CanonicalBase64Url.Encode(Encoding.UTF8.GetBytes(text));

    /// <summary>A token with exactly this header, signed properly over it.</summary>
    public static string Signed(SigningKey key, string header, string payload)
    {
        string signed = $"{Part(header)}.{Part(payload)}";
        byte[] signature = new byte[key.MaxSignatureLength];
        int length = key.SignAsync(Encoding.ASCII.GetBytes(signed), signature, default).AsTask().GetAwaiter().GetResult();
        return $"{signed}.{CanonicalBase64Url.Encode(signature.AsSpan(0, length))}";
    }

    /// <summary>A token whose header names the key's algorithm and id, and the type given.</summary>
    public static string Typed(SigningKey key, string? typ, string payload)
    {
        string type = typ is null ? "" : $$""","typ":{{JsonSerializer.Serialize(typ)}}""";
        return Signed(key, $$"""{"alg":"{{key.Algorithm}}","kid":"{{key.KeyId}}"{{type}}}""", payload);
    }

    public static JwkSet SetOf(params SigningKey[] keys) => new([.. keys.Select(key => key.PublicKey)]);

    public static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}
