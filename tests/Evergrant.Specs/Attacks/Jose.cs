using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Evergrant.Specs.Attacks;

/// <summary>Attacks on signed tokens, at every place of the server that reads one: client assertions, hints, bearer tokens, introspection.</summary>
public sealed class Jose(Server server)
{
    private const string Header = """{"alg":"ES256","kid":"ec","typ":"JWT"}""";

    private Client Asserting => server.Client(Clients.Asserting);

    [Fact]
    [Requirement("ATTACK-154", "ATTACK-178")]
    public async Task What_is_not_signed_is_not_believed()
    {
        var tokens = await server.Authorize(AttackClients.App, "openid mail:read");
        List<string> forged = [];
        foreach (var payload in Payloads(tokens))
        {
            foreach (var algorithm in new[] { "none", "None", "nOnE", "NONE", "", " ", "null", "ES256 ", "es256" })
            {
                foreach (var type in new[] { "JWT", "at+jwt" })
                {
                    var input = $"{Forged.Part($$"""{"alg":"{{algorithm}}","typ":"{{type}}","kid":"ec"}""")}.{Forged.Part(payload)}";
                    forged.AddRange([input + ".", input, input + "." + Base64Url.EncodeToString(new byte[64]), input + "." + Base64Url.EncodeToString(Forged.Es256(Encoding.ASCII.GetBytes(input)))]);
                }
            }

            forged.AddRange([$"{Forged.Part("""{"typ":"JWT"}""")}.{Forged.Part(payload)}.", $"{Forged.Part("{}")}.{Forged.Part(payload)}.", $"..", $".{Forged.Part(payload)}."]);
        }

        foreach (var token in new[] { tokens.AccessToken, tokens.IdToken! })
        {
            var parts = token.Split('.');
            forged.AddRange([$"{parts[0]}.{parts[1]}.", $"{parts[0]}.{parts[1]}", $"{token}.{parts[2]}", $"{token}.", $"{parts[0]}..{parts[2]}", $".{parts[1]}.{parts[2]}", $"{parts[0]}.{parts[1]}.{(token == tokens.IdToken ? tokens.AccessToken : tokens.IdToken)!.Split('.')[2]}"]);
        }

        await Refused(forged);
    }

    [Fact]
    [Requirement("ATTACK-155")]
    public async Task A_public_key_is_nobodys_secret()
    {
        var tokens = await server.Authorize(AttackClients.App, "openid mail:read");
        List<byte[]> secrets = [];
        foreach (var key in new AsymmetricAlgorithm[] { ClientKeys.Ec, ClientKeys.Rsa }) secrets.AddRange([key.ExportSubjectPublicKeyInfo(), Encoding.ASCII.GetBytes(key.ExportSubjectPublicKeyInfoPem()), Encoding.ASCII.GetBytes(key.ExportSubjectPublicKeyInfoPem() + "\n")]);
        secrets.AddRange([ClientKeys.Rsa.ExportRSAPublicKey(), ClientKeys.Rsa.ExportParameters(false).Modulus!]);
        foreach (var key in ClientKeys.Public()["keys"]!.AsArray()) secrets.Add(Encoding.UTF8.GetBytes(key!.ToJsonString()));
        foreach (var key in (await server.Api.Jwks()).Json.GetProperty("keys").EnumerateArray())
        {
            secrets.Add(Encoding.UTF8.GetBytes(key.GetRawText()));
            secrets.Add(Base64Url.DecodeFromChars(key.GetProperty(key.TryGetProperty("n", out _) ? "n" : "x").GetString()));
        }

        secrets.AddRange([[], "secret"u8.ToArray(), Encoding.ASCII.GetBytes(server.Client(AttackClients.App).Secret)]);
        var kids = (await server.Api.Jwks()).Json.GetProperty("keys").EnumerateArray().Select(key => key.GetProperty("kid").GetString()).Append("ec").Append("rsa");
        await Refused(from secret in secrets
                      from kid in kids
                      from payload in Payloads(tokens)
                      select Forged.Token($$"""{"alg":"HS256","typ":"{{(payload.Contains("scope", StringComparison.Ordinal) ? "at+jwt" : "JWT")}}","kid":"{{kid}}"}""", payload, input => HMACSHA256.HashData(secret, input)));
    }

    [Fact]
    [Requirement("ATTACK-156", "ATTACK-177")]
    public async Task Only_the_compact_form_in_its_one_spelling_is_a_token()
    {
        var payload = Forged.Claims(Asserting).ToJsonString();
        var parts = Forged.Token(Header, payload).Split('.');
        string Json(string protectedHeader, string header) => $$"""{"payload":"{{parts[1]}}","protected":"{{protectedHeader}}","header":{{header}},"signature":"{{parts[2]}}"}""";
        await Refused(
        [
            Json(parts[0], "{}"), Json("", """{"alg":"ES256","kid":"ec"}"""), Json(parts[0], """{"alg":"none"}"""), $$"""{"payload":"{{parts[1]}}","signatures":[{"protected":"{{parts[0]}}","signature":"{{parts[2]}}"},{"protected":"{{parts[0]}}","signature":"{{parts[2]}}"}]}""",
            string.Join('.', parts.Select(part => part + "=")), string.Join('.', parts.Select(part => part.PadRight((part.Length + 3) / 4 * 4, '='))), $"{parts[0]}.{parts[1]}.{parts[2]}==", $"{parts[0]}.{parts[1]}\n.{parts[2]}", $" {parts[0]}.{parts[1]}.{parts[2]}", $"{parts[0]}.{parts[1]}.{parts[2]} ",
            $"{parts[0]}.{parts[1]}.{parts[2][..20]}\r\n{parts[2][20..]}", $"{parts[0]}.{parts[1]}.{Convert.ToBase64String(Base64Url.DecodeFromChars(parts[2]))}", $"{parts[0]}.{parts[1]}.{Respelled(parts[2])}",
        ]);
        await Accepted(Forged.Token(Header, payload));

        // 64 octets end in a letter with four idle bits: sixteen spellings of one signature.
        static string Respelled(string signature)
        {
            const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
            return signature[..^1] + Letters[Letters.IndexOf(signature[^1], StringComparison.Ordinal) ^ 1];
        }
    }

    [Fact]
    [Requirement("ATTACK-157", "ATTACK-158")]
    public async Task A_key_that_comes_with_the_token_is_not_used_and_none_is_fetched()
    {
        using var attackers = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var there = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/keys";
        var point = attackers.ExportParameters(false).Q;
        var jwk = $$"""{"kty":"EC","crv":"P-256","x":"{{Base64Url.EncodeToString(point.X)}}","y":"{{Base64Url.EncodeToString(point.Y)}}","kid":"ec"}""";
        byte[] Sign(byte[] input) => attackers.SignData(input, HashAlgorithmName.SHA256);
        var tokens = await server.Authorize(AttackClients.App, "openid mail:read");
        var kid = tokens.AccessJwt.Header.GetProperty("kid").GetString();
        string[] extra = [$"\"jwk\":{jwk}", "\"x5c\":[\"MIIB\"]", $"\"jku\":\"{there}\"", $"\"x5u\":\"{there}\"", $"\"jku\":\"{server.Issuer}/sign-in?return={there}\"", "\"jku\":\"file:///etc/passwd\"", "\"jku\":\"http://169.254.169.254/\"", "\"x5t\":\"AAAA\""];

        await Refused(from more in extra
                      from name in new[] { "ec", kid, "none" }
                      from payload in Payloads(tokens)
                      select Forged.Token($$"""{"alg":"ES256","typ":"{{(payload.Contains("scope", StringComparison.Ordinal) ? "at+jwt" : "JWT")}}","kid":"{{name}}",{{more}}}""", payload, Sign));

        Assert.False(listener.Pending(), "The server followed an address in a header");
    }

    [Fact]
    [Requirement("ATTACK-159", "ATTACK-160", "ATTACK-163")]
    public async Task A_header_is_strict_and_a_kid_is_only_a_name()
    {
        var payload = Forged.Claims(Asserting).ToJsonString();
        List<string> headers = [];
        foreach (var kid in new[] { "\"../../dev/null\"", "\"/dev/null\"", "\"' OR 1=1 --\"", "\"|id\"", "\"$(id)\"", "\"\\u0000ec\"", "\"ec\\u0000\"", "[\"ec\"]", "1", "null", "{}", "true", "\"" + new string('k', 20_000) + "\"", "\"rsa\"", "\"EC\"", "\"ec \"", "\"demo-web\"" }) headers.Add($$"""{"alg":"ES256","typ":"JWT","kid":{{kid}}}""");
        foreach (var crit in new[] { "[\"x\"]", "[]", "[\"exp\"]", "\"x\"", "[1]", "null", "[\"b64\"]", "[\"alg\"]", "{}" }) headers.Add($$"""{"alg":"ES256","typ":"JWT","kid":"ec","x":1,"crit":{{crit}}}""");
        headers.AddRange(
        [
            """{"alg":"ES256","typ":"JWT","kid":"ec","b64":false,"crit":["b64"]}""", """{"alg":"none","alg":"ES256","typ":"JWT","kid":"ec"}""", """{"alg":"ES256","alg":"none","typ":"JWT","kid":"ec"}""", """{"alg":"ES256","al\u0067":"none","typ":"JWT","kid":"ec"}""", """{"alg":"ES256","typ":"JWT","kid":"x","kid":"ec"}""",
            """{"alg":"ES256","typ":"JWT","typ":"at+jwt","kid":"ec"}""", """{"alg":["ES256"],"typ":"JWT","kid":"ec"}""", """{"alg":1,"kid":"ec"}""", "[]", "\"x\"", "null", "", "{", """{"alg":"ES256","kid":"ec"} """ + "x", "\ufeff" + Header, Header + Header, """{"alg":"ES256",/**/"kid":"ec"}""", """{"alg":"ES256","kid":"ec",}""",
        ]);
        await Refused(headers.Select(header => Forged.Token(header, payload)));
        // Whatever the kid, the names of the server's own keys open no client's set.
        foreach (var key in (await server.Api.Jwks()).Json.GetProperty("keys").EnumerateArray()) await Refused([Forged.Token($$"""{"alg":"ES256","typ":"JWT","kid":"{{key.GetProperty("kid").GetString()}}"}""", payload)]);

        var id = Asserting.Id;
        foreach (var twice in new[] { $"\"sub\":\"x\",\"sub\":\"{id}\"", $"\"sub\":\"{id}\",\"sub\":\"x\"", $"\"aud\":\"https://evil.test\",\"aud\":\"{server.Issuer}\"", "\"exp\":1,\"exp\":9999999999", $"\"iss\":\"{id}\",\"iss\":\"{id}\"" })
            await Refused([Forged.Token(Header, payload[..^1] + "," + twice + "}")]);
        await Accepted(Forged.Token(Header, Forged.Claims(Asserting).ToJsonString()));
    }

    [Fact]
    [Requirement("ATTACK-161")]
    public async Task A_signature_has_one_form_and_its_numbers_are_in_range()
    {
        var order = Convert.FromHexString("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551");
        byte[] Zero() => new byte[32];
        List<Func<byte[], byte[]>> bad =
        [
            _ => new byte[64], input => [.. Zero(), .. Forged.Es256(input)[32..]], input => [.. Forged.Es256(input)[..32], .. Zero()], input => [.. order, .. Forged.Es256(input)[32..]], input => [.. Forged.Es256(input)[..32], .. order],
            input => ClientKeys.Ec.SignData(input, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence), input => Forged.Es256(input)[..63], input => [.. Forged.Es256(input), 0], input => [0, .. Forged.Es256(input)], _ => [], _ => [0], _ => new byte[128], input => [.. Forged.Es256(input)[32..], .. Forged.Es256(input)[..32]],
            input => ClientKeys.Ec.SignData(input, HashAlgorithmName.SHA384), input => ClientKeys.Rsa.SignData(input, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1), input => [.. Enumerable.Repeat((byte)0xff, 64)],
        ];
        await Refused(bad.Select(sign => Forged.Token(Header, Forged.Claims(Asserting).ToJsonString(), sign)));
        // The same under the RSA key: nothing of nothing is no signature, nor is that of another scheme or an empty one.
        await Refused(new Func<byte[], byte[]>[] { _ => new byte[256], _ => [], input => ClientKeys.Rsa.SignData(input, HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1), input => ClientKeys.Rsa.SignData(input, HashAlgorithmName.SHA256, RSASignaturePadding.Pss) }
            .Select(sign => Forged.Token("""{"alg":"RS256","typ":"JWT","kid":"rsa"}""", Forged.Claims(Asserting).ToJsonString(), sign)));
    }

    [Fact]
    [Requirement("ATTACK-162", "ATTACK-189", "ATTACK-182")]
    public Task Weak_broken_and_private_keys_and_unsigned_tokens_are_not_registered()
    {
        var p = ClientKeys.Ec.ExportParameters(includePrivateParameters: true);
        using var small = RSA.Create(1024);
        string Text(byte[]? bytes) => Base64Url.EncodeToString(bytes);
        string Rsa(string n, string e) => $$"""{"kty":"RSA","kid":"r","n":"{{n}}","e":"{{e}}"}""";
        var modulus = Text(ClientKeys.Rsa.ExportParameters(false).Modulus);
        string[] keys =
        [
            Rsa(Text(small.ExportParameters(false).Modulus), "AQAB"), Rsa(modulus, "AQ"), Rsa(modulus, "AA"), Rsa(modulus, "BA"), Rsa(modulus, ""), Rsa("AQAB", "AQAB"), Rsa(Text(new byte[256]), "AQAB"),
            $$"""{"kty":"EC","crv":"P-256","x":"{{Text(p.Q.X)}}","y":"{{Text(p.Q.X)}}"}""", $$"""{"kty":"EC","crv":"P-256","x":"{{Text(new byte[32])}}","y":"{{Text(new byte[32])}}"}""", $$"""{"kty":"EC","crv":"P-192","x":"{{Text(new byte[24])}}","y":"{{Text(new byte[24])}}"}""",
            $$"""{"kty":"EC","crv":"secp256k1","x":"{{Text(p.Q.X)}}","y":"{{Text(p.Q.Y)}}"}""", $$"""{"kty":"EC","crv":"P-256","x":"{{Text(p.Q.X)}}","y":"{{Text(p.Q.Y)}}","d":"{{Text(p.D)}}"}""", """{"kty":"oct","k":"c2VjcmV0"}""", """{"kty":"RSA","n":"AQAB","e":"AQAB","d":"AQAB","p":"AQ","q":"AQ"}""",
        ];
        ClientDefinition Of(string jwks) => Clients.Asserting with { Id = "bad-key", Jwks = JsonNode.Parse(jwks) };
        ClientDefinition With(string name, JsonNode value) => new("bad-algorithm") { Further = new Dictionary<string, JsonNode> { [name] = value } };
        return server.NotRegistered(
        [
            .. keys.Select(key => Of($$"""{"keys":[{{key}}]}""")), Of("""{"keys":[]}"""), Of("{}"), With("id_token_signed_response_alg", "none"), With("id_token_signed_response_alg", "HS256"), With("userinfo_signed_response_alg", "none"), With("access_token_signed_alg", "none"),
            With("request_object_signing_alg", "HS256"), With("token_endpoint_auth_method", "client_secret_jwt"), With("token_endpoint_auth_signing_alg", "none"), With("token_endpoint_auth_signing_alg", "HS256"),
        ]);
    }

    [Fact]
    [Requirement("ATTACK-164", "ATTACK-169")]
    public async Task A_token_of_one_kind_or_client_is_none_of_another()
    {
        var client = Asserting;
        var tokens = await server.Authorize(Clients.Asserting, "openid mail:read");
        await Refused([tokens.AccessToken, tokens.IdToken!], at: Place.Assertion);
        await Refused([tokens.AccessToken], at: Place.Hint);
        await Refused([tokens.IdToken!], at: Place.Bearer);
        foreach (var type in new[] { "at+jwt", "application/at+jwt", "dpop+jwt", "logout+jwt", "oauth-authz-req+jwt", "token-introspection+jwt", "secevent+jwt", "JOSE" })
            await Refused([Forged.Token($$"""{"alg":"ES256","kid":"ec","typ":"{{type}}"}""", Forged.Claims(client).ToJsonString())], at: Place.Assertion);
        await Refused([Forged.Token(Header, Forged.Claims(client).ToJsonString())], at: Place.Bearer | Place.Hint);
        foreach (var (iss, sub) in new[] { (client.Id, AttackClients.App.Id), (AttackClients.App.Id, client.Id), (AttackClients.App.Id, AttackClients.App.Id), (server.Issuer, client.Id), (client.Id, "nobody"), ("nobody", "nobody") })
            await Refused([Forged.Token(Header, Forged.Claims(client, ("iss", iss), ("sub", sub)).ToJsonString())], at: Place.Assertion);
        // With another client's name beside it.
        var good = Forged.Token(Header, Forged.Claims(client).ToJsonString());
        (await server.Api.Post("/token", [("grant_type", "client_credentials"), ("scope", "mail:read"), ("client_id", AttackClients.App.Id), .. Client.Carrying(good)])).Expect(401, "invalid_client");
        await Accepted(good);
    }

    [Fact]
    [Requirement("ATTACK-165", "ATTACK-166", "ATTACK-167", "ATTACK-168", "ATTACK-179", "ATTACK-393", "ATTACK-397")]
    public async Task An_assertion_is_for_this_server_for_now_and_for_once()
    {
        var client = Asserting;
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        JsonNode Raw(string json) => JsonNode.Parse(json)!;
        (string Name, JsonNode? Value)[] bad =
        [
            ("aud", server.Issuer + "/token"), ("aud", server.Issuer + "/par"), ("aud", server.Issuer + "/"), ("aud", "https://other.example"), ("aud", null), ("aud", new JsonArray(server.Issuer, "https://other.example")), ("aud", new JsonArray(server.Issuer, server.Issuer + "/token")), ("aud", new JsonArray()),
            ("aud", new JsonArray(new JsonArray(server.Issuer))), ("aud", 1), ("aud", true), ("aud", new JsonObject()), ("aud", server.Issuer.ToUpperInvariant()),
            ("exp", null), ("exp", now - 120), ("exp", now + 86_400), ("exp", now + 315_360_000), ("exp", (now + 60).ToString()), ("exp", -1), ("exp", 0), ("exp", Raw("-0")), ("exp", Raw("9223372036854775808")), ("exp", Raw("1e400")), ("exp", Raw("1e3")), ("exp", Raw("1.5")), ("exp", true), ("exp", new JsonArray(now + 60)), ("exp", "123"),
            ("iat", now + 600), ("iat", now + 70), ("nbf", now + 600), ("nbf", now + 70), ("nbf", "0"), ("iat", "x"), ("iat", true), ("jti", null), ("jti", ""), ("jti", 1), ("jti", new string('j', 300)), ("sub", 1), ("sub", new JsonArray(client.Id)), ("sub", new JsonObject()), ("sub", null), ("iss", null), ("iss", 1),
        ];
        foreach (var change in bad)
        {
            var text = Forged.Claims(client, change).ToJsonString();
            var reply = await Ask(Forged.Token(Header, text));
            Assert.True(reply.Status is 401 or 429 or 400 && reply.Error is "invalid_client" or "invalid_request", $"{change.Name} {change.Value?.ToJsonString()}: {reply}");
        }

        foreach (var change in new (string, JsonNode?)[] { ("nbf", now + 25), ("iat", now + 25), ("exp", now - 25), ("exp", Raw((now + 60) + ".5")), ("aud", new JsonArray(server.Issuer)), ("scope", new JsonArray("x")) })
            await Accepted(Forged.Token(Header, Forged.Claims(client, change).ToJsonString()));

        var once = Forged.Token(Header, Forged.Claims(client).ToJsonString());
        await Accepted(once);
        for (var again = 0; again < 3; again++) (await Ask(once)).Expect(401, "invalid_client");
        // Signed anew with the same jti it is the same assertion.
        var jti = Pkce.Random(16);
        await Accepted(Forged.Token(Header, Forged.Claims(client, ("jti", jti)).ToJsonString()));
        (await Ask(Forged.Token(Header, Forged.Claims(client, ("jti", jti), ("exp", now + 30)).ToJsonString()))).Expect(401, "invalid_client");
        var many = Forged.Token(Header, Forged.Claims(client).ToJsonString());
        Assert.Single(await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Ask(many))), reply => reply.Status == 200);
    }

    [Fact]
    [Requirement("ATTACK-176")]
    public async Task A_token_that_is_large_or_deep_is_refused_by_its_size()
    {
        var payload = Forged.Claims(Asserting).ToJsonString()[..^1];
        string[] large =
        [
            payload + ",\"x\":\"" + new string('x', 20_000) + "\"}", payload + ",\"x\":" + new string('[', 10_000) + new string(']', 10_000) + "}", payload + ",\"x\":" + new string('9', 30_000) + "}", payload + string.Concat(Enumerable.Range(0, 4_000).Select(n => $",\"c{n}\":1")) + "}",
            payload + ",\"x\":" + new string('[', 40) + new string(']', 40) + "}",
        ];
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await Refused(large.Select(one => Forged.Token(Header, one)));
        await Refused([Forged.Token("""{"alg":"ES256","kid":"ec","x":" """ + new string('x', 20_000) + "\"}", payload + "}")]);
        var huge = await server.Api.Post("/token", [("grant_type", "client_credentials"), .. Client.Carrying(Forged.Token(Header, payload + ",\"x\":\"" + new string('x', 500_000) + "\"}"))]);
        Assert.Contains(huge.Status, new[] { 401, 413 });
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"{watch.Elapsed}");
    }

    [Flags]
    private enum Place
    {
        Assertion = 1, Hint = 2, Bearer = 4, Everywhere = 7,
    }

    private async Task Refused(IEnumerable<string> tokens, Place at = Place.Everywhere)
    {
        var alice = await server.SignedIn();
        var api = server.Client(AttackClients.Api);
        foreach (var token in tokens.ToList())
        {
            var what = token.Length > 80 ? token[..80] : token;
            if (at.HasFlag(Place.Assertion))
            {
                var reply = await Ask(token);
                // The throttle for wrong proofs of one client speaks after twenty.
                Assert.True(reply.Status is 401 or 429 or 400 or 413 && reply.Error is "invalid_client" or "invalid_request", $"{what}: {reply}");
            }

            if (at.HasFlag(Place.Hint) && token.Length is > 0 and < 6_000)
            {
                var page = await alice.Authorize(new AuthorizationRequest(server.Client(AttackClients.App)).With(("id_token_hint", token), ("prompt", "none")));
                Assert.True(page.Code is null && page.Kind is PageKind.Redirect or PageKind.Error, $"{what}: {page}");
            }

            if (at.HasFlag(Place.Bearer) && token.Length > 0)
            {
                var userinfo = await server.Api.Post("/userinfo", [("access_token", token)]);
                Assert.True(userinfo.Status is 401 or 400 or 413, $"{what}: {userinfo}");
                var introspected = await api.Introspect(token);
                Assert.True(introspected.Status == 413 || introspected.Expect(200).Body.Replace(" ", "", StringComparison.Ordinal).StartsWith("{\"active\":false}", StringComparison.Ordinal), $"{what}: {introspected}");
            }
        }
    }

    private async Task Accepted(string assertion) => (await Ask(assertion)).Expect(200);

    private Task<Reply> Ask(string assertion) => server.Api.Post("/token", [("grant_type", "client_credentials"), ("scope", "mail:read"), .. Client.Carrying(assertion)]);

    // What an attacker wants to be believed: a client's assertion, an ID Token, an access token.
    private IEnumerable<string> Payloads(Tokens tokens) => [Forged.Claims(Asserting).ToJsonString(), tokens.IdJwt.Payload.GetRawText(), tokens.AccessJwt.Payload.GetRawText()];
}
