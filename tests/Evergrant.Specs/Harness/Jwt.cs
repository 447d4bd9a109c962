using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Evergrant.Specs.Harness;

/// <summary>A JWS in compact form, taken apart; and the signing of client assertions.</summary>
public sealed record Jwt(string Text, JsonElement Header, JsonElement Payload)
{
    /// <summary>The signature algorithm.</summary>
    public string? Algorithm => Member(Header, "alg");

    /// <summary>Takes a compact JWS apart without verifying it.</summary>
    public static Jwt Parse(string text)
    {
        var parts = text.Split('.');
        Assert.True(parts.Length == 3, $"Not a compact JWS: {parts.Length} parts");
        return new Jwt(text, Decode(parts[0]), Decode(parts[1]));
    }

    /// <summary>A string claim; null when absent or of another type.</summary>
    public string? Claim(string name) => Member(Payload, name);

    /// <summary>An integer claim; fails the test when it is none.</summary>
    public long Number(string name)
    {
        Assert.True(Payload.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number, $"'{name}' is no number");
        return value.GetInt64();
    }

    /// <summary>Whether the claim is there.</summary>
    public bool Has(string name) => Payload.TryGetProperty(name, out _);

    /// <summary>The audience as a sorted list, whichever form it has.</summary>
    public IReadOnlyList<string> Audience
    {
        get
        {
            Assert.True(Payload.TryGetProperty("aud", out var value), "There is no aud");
            return value.ValueKind == JsonValueKind.Array
                ? [.. value.EnumerateArray().Select(one => one.GetString()!).Order(StringComparer.Ordinal)]
                : [value.GetString()!];
        }
    }

    /// <summary>The <c>scope</c> claim as a sorted list.</summary>
    public IReadOnlyList<string> Scopes => [.. (Claim("scope") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];

    /// <summary>Whether a key of the set, found by <c>kid</c>, verifies the signature.</summary>
    public bool VerifiesWith(JsonElement jwks)
    {
        var kid = Member(Header, "kid");
        foreach (var key in jwks.GetProperty("keys").EnumerateArray())
        {
            if (Member(key, "kid") == kid && Verifies(key)) return true;
        }

        return false;
    }

    /// <summary>Signs a JWT with an EC key (ES256), an RSA key (RS256 or PS256) or a secret (HS256); <paramref name="key"/> null gives <c>alg</c> none.</summary>
    public static string Sign(object payload, string algorithm, object? key, string? kid = null, string? type = "JWT")
    {
        var header = new Dictionary<string, string> { ["alg"] = algorithm };
        if (kid is not null) header["kid"] = kid;
        if (type is not null) header["typ"] = type;
        var input = $"{Part(header)}.{Part(payload)}";
        var bytes = Encoding.ASCII.GetBytes(input);
        var signature = (algorithm, key) switch
        {
            ("ES256", ECDsa ec) => ec.SignData(bytes, HashAlgorithmName.SHA256),
            ("RS256", RSA rsa) => rsa.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            ("PS256", RSA rsa) => rsa.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
            ("HS256", byte[] secret) => HMACSHA256.HashData(secret, bytes),
            ("none", null) => [],
            _ => throw new ArgumentException("No way to sign " + algorithm, nameof(algorithm)),
        };
        return $"{input}.{Base64Url.EncodeToString(signature)}";
    }

    private static string Part(object value) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(value));

    private static JsonElement Decode(string part)
    {
        using var json = JsonDocument.Parse(Base64Url.DecodeFromChars(part));
        return json.RootElement.Clone();
    }

    private static string? Member(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static byte[] Bytes(JsonElement key, string name) => Base64Url.DecodeFromChars(Member(key, name)!);

    private bool Verifies(JsonElement key)
    {
        var parts = Text.Split('.');
        var input = Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}");
        var signature = Base64Url.DecodeFromChars(parts[2]);
        switch (Algorithm)
        {
            case "ES256" when Member(key, "kty") == "EC":
                using (var ec = ECDsa.Create(new ECParameters
                {
                    Curve = ECCurve.NamedCurves.nistP256,
                    Q = new ECPoint { X = Bytes(key, "x"), Y = Bytes(key, "y") },
                }))
                    return ec.VerifyData(input, signature, HashAlgorithmName.SHA256);
            case "RS256" or "PS256" when Member(key, "kty") == "RSA":
                using (var rsa = RSA.Create(new RSAParameters { Modulus = Bytes(key, "n"), Exponent = Bytes(key, "e") }))
                {
                    var padding = Algorithm == "RS256" ? RSASignaturePadding.Pkcs1 : RSASignaturePadding.Pss;
                    return rsa.VerifyData(input, signature, HashAlgorithmName.SHA256, padding);
                }
            default:
                return false;
        }
    }
}
