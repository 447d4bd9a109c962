namespace Evergrant.Specs.Hostile;

/// <summary>docs/operations/headers.md: what every kind of answer carries.</summary>
public sealed class ResponseHeaders(Server server)
{
    [Fact]
    public async Task Pages_run_nothing_and_cannot_be_framed()
    {
        var alice = await server.SignedIn();
        var web = server.Client(Clients.Web);
        List<(string What, Page Page)> pages =
        [
            ("sign-in", (await server.NewBrowser().Authorize(new AuthorizationRequest(web))).Expect(PageKind.SignIn)),
            ("sign-in for the account", await server.NewBrowser().Get("/sign-in")),
            ("consent", (await alice.Authorize(new AuthorizationRequest(server.Client(Clients.Asking)).With("prompt", "consent"))).Expect(PageKind.Consent)),
            ("account choice", await alice.Authorize(new AuthorizationRequest(web).With("prompt", "select_account"))),
            ("error", (await alice.Authorize(new AuthorizationRequest(web).With("client_id", "nobody"))).ExpectErrorPage()),
            ("form_post", (await alice.Authorize(new AuthorizationRequest(web).With("response_mode", "form_post"))).Expect(PageKind.FormPost)),
            ("account", await alice.Get("/account")),
            ("sign-out", await alice.Get("/sign-out")),
            ("home", await alice.Get("/")),
        ];

        foreach (var (what, page) in pages)
        {
            page.Sound(what);
            Assert.True(page.Status is 200 or 400, $"{what}: {page}");
            Assert.StartsWith("text/html", page.Header("Content-Type"), StringComparison.Ordinal);
            Answers.Guarded(page.Header, what);
            Answers.NotStored(page.Header, what);
            var policy = page.Header("Content-Security-Policy")!;
            foreach (var directive in new[] { "base-uri 'none'", "form-action 'self'", "object-src 'none'" }) Assert.True(policy.Contains(directive, StringComparison.Ordinal), $"{what}: {policy}");
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("*", policy, StringComparison.Ordinal);
            if (what != "form_post") Assert.False(policy.Contains("script-src", StringComparison.Ordinal) || page.Html.Contains("<script", StringComparison.OrdinalIgnoreCase), $"{what} runs scripts");
            Expected(page.Header, what, ("X-Frame-Options", "DENY"), ("Cross-Origin-Opener-Policy", "same-origin"), ("Cross-Origin-Resource-Policy", "same-origin"), ("X-Robots-Tag", "noindex"));
            Assert.Contains("camera=()", page.Header("Permissions-Policy"), StringComparison.Ordinal);
            Assert.Null(page.Header("Access-Control-Allow-Origin"));
            Assert.Null(page.Header("Strict-Transport-Security"));
        }
    }

    [Fact]
    public async Task A_page_posts_to_this_server_and_to_the_origin_of_its_request_alone()
    {
        var page = await server.NewBrowser().Authorize(new AuthorizationRequest(server.Client(Clients.TwoRedirects)));

        var formAction = page.Header("Content-Security-Policy")!.Split(';', StringSplitOptions.TrimEntries).Single(directive => directive.StartsWith("form-action", StringComparison.Ordinal));

        Assert.Equal("form-action 'self' https://two-redirects.example", formAction);
    }

    [Fact]
    public async Task Answers_for_programs_are_JSON_that_nobody_stores()
    {
        var client = server.Client(HostileClients.Target);
        var api = server.Client(HostileClients.Api);
        var tokens = await server.Authorize(HostileClients.Target, "openid offline_access mail:read");
        List<(string What, Reply Reply)> replies =
        [
            ("tokens", (await client.Refresh(tokens.Refresh)).Expect(200)),
            ("token error", (await client.Refresh("x")).Expect(400)),
            ("client error", (await server.Api.Post("/token", [("grant_type", "client_credentials")])).Expect(401)),
            ("introspection", (await api.Introspect(tokens.AccessToken)).Expect(200)),
            ("introspection error", (await server.Api.Post("/introspect", [("token", "x")])).Expect(401)),
            ("userinfo", (await server.Api.Get("/userinfo", tokens.AccessToken)).Expect(200)),
            ("userinfo error", (await server.Api.Get("/userinfo", "x")).Expect(401)),
            ("userinfo without a token", (await server.Api.Get("/userinfo")).Expect(401)),
            ("revocation", (await client.Revoke("x")).Expect(200)),
            ("revocation error", (await server.Api.Post("/revoke", [("token", "x")])).Expect(401)),
            ("nothing there", (await server.Api.Get("/nowhere")).Expect(404)),
            ("wrong method", (await server.Api.Get("/token")).Expect(405)),
            ("wrong method of a document", (await server.Api.Post("/jwks", [])).Expect(405)),
        ];

        foreach (var (what, reply) in replies)
        {
            reply.Sound(what);
            Answers.Guarded(reply.Header, what);
            Answers.NotStored(reply.Header, what);
            if (reply.Body.Length > 0) Assert.True(reply.Header("Content-Type") == "application/json; charset=utf-8", $"{what}: {reply.Header("Content-Type")}");
            Assert.Null(reply.Header("Access-Control-Allow-Origin"));
        }

        foreach (var (what, reply) in replies.Where(one => one.What.Contains("token", StringComparison.Ordinal))) Expected(reply.Header, what, ("Pragma", "no-cache"));
    }

    [Fact]
    public async Task Public_documents_may_be_kept_for_a_while()
    {
        foreach (var path in Surface.Documents)
        {
            var reply = (await server.Api.Get(path)).Expect(200).Sound(path);
            Answers.Guarded(reply.Header, path);
            Expected(reply.Header, path, ("Access-Control-Allow-Origin", "*"), ("Cache-Control", "public, max-age=900"));
            Assert.NotNull(reply.Header("ETag"));
            var conditional = new HttpRequestMessage(HttpMethod.Get, server.Api.Url(path));
            conditional.Headers.TryAddWithoutValidation("If-None-Match", reply.Header("ETag"));
            (await server.Api.Send(conditional)).Expect(304);
            var head = (await server.Api.Send(new HttpRequestMessage(HttpMethod.Head, server.Api.Url(path)))).Expect(200);
            Assert.Equal("", head.Body);
        }
    }

    [Fact]
    public async Task Redirects_are_not_stored_and_tell_no_referrer()
    {
        var alice = await server.SignedIn();
        foreach (var page in new[]
        {
            await alice.Authorize(new AuthorizationRequest(server.Client(Clients.Web))),
            await alice.Authorize(new AuthorizationRequest(server.Client(Clients.Web)).With("prompt", "none login")),
            await server.NewBrowser().Get("/account"),
        })
        {
            page.Sound(page.ToString());
            Assert.True(page.Kind is PageKind.Redirect && page.Status == 303, page.ToString());
            Answers.NotStored(page.Header, page.ToString());
            Expected(page.Header, page.ToString(), ("Referrer-Policy", "no-referrer"), ("X-Content-Type-Options", "nosniff"));
        }
    }

    [Fact]
    public async Task Cookies_are_kept_from_scripts_and_from_other_sites()
    {
        var browser = await server.NewSignedIn(Users.Bob);

        Assert.NotEmpty(browser.SetCookies);
        // The state of session management is made to be read by a script; what it tells is in OidcSessionManagement.
        Assert.All(browser.SetCookies.Where(cookie => !cookie.StartsWith("evergrant-state=", StringComparison.Ordinal)), cookie =>
        {
            Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
            Assert.Matches("(?i)samesite=(lax|strict)", cookie);
            Assert.DoesNotContain("domain=", cookie, StringComparison.OrdinalIgnoreCase);
        });
    }

    private static void Expected(Func<string, string?> header, string what, params (string Name, string Value)[] expected)
    {
        foreach (var (name, value) in expected) Assert.True(header(name) == value, $"{what}: {name} {header(name)}");
    }
}
