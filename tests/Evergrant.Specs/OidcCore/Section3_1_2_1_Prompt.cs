namespace Evergrant.Specs.OidcCore;

/// <summary>OpenID Connect Core sections 3.1.2.1 and 3.1.2.3: prompt.</summary>
public sealed class Section3_1_2_1_Prompt(Server server)
{
    [Fact]
    [Requirement("OIDC-CORE-3.1.2.3-01")]
    public async Task A_stranger_is_asked_to_sign_in()
    {
        (await server.NewBrowser().Authorize(New())).Expect(PageKind.SignIn);
    }

    [Fact]
    [Requirement("OIDC-CORE-3.1.2.1-10", "OIDC-CORE-3.1.2.3-03", "OIDC-CORE-3.1.2.6-05")]
    public async Task A_silent_request_of_a_stranger_is_answered_login_required()
    {
        foreach (var browser in new[] { server.NewBrowser(), server.NewBrowser() })
        {
            var page = await browser.Authorize(New().With("prompt", "none"));
            page.Expect(PageKind.Redirect).ExpectError("login_required");
        }

        (await server.NewBrowser().AuthorizeByPost(New().With("prompt", "none"))).Expect(PageKind.Redirect).ExpectError("login_required");
    }

    [Fact]
    [Requirement("OIDC-CORE-3.1.2.1-10", "OIDC-CORE-3.1.2.6-06")]
    public async Task A_silent_request_without_consent_is_answered_consent_required()
    {
        var page = await (await server.SignedIn()).Authorize(New(OidcClients.NeverAllowed).With("prompt", "none"));

        page.Expect(PageKind.Redirect).ExpectError("consent_required");
    }

    [Fact]
    [Requirement("OIDC-CORE-3.1.2.1-22", "OIDC-CORE-3.1.2.4-02", "OIDC-CORE-3.1.2.1-10")]
    public async Task A_silent_request_succeeds_for_whoever_is_signed_in_and_has_consented()
    {
        var implied = await (await server.SignedIn()).Authorize(New().With("prompt", "none"));
        var browser = await server.SignedIn(Users.Carol);
        var asking = New(OidcClients.Asking).With("scope", "openid profile");
        Assert.NotNull((await browser.Complete(asking)).Code);
        var remembered = await browser.Authorize(New(OidcClients.Asking).With(("scope", "openid profile"), ("prompt", "none")));

        Assert.NotNull(implied.Code);
        Assert.NotNull(remembered.Code);
    }

    [Theory]
    [InlineData("none login")]
    [InlineData("login none")]
    [InlineData("none consent")]
    [InlineData("select_account none")]
    [Requirement("OIDC-CORE-3.1.2.1-16")]
    public async Task None_with_anything_else_is_an_error(string prompt)
    {
        (await (await server.SignedIn()).Authorize(New().With("prompt", prompt))).ExpectError("invalid_request");
    }

    [Theory]
    [InlineData("None")]
    [InlineData("NONE")]
    [InlineData("Login")]
    [InlineData("foo")]
    [Requirement("OIDC-CORE-3.1.2.1-16", "OIDC-CORE-3.1.2.1-17")]
    public async Task Values_are_case_sensitive_and_an_unknown_one_is_ignored(string prompt)
    {
        Assert.NotNull((await (await server.SignedIn()).Authorize(New().With("prompt", prompt))).Code);
        (await server.NewBrowser().Authorize(New().With("prompt", prompt))).Expect(PageKind.SignIn);
    }

    [Fact]
    [Requirement("OIDC-CORE-3.1.2.1-16")]
    public async Task Several_values_all_count()
    {
        var browser = await server.NewSignedIn(Users.Bob);
        var request = New(OidcClients.Asking).With(("scope", "openid profile"), ("prompt", "login consent"));

        var first = await browser.Authorize(request);
        var second = await browser.SignIn(first, Users.Bob.Username, Users.Bob.Password);
        var third = await browser.Decide(second, "allow");

        Assert.NotNull(third.Code);
    }

    [Fact]
    [Requirement("OIDC-CORE-3.1.2.3-02", "OIDC-CORE-3.1.2.1-11")]
    public async Task Login_asks_for_the_password_again_before_anything_is_answered()
    {
        var browser = await server.NewSignedIn(Users.Bob);
        var request = New().With("prompt", "login");

        var page = await browser.Authorize(request);
        page.Expect(PageKind.SignIn);
        (await browser.SignIn(page, Users.Bob.Username, "not the password")).Expect(PageKind.SignIn);
        (await browser.Authorize(request)).Expect(PageKind.SignIn);
        var done = await browser.SignIn(page, Users.Bob.Username, Users.Bob.Password);

        Assert.NotNull(done.Code);
    }

    [Theory]
    [InlineData("login", "login_required")]
    [InlineData("select_account", "account_selection_required")]
    [Requirement("OIDC-CORE-3.1.2.1-11", "OIDC-CORE-3.1.2.1-15")]
    public async Task Whoever_gives_up_on_the_page_is_sent_back_with_an_error(string prompt, string error)
    {
        var browser = await server.NewSignedIn(Users.Bob);
        var request = New().With("prompt", prompt);

        var page = await browser.Authorize(request);
        var form = page.FormWith("cancel");
        var left = await browser.Submit(page, form, [("cancel", form["cancel"]!)]);

        left.Expect(PageKind.Redirect).ExpectError(error);
        Assert.Equal(request.State, left["state"]);
        Assert.Equal(server.Issuer, left["iss"]);
    }

    [Fact]
    [Requirement("OIDC-CORE-3.1.2.1-11", "OIDC-CORE-3.1.2.2-05", "OIDC-CORE-3.1.2.1-21")]
    public async Task Reauthentication_as_somebody_else_is_none()
    {
        var browser = await server.NewSignedIn(Users.Bob);
        var hint = (await server.Authorize(Clients.Web, "openid", browser)).IdToken!;
        var page = await browser.Authorize(New().With(("prompt", "login"), ("id_token_hint", hint)));

        var done = await browser.SignIn(page, Users.Dave.Username, Users.Dave.Password);
        if (done.Kind == PageKind.SignIn) done = await browser.Submit(done, done.FormWith("cancel"), [("cancel", "1")]);

        done.ExpectError("login_required");
        Assert.Null(done.Code);
    }

    [Fact]
    [Requirement("OIDC-CORE-3.1.2.1-12")]
    public async Task Consent_is_asked_for_again_though_it_is_on_record()
    {
        var browser = await server.SignedIn(Users.Zoe);
        var request = New(OidcClients.Asking).With("scope", "openid email");
        Assert.NotNull((await browser.Complete(request)).Code);
        Assert.NotNull((await browser.Authorize(request)).Code);

        (await browser.Authorize(New(OidcClients.Asking).With(("scope", "openid email"), ("prompt", "consent")))).Expect(PageKind.Consent);
    }

    [Fact]
    [Requirement("OIDC-CORE-3.1.2.1-13", "OIDC-CORE-3.1.2.4-01", "OIDC-CORE-3.1.2.6-01")]
    public async Task Whoever_refuses_consent_releases_nothing()
    {
        var browser = await server.SignedIn();
        foreach (var prompt in new[] { "consent", null })
        {
            var request = New(OidcClients.NeverAllowed).With("prompt", prompt);
            var refused = await browser.Decide(await browser.Authorize(request), "deny");

            refused.Expect(PageKind.Redirect).ExpectError("access_denied");
            Assert.Null(refused.Code);
            Assert.Equal(request.State, refused["state"]);
        }
    }

    [Fact]
    [Requirement("OIDC-CORE-3.1.2.4-01")]
    public async Task Whoever_allows_a_request_without_openid_allows_it()
    {
        var browser = await server.SignedIn(Users.Dave);
        var request = New(OidcClients.NativeAsking).With(("scope", "mail:read"), ("prompt", "consent"));

        var allowed = await browser.Decide(await browser.Authorize(request), "allow");
        var nothing = await browser.Decide(await browser.Authorize(request), "allow", []);

        Assert.True(allowed.Code is not null, allowed.ToString());
        Assert.Equal(["mail:read"], Tokens.Of(await request.Client.Redeem(request, allowed.Code)).Scopes);
        nothing.ExpectError("access_denied");
    }

    [Fact]
    [Requirement("OIDC-CORE-3.1.2.1-14", "OIDC-CORE-3.1.2.1-15")]
    public async Task Select_account_lets_the_user_choose_among_those_signed_in()
    {
        var browser = await server.NewSignedIn(Users.Bob);
        var bob = (await server.Authorize(Clients.Web, "openid", browser)).IdJwt.Claim("sub");
        await browser.SignIn(await browser.Authorize(New().With("prompt", "login")), Users.Dave.Username, Users.Dave.Password);
        var dave = (await server.Authorize(Clients.Web, "openid", browser)).IdJwt.Claim("sub");

        Assert.NotEqual(bob, dave);
        foreach (var (user, subject) in new[] { (Users.Bob, bob), (Users.Dave, dave), (Users.Bob, bob) })
        {
            var request = New().With("prompt", "select_account");
            var page = await browser.Authorize(request);
            Assert.Null(page.Location);
            Assert.Contains(Users.Bob.Name, page.Text, StringComparison.Ordinal);
            Assert.Contains(Users.Dave.Name, page.Text, StringComparison.Ordinal);
            var chosen = await browser.Submit(page, page.FormWith("sid"), [("sid", ValueOf(page, user))]);
            var tokens = Tokens.Of(await request.Client.Redeem(request, chosen.Code!));
            Assert.Equal(subject, tokens.IdJwt.Claim("sub"));
        }

        var other = await browser.Authorize(New().With("prompt", "select_account"));
        (await browser.Submit(other, other.FormWith("sid"), [("sid", "other")])).Expect(PageKind.SignIn);
    }

    private AuthorizationRequest New(ClientDefinition? definition = null) => new(server.Client(definition ?? Clients.Web));

    // The button's value, found by the name that stands on it.
    private static string ValueOf(Page page, User user)
    {
        var button = System.Text.RegularExpressions.Regex.Matches(page.Html, "<button\\b[^>]*name=\"sid\"[^>]*value=\"([^\"]+)\"[^>]*>(.*?)</button>", System.Text.RegularExpressions.RegexOptions.Singleline)
            .Single(match => match.Groups[2].Value.Contains(user.Name, StringComparison.Ordinal));
        return button.Groups[1].Value;
    }
}
