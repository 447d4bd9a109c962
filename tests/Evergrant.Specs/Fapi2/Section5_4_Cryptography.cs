using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Evergrant.Specs.Attacks;
using Evergrant.Specs.Certification;
using Evergrant.Specs.Rfc9101;
using Evergrant.Specs.Rfc9126;

namespace Evergrant.Specs.Fapi2;

/// <summary>FAPI 2.0 Security Profile section 5.4: keys, and JWTs as RFC 8725 has them.</summary>
public sealed class Section5_4_Cryptography(Server server)
{
    [Fact]
    [Requirement("FAPI2-SP-5.4.3-01")]
    public async Task Of_several_keys_with_one_kid_the_one_that_fits_is_used()
    {
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var keys = ClientKeys.Public()["keys"]!.AsArray().Select(key => key!.DeepClone().AsObject()).ToList();
        foreach (var key in keys) key["kid"] = "one";
        var larger = stranger.ExportParameters(includePrivateParameters: false).Q;
        JsonNode[] all =
        [
            new JsonObject { ["kty"] = "EC", ["crv"] = "P-384", ["kid"] = "one", ["use"] = "sig", ["x"] = Base64Url.EncodeToString(larger.X), ["y"] = Base64Url.EncodeToString(larger.Y) },
            With(keys[1], "alg", "RS256"), With(keys[0], "use", "enc"), keys[0], keys[1],
        ];
        var definition = FapiClients.Secure with { Id = "fapi-same-kid", Jwks = new JsonObject { ["keys"] = new JsonArray(all) } };
        await server.Declare(definition);
        foreach (var (algorithm, key) in new (string, object)[] { ("ES256", ClientKeys.Ec), ("PS256", ClientKeys.Rsa) })
        {
            var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
            var assertion = Jwt.Sign(new { iss = definition.Id, sub = definition.Id, aud = server.Issuer, jti = Pkce.Random(16), iat = now, exp = now + 60 }, algorithm, key, "one");
            (await server.Api.Post("/par", [.. FapiRun.New(server, signing: false, definition).Parameters, .. Client.Carrying(assertion)])).Expect(201);
        }

        static JsonObject With(JsonObject key, string name, string value)
        {
            var copy = key.DeepClone().AsObject();
            copy[name] = value;
            return copy;
        }
    }

    [Fact]
    [Requirement("FAPI2-SP-5.4.1-04", "FAPI2-SP-5.4.1-05")]
    public async Task Weak_keys_are_not_registered()
    {
        using var small = RSA.Create(1024);
        var weak = new JsonObject { ["kty"] = "RSA", ["kid"] = "rsa", ["n"] = Base64Url.EncodeToString(small.ExportParameters(false).Modulus), ["e"] = "AQAB" };
        var narrow = new JsonObject { ["kty"] = "EC", ["crv"] = "P-192", ["kid"] = "ec", ["x"] = Base64Url.EncodeToString(new byte[24]), ["y"] = Base64Url.EncodeToString(new byte[24]) };
        await server.NotRegistered(new[] { weak, narrow }.Select(key => FapiClients.Secure with { Id = "fapi-weak", Jwks = new JsonObject { ["keys"] = new JsonArray(key) } }));
    }

    [Fact]
    [Requirement("FAPI2-SP-5.4.1-01", "FAPI2-SP-5.4.1-02", "FAPI2-SP-5.4.1-03")]
    public async Task A_JWT_of_one_kind_is_none_of_another_whoever_has_signed_it()
    {
        var client = server.Client(FapiClients.Signing);
        AuthorizationRequest Request() => FapiRun.New(server, signing: true);
        Task<Reply> Push(string assertion, string? text = null) => server.Api.Post("/par", [("client_id", client.Id), ("request", text ?? Request().ObjectText()), .. Client.Carrying(assertion)]);
        string Assertion(string? type = "JWT", string algorithm = "ES256")
        {
            var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
            object? key = algorithm switch { "none" => null, "HS256" => ClientKeys.Ec.ExportSubjectPublicKeyInfo(), "RS256" => ClientKeys.Rsa, _ => ClientKeys.Ec };
            return Jwt.Sign(new { iss = client.Id, sub = client.Id, aud = server.Issuer, jti = Pkce.Random(16), iat = now, exp = now + 60 }, algorithm, key, "ec", type);
        }

        (await Push(Assertion())).Expect(201);
        (await Push(Assertion("client-authentication+jwt"))).Expect(201);
        foreach (var type in new[] { "at+jwt", "dpop+jwt", "logout+jwt", Signing.Type, "token-introspection+jwt" }) (await Push(Assertion(type))).Expect(401, "invalid_client");
        foreach (var algorithm in new[] { "none", "HS256", "RS256" }) (await Push(Assertion(algorithm: algorithm))).Expect(401, "invalid_client");
        (await Push(Request().ObjectText())).Expect(401, "invalid_client");
        foreach (var type in new[] { "at+jwt", "dpop+jwt", "client-authentication+jwt" }) (await Push(Assertion(), Request().ObjectText(type: type))).Expect(400, "invalid_request_object");
        (await Push(Assertion(), Assertion())).Expect(400, "invalid_request_object");
    }
}
