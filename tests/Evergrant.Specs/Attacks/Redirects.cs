using System.Net;

namespace Evergrant.Specs.Attacks;

/// <summary>Attacks by which a browser is led elsewhere.</summary>
public sealed class Redirects(Server server)
{
    [Fact]
    [Requirement("ATTACK-020")]
    public async Task A_client_with_two_addresses_names_the_one_it_means()
    {
        var alice = await server.SignedIn();
        foreach (var scope in new[] { "openid", "mail:read" })
            Attempts.Judge("", await alice.Authorize(new AuthorizationRequest(server.Client(Clients.TwoRedirects)).Without("redirect_uri").With("scope", scope)));
    }

    [Fact]
    [Requirement("ATTACK-021", "ATTACK-022")]
    public async Task The_address_of_the_authorization_request_is_that_of_the_token_request()
    {
        var alice = await server.SignedIn();
        // OpenID Connect Core section 3.1.2.1: it is always sent; OAuth leaves it out where there is one.
        Attempts.Judge("", await alice.Authorize(new AuthorizationRequest(server.Client(AttackClients.App)).Without("redirect_uri")));
        var plain = new AuthorizationRequest(server.Client(AttackClients.App)).Without("redirect_uri").With("scope", "mail:read");
        var code = await alice.Code(plain);
        (await plain.Client.Redeem(plain, code, ("redirect_uri", "https://app.example/cb/"))).Expect(400, "invalid_grant");

        // A wrong address uses nothing up (docs/decisions/0005): that is CodeProofs.
        foreach (var other in new[] { "https://app.example/cb/", "https://rival.example/cb", "https://two-redirects.example/second", "HTTPS://app.example/cb", "https://app.example:443/cb", "x", null })
        {
            var (request, fresh) = await server.NewCode(AttackClients.App);
            var refused = await request.Client.Redeem(request, fresh, ("redirect_uri", other));
            Assert.True(refused.Status == 400 && refused.Error is "invalid_grant" or "invalid_request" && !refused.Has("access_token"), $"{other}: {refused}");
            if (other is not null) refused.Expect(400, "invalid_grant");
        }

        var two = new AuthorizationRequest(server.Client(Clients.TwoRedirects));
        var first = await alice.Code(two);
        (await two.Client.Redeem(two, first, ("redirect_uri", Clients.TwoRedirects.RedirectUris[1]))).Expect(400, "invalid_grant");
    }

    [Fact]
    [Requirement("ATTACK-023", "ATTACK-056")]
    public async Task A_client_that_is_unknown_or_was_removed_redirects_nobody_and_its_codes_die()
    {
        var definition = new ClientDefinition("attacked-removed");
        await server.Declare(definition);
        var client = server.Client(definition);
        var (request, code) = await server.NewCode(definition);
        var tokens = await server.Authorize(definition, "openid offline_access");
        Assert.Equal(0, (await server.Run("client", "remove", definition.Id)).ExitCode);

        (await client.Redeem(request, code)).Expect(401, "invalid_client");
        (await client.Refresh(tokens.Refresh)).Expect(401, "invalid_client");
        (await server.Api.Get("/userinfo", tokens.AccessToken)).Expect(401, "invalid_token");
        List<string> pages = [];
        foreach (var browser in new[] { await server.SignedIn(), server.NewBrowser() })
        {
            foreach (var id in new[] { definition.Id, "attacked-never-was", "" })
            {
                var page = await browser.Authorize(new AuthorizationRequest(client).With(("client_id", id), ("prompt", "none")));
                Attempts.Judge("", page);
                if (id.Length > 0) pages.Add(System.Text.RegularExpressions.Regex.Replace(page.Html, "[0-9A-Z]{4}-[0-9A-Z]{4}", "REFERENCE"));
            }
        }

        Assert.Single(pages.Distinct());

        // A client of the same name is another one.
        await server.Declare(definition);
        (await server.Client(definition).Redeem(request, code)).Expect(400, "invalid_grant");
        (await server.Client(definition).Refresh(tokens.Refresh)).Expect(400, "invalid_grant");
        Assert.False(await server.Client(definition).Finds(tokens.AccessToken));
    }

    [Fact]
    [Requirement("ATTACK-024", "ATTACK-062")]
    public async Task An_error_of_a_good_client_goes_to_its_address_with_state_and_issuer()
    {
        var alice = await server.SignedIn();
        foreach (var (name, value, error) in new[]
        {
            ("scope", "no-such-scope", "invalid_scope"), ("scope", "a\"b", "invalid_scope"), ("response_type", "nothing", "unsupported_response_type"), ("response_type", null, "invalid_request"), ("prompt", "none login", "invalid_request"),
            ("max_age", "-1", "invalid_request"), ("claims", "[]", "invalid_request"), ("code_challenge", null, "invalid_request"), ("request", "x", "request_not_supported"), ("resource", "https://unknown.example", "invalid_target"),
        })
        {
            foreach (var mode in new[] { "query", "fragment", "form_post" })
            {
                var request = new AuthorizationRequest(server.Client(AttackClients.App)).With((name, value), ("response_mode", mode));
                var page = await alice.Authorize(request);
                // What becomes of request objects depends on what is offered.
                if (name == "request") Assert.NotNull(page.Error);
                else page.ExpectError(error);
                Assert.Equal((request.State, server.Issuer, null), (page["state"], page["iss"], page.Code));
                if (mode == "form_post") Assert.Equal("https://app.example/cb", page.FormWith("error").Action);
                else Assert.StartsWith("https://app.example/cb" + (mode == "query" ? "?" : "#"), page.Location, StringComparison.Ordinal);
            }
        }

        var success = await alice.Authorize(new AuthorizationRequest(server.Client(AttackClients.App)));
        Assert.Equal((server.Issuer, true), (success["iss"], success.Code is not null));
    }

    [Fact]
    [Requirement("ATTACK-030")]
    public async Task Signing_in_leads_to_no_address_that_came_with_the_request()
    {
        string[] names = ["returnUrl", "ReturnUrl", "return", "return_to", "returnTo", "redirect", "redirect_uri", "redirectUrl", "next", "continue", "url", "target", "service", "goto", "rd", "RelayState"];
        string[] values = ["//evil.test", @"/\evil.test", "https:evil.test", "/%09/evil.test", "/%2f%2fevil.test", "/.evil.test", "http://server@evil.test", "/account%0d%0aLocation:%20https://evil.test", "x\r\nLocation: https://evil.test", "https://evil.test/", "javascript:alert(1)"];
        foreach (var value in values)
        {
            var browser = server.NewBrowser();
            var page = await browser.Get("/sign-in?" + Api.Encode(names.Select(name => (name, value))));
            page.Expect(PageKind.SignIn);
            Assert.DoesNotContain("evil.test", page.Html, StringComparison.Ordinal);
            foreach (var form in page.Forms) Assert.StartsWith("/sign-in", form.Action, StringComparison.Ordinal);
            page = await browser.Submit(page, page.FormWith("password"), [("username", Users.Bob.Username), ("password", Users.Bob.Password), .. names.Where(name => name is not ("return" or "returnUrl")).Select(name => (name, value))]);
            Assert.Equal((303, "/account"), (page.Status, page.Location));
        }

        // A transaction goes back to its own client, whatever stands beside it.
        var stranger = server.NewBrowser();
        var signIn = await stranger.Authorize(new AuthorizationRequest(server.Client(AttackClients.App)).With([.. names.Where(name => name != "redirect_uri").Select(name => (name, (string?)"https://evil.test/"))]));
        var answered = await stranger.Submit(signIn, signIn.FormWith("password"), [("username", Users.Bob.Username), ("password", Users.Bob.Password), ("returnUrl", "https://evil.test/"), ("redirect_uri", "https://evil.test/")]);
        Assert.StartsWith("https://app.example/cb?code=", answered.Location, StringComparison.Ordinal);
        Assert.Equal(303, answered.Status);
    }

    [Fact]
    [Requirement("ATTACK-026")]
    public async Task What_a_person_typed_is_not_sent_on_with_the_redirect()
    {
        var browser = server.NewBrowser();
        var page = await browser.Authorize(new AuthorizationRequest(server.Client(AttackClients.App)));
        page = await browser.SignIn(page, Users.Alice.Username, Users.Alice.Password);
        Assert.Equal((303, PageKind.Redirect), (page.Status, page.Kind));
        Assert.DoesNotContain(Uri.EscapeDataString(Users.Alice.Password), page.Location, StringComparison.Ordinal);
        Assert.DoesNotContain("password", page.Location, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    [Requirement("ATTACK-032", "ATTACK-275", "ATTACK-277")]
    public async Task A_form_that_sends_itself_goes_to_the_registered_address_and_nothing_in_it_is_markup()
    {
        const string State = "\"><script>alert(1)</script>'&amp;&<x y=\"z\" onload='a'>\u2028é";
        var alice = await server.SignedIn();
        var request = new AuthorizationRequest(server.Client(AttackClients.Marked)).With(("response_mode", "form_post"), ("state", State));
        var page = (await alice.Complete(request)).Expect(PageKind.FormPost);

        Assert.Equal(AttackClients.Marked.RedirectUri, page.FormWith("code").Action);
        Assert.Equal((State, server.Issuer), (page["state"], page["iss"]));
        Assert.DoesNotContain("<script>alert", page.Html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("b='c'\"", page.Html.Replace("&#x27;", "\u0001", StringComparison.Ordinal).Replace("&#39;", "\u0001", StringComparison.Ordinal), StringComparison.Ordinal);
        var policy = page.Header("Content-Security-Policy")!;
        Assert.Contains("form-action 'self' https://marked.example;", policy, StringComparison.Ordinal);
        var nonce = System.Text.RegularExpressions.Regex.Match(policy, "script-src 'nonce-([^']+)'").Groups[1].Value;
        Assert.True(nonce.Length >= 22, policy);
        Assert.Single(System.Text.RegularExpressions.Regex.Matches(page.Html, "<script"));
        Assert.Contains($"<script nonce=\"{nonce}\">", page.Html, StringComparison.Ordinal);
        Assert.DoesNotContain(nonce, (await alice.Complete(request)).Header("Content-Security-Policy")!, StringComparison.Ordinal);
        (await request.Client.Redeem(request, page.Code!)).Expect(200);

        await server.AnsweredHere(AttackClients.Marked, ["javascript:alert(1)", "https://marked.example/cb?a=1&b=\"c\"", "https://marked.example/cb?a=1&b='c'\"><script>", WebUtility.HtmlEncode(AttackClients.Marked.RedirectUri)]);
        await server.NotRegistered([new ClientDefinition("bad-quote") { RedirectUris = ["https://marked.example/\"><script>alert(1)</script>"] }]);
    }
}
