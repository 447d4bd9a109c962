namespace Evergrant.Specs.Rfc9700;

/// <summary>RFC 9700 sections 2.1 and 2.6: open redirectors, redirect URIs, CORS.</summary>
public sealed class Section2_1_RedirectBasedFlows(Server server)
{
    private const string Evil = "https://evil.example/";

    [Theory]
    [InlineData("/sign-in")]
    [InlineData("/sign-out")]
    [InlineData("/consent")]
    [InlineData("/account")]
    [Requirement("RFC9700-2.1-02")]
    public async Task No_page_forwards_to_an_address_from_its_query(string path)
    {
        string[] names = ["returnUrl", "ReturnUrl", "return_to", "returnTo", "redirect", "redirect_uri", "redirect_url", "post_logout_redirect_uri", "next", "continue", "url", "target"];
        var query = "?" + Api.Encode(names.Select(name => (name, Evil)));

        foreach (var browser in new[] { server.NewBrowser(), await server.SignedIn() })
        {
            var page = await browser.Get(path + query);
            Assert.False(page.Location?.StartsWith(Evil, StringComparison.Ordinal) ?? false, page.ToString());
            Assert.DoesNotContain("href=\"" + Evil, page.Html, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("action=\"" + Evil, page.Html, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("http-equiv=\"refresh", page.Html, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    [Requirement("RFC9700-2.1-02")]
    public async Task Signing_in_and_out_leads_nowhere_else()
    {
        var browser = server.NewBrowser();
        var page = await browser.Get("/sign-in?" + Api.Encode([("returnUrl", Evil), ("ReturnUrl", "//evil.example"), ("continue", "/\\evil.example")]));

        var signedIn = await browser.Submit(page.Expect(PageKind.SignIn), page.FormWith("password"), [("username", Users.Bob.Username), ("password", Users.Bob.Password)]);
        var signOut = await browser.Get("/sign-out?post_logout_redirect_uri=" + Uri.EscapeDataString(Evil));
        var form = signOut.Forms.FirstOrDefault(one => one.Method == "post");
        var signedOut = form is null ? signOut : await browser.Submit(signOut, form, form.Fields.Where(field => field.Type == "submit" && field.Name.Length > 0).Take(1).Select(field => (field.Name, field.Value)));

        foreach (var answer in new[] { signedIn, signOut, signedOut })
        {
            var target = answer.Location is null ? null : new Uri(new Uri(answer.Address), answer.Location);
            Assert.True(target is null || target.Host == "localhost", answer.ToString());
        }
    }

    [Theory]
    [InlineData("http://plain.example/callback", "web")]
    [InlineData("http://plain.example/callback", "native")]
    [InlineData("http://10.0.0.1/callback", "native")]
    [InlineData("http://localhost.evil.example/callback", "native")]
    [InlineData("http://127.0.0.1.evil.example/callback", "native")]
    [InlineData("https://*.plain.example/callback", "web")]
    [InlineData("https://plain.example/*", "web")]
    [Requirement("RFC9700-2.6-01", "RFC9700-2.1-01", "OAUTH21-1.5-01")]
    public async Task A_redirect_uri_over_plain_http_or_with_a_pattern_cannot_be_registered(string uri, string type)
    {
        var definition = type == "web" ? new ClientDefinition("plain-web") : Clients.Native with { Id = "plain-native" };
        var applied = await server.Apply(DeclaredState.Json(server.Issuer, definition with { RedirectUris = [uri] }));

        Assert.NotEqual(0, applied.ExitCode);
    }

    [Fact]
    [Requirement("RFC9700-2.6-02")]
    public async Task Pages_of_an_allowed_origin_may_call_the_token_endpoint_and_all_may_read_what_is_public()
    {
        var spa = server.Client(Clients.Spa);
        var request = new AuthorizationRequest(spa).With("scope", "openid offline_access");
        var code = await (await server.SignedIn()).Code(request);

        var preflight = await FromOrigin(HttpMethod.Options, "/token", "https://spa.example");
        var redeemed = await FromOrigin(HttpMethod.Post, "/token", "https://spa.example",
        [
            ("grant_type", "authorization_code"), ("client_id", spa.Id), ("code", code), ("redirect_uri", spa.Definition.RedirectUri), ("code_verifier", request.Verifier),
        ]);

        var foreign = await FromOrigin(HttpMethod.Post, "/token", "https://evil.example", [("grant_type", "refresh_token"), ("client_id", spa.Id), ("refresh_token", "x")]);

        Assert.InRange(preflight.Status, 200, 204);
        redeemed.Expect(200);
        Assert.Equal("https://spa.example", redeemed.Header("Access-Control-Allow-Origin"));
        Assert.True(foreign.Header("Access-Control-Allow-Origin") is null, "A foreign origin may read the token endpoint");
        foreach (var path in new[] { "/jwks", "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server" })
            Assert.Equal("*", (await FromOrigin(HttpMethod.Get, path, "https://anyone.example")).Header("Access-Control-Allow-Origin"));
    }

    [Fact]
    [Requirement("RFC9700-2.6-03")]
    public async Task The_authorization_endpoint_and_the_pages_have_no_CORS()
    {
        var query = "?" + new AuthorizationRequest(server.Client(Clients.Spa)).Query;
        foreach (var path in new[] { "/authorize" + query, "/authorize", "/sign-in", "/consent" })
        {
            foreach (var method in new[] { HttpMethod.Get, HttpMethod.Options })
            {
                var reply = await FromOrigin(method, path, "https://spa.example");
                Assert.DoesNotContain(reply.Headers, header => header.Key.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase));
            }
        }
    }

    private Task<Reply> FromOrigin(HttpMethod method, string path, string origin, IEnumerable<(string, string)>? form = null)
    {
        var request = new HttpRequestMessage(method, server.Api.Url(path));
        request.Headers.TryAddWithoutValidation("Origin", origin);
        if (method == HttpMethod.Options)
        {
            request.Headers.TryAddWithoutValidation("Access-Control-Request-Method", "POST");
            request.Headers.TryAddWithoutValidation("Access-Control-Request-Headers", "authorization,content-type,x-anything");
        }

        if (form is not null) request.Content = Api.Form(form);
        return server.Api.Send(request);
    }
}
