namespace Evergrant.Specs.Rfc8628;

/// <summary>RFC 8628 section 3.3: what the person sees and does.</summary>
public sealed class Section3_3_UserInteraction(Server server)
{
    [Fact]
    [Requirement("RFC8628-3.3-01", "RFC8628-3.3-03", "RFC8628-5.4-01", "XDEV-6.1.14-01")]
    public async Task A_person_signs_in_types_the_code_is_told_what_asks_and_is_sent_back_to_the_device()
    {
        var device = await Device.Begin(server, DeviceClients.Television);
        var browser = server.NewBrowser();
        var page = (await device.Type(browser)).Expect(PageKind.SignIn);
        Assert.Contains("Living-room TV", page.Text, StringComparison.Ordinal);
        page = (await browser.SignIn(page, Users.Alice.Username, Users.Alice.Password)).Expect(PageKind.Consent);
        Assert.Contains("Living-room TV", page.Text, StringComparison.Ordinal);
        Assert.Contains(device.UserCode, page.Text, StringComparison.Ordinal);
        Assert.Contains("device", page.Text, StringComparison.Ordinal);
        Assert.Contains("in front of you", page.Text, StringComparison.Ordinal);
        Assert.Contains($"from the address {OwnAddress.OfTest}", page.Text, StringComparison.Ordinal);
        Assert.Contains("did not start this yourself", page.Text, StringComparison.Ordinal);
        page = await browser.Decide(page, "allow");
        Assert.Contains("Go back to your device", page.Text, StringComparison.Ordinal);
        (await server.Api.Get("/userinfo", Tokens.Of(await device.Poll()).AccessToken)).Expect(200);
    }

    [Fact]
    public async Task The_address_with_the_code_is_there_as_a_picture_for_every_code_and_for_nothing_else()
    {
        var device = await Device.Begin(server, DeviceClients.Television);
        var picture = (await server.Api.Get("/device/qr?user_code=" + device.UserCode)).Expect(200);
        Assert.Equal(("image/svg+xml", "no-store", "cross-origin"), (picture.Header("Content-Type"), picture.Header("Cache-Control"), picture.Header("Cross-Origin-Resource-Policy")));
        Assert.StartsWith("<svg xmlns=\"http://www.w3.org/2000/svg\"", picture.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("script", picture.Body, StringComparison.OrdinalIgnoreCase);
        // Whether there is such a code cannot be seen by it, and how it is written does not count.
        Assert.NotEqual(picture.Body, (await server.Api.Get("/device/qr?user_code=BCD-FGH-JKL")).Expect(200).Body);
        Assert.Equal(picture.Body, (await server.Api.Get("/device/qr?user_code=" + device.UserCode.Replace("-", "", StringComparison.Ordinal).ToLowerInvariant())).Expect(200).Body);
        foreach (var none in new[] { "", "?user_code=", "?user_code=ABC", "?user_code=BCD-FGH-JKLM", "?user_code=https://evil.example/", "?user_code=BCD-FGH-JKL&user_code=BCD-FGH-JKL" }) Assert.Equal(404, (await server.Api.Get("/device/qr" + none)).Status);
    }

    [Fact]
    [Requirement("RFC8628-3.3.1-01")]
    public async Task A_code_that_comes_with_the_address_is_shown_to_be_compared_and_nothing_happens_by_itself()
    {
        var device = await Device.Begin(server, DeviceClients.Television);
        var browser = await server.NewSignedIn(Users.Alice);
        var page = await browser.Get(device.Begun.Text("verification_uri_complete")!);
        Assert.Equal(device.UserCode, page.FormWith("user_code")["user_code"]);
        Assert.Contains("exactly this code", page.Text, StringComparison.Ordinal);
        // For whoever would rather go on with a phone; without a code, or with a wrong one, there is nothing to be shown.
        var shown = $"src=\"/device/qr?user_code={device.UserCode}\"";
        Assert.Contains(shown, page.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("/device/qr", (await browser.Get("/device")).Html, StringComparison.Ordinal);
        (await device.Poll()).Expect(400, "authorization_pending");
        page = (await browser.Submit(page, page.FormWith("user_code"), [("user_code", device.UserCode)])).Expect(PageKind.Consent);
        await browser.Decide(page, "allow");
        Tokens.Of(await device.Poll());
    }

    [Fact]
    [Requirement("XDEV-6.1.14-02")]
    public async Task Refusing_is_the_first_button_and_so_what_Enter_does()
    {
        var device = await Device.Begin(server, DeviceClients.Television);
        var page = (await device.Type(await server.NewSignedIn(Users.Alice))).Expect(PageKind.Consent);
        Assert.Equal("deny", page.FormWith("decision").Fields.First(f => f.Type == "submit").Value);
    }

    [Fact]
    [Requirement("RFC8628-6.1-02")]
    public async Task Case_spaces_and_punctuation_of_a_typed_code_do_not_count()
    {
        var device = await Device.Begin(server, DeviceClients.Television);
        var browser = await server.NewSignedIn(Users.Alice);
        var letters = device.UserCode.Replace("-", "", StringComparison.Ordinal);
        foreach (var typed in new[] { letters.ToLowerInvariant(), $" {letters[..2]} {letters[2..]} ", string.Join('.', letters.AsEnumerable()), device.UserCode })
            (await device.Type(browser, typed)).Expect(PageKind.Consent);
    }

    [Fact]
    [Requirement("XDEV-6.1.3-01")]
    public async Task A_code_is_good_for_one_answer()
    {
        foreach (var decision in new[] { "allow", "deny" })
        {
            var device = await Device.Begin(server, DeviceClients.Television);
            var alice = await server.NewSignedIn(Users.Alice);
            var open = await device.Type(alice);
            await alice.Decide(open, decision);
            Assert.Contains("No device waits", (await device.Type(alice)).Text, StringComparison.Ordinal);
            // The page that is still open in another window decides nothing any more.
            Assert.Contains("No device waits", (await alice.Decide(open, decision == "allow" ? "deny" : "allow")).Text, StringComparison.Ordinal);
            var polled = await device.Poll();
            if (decision == "allow") Tokens.Of(polled);
            else polled.Expect(400, "access_denied");
        }
    }

    [Fact]
    public async Task A_page_of_one_browser_is_nothing_to_another_and_a_device_gets_no_page_of_an_application()
    {
        var device = await Device.Begin(server, DeviceClients.Television);
        var alice = await server.NewSignedIn(Users.Alice);
        var page = await device.Type(alice);
        var ticket = page.FormWith("decision")["ticket"]!;
        (await (await server.NewSignedIn(Users.Bob)).Post("/device/answer", [("ticket", ticket), ("decision", "allow")])).ExpectErrorPage();
        (await alice.Post("/consent", [("ticket", ticket), ("decision", "allow")])).ExpectErrorPage();
        var asked = await alice.Authorize(new AuthorizationRequest(server.Client(Clients.Asking)));
        (await alice.Post("/device/answer", [("ticket", asked.FormWith("decision")["ticket"]!), ("decision", "allow")])).ExpectErrorPage();
        (await device.Poll()).Expect(400, "authorization_pending");
    }

    [Fact]
    public async Task What_a_person_leaves_out_the_device_does_not_get()
    {
        var device = await Device.Begin(server, DeviceClients.Television);
        var tokens = await device.Allowed(["openid"]);
        Assert.Equal(["openid"], tokens.Scopes);
        Assert.Null(tokens.RefreshToken);
    }

    [Fact]
    public async Task Giving_up_on_the_sign_in_page_leaves_the_code_good()
    {
        var device = await Device.Begin(server, DeviceClients.Television);
        var browser = server.NewBrowser();
        var page = await device.Type(browser);
        page = await browser.Submit(page, page.FormWith("password"), [("cancel", "1")]);
        page.FormWith("user_code");
        await device.Allowed();
    }
}
