using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Evergrant.Specs.Attacks;

/// <summary>JWTs that no library would make: any header, any payload, any signature.</summary>
public static class Forged
{
    /// <summary>Signs a header and a payload as they stand, by ES256 unless told otherwise.</summary>
    public static string Token(string header, string payload, Func<byte[], byte[]>? sign = null)
    {
        var input = $"{Part(header)}.{Part(payload)}";
        return $"{input}.{Base64Url.EncodeToString((sign ?? Es256)(Encoding.ASCII.GetBytes(input)))}";
    }

    /// <summary>Base64url of a text.</summary>
    public static string Part(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    /// <summary>A signature by the EC key of the asserting client.</summary>
    public static byte[] Es256(byte[] input) => ClientKeys.Ec.SignData(input, HashAlgorithmName.SHA256);

    /// <summary>The claims of a good client assertion, some of them changed; null takes one out.</summary>
    public static JsonObject Claims(Client client, params (string Name, JsonNode? Value)[] changes)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var claims = new JsonObject { ["iss"] = client.Id, ["sub"] = client.Id, ["aud"] = client.Api.Issuer, ["jti"] = Pkce.Random(16), ["iat"] = now, ["exp"] = now + 60 };
        foreach (var (name, value) in changes)
        {
            claims.Remove(name);
            if (value is not null) claims[name] = value;
        }

        return claims;
    }
}
