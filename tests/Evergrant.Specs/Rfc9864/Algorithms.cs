using System.Text.Json.Nodes;
using Evergrant.Specs.Rfc9449;

namespace Evergrant.Specs.Rfc9864;

/// <summary>RFC 9864 and RFC 8037: an algorithm says all, a key is for one, and what the framework cannot compute is refused.</summary>
public sealed class Algorithms(Server server)
{
    [Fact]
    [Requirement("RFC9864-7-01", "RFC9864-7-02", "OIDC-DISC-3-09", "RFC7517-4.5-01")]
    public async Task Every_published_key_is_for_one_algorithm_and_says_which()
    {
        var keys = (await server.Api.Jwks()).Json.GetProperty("keys").EnumerateArray().ToList();
        Assert.NotEmpty(keys);
        Assert.All(keys, key => Assert.False(string.IsNullOrEmpty(key.GetProperty("alg").GetString())));
        Assert.All(keys, key => Assert.Equal(key.GetProperty("alg").GetString() is "RSA-OAEP-256" or "ECDH-ES" ? "enc" : "sig", key.GetProperty("use").GetString()));
        var material = keys.Select(key => key.TryGetProperty("n", out var n) ? n.GetString() : key.GetProperty("x").GetString()).ToList();
        Assert.Equal(material.Count, material.Distinct().Count());
        Assert.Equal(keys.Count, keys.Select(key => key.GetProperty("kid").GetString()).Distinct().Count());
    }

    [Theory]
    [Requirement("RFC8037-3.1-01", "RFC9864-2.2-01")]
    [InlineData("EdDSA", "Ed25519")]
    [InlineData("EdDSA", "X25519")]
    [InlineData("Ed25519", "Ed25519")]
    [InlineData("Ed25519", "Ed448")]
    [InlineData("Ed448", "Ed448")]
    public async Task A_signature_on_another_curve_is_refused_under_each_of_its_names(string algorithm, string curve)
    {
        var key = new DpopKey();
        var okp = new JsonObject { ["kty"] = "OKP", ["crv"] = curve, ["x"] = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" };
        foreach (var jwk in (JsonObject[])[okp, key.Jwk])
            (await server.Client(DpopClients.Web).With(key, server, ("header.alg", algorithm), ("header.jwk", jwk.DeepClone())).ClientCredentials(("scope", "mail:read"))).Expect(400, "invalid_dpop_proof");
        Assert.DoesNotContain($"\"{algorithm}\"", (await server.Api.Metadata()).Body, StringComparison.Ordinal);
    }
}
