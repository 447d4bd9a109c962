using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Evergrant.Specs.OidcRpInitiatedLogout;

namespace Evergrant.Specs.OidcSessionManagement;

/// <summary>OpenID Connect Session Management section 2: what authorization responses say of the browser's state.</summary>
public sealed class Section2_SessionState(Server server)
{
    private const string Cookie = "evergrant-state=";

    /// <summary>The value of the state cookie that the browser has now.</summary>
    internal static string StateOf(Browser browser, string cookie = Cookie) =>
        browser.SetCookies.Last(set => set.StartsWith(cookie, StringComparison.Ordinal))[cookie.Length..].Split(';')[0];

    /// <summary>Whether the iframe would call a session_state unchanged.</summary>
    internal static bool Fits(string sessionState, string client, string origin, string state)
    {
        var parts = sessionState.Split('.');
        return parts.Length == 2 && parts[0] == Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes($"{client} {origin} {state} {parts[1]}")));
    }

    [Fact]
    [Requirement("OIDC-SESS-2-01", "OIDC-SESS-2-03", "OIDC-SESS-2-04", "OIDC-SESS-3.2-06", "OIDC-SESS-3.2-08")]
    public async Task A_success_carries_what_each_client_sees_of_the_browser()
    {
        var browser = await server.NewSignedIn(Users.Alice);
        var set = browser.SetCookies.Count(cookie => cookie.StartsWith(Cookie, StringComparison.Ordinal));
        HashSet<string> seen = [];
        foreach (var definition in new[] { Clients.Web, Clients.Other, Clients.Web })
        {
            var request = new AuthorizationRequest(server.Client(definition));
            var page = await browser.Authorize(request);
            Assert.NotNull(page.Code);
            var state = page["session_state"]!;
            Assert.Matches("^[A-Za-z0-9_.-]+$", state);
            Assert.True(Fits(state, definition.Id, $"https://{definition.Id}.example", StateOf(browser)));
            Assert.True(seen.Add(state));
            var tokens = Tokens.Of(await request.Client.Redeem(request, page.Code!));
            Assert.DoesNotContain(StateOf(browser), new[] { tokens.IdJwt.Claim("sid")!, tokens.IdJwt.Claim("sub")! });
        }
        // Nothing has happened, so nothing has changed.
        Assert.Equal(set, browser.SetCookies.Count(cookie => cookie.StartsWith(Cookie, StringComparison.Ordinal)));
        Assert.DoesNotContain("httponly", browser.SetCookies.Last(cookie => cookie.StartsWith(Cookie, StringComparison.Ordinal)), StringComparison.OrdinalIgnoreCase);
        Assert.All(browser.SetCookies.Where(cookie => !cookie.StartsWith(Cookie, StringComparison.Ordinal)), cookie => Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    [Requirement("OIDC-SESS-2-02", "OIDC-SESS-3.2-07")]
    public async Task An_error_carries_one_by_which_nobody_is_known_again()
    {
        var browser = server.NewBrowser();
        HashSet<string> seen = [];
        for (var time = 0; time < 3; time++)
        {
            var page = (await browser.Authorize(new AuthorizationRequest(server.Client(Clients.Web)).With("prompt", "none"))).ExpectError("login_required");
            Assert.True(Fits(page["session_state"]!, "web", "https://web.example", "out"));
            Assert.True(seen.Add(page["session_state"]!));
        }
        Assert.Equal("out", StateOf(browser));
    }

    [Fact]
    [Requirement("OIDC-SESS-3.2-05", "OIDC-SESS-3.2-06")]
    public async Task The_state_changes_when_somebody_comes_or_leaves_and_with_nothing_else()
    {
        var alice = await Leaving.SignIn(server, LogoutClients.Leaving);
        List<string> states = [StateOf(alice.Browser)];
        Assert.True(await alice.IsSignedIn());
        Assert.Equal(states[0], StateOf(alice.Browser));
        var page = await alice.Browser.Authorize(new AuthorizationRequest(server.Client(LogoutClients.Leaving)).With("prompt", "login"));
        page = await alice.Browser.SignIn(page, Users.Bob.Username, Users.Bob.Password);
        Assert.True(Fits(page["session_state"]!, "leaving", "https://leaving.example", StateOf(alice.Browser)));
        states.Add(StateOf(alice.Browser));
        await alice.Get(("id_token_hint", alice.IdToken));
        states.Add(StateOf(alice.Browser));
        page = await alice.Browser.Get("/sign-out");
        await alice.Browser.Submit(page, page.FormWith("form_token"), []);
        states.Add(StateOf(alice.Browser));
        Assert.Equal("out", states[^1]);
        states.Add(StateOf((await Leaving.SignIn(server, LogoutClients.Leaving)).Browser));
        Assert.Equal(states.Count, states.Distinct().Count());
    }

    [Fact]
    [Requirement("OIDC-SESS-5.1-01", "OIDC-SESS-3.2-06")]
    public async Task A_frame_of_another_site_without_the_sessions_cookie_changes_nothing()
    {
        var state = StateOf(await server.NewSignedIn(Users.Alice));
        var request = new AuthorizationRequest(server.Client(Clients.Web)).With("prompt", "none");
        var message = new HttpRequestMessage(HttpMethod.Get, server.Issuer + "/authorize?" + request.Query);
        foreach (var (name, value) in new[] { ("Cookie", Cookie + state), ("Sec-Fetch-Dest", "iframe"), ("Sec-Fetch-Site", "cross-site") }) message.Headers.TryAddWithoutValidation(name, value);
        var browser = server.NewBrowser();
        var page = (await browser.Send(message)).ExpectError("login_required");
        Assert.True(Fits(page["session_state"]!, "web", "https://web.example", state));
        Assert.DoesNotContain(browser.SetCookies, cookie => cookie.StartsWith(Cookie, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Requests_without_OpenID_Connect_and_answers_to_programs_carry_none()
    {
        var browser = await server.SignedIn();
        Assert.Null((await browser.Authorize(new AuthorizationRequest(server.Client(Clients.Web)).With("scope", "mail:read")))["session_state"]);
        var program = new AuthorizationRequest(server.Client(LogoutClients.NativeLeaving));
        var page = await browser.Complete(program);
        Assert.NotNull(page.Code);
        Assert.Equal(program["redirect_uri"]!.StartsWith("http", StringComparison.Ordinal), page["session_state"] is not null);
    }
}
