using Evergrant.Specs.RefreshToken;

namespace Evergrant.Specs.Attacks;

/// <summary>Attacks on the sessions of people.</summary>
public sealed class Sessions(Server server)
{
    private const string Cookie = "evergrant-session";

    [Fact]
    [Requirement("ATTACK-231", "ATTACK-233", "ATTACK-234", "ATTACK-235")]
    public async Task A_session_begins_with_a_sign_in_ends_with_a_sign_out_and_belongs_to_one_person()
    {
        // A value that somebody planted before the sign-in is not taken over.
        var planted = new string('A', 43);
        var first = new HttpRequestMessage(HttpMethod.Get, server.Api.Url("/sign-in"));
        first.Headers.TryAddWithoutValidation("Cookie", $"{Cookie}={planted}");
        var browser = server.NewBrowser();
        var page = await browser.Send(first);
        var signIn = new HttpRequestMessage(HttpMethod.Post, server.Api.Url("/sign-in")) { Content = Api.Form([.. page.FormWith("password").Sent, ("username", Users.Alice.Username), ("password", Users.Alice.Password)]) };
        signIn.Headers.TryAddWithoutValidation("Cookie", $"{Cookie}={planted}");
        await browser.Send(signIn);
        var value = Values(browser).Last();
        Assert.NotEqual(planted, value);
        Assert.False(await Opens(planted));
        Assert.True(await Opens(value));

        // Signing in again makes a new one, and the old one is dead.
        page = await browser.Authorize(new AuthorizationRequest(server.Client(AttackClients.App)).With("prompt", "login"));
        Assert.NotNull((await browser.SignIn(page, Users.Alice.Username, Users.Alice.Password)).Code);
        var renewed = Values(browser).Last();
        Assert.NotEqual(value, renewed);
        Assert.False(await Opens(value));

        // Another person on the way and back: whoever gives up leaves everything as it was.
        page = await browser.Authorize(new AuthorizationRequest(server.Client(AttackClients.App)).With("prompt", "login"));
        (await browser.Submit(page, page.FormWith("password"), [("username", Users.Bob.Username), ("password", "x"), ("cancel", "1")])).ExpectError("login_required");
        var alices = await server.Authorize(AttackClients.App, Families.Scope, browser);
        Assert.Equal(await Subject(Users.Alice), alices.IdJwt.Claim("sub"));

        // A second person joins; each token is of the one who is in use, and of nobody else.
        page = await browser.Get("/sign-in");
        await browser.Submit(page, page.FormWith("password"), [("username", Users.Bob.Username), ("password", Users.Bob.Password)]);
        var bobs = await server.Authorize(AttackClients.App, "openid profile email offline_access", browser);
        Assert.Equal(await Subject(Users.Bob), bobs.IdJwt.Claim("sub"));
        Assert.DoesNotContain("Alice", bobs.IdJwt.Payload.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("Alice", (await server.Api.Get("/userinfo", bobs.AccessToken)).Expect(200).Body, StringComparison.Ordinal);
        (await browser.Authorize(new AuthorizationRequest(server.Client(AttackClients.App)).With(("id_token_hint", alices.IdToken), ("prompt", "none")))).Expect(PageKind.Redirect);

        // With part of the cookie taken away one of them is left, never a mixture.
        var both = Values(browser).Last();
        Assert.Equal(2, both.Split('.').Length);
        foreach (var one in both.Split('.')) Assert.True(await Opens(one));

        // After the sign-out a copy opens nothing.
        page = await browser.Get("/sign-out");
        await browser.Submit(page, page.FormWith("form_token"), []);
        foreach (var one in both.Split('.').Append(both)) Assert.False(await Opens(one));
        Assert.Equal(Values(browser).Count(), Values(browser).Distinct().Count());
    }

    [Fact]
    [Requirement("ATTACK-237", "ATTACK-238")]
    public async Task A_cookie_that_is_made_up_bent_or_of_another_kind_opens_nothing()
    {
        var browser = await server.NewSignedIn(Users.Alice);
        var tokens = await server.Authorize(AttackClients.App, Families.Scope, browser);
        var value = Values(browser).Last();
        var others = browser.SetCookies.Select(cookie => cookie.Split(';')[0].Split('=', 2)).Where(pair => pair[0] != Cookie).Select(pair => pair[1]);
        string[] bad = [.. Altering.EachPart(value), value[1..], "." + value, value.ToUpperInvariant(), value + value, "", ".", "....", "x", tokens.AccessToken, tokens.IdToken!, tokens.Refresh, .. others, "admin", "1", "' or 1=1 --", "../../x", "{\"sub\":\"alice\"}", new string('A', 43), new string('A', 4_000)];
        foreach (var one in bad.Where(one => one.Split('.').All(part => part != value))) Assert.False(await Opens(one), $"A cookie of {one.Length} characters opens the account");
        Assert.True(await Opens(value));
        Assert.Matches("^[A-Za-z0-9_-]{43}$", value);

        // Bits of the other cookies: the form and the browser are then unknown, and a known device is none.
        foreach (var name in new[] { "evergrant-browser", "evergrant-form", "evergrant-device" })
        {
            var other = server.NewBrowser();
            var page = await other.Authorize(new AuthorizationRequest(server.Client(AttackClients.App)));
            var request = new HttpRequestMessage(HttpMethod.Post, server.Api.Url("/sign-in")) { Content = Api.Form([.. page.FormWith("password").Sent, ("username", Users.Alice.Username), ("password", Users.Alice.Password)]) };
            var mine = other.SetCookies.Select(cookie => cookie.Split(';')[0].Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
            mine[name] = mine.TryGetValue(name, out var known) ? Altering.At(known, known.Length / 2) : "1.AAAA.BBBB";
            request.Headers.TryAddWithoutValidation("Cookie", string.Join("; ", mine.Select(pair => $"{pair.Key}={pair.Value}")));
            var answer = await server.Api.Send(request);
            Assert.True(name == "evergrant-browser" ? answer.Status == 400 : answer.Status == 303, $"{name}: {answer}");
        }
    }

    [Fact]
    [Requirement("ATTACK-227")]
    public async Task A_cookie_that_comes_twice_counts_as_none()
    {
        var value = Values(await server.NewSignedIn(Users.Alice)).Last();
        Assert.True(await Opens(value));
        foreach (var header in new[] { $"{Cookie}={value}; {Cookie}={value}", $"{Cookie}=x; {Cookie}={value}", $"{Cookie}={value}; {Cookie}=" }) Assert.False(await OpensWith(header));
    }

    [Fact]
    [Requirement("ATTACK-236")]
    public async Task No_class_of_authentication_is_claimed_that_was_not_reached()
    {
        var browser = await server.SignedIn();
        var request = new AuthorizationRequest(server.Client(AttackClients.App)).With("acr_values", "urn:mace:incommon:iap:gold phrh 2");
        var tokens = Tokens.Of(await request.Client.Redeem(request, await browser.Code(request)));
        Assert.DoesNotContain(tokens.IdJwt.Claim("acr"), new[] { "urn:mace:incommon:iap:gold", "phrh", "2" });
        Assert.Equal(["pwd"], tokens.IdJwt.Payload.GetProperty("amr").EnumerateArray().Select(one => one.GetString()!));
        var essential = new AuthorizationRequest(server.Client(AttackClients.App)).With("claims", """{"id_token":{"acr":{"essential":true,"values":["phrh"]}}}""");
        Assert.Null((await browser.Authorize(essential)).Code);
    }

    [Fact]
    [Requirement("ATTACK-239")]
    public async Task A_browser_holds_five_sessions_and_the_oldest_falls_out()
    {
        // Each session costs a password; how many a person has is not limited (docs/decisions/0005), how long they last is.
        var browser = server.NewBrowser();
        var people = new[] { Users.Alice, Users.Bob, Users.Zoe, Users.Carol, Users.Dave }.ToList();
        var sixth = new User("attacked-sixth", "correct horse battery staple 11", "Sixth Person");
        Assert.Equal(0, (await server.Apply(new System.Text.Json.Nodes.JsonObject { ["users"] = new System.Text.Json.Nodes.JsonArray(sixth.ToJson()) }.ToJsonString())).ExitCode);
        foreach (var user in people.Append(sixth))
        {
            var page = await browser.Get("/sign-in");
            Assert.Equal(303, (await browser.Submit(page, page.FormWith("password"), [("username", user.Username), ("password", user.Password)])).Status);
        }

        var held = Values(browser).Last().Split('.');
        Assert.Equal(5, held.Length);
        var choice = await browser.Authorize(new AuthorizationRequest(server.Client(AttackClients.App)).With("prompt", "select_account"));
        Assert.Contains(sixth.Username, choice.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(Users.Alice.Username + " ", choice.Text, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Values(Browser browser) =>
        browser.SetCookies.Where(cookie => cookie.StartsWith(Cookie + "=", StringComparison.Ordinal)).Select(cookie => cookie.Split(';')[0][(Cookie.Length + 1)..]).Where(value => value.Length > 0);

    private Task<bool> Opens(string value) => OpensWith($"{Cookie}={value}");

    private async Task<bool> OpensWith(string header)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, server.Api.Url("/account"));
        request.Headers.TryAddWithoutValidation("Cookie", header);
        var reply = await server.Api.Send(request);
        Assert.True(reply.Status is 200 or 303, reply.ToString());
        return reply.Status == 200;
    }

    private async Task<string?> Subject(User user) => (await server.Authorize(AttackClients.App, "openid", await server.SignedIn(user))).IdJwt.Claim("sub");
}

/// <summary>What time does to codes and sessions, by the movable clock.</summary>
[Collection(typeof(ClockCollection))]
public sealed class SessionEnds(ClockServer server)
{
    [Fact]
    [Requirement("ATTACK-051")]
    public async Task A_code_is_good_until_its_minute_is_over()
    {
        var browser = await server.NewSignedIn(Users.Alice);
        var (soon, good) = await server.NewCode(AttackClients.App, browser: browser);
        var (late, bad) = await server.NewCode(AttackClients.App, browser: browser);
        await server.Advance(TimeSpan.FromSeconds(58));
        (await soon.Client.Redeem(soon, good)).Expect(200);
        await server.Advance(TimeSpan.FromSeconds(3));
        (await late.Client.Redeem(late, bad)).Expect(400, "invalid_grant");
    }

    [Fact]
    [Requirement("ATTACK-240")]
    public async Task A_session_ends_when_it_is_idle_and_in_the_end_however_it_is_used()
    {
        var request = new AuthorizationRequest(server.Client(AttackClients.App));
        var idle = await server.NewSignedIn(Users.Alice);
        await server.Advance(TimeSpan.FromHours(7.9));
        (await idle.Authorize(request)).Expect(PageKind.Redirect);
        await server.Advance(TimeSpan.FromHours(8.1));
        (await idle.Authorize(request)).Expect(PageKind.SignIn);
        Assert.Equal(303, (await idle.Get("/account")).Status);

        var busy = await server.NewSignedIn(Users.Alice);
        for (var hours = 0; hours < 23; hours++)
        {
            await server.Advance(TimeSpan.FromHours(1));
            (await busy.Authorize(request)).Expect(PageKind.Redirect);
        }

        await server.Advance(TimeSpan.FromHours(1.1));
        (await busy.Authorize(request)).Expect(PageKind.SignIn);
    }
}

/// <summary>Cookies as they are set over TLS.</summary>
[Collection(typeof(ProductionCollection))]
public sealed class SecureCookies(ProductionServer server)
{
    [Fact]
    [Requirement("ATTACK-232", "ATTACK-227")]
    public async Task Every_cookie_is_of_this_host_alone_and_out_of_reach_of_scripts()
    {
        var browser = await server.NewSignedIn(Users.Bob);
        await browser.Get("/account");
        var page = await browser.Get("/sign-out");
        await browser.Submit(page, page.FormWith("form_token"), []);

        Assert.True(browser.SetCookies.Select(cookie => cookie.Split('=')[0]).Distinct().Count() >= 4);
        Assert.All(browser.SetCookies, cookie =>
        {
            var attributes = cookie.Split(';', StringSplitOptions.TrimEntries).Skip(1).Select(one => one.ToLowerInvariant()).ToList();
            Assert.StartsWith("__Host-", cookie, StringComparison.Ordinal);
            Assert.Contains("secure", attributes);
            // What the iframe of session management reads opens nothing and tells of nobody.
            bool readable = cookie.StartsWith("__Host-evergrant-state=", StringComparison.Ordinal);
            if (readable) Assert.Matches("^__Host-evergrant-state=(out|[A-Za-z0-9_-]{22});", cookie);
            else Assert.Contains("httponly", attributes);
            Assert.Contains("path=/", attributes);
            Assert.DoesNotContain(attributes, attribute => attribute.StartsWith("domain", StringComparison.Ordinal));
            Assert.Contains(attributes, attribute => readable ? attribute == "samesite=none" : attribute is "samesite=lax" or "samesite=strict");
            Assert.True(cookie.Length < 4096);
        });
    }
}
