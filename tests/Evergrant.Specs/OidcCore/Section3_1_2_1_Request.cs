namespace Evergrant.Specs.OidcCore;

/// <summary>OpenID Connect Core section 3.1.2.1: the parameters of an authentication request other than prompt and max_age.</summary>
public sealed class Section3_1_2_1_Request(Server server)
{
    [Fact]
    [Requirement("OIDC-CORE-3.1.2.1-01")]
    public async Task It_comes_by_GET_and_by_POST_alike()
    {
        var browser = await server.SignedIn();
        foreach (var send in new Func<AuthorizationRequest, Task<Page>>[] { browser.Authorize, browser.AuthorizeByPost })
        {
            var request = New();
            var page = await send(request);
            Assert.NotNull(page.Code);
            Assert.Equal(request.State, page["state"]);
            Assert.NotNull(Tokens.Of(await request.Client.Redeem(request, page.Code)).IdToken);
        }

        (await server.NewBrowser().AuthorizeByPost(New())).Expect(PageKind.SignIn);
    }

    [Fact]
    [Requirement("OIDC-CORE-3.1.2.1-03", "OIDC-CORE-3.1.2.2-08")]
    public async Task What_is_not_understood_is_passed_over()
    {
        var request = New().With(("scope", "openid unheard-of xyz:1"), ("extra", "foobar"), ("x-vendor", "1"));
        var tokens = Tokens.Of(await request.Client.Redeem(request, await (await server.SignedIn()).Code(request)));

        Assert.Equal(["openid"], tokens.Scopes);
        Assert.NotNull(tokens.IdToken);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("https://WEB.example/callback")]
    [InlineData("https://web.example/Callback")]
    [InlineData("https://web.example/callback/")]
    [InlineData("https://web.example/callback?x=1")]
    [InlineData("https://web.example/callback#x")]
    [InlineData("https://web.example:443/callback")]
    [InlineData("https://web.example/%63allback")]
    [InlineData("http://web.example/callback")]
    [Requirement("OIDC-CORE-3.1.2.1-04", "OIDC-CORE-3.1.2.6-03")]
    public async Task The_redirect_uri_is_there_and_equals_a_registered_one(string? uri)
    {
        foreach (var browser in new[] { await server.SignedIn(), server.NewBrowser() })
            (await browser.Authorize(New().With("redirect_uri", uri))).ExpectErrorPage();
    }

    [Fact]
    [Requirement("OIDC-CORE-14-01", "OIDC-CORE-3.1.2.1-04")]
    public async Task Strings_are_compared_without_normalization()
    {
        var composed = new ClientDefinition("composed") { RedirectUris = ["https://composed.example/caf%C3%A9"] };
        await server.Declare(composed);
        var browser = await server.SignedIn();

        Assert.NotNull((await browser.Authorize(New(composed))).Code);
        (await browser.Authorize(New(composed).With("redirect_uri", "https://composed.example/cafe%CC%81"))).ExpectErrorPage();
        (await browser.Authorize(New(composed).With("redirect_uri", "https://composed.example/caf%c3%a9"))).ExpectErrorPage();
    }

    [Fact]
    [Requirement("OIDC-CORE-3.1.2.1-06")]
    public async Task A_native_application_may_use_loopback_and_its_own_scheme()
    {
        var browser = await server.SignedIn();
        foreach (var uri in new[] { "com.example.native:/callback", "http://127.0.0.1:49152/callback", "http://[::1]:49152/callback" })
        {
            var page = await browser.Complete(New(Clients.Native).With("redirect_uri", uri));
            Assert.True(page.Code is not null && page.Location!.StartsWith(uri, StringComparison.Ordinal), $"{uri}: {page}");
        }
    }

    [Theory]
    [InlineData("display", "page")]
    [InlineData("display", "popup")]
    [InlineData("display", "touch")]
    [InlineData("display", "wap")]
    [InlineData("display", "hologram")]
    [InlineData("ui_locales", "fr-CA fr en")]
    [InlineData("ui_locales", "xx-YY zz")]
    [InlineData("claims_locales", "de-CH fr")]
    [InlineData("claims_locales", "xx")]
    [InlineData("acr_values", "urn:unheard-of:1 2")]
    [InlineData("login_hint", "nobody@unheard-of.example")]
    [Requirement(
        "OIDC-CORE-15.1-02", "OIDC-CORE-15.1-03", "OIDC-CORE-15.1-04", "OIDC-CORE-3.1.2.1-09", "OIDC-CORE-3.1.2.1-20", "OIDC-CORE-3.1.2.1-25", "OIDC-CORE-5.2-02",
        "OIDC-DISC-3-23")]
    public async Task A_wish_is_never_an_error(string name, string value)
    {
        (await server.NewBrowser().Authorize(New().With(name, value))).Expect(PageKind.SignIn);
        Assert.NotNull((await (await server.SignedIn()).Authorize(New().With(name, value))).Code);
    }

    [Fact]
    [Requirement("OIDC-CORE-3.1.2.1-25")]
    public async Task The_login_hint_fills_in_the_name()
    {
        var page = await server.NewBrowser().Authorize(New().With("login_hint", "alice"));

        Assert.Equal("alice", page.FormWith("username")["username"]);
    }

    [Fact]
    [Requirement("OIDC-CORE-3.1.2.1-26", "OIDC-CORE-5.5.1.1-03", "OIDC-DISC-3-23")]
    public async Task The_class_that_is_reached_is_told_whatever_was_wished_for()
    {
        var offered = (await server.Api.Discovery()).Json.GetProperty("acr_values_supported").EnumerateArray().Select(value => value.GetString()!).ToList();
        foreach (var wish in new[] { offered[0], "urn:unheard-of " + offered[0], "urn:unheard-of" })
        {
            var token = (await server.Authorize(Clients.Web, "openid", null, ("acr_values", wish))).IdJwt;
            Assert.Contains(token.Claim("acr"), offered);
        }
    }

    [Fact]
    [Requirement("OIDC-CORE-3.1.2.1-07", "FORM-POST-2-01", "FORM-POST-2-02", "FORM-POST-2-03", "FORM-POST-2-04")]
    public async Task Form_post_carries_success_and_error_in_a_form()
    {
        const string State = "\"><script>alert(1)</script>&amp;'é";
        var browser = await server.SignedIn();
        var request = New().With(("response_mode", "form_post"), ("state", State), ("nonce", "n"));

        var success = (await browser.Authorize(request)).Expect(PageKind.FormPost);
        var failure = (await browser.Authorize(New().With(("response_mode", "form_post"), ("state", State), ("prompt", "none login")))).Expect(PageKind.FormPost);

        foreach (var page in new[] { success, failure })
        {
            var form = page.FormWith("state");
            Assert.Equal("post", form.Method);
            Assert.Equal(request.Client.Definition.RedirectUri, form.Action);
            Assert.Equal(State, page["state"]);
            Assert.Equal(server.Issuer, page["iss"]);
            Assert.Equal(200, page.Status);
            Assert.Contains("no-store", page.Header("Cache-Control"), StringComparison.Ordinal);
            Assert.DoesNotContain("<script>alert", page.Html, StringComparison.Ordinal);
            Assert.Contains("submit()", page.Html, StringComparison.Ordinal);
        }

        failure.ExpectError("invalid_request");
        Assert.Equal("n", Tokens.Of(await request.Client.Redeem(request, success.Code!)).IdJwt.Claim("nonce"));
    }

    private AuthorizationRequest New(ClientDefinition? definition = null) => new(server.Client(definition ?? Clients.Web));
}
