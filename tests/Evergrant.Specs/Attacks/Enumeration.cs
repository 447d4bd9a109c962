using System.Text.RegularExpressions;

namespace Evergrant.Specs.Attacks;

/// <summary>Finding out who has an account, and guessing passwords; on a server of its own, since failures are counted by address.</summary>
public sealed partial class Enumeration(Enumeration.Quiet server) : IClassFixture<Enumeration.Quiet>
{
    private static readonly User Disabled = new("attacked-disabled", "correct horse battery staple 20", "Disabled Person");
    private static readonly User Long = new("attacked-long", new string('p', 72) + "-the end matters", "Long Password");
    private static readonly User Composed = new("attacked-composed", "caf\u00e9 au lait \u00c5ngstr\u00f6m", "Composed");

    [Fact]
    [Requirement("ATTACK-295", "ATTACK-297", "ATTACK-304", "ATTACK-305", "ATTACK-306", "ATTACK-302", "ATTACK-301")]
    public async Task A_wrong_sign_in_is_answered_the_same_whoever_was_meant_and_a_password_counts_whole()
    {
        var people = new System.Text.Json.Nodes.JsonArray(Disabled.ToJson(), Long.ToJson(), Composed.ToJson());
        var applied = await server.Apply(new System.Text.Json.Nodes.JsonObject { ["users"] = people }.ToJsonString());
        Assert.True(applied.ExitCode == 0, applied.Errors);
        Assert.Equal(0, (await server.Run("user", "disable", Disabled.Username)).ExitCode);

        // Existing, missing, disabled with the right password, a name of another spelling: one answer.
        List<string> answers = [];
        foreach (var (name, password) in new[]
        {
            (Users.Alice.Username, "wrong password"), ("attacked-nobody", "wrong password"), (Disabled.Username, Disabled.Password), (Disabled.Username, "wrong password"), ("\uff41lice", Users.Alice.Password), ("\u0430lice", Users.Alice.Password), ("ali\u200dce", Users.Alice.Password), ("al\u0131ce", Users.Alice.Password),
            (Users.Alice.Username, ""), (Users.Alice.Username, new string('x', 1_000_000 / 32)), (Users.Alice.Username, Users.Alice.Password + " "), (Users.Alice.Username, Users.Alice.Password.ToUpperInvariant()), (Long.Username, Long.Password[..72]), (Long.Username, Long.Password[..72] + "-the end mattered"), (Composed.Username, "cafe\u0301 au lait A\u030angstro\u0308m"),
        })
        {
            var (page, browser) = await Try(name, password);
            Assert.True(page.Kind == PageKind.SignIn && page.Status == 200, $"{name}: {page}");
            Assert.DoesNotContain(browser.SetCookies, cookie => cookie.StartsWith("evergrant-session=", StringComparison.Ordinal) || cookie.StartsWith("evergrant-device=", StringComparison.Ordinal));
            answers.Add(Plain(page, name));
        }

        Assert.Single(answers.Distinct());

        // White space around a name is forgiven, letters of another case are the same name; the password is as it was typed.
        foreach (var (name, password) in new[] { (" ALICE ", Users.Alice.Password), (Long.Username, Long.Password), (Composed.Username, Composed.Password) })
            Assert.NotNull((await Try(name, password)).Page.Code);

        // Before anything is typed a hint says nothing either.
        Assert.Single(new[] { Users.Alice.Username, "attacked-nobody", Disabled.Username }.Select(name => (name, Page: server.NewBrowser().Authorize(new AuthorizationRequest(server.Client(AttackClients.App)).With("login_hint", name)).Result)).Select(one => Plain(one.Page, one.name)).Distinct());

        // A name that is guessed at waits, whether or not anybody has it; the owner's browser does not.
        var home = server.NewBrowser();
        var signIn = await home.Authorize(new AuthorizationRequest(server.Client(AttackClients.App)));
        Assert.NotNull((await home.SignIn(signIn, Users.Bob.Username, Users.Bob.Password)).Code);
        List<string> blocked = [];
        foreach (var name in new[] { Users.Bob.Username, "attacked-nobody-else" })
        {
            for (var n = 0; n < 5; n++) await Try(name, "wrong password");
            var (page, _) = await Try(name, Users.Bob.Password);
            Assert.Null(page.Code);
            blocked.Add(Plain(page, name));
        }

        Assert.Single(blocked.Distinct());
        signIn = await home.Authorize(new AuthorizationRequest(server.Client(AttackClients.App)).With("prompt", "login"));
        Assert.NotNull((await home.SignIn(signIn, Users.Bob.Username, Users.Bob.Password)).Code);

        // One password for many names: the address waits, and says for how long.
        Page? stopped = null;
        for (var n = 0; n < 40 && stopped is null; n++) stopped = (await Try($"attacked-{n}", "Password1!")).Page is { Status: 429 } page ? page : null;
        Assert.NotNull(stopped);
        Assert.NotNull(stopped.Header("Retry-After"));
        // Clients are not concerned.
        (await server.Client(AttackClients.Machine).ClientCredentials(("scope", "mail:read"))).Expect(200);
        await server.Advance(TimeSpan.FromMinutes(16));
        Assert.NotNull((await Try(Users.Bob.Username, Users.Bob.Password)).Page.Code);
    }

    [Fact]
    [Requirement("ATTACK-308", "ATTACK-286")]
    public async Task A_weak_password_and_a_name_with_hidden_letters_are_not_taken()
    {
        async Task<bool> Taken(string name, string password, string? claim = null)
        {
            var user = new User(name, password, "Somebody") { Claims = claim is null ? new Dictionary<string, System.Text.Json.Nodes.JsonNode>() : new Dictionary<string, System.Text.Json.Nodes.JsonNode> { ["email"] = claim } };
            return (await server.Apply(new System.Text.Json.Nodes.JsonObject { ["users"] = new System.Text.Json.Nodes.JsonArray(user.ToJson()) }.ToJsonString())).ExitCode == 0;
        }

        foreach (var weak in new[] { "password", "Password1", "12345678", "qwertyuiop", "attacked-weak", "ATTACKED-WEAK", "seven77", "" }) Assert.False(await Taken("attacked-weak", weak), weak);
        foreach (var good in new[] { new string('l', 60) + " long enough", "          ", "p\u00e4ssw\u00f6rt lang", "\u9577\u3044\u9577\u3044\u9577\u3044\u9577\u3044\u9577" }) Assert.True(await Taken("attacked-strong", good), good);
        foreach (var name in new[] { "a\u200db", "a\nb", "a\r\nBcc: x@evil.test", "a\0b", " a", "a ", "", new string('n', 257), "\u202eevil" }) Assert.False(await Taken(name, "correct horse battery staple"), name);
        // What would become several addresses in a mail is none.
        foreach (var email in new[] { "a@example.com\r\nBcc: b@evil.test", "a@example.com,b@evil.test\n", "a\n@example.com" }) Assert.False(await Taken("attacked-mail", "correct horse battery staple", email), email);
    }

    [Fact]
    [Requirement("ATTACK-383")]
    public async Task Requests_of_people_who_never_sign_in_are_kept_nowhere()
    {
        // The request travels in the page (docs/decisions/0003).
        async Task<(int Grants, long Written)> Kept() =>
            (System.Text.Json.JsonDocument.Parse((await server.Run("grant", "list", "--json")).Output).RootElement.GetProperty("grants").GetArrayLength(),
            Store.IsPostgres ? 0 : Directory.EnumerateFiles(server.DataFolder, "*.db*").Sum(file => new FileInfo(file).Length));
        await server.NewBrowser().Authorize(new AuthorizationRequest(server.Client(AttackClients.App)));
        var before = await Kept();
        var stranger = server.NewBrowser();
        var first = await stranger.Authorize(new AuthorizationRequest(server.Client(AttackClients.App)));
        for (var n = 0; n < 1_000; n++) (await server.NewBrowser().Authorize(new AuthorizationRequest(server.Client(AttackClients.App)).With("state", new string('s', 1_000)))).Expect(PageKind.SignIn);
        var after = await Kept();
        Assert.Equal(before.Grants, after.Grants);
        // A megabyte of states was sent; clean-up and the clock write a little of their own.
        Assert.InRange(after.Written - before.Written, 0, 200_000);
        Assert.NotNull((await stranger.SignIn(first, Users.Carol.Username, Users.Carol.Password)).Code);
    }

    [Fact]
    [Requirement("ATTACK-300")]
    public async Task No_name_that_the_server_makes_follows_from_another()
    {
        var subjects = new List<string>();
        foreach (var user in new[] { Users.Alice, Users.Carol, Users.Dave }) subjects.Add((await server.Authorize(AttackClients.App, "openid", await server.SignedIn(user))).IdJwt.Claim("sub")!);
        var ids = new List<string>();
        for (var n = 0; n < 20; n++) ids.Add((await server.Authorize(AttackClients.App, "openid")).AccessJwt.Claim("jti")!);
        Assert.All(subjects, subject => Assert.True(subject.Length >= 22, subject));
        Assert.All(ids, id => Assert.True(id.Length >= 20, id));
        Assert.Equal(20, ids.Distinct().Count());
        Assert.DoesNotMatch("^\\d+$", subjects[0]);
        // Whoever knows one of them has nothing by it.
        (await server.Api.Get("/userinfo", subjects[0])).Expect(401);
        (await server.Client(AttackClients.App).Refresh(ids[0])).Expect(400, "invalid_grant");
    }

    private async Task<(Page Page, Browser Browser)> Try(string name, string password)
    {
        var browser = server.NewBrowser();
        var page = await browser.Authorize(new AuthorizationRequest(server.Client(AttackClients.App)));
        return (await browser.SignIn(page, name, password), browser);
    }

    // Without what differs with every answer.
    private static string Plain(Page page, string name) =>
        string.Join('\n', page.Headers.Where(header => header.Key is not ("Date" or "Set-Cookie" or "Content-Length")).Select(header => $"{header.Key}: {string.Join(',', header.Value)}").Order())
        + Secrets().Replace(page.Html.Replace(System.Net.WebUtility.HtmlEncode(name), "", StringComparison.Ordinal).Replace(name, "", StringComparison.Ordinal), "");

    [GeneratedRegex("name=\"ticket\" value=\"[^\"]*\"|[0-9A-Z]{4}-[0-9A-Z]{4}|name=\"username\"[^>]*>|&#x[0-9A-Fa-f]+;")]
    private static partial Regex Secrets();

    /// <summary>The server of these tests alone.</summary>
    public sealed class Quiet : ClockServer;
}
