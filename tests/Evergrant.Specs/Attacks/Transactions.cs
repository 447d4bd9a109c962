namespace Evergrant.Specs.Attacks;

/// <summary>Attacks on an authorization request that is under way: its pages, their fields, their order.</summary>
public sealed class Transactions(Server server)
{
    private static readonly (string, string)[] Smuggled =
    [
        ("scope", "openid mail:send offline_access"), ("client_id", AttackClients.App.Id), ("redirect_uri", "https://evil.test/cb"), ("response_type", "token"), ("response_mode", "fragment"), ("state", "evil"), ("code_challenge", Pkce.Challenge(Pkce.NewVerifier())),
        ("nonce", "evil"), ("resource", DeclaredState.Files), ("prompt", "none"), ("sub", "evil"),
    ];

    [Fact]
    [Requirement("ATTACK-058", "ATTACK-066", "ATTACK-067")]
    public async Task What_a_form_says_beside_its_ticket_changes_nothing()
    {
        var browser = server.NewBrowser();
        var request = new AuthorizationRequest(server.Client(AttackClients.Asked)).With(("scope", "openid mail:read"), ("nonce", "mine"), ("prompt", "consent"));
        var page = await browser.Authorize(request);
        // A second tab asks for more in the meantime.
        await browser.Authorize(new AuthorizationRequest(server.Client(AttackClients.Marked)).With("scope", "openid mail:send"));
        page = await browser.Submit(page, page.FormWith("password"), [("username", Users.Dave.Username), ("password", Users.Dave.Password), .. Smuggled]);
        page.Expect(PageKind.Consent);
        Assert.Contains("Read your mail", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Send mail", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("away", page.Text, StringComparison.Ordinal);
        var second = (await browser.Authorize(new AuthorizationRequest(server.Client(AttackClients.Marked)).With("scope", "openid mail:send"))).Expect(PageKind.Consent);

        page = await browser.Submit(page, page.FormWith("decision"), [("decision", "allow"), .. Smuggled, ("without", "nothing")]);

        Assert.StartsWith("https://attacked-asked.example/callback?code=", page.Location, StringComparison.Ordinal);
        Assert.Equal((request.State, server.Issuer), (page["state"], page["iss"]));
        var tokens = Tokens.Of(await request.Client.Redeem(request, page.Code!));
        Assert.Equal(["mail:read", "openid"], tokens.Scopes);
        Assert.Equal("mine", tokens.IdJwt.Claim("nonce"));
        Assert.Null(tokens.RefreshToken);
        // What was stored is what was shown, and the other tab's client has nothing by it.
        (await browser.Authorize(new AuthorizationRequest(request.Client).With("scope", "openid mail:read"))).Expect(PageKind.Redirect);
        (await browser.Authorize(new AuthorizationRequest(request.Client).With("scope", "openid mail:send"))).Expect(PageKind.Consent);
        Assert.StartsWith("https://marked.example/", (await browser.Decide(second, "allow")).Location, StringComparison.Ordinal);
    }

    [Fact]
    [Requirement("ATTACK-058", "ATTACK-059", "ATTACK-224", "ATTACK-220")]
    public async Task A_ticket_is_of_one_request_one_browser_one_person_and_one_page()
    {
        var browser = server.NewBrowser();
        var request = new AuthorizationRequest(server.Client(AttackClients.Asked)).With(("scope", "openid email"), ("prompt", "consent"));
        var signIn = await browser.Authorize(request);
        var consent = (await browser.SignIn(signIn, Users.Dave.Username, Users.Dave.Password)).Expect(PageKind.Consent);
        var (first, then) = (signIn.FormWith("password")["ticket"]!, consent.FormWith("decision")["ticket"]!);

        // Without the page, with no ticket, an altered one, the other page's, or by GET.
        foreach (var ticket in new[] { null, "", "x", first }.Concat(Altering.EachPart(then)))
        {
            (string, string)[] form = [("decision", "allow"), ("scope", "openid"), .. ticket is null ? Array.Empty<(string, string)>() : [("ticket", ticket)]];
            (await browser.Post("/consent", form)).ExpectErrorPage();
        }

        Assert.Equal(405, (await browser.Get($"/consent?decision=allow&ticket={then}")).Status);
        Assert.Equal(405, (await browser.Send(new HttpRequestMessage(HttpMethod.Head, server.Api.Url($"/consent?decision=allow&ticket={then}")))).Status);
        (await browser.Post($"/consent?decision=allow&ticket={then}", [])).ExpectErrorPage();
        (await browser.Post("/consent", [("ticket", then), ("decision", "yes")])).ExpectErrorPage();
        (await browser.Post("/consent", [("ticket", then)])).ExpectErrorPage();
        (await browser.Post("/consent", [("ticket", then), ("decision", "allow"), ("decision", "deny")])).ExpectErrorPage();
        // Another person's browser, and this browser once somebody else uses it.
        foreach (var other in new[] { await server.NewSignedIn(Users.Bob), server.NewBrowser(), await server.NewSignedIn(Users.Dave) }) (await other.Post("/consent", [("ticket", then), ("decision", "allow")])).ExpectErrorPage();
        var page = await browser.Get("/sign-out");
        await browser.Submit(page, page.FormWith("form_token"), []);
        page = await browser.Get("/sign-in");
        await browser.Submit(page, page.FormWith("password"), [("username", Users.Bob.Username), ("password", Users.Bob.Password)]);
        var asked = await browser.Post("/consent", [("ticket", then), ("decision", "allow")]);
        Assert.True(asked.Code is null && asked.Kind is PageKind.Consent or PageKind.SignIn or PageKind.Error, asked.ToString());
    }

    [Fact]
    [Requirement("ATTACK-059")]
    public async Task A_ticket_that_comes_again_answers_its_own_request_and_no_other()
    {
        // Tickets are sealed, not stored (docs/decisions/0003): a form that is sent again is answered again, to the same client at the same address, under the same challenge.
        var browser = await server.NewSignedIn(Users.Dave);
        var earlier = new AuthorizationRequest(server.Client(AttackClients.Asked)).With(("scope", "openid email"), ("prompt", "consent"));
        var form = await browser.Authorize(earlier);
        var code = (await browser.Decide(form, "allow")).Code!;
        var later = new AuthorizationRequest(server.Client(AttackClients.Asked)).With(("scope", "openid mail:send"), ("prompt", "consent"));
        await browser.Authorize(later);

        var again = await browser.Decide(form, "allow");

        Assert.Equal(earlier.State, again["state"]);
        (await later.Client.Redeem(later, again.Code!)).Expect(400, "invalid_grant");
        Assert.Equal(["email", "openid"], Tokens.Of(await earlier.Client.Redeem(earlier, again.Code!)).Scopes);
        Assert.NotEqual(code, again.Code);
        (await browser.Authorize(new AuthorizationRequest(server.Client(AttackClients.Asked)).With("scope", "openid mail:send"))).Expect(PageKind.Consent);
    }

    [Fact]
    [Requirement("ATTACK-061")]
    public async Task No_page_has_a_code_in_its_address_and_none_tells_where_one_came_from()
    {
        var browser = await server.NewSignedIn(Users.Dave);
        var page = await browser.Authorize(new AuthorizationRequest(server.Client(AttackClients.Asked)).With(("prompt", "consent"), ("response_mode", "form_post")));
        Assert.Equal("no-referrer", page.Header("Referrer-Policy"));
        page = await browser.Decide(page, "allow");
        Assert.Equal(server.Issuer + "/consent", page.Address);
        Assert.Equal("no-referrer", page.Header("Referrer-Policy"));
        Assert.DoesNotContain(page.Code!, page.Address, StringComparison.Ordinal);
        Assert.DoesNotMatch("(?i)(src|href)=\"(https?:)?//", page.Html);
        foreach (var path in new[] { "/account", "/sign-out", "/sign-in", "/" }) Assert.Equal("no-referrer", (await browser.Get(path)).Header("Referrer-Policy"));
    }

    [Fact]
    [Requirement("ATTACK-064")]
    public async Task A_silent_request_of_a_client_that_anybody_can_claim_to_be_gets_nothing()
    {
        var browser = await server.NewSignedIn(Users.Dave);
        await browser.Code(new AuthorizationRequest(server.Client(AttackClients.Phone)));
        (await browser.Authorize(new AuthorizationRequest(server.Client(AttackClients.Phone)).With("prompt", "none"))).ExpectError("consent_required");
        (await browser.Authorize(new AuthorizationRequest(server.Client(AttackClients.Phone)))).Expect(PageKind.Consent);
    }

    [Fact]
    [Requirement("ATTACK-065")]
    public async Task A_response_type_that_the_client_is_not_registered_for_brings_neither_code_nor_token()
    {
        var alice = await server.SignedIn();
        foreach (var type in new[] { "token", "id_token", "id_token token", "code token", "code id_token", "code id_token token", "none", "unknown", "code unknown", "CODE", "code code2", "refresh_token" })
        {
            foreach (var mode in new[] { null, "query", "fragment", "form_post" })
            {
                var page = await alice.Authorize(new AuthorizationRequest(server.Client(AttackClients.App)).With(("response_type", type), ("response_mode", mode), ("nonce", "n")));
                Assert.True(page.Error is "unsupported_response_type" or "unauthorized_client" or "invalid_request" || page.Kind == PageKind.Error, $"{type} {mode}: {page}");
                Assert.DoesNotContain(page.Parameters, parameter => parameter.Name is "code" or "access_token" or "id_token" or "token_type" or "refresh_token");
            }
        }
    }
}
