using Evergrant.Specs.Rfc8628;

namespace Evergrant.Specs.Attacks;

/// <summary>Cross-site requests (CSRF): the browser has its cookies and even the form is right, but another site sends it.</summary>
public sealed class Forgery(Server server)
{
    private static readonly (string Name, string Value)[][] Elsewhere =
    [
        [("Sec-Fetch-Site", "cross-site"), ("Origin", "https://evil.test")], [("Sec-Fetch-Site", "same-site"), ("Origin", "https://sub.localhost")], [("Sec-Fetch-Site", "cross-site")], [("Origin", "https://evil.test")],
        [("Origin", "http://localhost.evil.test")], [("Sec-Fetch-Site", "cross-site"), ("Origin", "null")],
    ];

    [Fact]
    [Requirement("ATTACK-219", "ATTACK-224", "FAPI2-AM-7.2-01")]
    public async Task Nobody_is_signed_in_by_another_site()
    {
        var victim = server.NewBrowser();
        var page = await victim.Authorize(new AuthorizationRequest(server.Client(AttackClients.App)));
        var own = await victim.Get("/sign-in");
        // The attacker's own pages hold tickets and tokens that are right, in the attacker's browser.
        var attacker = server.NewBrowser();
        var attackersPage = await attacker.Authorize(new AuthorizationRequest(server.Client(AttackClients.App)));
        var attackersForm = await attacker.Get("/sign-in");
        (string, string)[] credentials = [("username", Users.Bob.Username), ("password", Users.Bob.Password)];

        foreach (var headers in Elsewhere)
        {
            foreach (var form in new[] { page.FormWith("password"), own.FormWith("password") }) Refused(await Post(victim, "/sign-in", [.. form.Sent, .. credentials], headers), 403);
        }

        foreach (var form in new[] { attackersPage.FormWith("password"), attackersForm.FormWith("password") }) Refused(await Post(victim, "/sign-in", [.. form.Sent, .. credentials]), 400);
        Refused(await Post(victim, "/sign-in", credentials), 400);
        Refused(await Post(victim, "/sign-in", [("return", "account"), .. credentials]), 400);
        Assert.DoesNotContain(victim.SetCookies, cookie => cookie.Contains("evergrant-session=", StringComparison.Ordinal));
        (await victim.Authorize(new AuthorizationRequest(server.Client(AttackClients.App)))).Expect(PageKind.SignIn);
        Assert.NotNull((await victim.SignIn(page, Users.Alice.Username, Users.Alice.Password)).Code);
    }

    [Fact]
    [Requirement("ATTACK-220", "ATTACK-216", "FAPI2-AM-7.2-01")]
    public async Task Nothing_is_allowed_or_denied_by_another_site()
    {
        var alice = await server.NewSignedIn(Users.Alice);
        var consent = (await alice.Authorize(new AuthorizationRequest(server.Client(AttackClients.Asked)).With("prompt", "consent"))).Expect(PageKind.Consent);
        var device = await Device.Begin(server, DeviceClients.Television);
        var code = (await alice.Get("/device")).FormWith("user_code");
        var answer = (await device.Type(alice)).Expect(PageKind.Consent);
        var choice = await alice.Authorize(new AuthorizationRequest(server.Client(AttackClients.App)).With("prompt", "select_account"));
        foreach (var headers in Elsewhere)
        {
            foreach (var decision in new[] { "allow", "deny" })
            {
                Refused(await Post(alice, "/consent", [.. consent.FormWith("decision").Sent, ("decision", decision)], headers), 403);
                Refused(await Post(alice, "/device/answer", [.. answer.FormWith("decision").Sent, ("decision", decision)], headers), 403);
            }

            Refused(await Post(alice, "/device", [.. code.Sent, ("user_code", device.UserCode)], headers), 403);
            Refused(await Post(alice, "/select-account", [.. choice.Forms[0].Sent, ("cancel", "1")], headers), 403);
        }

        (await device.Poll()).Expect(400, "authorization_pending");
        Assert.NotNull((await alice.Decide(consent, "allow")).Code);
        await alice.Decide(answer, "allow");
        (await device.Poll()).Expect(200);
    }

    [Fact]
    [Requirement("ATTACK-222", "ATTACK-221", "ATTACK-223")]
    public async Task Nothing_is_removed_ended_or_looked_up_by_another_site()
    {
        var carol = await server.NewSignedIn(Users.Carol);
        var tokens = await server.Authorize(AttackClients.Asked, "openid offline_access", carol);
        var account = await carol.Get("/account");
        var app = account.Forms.Single(form => form["client_id"] == AttackClients.Asked.Id);
        var signOut = (await carol.Get("/sign-out")).FormWith("form_token");
        var operatorName = server.Announced.GetProperty("operator");
        var operatorsOwn = await server.NewSignedIn(new User(operatorName.GetProperty("username").GetString()!, operatorName.GetProperty("password").GetString()!, "Operator"));
        var explain = (await operatorsOwn.Get("/admin/explain")).Forms.Single(form => form.Fields.Any(field => field.Name == "form_token") && form.Action.Contains("explain", StringComparison.Ordinal));
        foreach (var headers in Elsewhere)
        {
            Refused(await Post(carol, "/account", [.. app.Sent], headers), 403);
            Refused(await Post(carol, "/sign-out", [.. signOut.Sent], headers), 403);
            Refused(await Post(operatorsOwn, "/admin/explain", [.. explain.Sent, .. explain.Fields.Where(field => field.Type is "text" or "textarea").Select(field => (field.Name, "x"))], headers), 403);
        }

        // Types that a form of another site can have, without asking first; and tokens of somebody else.
        foreach (var type in new[] { "text/plain", "multipart/form-data; boundary=x", "application/json" })
        {
            foreach (var (path, form) in new[] { ("/account", app), ("/sign-out", signOut) })
            {
                var request = new HttpRequestMessage(HttpMethod.Post, server.Api.Url(path)) { Content = new StringContent(Api.Encode(form.Sent)) };
                request.Content.Headers.Remove("Content-Type");
                request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
                Refused(await carol.Send(request), 415);
            }
        }

        var bobs = (await (await server.NewSignedIn(Users.Bob)).Get("/sign-out")).FormWith("form_token")["form_token"]!;
        Refused(await Post(carol, "/sign-out", [("form_token", bobs)]), 400);
        Refused(await Post(carol, "/account", [.. app.Sent.Where(field => field.Name != "form_token"), ("form_token", bobs)]), 400);
        Refused(await Post(carol, "/account", [.. app.Sent.Where(field => field.Name != "form_token")]), 400);
        Refused(await Post(carol, "/sign-out", []), 400);
        // Neither a GET nor a HEAD does anything.
        foreach (var path in new[] { "/sign-out?" + Api.Encode(signOut.Sent), "/account?" + Api.Encode(app.Sent) })
            foreach (var method in new[] { HttpMethod.Get, HttpMethod.Head }) await carol.Send(new HttpRequestMessage(method, server.Api.Url(path)));

        (await server.Client(AttackClients.Asked).Refresh(tokens.Refresh)).Expect(200);
        Assert.Equal(200, (await carol.Get("/account")).Status);
        Assert.Equal(303, (await Post(carol, "/account", [.. app.Sent])).Status);
    }

    [Fact]
    [Requirement("ATTACK-226")]
    public async Task What_changes_something_is_done_by_POST_alone()
    {
        var alice = await server.SignedIn();
        foreach (var path in new[] { "/consent", "/select-account", "/device/answer", "/token", "/revoke", "/introspect", "/device_authorization", "/dev/clock" })
            foreach (var method in new[] { HttpMethod.Get, HttpMethod.Head, HttpMethod.Put, HttpMethod.Delete })
                Assert.Equal(405, (await alice.Send(new HttpRequestMessage(method, server.Api.Url(path + "?decision=allow&advance=1d")))).Status);
    }

    private Task<Page> Post(Browser browser, string path, IEnumerable<(string Name, string Value)> form, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, server.Api.Url(path)) { Content = Api.Form(form) };
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return browser.Send(request);
    }

    private static void Refused(Page page, int status) => Assert.True(page.Status == status && page.Location is null && page.Code is null, $"Expected {status}, got {page}");
}
