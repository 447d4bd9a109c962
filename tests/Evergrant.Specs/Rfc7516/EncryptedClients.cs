using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Evergrant.Specs.Rfc7516;

/// <summary>Clients to whom answers are encrypted, with the keys that open them.</summary>
public static class EncryptedClients
{
    private static readonly RSA Rsa = RSA.Create(2048);
    private static readonly ECDiffieHellman Ec = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>Everything, with RSA; the content algorithm is left to the server.</summary>
    public static ClientDefinition WithRsa { get; } = new("jwe-rsa")
    {
        Introspect = true, Jwks = Jwks,
        Further = Members(("id_token_encrypted_response_alg", "RSA-OAEP-256"), ("userinfo_signed_response_alg", "ES256"), ("userinfo_encrypted_response_alg", "RSA-OAEP-256"), ("introspection_encrypted_response_alg", "RSA-OAEP")),
    };

    /// <summary>Everything, with a key agreement; userinfo answers are not signed.</summary>
    public static ClientDefinition WithEc { get; } = WithRsa with
    {
        Id = "jwe-ec",
        RedirectUris = ["https://jwe-ec.example/callback"],
        Further = Members(("id_token_encrypted_response_alg", "ECDH-ES"), ("id_token_encrypted_response_enc", "A256GCM"), ("userinfo_encrypted_response_alg", "ECDH-ES"), ("userinfo_encrypted_response_enc", "A128GCM"),
            ("introspection_signed_response_alg", "ES256"), ("introspection_encrypted_response_alg", "ECDH-ES"), ("introspection_encrypted_response_enc", "A256GCM")),
    };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ClientDefinition> All => [WithRsa, WithEc];

    /// <summary>Their public keys.</summary>
    public static JsonObject Jwks
    {
        get
        {
            var rsa = Rsa.ExportParameters(false);
            var point = Ec.ExportParameters(false).Q;
            return new JsonObject
            {
                ["keys"] = new JsonArray(
                    new JsonObject { ["kty"] = "RSA", ["kid"] = "enc-rsa", ["use"] = "enc", ["n"] = Base64Url.EncodeToString(rsa.Modulus), ["e"] = Base64Url.EncodeToString(rsa.Exponent) },
                    new JsonObject { ["kty"] = "EC", ["crv"] = "P-256", ["kid"] = "enc-ec", ["use"] = "enc", ["x"] = Base64Url.EncodeToString(point.X), ["y"] = Base64Url.EncodeToString(point.Y) }),
            };
        }
    }

    /// <summary>Opens a compact JWE by the framework's own means, and tells its header.</summary>
    public static (JsonElement Header, string Content) Open(string token)
    {
        var parts = token.Split('.');
        Assert.Equal(5, parts.Length);
        using var document = JsonDocument.Parse(Bytes(parts[0]));
        var header = document.RootElement.Clone();
        var enc = header.GetProperty("enc").GetString()!;
        var key = header.GetProperty("alg").GetString() switch
        {
            "RSA-OAEP-256" => Rsa.Decrypt(Bytes(parts[1]), RSAEncryptionPadding.OaepSHA256),
            "RSA-OAEP" => Rsa.Decrypt(Bytes(parts[1]), RSAEncryptionPadding.OaepSHA1),
            _ => Agree(header.GetProperty("epk"), enc),
        };
        byte[] iv = Bytes(parts[2]), text = Bytes(parts[3]), tag = Bytes(parts[4]), associated = Encoding.ASCII.GetBytes(parts[0]);
        if (enc.EndsWith("GCM", StringComparison.Ordinal))
        {
            using var gcm = new AesGcm(key, 16);
            var opened = new byte[text.Length];
            gcm.Decrypt(iv, text, tag, opened, associated);
            return (header, Encoding.UTF8.GetString(opened));
        }
        Assert.Equal("A128CBC-HS256", enc);
        byte[] length = BitConverter.GetBytes(associated.LongLength * 8);
        Array.Reverse(length);
        Assert.Equal(HMACSHA256.HashData(key[..16], (byte[])[.. associated, .. iv, .. text, .. length])[..16], tag);
        using var aes = Aes.Create();
        aes.Key = key[16..];
        return (header, Encoding.UTF8.GetString(aes.DecryptCbc(text, iv)));
    }

    private static byte[] Agree(JsonElement epk, string enc)
    {
        using var other = ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = Bytes(epk.GetProperty("x").GetString()!), Y = Bytes(epk.GetProperty("y").GetString()!) } });
        int bits = enc == "A256GCM" ? 256 : 128;
        byte[] name = Encoding.ASCII.GetBytes(enc);
        byte[] input = [0, 0, 0, 1, .. Ec.DeriveRawSecretAgreement(other.PublicKey), 0, 0, 0, (byte)name.Length, .. name, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte)(bits >> 8), (byte)bits];
        return SHA256.HashData(input)[..(bits / 8)];
    }

    private static byte[] Bytes(string text) => Base64Url.DecodeFromChars(text);

    private static IReadOnlyDictionary<string, JsonNode> Members(params (string Name, string Value)[] members) => members.ToDictionary(m => m.Name, m => (JsonNode)m.Value);
}
