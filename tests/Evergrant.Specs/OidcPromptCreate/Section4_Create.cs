namespace Evergrant.Specs.OidcPromptCreate;

/// <summary>A production server where people may make accounts for themselves.</summary>
public sealed class OpenServer : ProductionServer
{
    /// <inheritdoc/>
    protected override string SelfRegistration => "on";

    /// <inheritdoc/>
    protected override string? SessionManagement => null;
}

/// <summary>Initiating User Registration via OpenID Connect: prompt=create.</summary>
public sealed class Section4_Create(OpenServer server) : IClassFixture<OpenServer>
{
    private const string Password = "a long and winding passphrase";

    private AuthorizationRequest Request => new AuthorizationRequest(server.Client(Clients.Web)).With("prompt", "create");

    [Fact]
    public async Task Session_management_is_there_where_it_is_on_and_nowhere_else()
    {
        Assert.False((await server.Api.Metadata()).Json.TryGetProperty("check_session_iframe", out _));
        Assert.Equal(404, (await server.Api.Get("/check_session")).Status);
        var browser = server.NewBrowser();
        Assert.Null((await browser.Authorize(new AuthorizationRequest(server.Client(Clients.Web)).With("prompt", "none"))).ExpectError("login_required")["session_state"]);
        Assert.DoesNotContain(browser.SetCookies, cookie => cookie.Contains("evergrant-state", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_person_makes_an_account_and_goes_on_to_the_application()
    {
        Assert.Contains("create", (await server.Api.Metadata()).Json.GetProperty("prompt_values_supported").EnumerateArray().Select(v => v.GetString()));
        var browser = server.NewBrowser();
        var request = Request;
        var page = await browser.Authorize(request);
        Assert.Contains("Create an account", page.Text, StringComparison.Ordinal);
        Assert.Contains("Specs web", page.Text, StringComparison.Ordinal);
        page = await Fill(browser, page, "newcomer-1", Password, "something else");
        Assert.Contains("not the same", page.Text, StringComparison.Ordinal);
        page = await Fill(browser, page, "newcomer-1", "short", "short");
        Assert.Contains("Not created", page.Html, StringComparison.Ordinal);
        page = await Fill(browser, page, "ALICE", Password, Password);
        Assert.Contains("is taken", page.Text, StringComparison.Ordinal);
        page = await Fill(browser, page, "newcomer-1", Password, Password);
        Assert.True(page.Code is not null, page.ToString());
        var tokens = Tokens.Of(await request.Client.Redeem(request, page.Code));
        Assert.NotNull(tokens.IdJwt.Claim("sub"));
        Assert.Equal("newcomer-1", (await server.Api.Get("/userinfo", Tokens.Of(await Silent(browser)).AccessToken)).Text("preferred_username"));
        // The account is one like any other.
        var other = server.NewBrowser();
        Assert.NotNull((await other.SignIn(await other.Authorize(new AuthorizationRequest(server.Client(Clients.Web))), "newcomer-1", Password)).Code);
    }

    [Fact]
    public async Task Whoever_is_signed_in_makes_another_account_and_whoever_has_one_may_use_it()
    {
        var alice = await server.NewSignedIn(Users.Alice);
        var page = await alice.Authorize(Request);
        Assert.Contains("Create an account", page.Text, StringComparison.Ordinal);
        page = (await alice.Submit(page, page.FormWith("again"), [("sign_in", "1")])).Expect(PageKind.SignIn);
        Assert.Contains("Create an account", page.Text, StringComparison.Ordinal);
        Assert.NotNull((await alice.SignIn(page, Users.Alice.Username, Users.Alice.Password)).Code);
    }

    [Fact]
    public async Task Without_prompt_create_the_sign_in_page_leads_there_and_giving_up_is_an_answer()
    {
        var browser = server.NewBrowser();
        var page = (await browser.Authorize(new AuthorizationRequest(server.Client(Clients.Web)))).Expect(PageKind.SignIn);
        page = await browser.Post("/sign-up", [("ticket", page.FormWith("password")["ticket"]!), ("username", "x"), ("password", ""), ("create", "1")]);
        (await browser.Submit(page, page.FormWith("again"), [("cancel", "1")])).ExpectError("access_denied");
        (await browser.Post("/sign-up", [("ticket", "nonsense"), ("username", "x"), ("password", Password), ("again", Password)])).ExpectErrorPage();
        (await server.NewBrowser().Post("/sign-up", [("ticket", page.FormWith("again")["ticket"]!), ("username", "thief-1"), ("password", Password), ("again", Password)])).ExpectErrorPage();
    }

    [Fact]
    public async Task Silent_requests_create_nobody() =>
        (await (await server.NewSignedIn(Users.Alice)).Authorize(Request.With("prompt", "none create"))).ExpectError("invalid_request");

    private async Task<Reply> Silent(Browser browser)
    {
        var request = new AuthorizationRequest(server.Client(Clients.Web)).With("prompt", "none").With("scope", "openid profile");
        return await request.Client.Redeem(request, (await browser.Authorize(request)).Code!);
    }

    private static Task<Page> Fill(Browser browser, Page page, string name, string password, string again) =>
        browser.Submit(page, page.FormWith("again"), [("username", name), ("password", password), ("again", again)]);
}

/// <summary>The same where it is off, as it is unless it was set.</summary>
public sealed class Section4_NoCreate(Server server)
{
    [Fact]
    public async Task Where_it_is_off_it_is_refused_not_announced_and_not_served()
    {
        Assert.DoesNotContain("create", (await server.Api.Metadata()).Json.GetProperty("prompt_values_supported").EnumerateArray().Select(v => v.GetString()));
        var page = await (await server.SignedIn()).Authorize(new AuthorizationRequest(server.Client(Clients.Web)).With("prompt", "create"));
        page.ExpectError("invalid_request");
        Assert.Equal(404, (await server.Api.Post("/sign-up", [("username", "x"), ("password", "y")])).Status);
        Assert.DoesNotContain("Create an account", (await server.NewBrowser().Authorize(new AuthorizationRequest(server.Client(Clients.Web)))).Text, StringComparison.Ordinal);
    }
}
