using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Evergrant.Specs.Rfc9126;

namespace Evergrant.Specs.Rfc9101;

/// <summary>RFC 9101 section 6.1, OpenID Connect Core section 6.3.1: Request Objects that are encrypted to the server.</summary>
public sealed class Section6_1_Encryption(Server server)
{
    [Fact]
    [Requirement("RFC9101-4-03", "OIDC-CORE-6.1-07", "OIDC-CORE-6.3.1-01", "RFC7516-9-01")]
    public async Task A_signed_request_that_is_encrypted_walks_to_tokens_by_browser_and_by_push()
    {
        var alice = await server.SignedIn();
        var keys = (await server.Api.Jwks()).Json;
        foreach (var (definition, alg, enc) in new[] { (Signing.EncryptingRsa, "RSA-OAEP-256", "A128CBC-HS256"), (Signing.EncryptingEc, "ECDH-ES", "A256GCM") })
        {
            foreach (var pushed in new[] { false, true })
            {
                var request = new AuthorizationRequest(server.Client(definition)).With("scope", "openid mail:read").With("nonce", "n-3");
                var carrier = request.Carry(ToServer.Encrypt(keys, alg, enc, request.ObjectText()));
                var page = (await alice.Authorize(pushed ? await carrier.Pushed() : carrier)).Expect(PageKind.Redirect);
                Assert.Equal(request.State, page["state"]);
                Assert.Equal("n-3", Tokens.Of(await request.Client.Redeem(request, page.Code!)).IdJwt.Claim("nonce"));
            }
            // Whoever may encrypt need not.
            var plain = new AuthorizationRequest(server.Client(definition));
            Assert.NotNull((await alice.Authorize(plain.Carry(plain.ObjectText()))).Code);
        }
    }

    [Fact]
    public async Task A_page_shows_what_was_asked_and_comes_back_to_it()
    {
        var asking = Signing.EncryptingRsa with { Id = "jar-encrypting-asking", Consent = "ask" };
        await server.Declare(asking);
        var request = new AuthorizationRequest(server.Client(asking)).With("scope", "openid mail:read");
        var page = await (await server.SignedIn()).Complete(request.Carry(ToServer.Encrypt((await server.Api.Jwks()).Json, "RSA-OAEP-256", "A128CBC-HS256", request.ObjectText())));
        Assert.Equal(["mail:read", "openid"], Tokens.Of(await request.Client.Redeem(request, page.Code!)).Scopes);
    }

    [Fact]
    [Requirement("RFC9101-6.1-01", "OIDC-CORE-6.3.1-01", "RFC9101-5-03", "RFC9101-4-03", "OIDC-CORE-6.1-07", "ATTACK-170")]
    public async Task What_does_not_open_or_is_not_signed_inside_is_refused()
    {
        var alice = await server.SignedIn();
        var keys = (await server.Api.Jwks()).Json;
        var request = new AuthorizationRequest(server.Client(Signing.EncryptingRsa));
        string good = request.ObjectText(), sealed1 = ToServer.Encrypt(keys, "RSA-OAEP-256", "A128CBC-HS256", good);
        using var other = RSA.Create(2048);
        var unsigned = request.ObjectText("none");
        string[] objects =
        [
            ToServer.EncryptRsa(other, keys.GetProperty("keys").EnumerateArray().First(k => k.GetProperty("kty").GetString() == "RSA").GetProperty("kid").GetString(), "RSA-OAEP-256", "A128CBC-HS256", good), ToServer.EncryptRsa(other, null, "RSA-OAEP-256", "A128CBC-HS256", good),
            .. Enumerable.Range(1, 4).Select(part => Broken(sealed1, part)), ToServer.Encrypt(keys, "ECDH-ES", "A256GCM", good), ToServer.Encrypt(keys, "RSA-OAEP-256", "A256GCM", good), ToServer.Encrypt(keys, "RSA-OAEP", "A128CBC-HS256", good),
            ToServer.Encrypt(keys, "RSA-OAEP-256", "A128CBC-HS256", unsigned), ToServer.Encrypt(keys, "RSA-OAEP-256", "A128CBC-HS256", request.ObjectText("RS256")), ToServer.Encrypt(keys, "RSA-OAEP-256", "A128CBC-HS256", "{}"), ToServer.Encrypt(keys, "RSA-OAEP-256", "A128CBC-HS256", sealed1), ToServer.Encrypt(keys, "RSA-OAEP-256", "A128CBC-HS256", ""), "....", "a.b.c.d.e",
        ];
        foreach (var text in objects)
        {
            (await request.Carry(text).Push()).Expect(400, "invalid_request_object");
            (await alice.Authorize(request.Carry(text).With("redirect_uri", request["redirect_uri"]))).ExpectError("invalid_request_object");
        }
        // Encrypted for a client that has not registered for it.
        var plain = new AuthorizationRequest(server.Client(Signing.Any));
        (await plain.Carry(ToServer.Encrypt(keys, "RSA-OAEP-256", "A128CBC-HS256", plain.ObjectText())).Push()).Expect(400, "invalid_request_object");
        Assert.NotNull((await alice.Authorize(request.Carry(sealed1))).Code);
    }

    [Fact]
    [Requirement("OIDC-DISC-3-06", "OIDC-DISC-3-09", "OIDC-DISC-3-24", "OIDC-REG-2-22")]
    public async Task The_keys_are_published_for_this_use_and_the_algorithms_announced()
    {
        var keys = (await server.Api.Jwks()).Json.GetProperty("keys").EnumerateArray().ToList();
        Assert.All(keys, key => Assert.Contains(key.GetProperty("use").GetString(), new[] { "sig", "enc" }));
        Assert.Equal(["EC", "RSA"], keys.Where(key => key.GetProperty("use").GetString() == "enc").Select(key => key.GetProperty("kty").GetString()).Order());
        Assert.Equal(keys.Count, keys.Select(key => key.GetProperty("kid").GetString()).Distinct().Count());
        Assert.Equal(keys.Count, keys.Select(key => key.GetProperty(key.GetProperty("kty").GetString() == "RSA" ? "n" : "x").GetString()).Distinct().Count());
        var metadata = (await server.Api.Metadata()).Json;
        Assert.Contains("RSA-OAEP-256", metadata.GetProperty("request_object_encryption_alg_values_supported").EnumerateArray().Select(v => v.GetString()));
        Assert.DoesNotContain("RSA1_5", metadata.GetProperty("request_object_encryption_alg_values_supported").EnumerateArray().Select(v => v.GetString()));
        Assert.Contains("A128CBC-HS256", metadata.GetProperty("request_object_encryption_enc_values_supported").EnumerateArray().Select(v => v.GetString()));
        var shown = await server.Run("client", "show", Signing.EncryptingRsa.Id, "--json");
        Assert.Contains("A128CBC-HS256", shown.Output, StringComparison.Ordinal);
        foreach (var (name, value) in new[] { ("request_object_encryption_enc", "A256GCM"), ("request_object_encryption_alg", "RSA1_5") })
            (await server.Api.PostJson("/register", new JsonObject { ["redirect_uris"] = new JsonArray("https://jar-badly.example/callback"), [name] = value }.ToJsonString())).Expect(400, "invalid_client_metadata");
    }

    // Another octet somewhere in a part.
    private static string Broken(string token, int part)
    {
        var parts = token.Split('.');
        parts[part] = Altering.At(parts[part], parts[part].Length / 2);
        return string.Join('.', parts);
    }
}

/// <summary>The same while keys change.</summary>
[Collection(typeof(ClockCollection))]
public sealed class Section6_1_Rotation(ClockServer server)
{
    [Fact]
    [Requirement("OIDC-CORE-10.2.1-02")]
    public async Task An_older_key_leaves_the_set_and_opens_for_a_while_longer()
    {
        async Task<JsonElement> Keys() => (await server.Api.Jwks()).Json;
        string Kid(JsonElement set) => set.GetProperty("keys").EnumerateArray().Single(k => k.GetProperty("use").GetString() == "enc" && k.GetProperty("kty").GetString() == "RSA").GetProperty("kid").GetString()!;
        async Task<Reply> Push(JsonElement set)
        {
            var request = new AuthorizationRequest(server.Client(Signing.EncryptingRsa));
            // Its client lives by the server's clock.
            var now = await server.Now();
            return await request.Carry(ToServer.Encrypt(set, "RSA-OAEP-256", "A128CBC-HS256", request.ObjectText(changes: [("nbf", now), ("exp", now + 300)]))).Push();
        }

        var before = await Keys();
        Assert.Equal(0, (await server.Run("key", "rotate", "--alg", "RSA-OAEP-256")).ExitCode);
        Assert.Equal(Kid(before), Kid(await Keys()));
        await server.Advance(TimeSpan.FromHours(24) + TimeSpan.FromMinutes(1));
        var after = await Keys();
        Assert.NotEqual(Kid(before), Kid(after));
        Assert.DoesNotContain(Kid(before), after.GetProperty("keys").EnumerateArray().Select(k => k.GetProperty("kid").GetString()));
        foreach (var set in new[] { before, after }) (await Push(set)).Expect(201);
        await server.Advance(TimeSpan.FromHours(26));
        (await Push(before)).Expect(400, "invalid_request_object");
        (await Push(after)).Expect(201);
    }
}

/// <summary>What a client encrypts to the server, by the framework's own means.</summary>
public static class ToServer
{
    /// <summary>Encrypts with the key of the set that goes with the algorithm.</summary>
    public static string Encrypt(JsonElement keys, string alg, string enc, string content)
    {
        var key = keys.GetProperty("keys").EnumerateArray().First(k => k.GetProperty("use").GetString() == "enc" && k.GetProperty("kty").GetString() == (alg.StartsWith("RSA", StringComparison.Ordinal) ? "RSA" : "EC"));
        var kid = key.GetProperty("kid").GetString();
        if (alg.StartsWith("RSA", StringComparison.Ordinal))
        {
            using var rsa = RSA.Create(new RSAParameters { Modulus = Bytes(key, "n"), Exponent = Bytes(key, "e") });
            return EncryptRsa(rsa, kid, alg, enc, content);
        }
        using var theirs = ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = Bytes(key, "x"), Y = Bytes(key, "y") } });
        using var mine = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var point = mine.ExportParameters(false).Q;
        byte[] name = Encoding.ASCII.GetBytes(enc);
        byte[] input = [0, 0, 0, 1, .. mine.DeriveRawSecretAgreement(theirs.PublicKey), 0, 0, 0, (byte)name.Length, .. name, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0];
        var epk = new JsonObject { ["kty"] = "EC", ["crv"] = "P-256", ["x"] = Base64Url.EncodeToString(point.X), ["y"] = Base64Url.EncodeToString(point.Y) };
        return Write(new JsonObject { ["alg"] = alg, ["enc"] = enc, ["cty"] = "JWT", ["kid"] = kid, ["epk"] = epk }, SHA256.HashData(input), [], enc, content);
    }

    /// <summary>Encrypts with an RSA key.</summary>
    public static string EncryptRsa(RSA rsa, string? kid, string alg, string enc, string content)
    {
        byte[] key = RandomNumberGenerator.GetBytes(32);
        var header = new JsonObject { ["alg"] = alg, ["enc"] = enc, ["cty"] = "JWT" };
        if (kid is not null) header["kid"] = kid;
        return Write(header, key, rsa.Encrypt(key, alg == "RSA-OAEP" ? RSAEncryptionPadding.OaepSHA1 : RSAEncryptionPadding.OaepSHA256), enc, content);
    }

    private static string Write(JsonObject header, byte[] key, byte[] encryptedKey, string enc, string content)
    {
        var protectedHeader = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header.ToJsonString()));
        byte[] associated = Encoding.ASCII.GetBytes(protectedHeader), text = Encoding.UTF8.GetBytes(content);
        byte[] iv, sealed1, tag;
        if (enc == "A256GCM")
        {
            iv = RandomNumberGenerator.GetBytes(12);
            (sealed1, tag) = (new byte[text.Length], new byte[16]);
            using var gcm = new AesGcm(key, 16);
            gcm.Encrypt(iv, text, sealed1, tag, associated);
        }
        else
        {
            iv = RandomNumberGenerator.GetBytes(16);
            using var aes = Aes.Create();
            aes.Key = key[16..];
            sealed1 = aes.EncryptCbc(text, iv);
            byte[] length = BitConverter.GetBytes(associated.LongLength * 8);
            Array.Reverse(length);
            tag = HMACSHA256.HashData(key[..16], (byte[])[.. associated, .. iv, .. sealed1, .. length])[..16];
        }
        return string.Join('.', protectedHeader, Base64Url.EncodeToString(encryptedKey), Base64Url.EncodeToString(iv), Base64Url.EncodeToString(sealed1), Base64Url.EncodeToString(tag));
    }

    private static byte[] Bytes(JsonElement key, string name) => Base64Url.DecodeFromChars(key.GetProperty(name).GetString());
}
