using Evergrant.Specs.Rfc8628;

namespace Evergrant.Specs.Attacks;

/// <summary>Attacks on the device authorization grant.</summary>
public sealed class DeviceFlow(Server server)
{
    [Fact]
    [Requirement("ATTACK-208", "ATTACK-217")]
    public async Task A_link_with_a_code_does_nothing_by_itself_and_shows_only_what_can_be_a_code()
    {
        var device = await Device.Begin(server, DeviceClients.Television);
        var alice = await server.NewSignedIn(Users.Alice);
        var page = await alice.Get(device.Begun.Text("verification_uri_complete")!);
        Assert.NotEqual(PageKind.Consent, page.Kind);
        Assert.Contains("exactly this code", page.Text, StringComparison.Ordinal);
        (await device.Poll()).Expect(400, "authorization_pending");
        page = (await alice.Submit(page, page.FormWith("user_code"), [("user_code", device.UserCode)])).Expect(PageKind.Consent);
        foreach (var word in new[] { "Living-room TV", device.UserCode, "from the address", "UTC", "If you did not start this yourself" }) Assert.Contains(word, page.Text, StringComparison.Ordinal);
        Assert.Equal("deny", page.FormWith("decision").Fields.First(field => field.Type == "submit").Value);
        (await device.Poll()).Expect(400, "slow_down");

        // Off unless the client is registered for it.
        (await Device.Ask(server, AttackClients.App)).Expect(400, "unauthorized_client");
        (await Device.Ask(server, AttackClients.Page)).Expect(400, "unauthorized_client");

        foreach (var code in new[] { "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "\u202eBCD-FGH-JKL<b>", new string('B', 7_000), "BCD-FGH-JKL\r\nX: 1", "BCD\0FGH", "javascript:alert(1)", "%3Cscript%3E" })
        {
            page = await alice.Get("/device?user_code=" + Uri.EscapeDataString(code));
            Assert.DoesNotContain("<script>alert", page.Html, StringComparison.Ordinal);
            Assert.DoesNotContain("<img src=x", page.Html, StringComparison.Ordinal);
            Assert.Contains(page.Status, new[] { 200, 400, 414 });
            if (page.Status == 200) Assert.True((page.FormWith("user_code")["user_code"] ?? "").Length <= 11);
        }
    }

    [Fact]
    [Requirement("ATTACK-211", "ATTACK-212")]
    public async Task A_device_gets_what_was_approved_for_it_and_nothing_more()
    {
        var device = await Device.Begin(server, DeviceClients.Television, "openid mail:read");
        await device.Answer("allow");
        foreach (var thief in new[] { DeviceClients.OtherTelevision, DeviceClients.Gateway }) (await device.Poll(thief)).Expect(400, "invalid_grant");
        var reply = await server.Client(DeviceClients.Television).Token(("grant_type", DeviceClients.GrantType), ("device_code", device.Code), ("scope", "openid mail:read mail:send offline_access profile"));
        if (reply.Status == 200) Assert.Equal(["mail:read", "openid"], Tokens.Of(reply).Scopes);
        else reply.Expect(400, "invalid_scope");
        Assert.Null(reply.Text("refresh_token"));
    }

    [Fact]
    [Requirement("ATTACK-213", "ATTACK-299")]
    public async Task Whoever_answers_first_has_answered()
    {
        // Looking at a code does not claim it (docs/decisions/0005): it would let whoever guessed one keep its owner away.
        foreach (var decision in new[] { "allow", "deny" })
        {
            var device = await Device.Begin(server, DeviceClients.Television);
            var (alice, bob) = (await server.NewSignedIn(Users.Alice), await server.NewSignedIn(Users.Bob));
            var (hers, his) = (await device.Type(alice), await device.Type(bob));
            await alice.Decide(hers, "allow");
            var late = await bob.Decide(his, decision);
            Assert.Contains("No device waits", late.Text, StringComparison.Ordinal);
            // Used, unknown: the same words.
            var unknown = await Device.Type(server, bob, "BBB-BBB-BBB");
            Assert.Equal(Heading(unknown), Heading(await device.Type(bob)));
            var tokens = Tokens.Of(await device.Poll());
            Assert.Equal((await server.Authorize(AttackClients.App, "openid", alice)).IdJwt.Claim("sub"), tokens.IdJwt.Claim("sub"));
        }

        static string Heading(Page page) => page.Text[page.Text.IndexOf("No device", StringComparison.Ordinal)..][..60];
    }

    [Fact]
    [Requirement("ATTACK-214", "ATTACK-218", "ATTACK-130")]
    public async Task An_account_that_may_not_sign_in_approves_nothing_and_what_it_approved_is_not_given_out()
    {
        var user = new User("attacked-viewer", "correct horse battery staple 12", "Viewer");
        Assert.Equal(0, (await server.Apply(new System.Text.Json.Nodes.JsonObject { ["users"] = new System.Text.Json.Nodes.JsonArray(user.ToJson()) }.ToJsonString())).ExitCode);
        var browser = await server.NewSignedIn(user);
        var open = await Device.Begin(server, DeviceClients.Television);
        var page = (await open.Type(browser)).Expect(PageKind.Consent);
        var answered = await Device.Begin(server, DeviceClients.Gateway);
        await answered.Answer(browser, "allow");
        Assert.Equal(0, (await server.Run("user", "disable", user.Username)).ExitCode);

        await browser.Decide(page, "allow");
        (await open.Poll()).Expect(400, "authorization_pending");
        var late = await answered.Poll();
        Assert.True(late.Status == 400 && late.Error is "invalid_grant" or "access_denied" or "expired_token", late.ToString());
        // At the sign-in of a device as anywhere else.
        var again = server.NewBrowser();
        page = await open.Type(again);
        Assert.Equal(PageKind.SignIn, (await again.SignIn(page, user.Username, user.Password)).Kind);
    }
}
