using Evergrant.Specs.Rfc9101;

namespace Evergrant.Specs.Rfc9126;

/// <summary>RFC 9126 sections 4 to 7: a browser brings the reference.</summary>
public sealed class Section4_Use(Server server)
{
    [Fact]
    [Requirement("RFC9126-4-01", "FAPI2-SP-5.3.2.2-16", "RFC9101-11.2.1-01", "ATTACK-202")]
    public async Task A_page_may_be_loaded_again_and_the_reference_is_used_up_by_the_answer()
    {
        var client = server.Client(Pushing.Required);
        var request = new AuthorizationRequest(client);
        var bring = await request.Pushed();
        var alice = await server.NewSignedIn(Users.Alice);
        var first = (await alice.Authorize(bring)).Expect(PageKind.Consent);
        var second = (await alice.Authorize(bring)).Expect(PageKind.Consent);
        var page = (await alice.Decide(second, "allow")).Expect(PageKind.Redirect);
        Tokens.Of(await client.Redeem(request, page.Code!));
        // Used: the page in the other window, the address, and giving up.
        Assert.Contains("invalid_request_uri", (await alice.Decide(first, "allow")).ExpectErrorPage().Text, StringComparison.Ordinal);
        (await alice.Decide(first, "deny")).ExpectErrorPage();
        (await alice.Authorize(bring)).ExpectErrorPage();
    }

    [Fact]
    [Requirement("RFC9126-4-01")]
    public async Task An_error_is_an_answer_too()
    {
        var request = await new AuthorizationRequest(server.Client(Pushing.Required)).With("prompt", "consent").Pushed();
        var alice = await server.NewSignedIn(Users.Alice);
        (await alice.Decide(await alice.Authorize(request), "deny")).ExpectError("access_denied");
        (await alice.Authorize(request)).ExpectErrorPage();
        var silent = await new AuthorizationRequest(server.Client(Pushing.Required)).With("prompt", "none").Pushed();
        (await server.NewBrowser().Authorize(silent)).ExpectError("login_required");
        (await server.NewBrowser().Authorize(silent)).ExpectErrorPage();
    }

    [Fact]
    public async Task Of_two_windows_that_answer_at_once_one_gets_a_code()
    {
        var alice = await server.NewSignedIn(Users.Alice);
        for (var round = 0; round < 5; round++)
        {
            var bring = await new AuthorizationRequest(server.Client(Clients.Web)).Pushed();
            var pages = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => alice.Authorize(bring)));
            Assert.Single(pages, page => page.Code is not null);
        }
    }

    [Fact]
    [Requirement("RFC9126-2.2-04", "RFC9101-10.2-02", "ATTACK-202", "FAPI2-AM-7.5-01")]
    public async Task A_reference_is_of_the_client_that_pushed_and_another_one_changes_nothing()
    {
        var request = new AuthorizationRequest(server.Client(Clients.Web));
        var bring = await request.Pushed();
        var alice = await server.SignedIn();
        (await alice.Authorize(new AuthorizationRequest(server.Client(Clients.Other)).With("request_uri", bring["request_uri"]))).ExpectErrorPage();
        (await alice.Get("/authorize?request_uri=" + Uri.EscapeDataString(bring["request_uri"]!))).ExpectErrorPage();
        Assert.NotNull((await alice.Authorize(bring)).Code);
    }

    [Fact]
    [Requirement("ATTACK-076")]
    public async Task What_stands_beside_the_reference_does_not_count()
    {
        var request = new AuthorizationRequest(server.Client(Clients.Web)).With("scope", "openid");
        var bring = (await request.Pushed()).With("redirect_uri", "https://evil.example/").With("scope", "openid email").With("state", "other").With("code_challenge", Pkce.Challenge(Pkce.NewVerifier()));
        var page = (await (await server.SignedIn()).Authorize(bring)).Expect(PageKind.Redirect);
        Assert.StartsWith(Clients.Web.RedirectUri, page.Location, StringComparison.Ordinal);
        Assert.Equal(request.State, page["state"]);
        Assert.Equal(["openid"], Tokens.Of(await request.Client.Redeem(request, page.Code!)).Scopes);
    }

    [Fact]
    public async Task Signing_in_shows_the_same_request_and_a_wrong_password_loses_nothing()
    {
        var request = new AuthorizationRequest(server.Client(Clients.Web)).With("login_hint", "alice");
        var browser = server.NewBrowser();
        var page = (await browser.Authorize(await request.Pushed())).Expect(PageKind.SignIn);
        page = (await browser.SignIn(page, Users.Alice.Username, "not her password")).Expect(PageKind.SignIn);
        Assert.Contains("https://web.example", page.Header("Content-Security-Policy"), StringComparison.Ordinal);
        page = (await browser.SignIn(page, Users.Alice.Username, Users.Alice.Password)).Expect(PageKind.Redirect);
        Tokens.Of(await request.Client.Redeem(request, page.Code!));
    }

    [Fact]
    [Requirement("RFC9126-4-03", "RFC9126-7.4-01", "RFC9126-2.1-03")]
    public async Task What_the_client_may_is_looked_at_again_when_the_browser_comes()
    {
        var narrowed = Clients.Other with { Id = "par-narrowed" };
        await server.Declare(narrowed);
        var client = server.Client(narrowed);
        var scope = await new AuthorizationRequest(client).With("scope", "mail:send").Pushed();
        var redirect = await new AuthorizationRequest(client).Pushed();
        await server.Declare(narrowed with { Scope = "openid mail:read" });
        var alice = await server.SignedIn();
        (await alice.Authorize(scope)).ExpectError("invalid_scope");
        await server.Declare(narrowed with { RedirectUris = ["https://moved.example/callback"] });
        (await alice.Authorize(redirect)).ExpectErrorPage();
    }

    [Fact]
    [Requirement("RFC9126-4-04", "RFC9126-6-01", "FAPI2-SP-5.3.2.2-03")]
    public async Task A_client_that_pushes_does_nothing_else_and_others_need_not()
    {
        (await (await server.SignedIn()).Authorize(new AuthorizationRequest(server.Client(Pushing.Required)))).ExpectError("invalid_request");
        Assert.NotNull((await (await server.SignedIn()).Authorize(new AuthorizationRequest(server.Client(Clients.Web)))).Code);
        Assert.False((await server.Api.Metadata()).Has("require_pushed_authorization_requests"));
    }

    [Theory]
    [InlineData("urn:ietf:params:oauth:request_uri:guessed")]
    [InlineData("urn:ietf:params:oauth:request_uri:")]
    [InlineData("urn:ietf:params:oauth:request_uri:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [Requirement("ATTACK-203")]
    public async Task A_reference_that_was_never_issued_leads_nowhere(string uri)
    {
        var page = await (await server.SignedIn()).Authorize(new AuthorizationRequest(server.Client(Clients.Web)).With("request_uri", uri));
        Assert.Contains("invalid_request_uri", page.ExpectErrorPage().Text, StringComparison.Ordinal);
    }

    [Fact]
    [Requirement("RFC9126-5-02")]
    public async Task References_of_ours_work_though_those_of_others_do_not()
    {
        Assert.False((await server.Api.Discovery()).Json.GetProperty("request_uri_parameter_supported").GetBoolean());
        var alice = await server.SignedIn();
        Assert.NotNull((await alice.Authorize(await new AuthorizationRequest(server.Client(Clients.Web)).Pushed())).Code);
        (await alice.Authorize(new AuthorizationRequest(server.Client(Clients.Web)).With("request_uri", "https://web.example/request"))).ExpectError("request_uri_not_supported");
    }

    [Fact]
    [Requirement("RFC9126-5-01", "RFC9101-10.5-02", "RFC9126-2.3-03")]
    public async Task A_server_may_demand_pushed_and_signed_requests_of_everybody()
    {
        await using var server = new DemandingServer();
        await server.InitializeAsync();
        var metadata = (await server.Api.Metadata()).Json;
        Assert.True(metadata.GetProperty("require_pushed_authorization_requests").GetBoolean());
        Assert.True(metadata.GetProperty("require_signed_request_object").GetBoolean());
        var client = server.Client(Clients.Asserting);
        var alice = await SignIn(server, client);
        (await alice.Authorize(new AuthorizationRequest(client))).ExpectError("invalid_request");
        (await new AuthorizationRequest(client).Push()).Expect(400, "invalid_request");
        var request = new AuthorizationRequest(client);
        Assert.NotNull((await alice.Authorize((await request.InObject().Push()).Bring(client))).Code);
    }

    private static async Task<Browser> SignIn(DemandingServer server, Client client)
    {
        var browser = server.NewBrowser();
        var page = await browser.Authorize((await new AuthorizationRequest(client).InObject().Push()).Bring(client));
        await browser.SignIn(page, Users.Alice.Username, Users.Alice.Password);
        return browser;
    }
}
