using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Evergrant.Specs.Attacks;
using Evergrant.Specs.Rfc7591;
using Evergrant.Specs.Rfc9101;

namespace Evergrant.Specs.Rfc8725;

/// <summary>RFC 8725 sections 3.3 and 3.5: what is signed inside of what is signed, and secrets as keys.</summary>
public sealed class Section3_Keys(Server server)
{
    private const string Nested = """{"alg":"ES256","kid":"ec","cty":"JWT"}""";

    [Fact]
    [Requirement("RFC8725-3.3-01")]
    public async Task A_JWT_inside_another_is_refused_as_a_whole_however_either_is_signed()
    {
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var client = server.Client(Clients.Unproven);
        var request = new AuthorizationRequest(client);
        var good = client.Assertion()[1].Value;
        foreach (var inner in new[] { good, Altering.At(good, good.Length - 20), Jwt.Sign(Jwt.Parse(good).Payload, "ES256", stranger, "ec"), Jwt.Sign(Jwt.Parse(good).Payload, "none", null) })
            (await server.Api.Post("/par", [.. request.Parameters, .. Client.Carrying(Forged.Token(Nested, inner))])).Expect(401, "invalid_client");
        var signed = request.ObjectText();
        foreach (var inner in new[] { signed, request.ObjectText(key: stranger) })
            (await server.Api.Post("/par", [("client_id", client.Id), ("request", Forged.Token(Nested, inner)), .. client.Assertion()])).Expect(400, "invalid_request_object");
        (await server.Api.Post("/par", [("client_id", client.Id), ("request", signed), .. client.Assertion()])).Expect(201);
    }

    [Fact]
    [Requirement("RFC8725-3.5-01")]
    public async Task No_secret_is_a_key()
    {
        var client = server.Client(Clients.Knocking);
        (await server.Api.Post("/token", [("grant_type", "refresh_token"), ("refresh_token", "x"), .. Client.Carrying(Jwt.Sign(Jwt.Parse(client.Assertion()[1].Value).Payload, "HS256", Encoding.UTF8.GetBytes(client.Secret)))])).Expect(401, "invalid_client");
        foreach (var (name, value) in new[]
        {
            ("token_endpoint_auth_method", "client_secret_jwt"), ("id_token_signed_response_alg", "HS256"), ("userinfo_signed_response_alg", "HS256"), ("request_object_signing_alg", "HS256"), ("introspection_signed_response_alg", "HS512"),
        })
            (await server.Api.Register(Registrations.Web().With(name, JsonValue.Create(value)))).Expect(400, "invalid_client_metadata");
    }
}
