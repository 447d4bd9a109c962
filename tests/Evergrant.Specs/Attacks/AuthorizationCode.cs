using System.Security.Cryptography;
using System.Buffers.Text;
using Evergrant.Specs.RefreshToken;
using Evergrant.Specs.Rfc8628;

namespace Evergrant.Specs.Attacks;

/// <summary>Attacks on authorization codes and on the pages that lead to them.</summary>
public sealed class AuthorizationCode(Server server)
{
    [Fact]
    [Requirement("ATTACK-049", "ATTACK-050")]
    public async Task Of_fifty_redemptions_at_once_one_succeeds_and_those_that_lose_end_the_grant()
    {
        foreach (var definition in new[] { AttackClients.App, AttackClients.Page })
        {
            var (request, code) = await server.NewCode(definition);
            var replies = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => request.Client.Redeem(request, code)));
            var tokens = Tokens.Of(Assert.Single(replies, reply => reply.Status == 200));
            Assert.All(replies.Where(reply => reply.Status != 200), reply => reply.Expect(400, "invalid_grant"));
            await Dead(request.Client, tokens);

            var (twice, second) = await server.NewCode(definition);
            var first = Tokens.Of(await twice.Client.Redeem(twice, second));
            (await twice.Client.Redeem(twice, second)).Expect(400, "invalid_grant");
            await Dead(twice.Client, first);
        }

        // A public client may not introspect.
        async Task Dead(Client client, Tokens tokens)
        {
            (await client.Refresh(tokens.Refresh)).Expect(400, "invalid_grant");
            (await server.Api.Get("/userinfo", tokens.AccessToken)).Expect(401, "invalid_token");
        }
    }

    [Fact]
    [Requirement("ATTACK-052")]
    public async Task Another_client_gets_nothing_for_a_code_and_uses_nothing_up()
    {
        var (request, code) = await server.NewCode(AttackClients.App);
        foreach (var thief in new[] { AttackClients.Rival, AttackClients.Page, AttackClients.Phone })
        {
            (await server.Client(thief).Redeem(request, code)).Expect(400, "invalid_grant");
            (await server.Client(thief).Redeem(request, code, ("redirect_uri", thief.RedirectUri))).Expect(400, "invalid_grant");
        }

        // A public client's word that it is this one is not enough.
        (await server.Api.Post("/token", [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", AttackClients.App.RedirectUri), ("code_verifier", request.Verifier), ("client_id", AttackClients.App.Id)])).Expect(401, "invalid_client");
        (await request.Client.Redeem(request, code)).Expect(200);
    }

    [Fact]
    [Requirement("ATTACK-053", "ATTACK-101")]
    public async Task No_other_value_of_the_server_is_a_code_or_a_refresh_token()
    {
        var (request, code) = await server.NewCode(AttackClients.App);
        var tokens = await server.Authorize(AttackClients.App, "openid offline_access mail:read");
        var opaque = await server.Authorize(AttackClients.Opaque, "openid offline_access mail:read");
        var device = await Device.Begin(server, DeviceClients.Gateway);
        var alice = await server.NewSignedIn(Users.Alice);
        var consent = (await alice.Authorize(new AuthorizationRequest(server.Client(AttackClients.Marked)).With("prompt", "consent"))).FormWith("decision")["ticket"]!;
        var signIn = (await server.NewBrowser().Authorize(new AuthorizationRequest(server.Client(AttackClients.App)))).FormWith("password")["ticket"]!;
        var form = (await alice.Get("/sign-out")).FormWith("form_token")["form_token"]!;
        var cookies = alice.SetCookies.Select(cookie => cookie.Split(';')[0].Split('=', 2)[1]).Where(value => value.Length > 0);
        string[] values =
        [
            device.Code, device.UserCode, consent, signIn, form, .. cookies, tokens.AccessToken, tokens.IdToken!, opaque.AccessToken, request.Client.Secret, request.State, tokens.AccessJwt.Claim("jti")!,
            "urn:ietf:params:oauth:request_uri:x",
        ];

        foreach (var value in values.Append(tokens.Refresh).Append(opaque.Refresh)) (await request.Client.Redeem(request, value)).Expect(400, "invalid_grant");
        foreach (var value in values.Append(code)) (await request.Client.Refresh(value)).Expect(400, "invalid_grant");
        foreach (var value in values.Append(code).Append(tokens.Refresh).Where(value => value != device.Code))
            (await server.Client(DeviceClients.Gateway).Token(("grant_type", DeviceClients.GrantType), ("device_code", value))).Expect(400, "invalid_grant");
        // A prefix that is changed changes nothing else.
        foreach (var prefix in new[] { "evc_", "evr_", "eva_", "evd_", "evk_", "" })
        {
            if (prefix != "evr_") (await request.Client.Redeem(request, prefix + tokens.Refresh[4..])).Expect(400, "invalid_grant");
            (await request.Client.Refresh((prefix == "evr_" ? "evc_" : prefix) + tokens.Refresh[4..])).Expect(400, "invalid_grant");
            (await request.Client.Refresh(prefix + code[4..])).Expect(400, "invalid_grant");
        }

        (await request.Client.Redeem(request, code)).Expect(200);
        (await request.Client.Refresh(tokens.Refresh)).Expect(200);
    }

    [Fact]
    [Requirement("ATTACK-054")]
    public async Task A_code_is_not_found_by_trying()
    {
        var (request, code) = await server.NewCode(AttackClients.App);
        var bits = Base64Url.DecodeFromChars(code.AsSpan(4));
        List<string> tries = [code[..^1], code[..20], code + "A", code + "AAAA", code[4..], "", " " + code, code + "=", code.ToUpperInvariant()];
        for (var bit = 0; bit < bits.Length * 8; bit++)
        {
            var flipped = (byte[])bits.Clone();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            tries.Add("evc_" + Base64Url.EncodeToString(flipped));
        }

        for (var n = 0; n < 1_000; n++) tries.Add("evc_" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(bits.Length)));
        foreach (var tried in tries.Chunk(32))
            foreach (var reply in await Task.WhenAll(tried.Select(one => request.Client.Redeem(request, one)))) reply.Expect(400, reply.Error == "invalid_request" ? "invalid_request" : "invalid_grant");

        // 320 bits need no throttle (docs/decisions/0005); whoever has the code gets in all the same.
        (await request.Client.Redeem(request, code)).Expect(200);
    }

    [Theory]
    [InlineData("disable")]
    [InlineData("remove")]
    [Requirement("ATTACK-055", "ATTACK-104", "ATTACK-416", "ATTACK-116")]
    public async Task With_an_account_go_its_codes_tokens_and_sessions(string how)
    {
        var user = new User("attacked-" + how, "correct horse battery staple 9", "Attacked Person");
        var json = new System.Text.Json.Nodes.JsonObject { ["users"] = new System.Text.Json.Nodes.JsonArray(user.ToJson()) }.ToJsonString();
        Assert.Equal(0, (await server.Apply(json)).ExitCode);
        var browser = await server.NewSignedIn(user);
        var (request, code) = await server.NewCode(AttackClients.App, browser: browser);
        var tokens = await server.Authorize(AttackClients.App, "openid offline_access mail:read", browser);
        var online = await server.Authorize(AttackClients.AlwaysOnline, "openid mail:read", browser);
        Assert.Equal(0, (await server.Run("user", how, user.Username)).ExitCode);

        (await request.Client.Redeem(request, code)).Expect(400, "invalid_grant");
        await server.Dead(request.Client, tokens);
        await server.Dead(server.Client(AttackClients.AlwaysOnline), online);
        (await browser.Authorize(new AuthorizationRequest(request.Client))).Expect(PageKind.SignIn);
        var again = server.NewBrowser();
        var page = await again.Authorize(new AuthorizationRequest(request.Client));
        Assert.Equal(PageKind.SignIn, (await again.SignIn(page, user.Username, user.Password)).Kind);

        // Neither enabling it nor another account of the same name brings anything back.
        if (how == "disable") Assert.Equal(0, (await server.Run("user", "enable", user.Username)).ExitCode);
        else Assert.Equal(0, (await server.Apply(json)).ExitCode);
        (await request.Client.Redeem(request, code)).Expect(400, "invalid_grant");
        await server.Dead(request.Client, tokens);
        (await browser.Authorize(new AuthorizationRequest(request.Client))).Expect(PageKind.SignIn);
        var anew = await server.Authorize(AttackClients.App, "openid", await server.NewSignedIn(user));
        Assert.Equal(how == "disable", anew.IdJwt.Claim("sub") == tokens.IdJwt.Claim("sub"));
    }

    [Fact]
    [Requirement("ATTACK-056", "ATTACK-105")]
    public async Task Consent_that_is_taken_back_takes_codes_and_tokens_with_it()
    {
        var browser = await server.NewSignedIn(Users.Carol);
        var (request, code) = await server.NewCode(AttackClients.Asked, browser: browser);
        var tokens = await server.Authorize(AttackClients.Asked, "openid offline_access mail:read", browser);
        var account = await browser.Get("/account");
        var form = account.Forms.Single(one => one["client_id"] == AttackClients.Asked.Id);
        Assert.Equal(303, (await browser.Submit(account, form, [])).Status);

        (await request.Client.Redeem(request, code)).Expect(400, "invalid_grant");
        await server.Dead(request.Client, tokens);
        (await browser.Authorize(new AuthorizationRequest(request.Client))).Expect(PageKind.Consent);

        // By an operator as well.
        (request, code) = await server.NewCode(AttackClients.Asked, browser: browser);
        Assert.Equal(0, (await server.Run("grant", "revoke", "--user", Users.Carol.Username)).ExitCode);
        (await request.Client.Redeem(request, code)).Expect(400, "invalid_grant");
    }

    [Fact]
    [Requirement("ATTACK-057", "ATTACK-144")]
    public async Task After_sign_out_a_code_of_that_session_is_worth_nothing_unless_offline_access_was_agreed_to()
    {
        var browser = await server.NewSignedIn(Users.Alice);
        var (bound, first) = await server.NewCode(AttackClients.App, "openid mail:read", browser);
        var (offline, second) = await server.NewCode(AttackClients.App, "openid offline_access", browser);
        var page = await browser.Get("/sign-out");
        await browser.Submit(page, page.FormWith("form_token"), []);

        (await bound.Client.Redeem(bound, first)).Expect(400, "invalid_grant");
        (await offline.Client.Redeem(offline, second)).Expect(200);
    }
}
