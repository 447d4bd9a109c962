using Evergrant.Specs.Rfc8628;

namespace Evergrant.Specs.Attacks;

/// <summary>Attacks on client authentication.</summary>
public sealed class ClientProofs(Server server)
{
    private static readonly string[] GrantTypes = ["authorization_code", "refresh_token", "client_credentials", DeviceClients.GrantType, "password", "urn:ietf:params:oauth:grant-type:token-exchange", "urn:ietf:params:oauth:grant-type:jwt-bearer", "unknown"];

    [Fact]
    [Requirement("ATTACK-190", "ATTACK-191", "ATTACK-192", "ATTACK-115")]
    public async Task Of_all_ways_to_come_only_the_registered_proof_lets_in()
    {
        var (basic, post, machine, asserting) = (server.Client(AttackClients.Probed[0]), server.Client(AttackClients.Probed[1]), server.Client(AttackClients.Probed[2]), server.Client(AttackClients.Asserting));
        var rival = server.Client(AttackClients.Rival);
        var stranger = Jwt.Sign(new { iss = basic.Id, sub = basic.Id, aud = server.Issuer, jti = Pkce.Random(16), exp = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + 60 }, "ES256", ClientKeys.Ec, "ec");
        foreach (var grant in GrantTypes)
        {
            (string, string)[] form = [("grant_type", grant), ("code", "x"), ("refresh_token", "x"), ("device_code", "x"), ("token", "x"), ("scope", "openid"), ("redirect_uri", "https://x.example"), ("code_verifier", Pkce.NewVerifier())];
            foreach (var path in grant == "authorization_code" ? new[] { "/token", "/revoke", "/introspect", "/device_authorization" } : ["/token"])
            {
                foreach (var client in new[] { basic, post, machine })
                {
                    foreach (var secret in new[] { null, "", "wrong", rival.Secret, client.Secret.ToUpperInvariant(), client.Secret[..^1], client.Secret + "A", "***", "null" })
                    {
                        Refused(await server.Api.Post(path, [.. form, ("client_id", client.Id), .. secret is null ? Array.Empty<(string, string)>() : [("client_secret", secret)]]), challenged: null, $"{grant} {path}");
                        if (secret is null or { Length: > 5 and < 8 }) Refused(await server.Api.Post(path, form, secret is null ? Api.RawBasic(client.Id) : Api.Basic(client.Id, secret)), challenged: true, $"{grant} {path}");
                    }

                    Refused(await server.Api.Post(path, [.. form, .. Client.Carrying(stranger)]), null, "an assertion for a client with a secret");
                }

                Refused(await server.Api.Post(path, [.. form, ("client_id", asserting.Id)]), null, "no assertion");
                Refused(await server.Api.Post(path, form, Api.Basic(asserting.Id, "secret")), true, "a secret for a client with keys");
                Refused(await server.Api.Post(path, [.. form, .. Client.Carrying(Jwt.Sign(new { iss = asserting.Id, sub = asserting.Id }, "none", null))]), null, "an unsigned assertion");
                Refused(await server.Api.Post(path, form), null, "nobody");
                // The registered one passes: what is then refused is the request.
                foreach (var client in new[] { basic, post, asserting }) Assert.NotEqual(401, (await client.Call(path, form)).Status);
            }
        }

        static void Refused(Reply reply, bool? challenged, string what)
        {
            // The throttle speaks after twenty wrong secrets of one client.
            Assert.True((reply.Status == 401 || reply.Status == 429) && reply.Error == "invalid_client" && !reply.Has("access_token"), $"{what}: {reply}");
            if (challenged is true && reply.Status == 401) Assert.StartsWith("Basic ", reply.Header("WWW-Authenticate"), StringComparison.Ordinal);
        }
    }

    [Fact]
    [Requirement("ATTACK-195")]
    public async Task Credentials_in_the_header_are_decoded_as_the_standard_says_and_never_break_anything()
    {
        var machine = server.Client(AttackClients.Machine);
        (string, string)[] form = [("grant_type", "client_credentials"), ("scope", "mail:read")];
        string Percent(string text) => string.Concat(text.Select(character => $"%{(int)character:X2}"));
        foreach (var good in new[] { Api.RawBasic($"{machine.Id}:{machine.Secret}"), Api.RawBasic($"{Percent(machine.Id)}:{Percent(machine.Secret)}"), Api.Basic(machine.Id, machine.Secret), Api.Basic(machine.Id, machine.Secret).Replace("Basic", "basic", StringComparison.Ordinal) })
            (await server.Api.Post("/token", form, good)).Expect(200);
        foreach (var bad in new[]
        {
            Api.RawBasic($"{machine.Id}:a:b:c"), Api.RawBasic($"{machine.Id}:%"), Api.RawBasic($"{machine.Id}:%zz"), Api.RawBasic($"{machine.Id}:%ff%fe"), Api.RawBasic($"{machine.Id}:sécret ✓"), Api.RawBasic($"{machine.Id}:{new string('s', 8_192)}"), Api.RawBasic($"{machine.Id}:{new string('s', 2_000)}"),
            Api.RawBasic($"{machine.Id}:{machine.Secret}\0"), Api.RawBasic($"\0{machine.Id}:{machine.Secret}"), Api.RawBasic(":"), Api.RawBasic(""), "Basic", "Basic ", "Basic !!!!", "Basic /////w==", "Basic " + new string('A', 8_192), "Basic YQ", "Basic Y Q = =",
            "Basic " + Convert.ToBase64String([0xff, 0xfe, .. "x:y"u8.ToArray()]), Api.RawBasic($"{machine.Id}+:{machine.Secret}"), Api.RawBasic($" {machine.Id}:{machine.Secret}"),
        })
        {
            var reply = await server.Api.Post("/token", form, bad);
            Assert.True(reply.Status is 401 or 429 && reply.Error == "invalid_client" && reply.Header("WWW-Authenticate")?.StartsWith("Basic ", StringComparison.Ordinal) != false, $"{bad[..Math.Min(bad.Length, 40)]}: {reply}");
        }

        (await machine.ClientCredentials(("scope", "mail:read"))).Expect(200);
    }

    [Fact]
    [Requirement("ATTACK-194", "ATTACK-298")]
    public async Task Wrong_secrets_are_slowed_down_and_the_right_one_still_opens()
    {
        var victim = AttackClients.Machine with { Id = "attacked-hammered" };
        await server.Declare(victim);
        (string, string)[] form = [("grant_type", "client_credentials"), ("scope", "mail:read")];
        var throttled = 0;
        for (var n = 0; n < 60; n++)
        {
            var wrong = await server.Api.Post("/token", form, Api.Basic(victim.Id, $"evs_wrong-{n}"));
            if (wrong.Status == 429) throttled++;
            if (n % 10 == 9) (await server.Client(victim).ClientCredentials(("scope", "mail:read"))).Expect(200);
        }

        // The count begins anew with each minute.
        Assert.True(throttled >= 20, $"{throttled}");

        var known = await server.Api.Post("/token", form, Api.Basic(AttackClients.Rival.Id, "evs_wrong"));
        var unknown = await server.Api.Post("/token", form, Api.Basic("attacked-nobody", "evs_wrong"));
        Assert.Equal((known.Status, Plain(known)), (unknown.Status, Plain(unknown)));
        Assert.Equal(known.Headers.Where(header => header.Key != "Date").Select(header => header.Key), unknown.Headers.Where(header => header.Key != "Date").Select(header => header.Key));

        static string Plain(Reply reply) => System.Text.RegularExpressions.Regex.Replace(reply.Body, "[0-9A-Z]{4}-[0-9A-Z]{4}", "");
    }

    [Fact]
    [Requirement("ATTACK-196", "ATTACK-201", "ATTACK-108")]
    public async Task A_secret_is_told_once_and_an_old_one_ends_at_once_when_it_is_ended()
    {
        var definition = AttackClients.App with { Id = "attacked-rotating" };
        await server.Declare(definition);
        var old = server.Client(definition);
        var tokens = await server.Authorize(definition, "openid offline_access");
        string Made(CommandResult said)
        {
            Assert.True(said.ExitCode == 0, said.Errors);
            return System.Text.Json.JsonDocument.Parse(said.Output).RootElement.GetProperty("client_secret").GetString()!;
        }

        var second = new Client(server.Api, definition, Made(await server.Run("client", "rotate-secret", definition.Id, "--json")));
        foreach (var client in new[] { old, second }) (await client.Revoke("x")).Expect(200);
        Assert.Equal(0, (await server.Run("client", "rotate-secret", definition.Id, "--finish")).ExitCode);
        (await old.Revoke("x")).Expect(401, "invalid_client");
        (await old.Refresh(tokens.Refresh)).Expect(401, "invalid_client");
        var third = new Client(server.Api, definition, Made(await server.Run("client", "rotate-secret", definition.Id, "--now", "--json")));
        (await second.Refresh(tokens.Refresh)).Expect(401, "invalid_client");
        (await third.Refresh(tokens.Refresh)).Expect(200);

        // Nothing that reads the client tells a secret, and what is read can be written back without making one.
        var shown = await server.Run("client", "show", definition.Id, "--json");
        var listed = await server.Run("client", "list", "--json");
        var applied = await server.Apply(DeclaredState.Json(server.Issuer, definition));
        foreach (var said in new[] { shown, listed, applied })
        {
            Assert.Equal(0, said.ExitCode);
            foreach (var secret in new[] { old.Secret, second.Secret, third.Secret }) Assert.DoesNotContain(secret, said.Output + said.Errors, StringComparison.Ordinal);
            Assert.DoesNotContain("\"client_secret\": \"", said.Output, StringComparison.Ordinal);
        }

        (await third.Revoke("x")).Expect(200);
        Assert.NotEqual(0, (await server.Apply(DeclaredState.Json(server.Issuer, definition).Replace("\"client_name\"", "\"client_secret\":\"***\",\"client_name\"", StringComparison.Ordinal))).ExitCode);
        (await third.Revoke("x")).Expect(200);
    }
}
