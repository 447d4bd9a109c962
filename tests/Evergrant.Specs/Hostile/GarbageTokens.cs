using System.Buffers.Text;
using System.Text;

namespace Evergrant.Specs.Hostile;

/// <summary>Tokens that are none, in every place where one is read.</summary>
public sealed class GarbageTokens(Server server)
{
    private static readonly string[] Nonsense =
    [
        "x", ".", "..", "...", "a.b.c", "null", "undefined", "Bearer", "' OR 1=1 --", "%00", "\u0000".Trim('\0') + "é✓", "eyJhbGciOiJub25lIn0.e30.", "eyJhbGciOiJub25lIn0..", "e30.e30.e30",
        "eyJhbGciOiJIUzI1NiJ9.e30.AAAA", new string('A', 60_000), "../../../etc/passwd", "{}", "[]", "\"\"", "0", "-1", "true",
    ];

    [Fact]
    public async Task They_are_refused_everywhere_and_harm_nobody()
    {
        var client = server.Client(HostileClients.Target);
        var api = server.Client(HostileClients.Api);
        var tokens = await server.Authorize(HostileClients.Target, "openid offline_access mail:read");
        var opaque = await server.Authorize(Clients.Opaque, "openid offline_access mail:read");

        foreach (var bad in Nonsense.Concat(Bent(tokens.Refresh)).Concat(Bent(opaque.AccessToken)).Concat(Bent(tokens.AccessToken)).Concat(Forged(tokens.AccessToken)))
        {
            var what = bad.Length > 60 ? bad[..60] : bad;
            (await client.Refresh(bad)).Sound(what).Expect(400, "invalid_grant");
            (await client.Token(("grant_type", "authorization_code"), ("code", bad), ("redirect_uri", client.Definition.RedirectUri), ("code_verifier", Pkce.NewVerifier()))).Sound(what).Expect(400, "invalid_grant");
            (await client.Revoke(bad)).Sound(what).Expect(200);
            var introspected = (await api.Introspect(bad)).Sound(what).Expect(200);
            Assert.Equal("{\"active\":false}", introspected.Body.Replace(" ", "", StringComparison.Ordinal));
            // A header cannot carry all of it; the body of a form can.
            (await server.Api.Post("/userinfo", [("access_token", bad)])).Sound(what).Expect(401);
        }

        (await client.Refresh(tokens.Refresh)).Expect(200);
        (await server.Api.Get("/userinfo", tokens.AccessToken)).Expect(200);
        (await server.Api.Get("/userinfo", opaque.AccessToken)).Expect(200);
    }

    [Fact]
    public async Task A_token_of_one_kind_is_none_of_another()
    {
        var client = server.Client(HostileClients.Target);
        var request = new AuthorizationRequest(client).With("scope", "openid offline_access mail:read");
        var code = await (await server.SignedIn()).Code(request);
        var tokens = await server.Authorize(HostileClients.Target, "openid offline_access mail:read");

        foreach (var other in new[] { code, tokens.AccessToken, tokens.IdToken!, client.Secret }) (await client.Refresh(other)).Expect(400, "invalid_grant");
        foreach (var other in new[] { tokens.Refresh, tokens.AccessToken, tokens.IdToken! }) (await client.Redeem(request, other)).Expect(400, "invalid_grant");
        foreach (var other in new[] { code, tokens.Refresh, tokens.IdToken!, client.Secret }) (await server.Api.Get("/userinfo", other)).Expect(401);
        foreach (var other in new[] { code, tokens.IdToken! }) Assert.False(await client.Finds(other));
        (await client.Redeem(request, code)).Expect(200);
        (await client.Refresh(tokens.Refresh)).Expect(200);
    }

    [Theory]
    [InlineData("Basic")]
    [InlineData("Basic ")]
    [InlineData("Basic !!!!")]
    [InlineData("Basic Og==")]
    [InlineData("Basic /////w==")]
    [InlineData("Basic aG9zdGlsZQ==")]
    [InlineData("Basic AAAAAAAA")]
    [InlineData("Bearer x")]
    [InlineData("Digest username=\"hostile\"")]
    [InlineData("hostile:secret")]
    public async Task A_garbled_header_authenticates_nobody(string header)
    {
        foreach (var path in Surface.Forms)
        {
            var reply = (await server.Api.Post(path, [("grant_type", "client_credentials"), ("token", "x")], header)).Sound($"{path} {header}");
            Assert.True(reply.Status is 400 or 401, $"{path} {header}: {reply}");
        }
    }

    // A token cut, bent, prolonged and respelled.
    private static IEnumerable<string> Bent(string token)
    {
        foreach (var altered in Altering.EachPart(token)) yield return altered;
        yield return token[..(token.Length / 2)];
        yield return token[1..];
        yield return token + token;
        yield return token.ToUpperInvariant();
        yield return token + " ";
        yield return token + "%00";
        // One token in fifteen has neither character, and respelled is itself.
        if (token.Replace('-', '+').Replace('_', '/') is var respelled && respelled != token) yield return respelled;
    }

    // The claims of a good JWT under headers of an attacker.
    private static IEnumerable<string> Forged(string jwt)
    {
        var parts = jwt.Split('.');
        foreach (var header in new[]
        {
            """{"alg":"none"}""", """{"alg":"None","typ":"at+jwt"}""", """{"alg":"HS256","typ":"at+jwt"}""", """{"alg":"ES256","typ":"at+jwt","kid":"../../../dev/null"}""",
            """{"alg":"ES256","typ":"at+jwt","jku":"https://evil.example/jwks"}""", """{"alg":"ES256","typ":"at+jwt","crit":["x"],"x":1}""", """{"alg":"ES256","alg":"none","typ":"at+jwt"}""", "[]", "\"\"", "{",
        })
            yield return $"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header))}.{parts[1]}.{parts[2]}";
        yield return $"{parts[0]}.{parts[1]}.";
        yield return $"{parts[0]}.{parts[1]}.{new string('A', 86)}";
        yield return $"{parts[0]}.{parts[1]}.{parts[2]}.";
        yield return $"{parts[0]}.e30.{parts[2]}";
    }
}
