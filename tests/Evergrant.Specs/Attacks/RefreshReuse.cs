using System.Buffers.Text;
using Evergrant.Specs.RefreshToken;

namespace Evergrant.Specs.Attacks;

/// <summary>Refresh tokens that come back, are bent, stolen or shown in the wrong place.</summary>
public sealed class RefreshReuse(Server server)
{
    [Fact]
    [Requirement("ATTACK-092", "ATTACK-094", "ATTACK-408")]
    public async Task A_replay_kills_the_family_and_is_written_down_under_the_grant_and_never_with_the_token()
    {
        var client = server.Client(RefreshClients.Acknowledged);
        var first = await server.Authorize(RefreshClients.Acknowledged, Families.Scope);
        var second = (await client.Refresh(first.Refresh)).By("Rotated");
        var third = (await client.Refresh(second.Refresh)).By("Rotated");

        var replay = (await client.Refresh(first.Refresh)).Expect(400, "invalid_grant");

        await server.Dead(client, third, second, first);
        var grant = new Guid(Base64Url.DecodeFromChars(first.Refresh.AsSpan(4)).AsSpan(2, 16), bigEndian: true).ToString();
        var explained = (await server.Explained(replay)).GetRawText();
        Assert.Contains(grant, explained, StringComparison.OrdinalIgnoreCase);
        foreach (var token in new[] { first.Refresh, second.Refresh, third.Refresh, third.AccessToken })
        {
            Assert.DoesNotContain(token, explained, StringComparison.Ordinal);
            Assert.DoesNotContain(token, server.Output, StringComparison.Ordinal);
            Assert.DoesNotContain(token[^43..], server.Output, StringComparison.Ordinal);
        }

        // A token of a dead family and one that never was are answered alike, and told apart to operators.
        var dead = (await client.Refresh(third.Refresh)).Expect(400, "invalid_grant");
        var never = (await client.Refresh("evr_" + new string('A', 88))).Expect(400, "invalid_grant");
        Assert.Equal(Plain(dead), Plain(never));
        Assert.Equal(Plain(replay), Plain(never));
        Assert.Equal(("RefreshTokenReplayed", "GrantRevoked", "RefreshTokenUnknown"), (await server.Why(replay), await server.Why(dead), await server.Why(never)));

        static string Plain(Reply reply) => reply.Body.Replace(reply.Reference(), "", StringComparison.Ordinal);
    }

    [Fact]
    [Requirement("ATTACK-095", "ATTACK-096", "ATTACK-116")]
    public async Task A_token_that_differs_in_a_bit_or_in_its_spelling_is_unknown_and_harms_nobody()
    {
        var client = server.Client(RefreshClients.Once);
        var first = await server.Authorize(RefreshClients.Once, Families.Scope);
        var second = (await client.Refresh(first.Refresh)).By("Rotated");
        var bits = Base64Url.DecodeFromChars(second.Refresh.AsSpan(4));
        List<string> bent = [];
        for (var bit = 0; bit < bits.Length * 8; bit++) bent.Add(With(bit / 8, (byte)(bits[bit / 8] ^ (1 << (bit % 8)))));
        // Generations 0, 1, 3, the greatest, and a negative one, under the tag of the second.
        foreach (var generation in new[] { 0L, 1, 3, int.MaxValue, long.MaxValue, -1, long.MinValue })
        {
            var other = (byte[])bits.Clone();
            System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(other.AsSpan(18), generation);
            bent.Add("evr_" + Base64Url.EncodeToString(other));
        }

        var token = second.Refresh;
        bent.AddRange(
        [
            token[..^1], token[..^2], token[..20], token + "A", token + "=", token + "==", token.PadRight(96, '='), token[4..], token + " ", " " + token, token + "\t", token + "\n", token[..40] + " " + token[40..], token[..40] + "\n" + token[40..],
            token.ToUpperInvariant(), token.ToLowerInvariant(), "EVR_" + token[4..], token + token, token.Replace('_', '/').Replace('-', '+'), Convert.ToBase64String(bits), "evr_" + Convert.ToBase64String(bits), "evr_" + Convert.ToHexString(bits),
            // The last letter carries bits that mean nothing: only one spelling has them right.
            .. "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".Select(letter => token[..^1] + letter).Where(one => one != token),
        ]);
        foreach (var tried in bent.Where(one => one != token).Chunk(32))
            foreach (var reply in await Task.WhenAll(tried.Select(one => client.Refresh(one)))) reply.Expect(400, "invalid_grant");

        // The client's policy ends a grant at the first replay: none of them was taken for one.
        (await client.Refresh(second.Refresh)).By("Rotated");

        string With(int at, byte value)
        {
            var other = (byte[])bits.Clone();
            other[at] = value;
            return "evr_" + Base64Url.EncodeToString(other);
        }
    }

    [Fact]
    [Requirement("ATTACK-097", "ATTACK-098", "ATTACK-115")]
    public async Task Whoever_cannot_authenticate_as_its_client_does_nothing_with_an_old_token()
    {
        var client = server.Client(RefreshClients.Once);
        var first = await server.Authorize(RefreshClients.Once, Families.Scope);
        var second = (await client.Refresh(first.Refresh)).By("Rotated");
        foreach (var token in new[] { first.Refresh, second.Refresh })
        {
            (string, string)[] form = [("grant_type", "refresh_token"), ("refresh_token", token)];
            (await server.Api.Post("/token", form)).Expect(401, "invalid_client");
            (await server.Api.Post("/token", [.. form, ("client_id", client.Id)])).Expect(401, "invalid_client");
            (await server.Api.Post("/token", [.. form, ("client_id", client.Id), ("client_secret", "wrong")])).Expect(401, "invalid_client");
            (await server.Api.Post("/token", form, Api.Basic(client.Id, "wrong"))).Expect(401, "invalid_client");
            (await server.Api.Post("/token", [.. form, .. server.Client(Clients.Asserting).Assertion("ES256", ("iss", client.Id), ("sub", client.Id))])).Expect(401, "invalid_client");
            Assert.Equal("RefreshTokenOfAnotherClient", await server.Why((await server.Client(AttackClients.Rival).Refresh(token)).Expect(400, "invalid_grant")));
            (await server.Client(AttackClients.Rival).Revoke(token)).Expect(400, "invalid_grant");
        }

        (await client.Refresh(second.Refresh)).By("Rotated");
    }

    [Fact]
    [Requirement("ATTACK-102", "ATTACK-152", "ATTACK-134")]
    public async Task No_token_opens_a_place_that_is_not_its_own()
    {
        var tokens = await server.Authorize(AttackClients.App, "openid offline_access mail:read");
        var opaque = await server.Authorize(AttackClients.Opaque, "openid offline_access mail:read");
        foreach (var token in new[] { tokens.Refresh, tokens.IdToken!, opaque.Refresh })
        {
            (await server.Api.Get("/userinfo", token)).Expect(401, "invalid_token");
            (await server.Api.Post("/userinfo", [("access_token", token)])).Expect(401, "invalid_token");
            (await server.Api.Post("/introspect", [("token", tokens.AccessToken)], "Bearer " + token)).Expect(401);
            Assert.DoesNotContain(token, server.Output, StringComparison.Ordinal);
        }

        // Access tokens are read from the header or the form of UserInfo, and nowhere else.
        foreach (var token in new[] { tokens.AccessToken, opaque.AccessToken })
        {
            (await server.Api.Get("/userinfo?access_token=" + token)).Expect(401);
            foreach (var header in new[] { Api.RawBasic(token + ":"), Api.RawBasic("x:" + token), "Token " + token, token, "Basic " + token, "DPoP " + token, "bearer:" + token })
            {
                var request = new HttpRequestMessage(HttpMethod.Get, server.Api.Url("/userinfo"));
                request.Headers.TryAddWithoutValidation("Authorization", header);
                Assert.Contains((await server.Api.Send(request)).Status, new[] { 400, 401 });
            }

            foreach (var cookie in new[] { "access_token=", "evergrant-session=", "__Host-evergrant-session=", "Authorization=Bearer " })
            {
                foreach (var path in new[] { "/userinfo", "/account", "/admin/explain" })
                {
                    var request = new HttpRequestMessage(HttpMethod.Get, server.Api.Url(path));
                    request.Headers.TryAddWithoutValidation("Cookie", cookie + token);
                    var reply = await server.Api.Send(request);
                    Assert.True(path == "/userinfo" ? reply.Status == 401 : reply.Status == 303 && reply.Header("Location")!.Contains("/sign-in", StringComparison.Ordinal), $"{path}: {reply}");
                }
            }

            // The pages know sessions only, the endpoints of clients only clients.
            foreach (var path in new[] { "/account", "/admin/explain" }) Assert.Equal(303, (await server.Api.Get(path, token)).Status);
            foreach (var path in new[] { "/token", "/introspect", "/revoke", "/device_authorization" }) (await server.Api.Post(path, [("token", token), ("grant_type", "client_credentials")], "Bearer " + token)).Expect(401);
        }
    }

    [Fact]
    [Requirement("ATTACK-107", "ATTACK-144", "ATTACK-233")]
    public async Task A_new_password_ends_the_sessions_and_what_was_bound_to_them_and_all_grants_if_asked()
    {
        var user = new User("attacked-reset", "correct horse battery staple 10", "Reset Person");
        Assert.Equal(0, (await server.Apply(new System.Text.Json.Nodes.JsonObject { ["users"] = new System.Text.Json.Nodes.JsonArray(user.ToJson()) }.ToJsonString())).ExitCode);
        var client = server.Client(AttackClients.App);
        foreach (var all in new[] { false, true })
        {
            var browser = await server.NewSignedIn(user);
            var other = await server.NewSignedIn(user);
            var offline = await server.Authorize(AttackClients.App, Families.Scope, browser);
            var online = await server.Authorize(AttackClients.AlwaysOnline, "openid mail:read", browser);
            user = user with { Password = user.Password + "x" };
            var said = await server.RunWith(user.Password + "\n", ["user", "set-password", user.Username, .. all ? new[] { "--end-grants" } : []]);
            Assert.True(said.ExitCode == 0, said.Errors);

            foreach (var one in new[] { browser, other }) (await one.Authorize(new AuthorizationRequest(client))).Expect(PageKind.SignIn);
            await server.Dead(server.Client(AttackClients.AlwaysOnline), online);
            if (all) await server.Dead(client, offline);
            else (await client.Refresh(offline.Refresh)).By("Rotated");
        }
    }

    [Fact]
    [Requirement("ATTACK-112")]
    public async Task Whoever_rides_along_in_the_window_is_thrown_off_with_the_fourth_retry()
    {
        // Client and thief hold every successor together: the thief refreshes second, each time within the minute.
        var client = server.Client(RefreshClients.Public);
        var tokens = await server.Authorize(RefreshClients.Public, Families.Scope);
        var rides = 0;
        for (var round = 0; round < 10; round++)
        {
            var next = Tokens.Of(await client.Refresh(tokens.Refresh));
            var thief = await client.Refresh(tokens.Refresh);
            if (thief.Status != 200)
            {
                thief.Expect(400, "invalid_grant");
                Assert.Equal("RefreshTokenReplayed", await server.Why(thief));
                (await client.Refresh(next.Refresh)).Expect(400, "invalid_grant");
                break;
            }

            // Never a second branch.
            Assert.Equal(next.Refresh, Tokens.Of(thief).Refresh);
            rides++;
            tokens = next;
        }

        Assert.Equal(3, rides);
    }
}
