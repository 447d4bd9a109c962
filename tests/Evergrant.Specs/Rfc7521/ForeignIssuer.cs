using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Evergrant.Specs.Rfc7521;

/// <summary>Somebody else who vouches for subjects, with keys made for each run.</summary>
public sealed class ForeignIssuer(string name)
{
    private readonly ECDsa ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly RSA rsa = RSA.Create(2048);

    /// <summary>Its people are the server's accounts, by user name.</summary>
    public static ForeignIssuer Company { get; } = new("https://idp.example");

    /// <summary>Its people have no accounts; what it may vouch for is bounded.</summary>
    public static ForeignIssuer Partner { get; } = new("https://partner.example");

    /// <summary>Nobody trusts it.</summary>
    public static ForeignIssuer Stranger { get; } = new("https://stranger.example");

    /// <summary>The iss of its assertions.</summary>
    public string Name => name;

    /// <summary>Its public keys.</summary>
    public JsonObject Jwks()
    {
        var point = ec.ExportParameters(includePrivateParameters: false).Q;
        var modulus = rsa.ExportParameters(includePrivateParameters: false);
        return new JsonObject
        {
            ["keys"] = new JsonArray(
                new JsonObject { ["kty"] = "EC", ["crv"] = "P-256", ["kid"] = "ec", ["x"] = Base64Url.EncodeToString(point.X), ["y"] = Base64Url.EncodeToString(point.Y) },
                new JsonObject { ["kty"] = "RSA", ["kid"] = "rsa", ["n"] = Base64Url.EncodeToString(modulus.Modulus), ["e"] = Base64Url.EncodeToString(modulus.Exponent) }),
        };
    }

    /// <summary>The claims of an assertion about a subject for a server, right unless changed; null takes a claim out.</summary>
    public Dictionary<string, object> Claims(string audience, string subject, params (string Name, object? Value)[] changes)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var claims = new Dictionary<string, object> { ["iss"] = name, ["sub"] = subject, ["aud"] = audience, ["jti"] = Pkce.Random(16), ["iat"] = now, ["exp"] = now + 300 };
        foreach (var (claim, value) in changes)
        {
            claims.Remove(claim);
            if (value is not null) claims[claim] = value;
        }

        return claims;
    }

    /// <summary>Signs claims.</summary>
    public string Sign(object claims, string algorithm = "ES256", string? type = "JWT") => algorithm switch
    {
        "ES256" => Jwt.Sign(claims, algorithm, ec, "ec", type),
        "HS256" => Jwt.Sign(claims, algorithm, rsa.ExportSubjectPublicKeyInfo(), "rsa", type),
        "none" => Jwt.Sign(claims, algorithm, null, null, type),
        _ => Jwt.Sign(claims, algorithm, rsa, "rsa", type),
    };

    /// <summary>An assertion about a subject, right unless claims are changed.</summary>
    public string Assertion(string audience, string subject = "alice", params (string Name, object? Value)[] changes) => Sign(Claims(audience, subject, changes));

    /// <summary>How it is declared; members may be changed.</summary>
    public JsonObject Declared(string issuer, IEnumerable<string> clients, params (string Name, JsonNode Value)[] changes)
    {
        var json = new JsonObject
        {
            ["issuer"] = issuer, ["iss"] = name, ["jwks"] = Jwks(), ["clients"] = new JsonArray([.. clients.Select(client => JsonValue.Create(client))]),
        };
        foreach (var (member, value) in changes) json[member] = value;
        return json;
    }
}
