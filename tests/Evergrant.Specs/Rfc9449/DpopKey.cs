using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Evergrant.Specs.Rfc9449;

/// <summary>A key pair that signs DPoP proofs, right unless a test changes them.</summary>
public sealed class DpopKey
{
    private readonly string algorithm;
    private readonly ECDsa? ec;
    private readonly RSA? rsa;

    /// <summary>A new key of an algorithm.</summary>
    public DpopKey(string algorithm = "ES256")
    {
        this.algorithm = algorithm;
        if (algorithm.StartsWith("ES", StringComparison.Ordinal))
        {
            ec = ECDsa.Create(algorithm switch { "ES256" => ECCurve.NamedCurves.nistP256, "ES384" => ECCurve.NamedCurves.nistP384, _ => ECCurve.NamedCurves.nistP521 });
        }
        else rsa = RSA.Create(2048);
    }

    private HashAlgorithmName Hash => algorithm[2..] switch { "256" => HashAlgorithmName.SHA256, "384" => HashAlgorithmName.SHA384, _ => HashAlgorithmName.SHA512 };

    /// <summary>The public key.</summary>
    public JsonObject Jwk
    {
        get
        {
            if (rsa is not null)
            {
                var key = rsa.ExportParameters(includePrivateParameters: false);
                return new JsonObject { ["e"] = Text(key.Exponent), ["kty"] = "RSA", ["n"] = Text(key.Modulus) };
            }
            var point = ec!.ExportParameters(includePrivateParameters: false).Q;
            return new JsonObject { ["crv"] = algorithm switch { "ES256" => "P-256", "ES384" => "P-384", _ => "P-521" }, ["kty"] = "EC", ["x"] = Text(point.X), ["y"] = Text(point.Y) };
        }
    }

    /// <summary>The same with a private member.</summary>
    public JsonObject PrivateJwk
    {
        get
        {
            var jwk = Jwk;
            jwk["d"] = Text(ec!.ExportParameters(includePrivateParameters: true).D);
            return jwk;
        }
    }

    /// <summary>RFC 7638: members in the order of their names.</summary>
    public string Thumbprint => Text(SHA256.HashData(Encoding.UTF8.GetBytes(Jwk.ToJsonString())));

    /// <summary>A proof for a request. A change of a claim, or with <c>header.</c> of a header member; null takes it out.</summary>
    public string Proof(string method, string address, params (string Name, JsonNode? Value)[] changes)
    {
        var header = new JsonObject { ["typ"] = "dpop+jwt", ["alg"] = algorithm, ["jwk"] = Jwk };
        var claims = new JsonObject { ["jti"] = Pkce.Random(16), ["htm"] = method, ["htu"] = address, ["iat"] = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() };
        foreach (var (name, value) in changes)
        {
            var (part, member) = name.StartsWith("header.", StringComparison.Ordinal) ? (header, name[7..]) : (claims, name);
            part.Remove(member);
            if (value is not null) part[member] = value.DeepClone();
        }
        var signed = $"{Text(JsonSerializer.SerializeToUtf8Bytes(header))}.{Text(JsonSerializer.SerializeToUtf8Bytes(claims))}";
        return $"{signed}.{Text(Sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    /// <summary>The header with a proof for the token endpoint.</summary>
    public (string Name, string Value) ForToken(RunningServer server, params (string Name, JsonNode? Value)[] changes) => ("DPoP", Proof("POST", server.Issuer + "/token", changes));

    /// <summary>Uses an access token at userinfo, with the scheme DPoP and a proof.</summary>
    public Task<Reply> UserInfo(RunningServer server, string accessToken, params (string Name, JsonNode? Value)[] changes) =>
        server.Api.GetWith("/userinfo", ("Authorization", "DPoP " + accessToken), ("DPoP", Proof("GET", server.Issuer + "/userinfo", [("ath", HashOf(accessToken)), .. changes])));

    /// <summary>The <c>ath</c> of an access token.</summary>
    public static string HashOf(string accessToken) => Text(SHA256.HashData(Encoding.ASCII.GetBytes(accessToken)));

    private byte[] Sign(byte[] data) => ec?.SignData(data, Hash) ?? rsa!.SignData(data, Hash, algorithm.StartsWith("PS", StringComparison.Ordinal) ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1);

    private static string Text(byte[]? bytes) => Base64Url.EncodeToString(bytes);
}
