using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Evergrant.Specs.Harness;

/// <summary>The keys with which the asserting client signs; made for each run.</summary>
public static class ClientKeys
{
    /// <summary>Its EC key, <c>kid</c> "ec".</summary>
    public static ECDsa Ec { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>Its RSA key, <c>kid</c> "rsa".</summary>
    public static RSA Rsa { get; } = RSA.Create(2048);

    /// <summary>The public halves as a JWK Set.</summary>
    public static JsonObject Public()
    {
        var ec = Ec.ExportParameters(includePrivateParameters: false);
        var rsa = Rsa.ExportParameters(includePrivateParameters: false);
        return new JsonObject
        {
            ["keys"] = new JsonArray(
                new JsonObject
                {
                    ["kty"] = "EC", ["crv"] = "P-256", ["kid"] = "ec", ["use"] = "sig", ["x"] = Text(ec.Q.X), ["y"] = Text(ec.Q.Y),
                },
                new JsonObject { ["kty"] = "RSA", ["kid"] = "rsa", ["use"] = "sig", ["n"] = Text(rsa.Modulus), ["e"] = Text(rsa.Exponent) }),
        };
    }

    /// <summary>The public half of an EC key of another client, <c>kid</c> "ec", as a JWK Set.</summary>
    public static JsonObject PublicOf(ECDsa key)
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        return new JsonObject { ["keys"] = new JsonArray(new JsonObject { ["kty"] = "EC", ["crv"] = "P-256", ["kid"] = "ec", ["use"] = "sig", ["x"] = Text(point.X), ["y"] = Text(point.Y) }) };
    }

    private static string Text(byte[]? bytes) => Base64Url.EncodeToString(bytes);
}
