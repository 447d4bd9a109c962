using System.Buffers.Text;

namespace Evergrant.Specs.Rfc6749;

/// <summary>RFC 6749 section 10: secrets, guessing, forgery and injection.</summary>
public sealed class Section10_Security(Server server)
{
    [Fact]
    [Requirement("RFC6749-10.1-01", "RFC8252-8.4-01")]
    public void Native_and_browser_clients_get_no_secret()
    {
        Assert.All([Clients.Native, Clients.OtherNative, Clients.Spa], definition => Assert.False(server.Client(definition).HasSecret));
        Assert.All([Clients.Web, Clients.Post, Clients.Machine], definition => Assert.True(server.Client(definition).HasSecret));
        Assert.False(server.Client(Clients.Asserting).HasSecret);
    }

    [Theory]
    [InlineData("native")]
    [InlineData("browser")]
    [Requirement("RFC6749-10.1-01", "RFC8252-8.4-01")]
    public async Task A_native_or_browser_client_cannot_be_declared_with_a_secret(string type)
    {
        var applied = await server.Apply(DeclaredState.Json(server.Issuer, new ClientDefinition("secret-" + type) { Type = type }));

        Assert.NotEqual(0, applied.ExitCode);
        Assert.DoesNotContain("client_secret\":", applied.Output, StringComparison.Ordinal);
    }

    [Fact]
    [Requirement("RFC6749-10.2-01")]
    public async Task The_consent_page_says_who_asks_for_what_and_for_how_long_and_lets_the_user_refuse()
    {
        var request = new AuthorizationRequest(server.Client(Clients.Asking)).With(("scope", "openid email offline_access mail:send"), ("prompt", "consent"));

        var page = await (await server.SignedIn(Users.Bob)).Authorize(request);

        page.Expect(PageKind.Consent);
        Assert.Contains("Asking & <Co>", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("<Co>", page.Html, StringComparison.Ordinal);
        Assert.Contains("Send mail for you", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Read your mail", page.Text, StringComparison.Ordinal);
        Assert.Matches("(?i)(day|month|until|revoke|sign(ed)? in)", page.Text);
        var decisions = page.FormWith("decision").Fields.Where(field => field.Name == "decision").Select(field => field.Value);
        Assert.Equal(["allow", "deny"], decisions.Order(StringComparer.Ordinal));
    }

    [Fact]
    [Requirement("RFC6749-10.2-02", "RFC8252-8.6-01", "RFC8252-8.5-02")]
    public async Task A_public_clients_second_request_asks_again()
    {
        var browser = await server.SignedIn(Users.Bob);
        var request = new AuthorizationRequest(server.Client(Clients.OtherNative)).With("scope", "openid mail:read");

        await browser.Code(request);

        (await browser.Authorize(request)).Expect(PageKind.Consent);
        (await browser.Authorize(new AuthorizationRequest(server.Client(Clients.OtherNative)).With(("scope", "openid mail:read"), ("prompt", "none")))).ExpectError("consent_required");
    }

    [Fact]
    [Requirement("RFC6749-10.3-01", "ATTACK-400")]
    public async Task No_usable_credential_is_found_in_what_the_server_has_stored()
    {
        var web = server.Client(Clients.Web);
        var opaque = await server.Authorize(Clients.Opaque, "openid offline_access mail:read");
        var tokens = await server.Authorize(Clients.Web, "openid offline_access mail:read");
        var request = new AuthorizationRequest(web);
        var code = await (await server.SignedIn()).Code(request);
        string[] planted = [tokens.AccessToken, tokens.Refresh, opaque.AccessToken, opaque.Refresh, code, web.Secret, Users.Alice.Password];

        var known = "alice@example.com"u8.ToArray();
        var found = false;
        await foreach (var (name, content) in Stored())
        {
            // What a test lays down for a command is the test's.
            if (name.StartsWith("declared-", StringComparison.Ordinal)) continue;
            found |= content.AsSpan().IndexOf(known) >= 0;
            foreach (var secret in planted)
            {
                foreach (var form in Forms(secret))
                    Assert.True(content.AsSpan().IndexOf(form) < 0, $"A credential is stored in {name}");
            }
        }

        Assert.True(found, "The search does not see what is stored");
        (await web.Redeem(request, code)).Expect(200);
    }

    private async IAsyncEnumerable<(string Name, byte[] Content)> Stored()
    {
        foreach (var file in Directory.EnumerateFiles(server.DataFolder, "*", SearchOption.AllDirectories).Where(path => Path.GetFileName(path) != "dev.json" && File.Exists(path)))
            yield return (Path.GetFileName(file), await Content(file));
        if (server.Database is not { } database) yield break;
        await foreach (var stored in Store.Stored(database)) yield return stored;
    }

    [Fact]
    [Requirement("RFC6749-10.3-02", "RFC9700-4.14.2-04")]
    public async Task An_altered_token_is_refused_and_the_right_one_stays_good()
    {
        var web = server.Client(Clients.Web);
        var opaque = server.Client(Clients.Opaque);
        var tokens = await server.Authorize(Clients.Web, "openid offline_access mail:read");
        var other = await server.Authorize(Clients.Opaque, "openid offline_access mail:read");

        foreach (var altered in Altering.EachPart(tokens.Refresh)) (await web.Refresh(altered)).Expect(400, "invalid_grant");
        foreach (var altered in Altering.EachPart(tokens.AccessToken)) await Refused(web, altered);
        foreach (var altered in Altering.EachPart(other.AccessToken)) await Refused(opaque, altered);
        (await web.Refresh(tokens.Refresh)).Expect(200);
        (await server.Api.Get("/userinfo", tokens.AccessToken)).Expect(200);
        (await server.Api.Get("/userinfo", other.AccessToken)).Expect(200);
    }

    [Fact]
    [Requirement("RFC6749-10.10-01", "RFC6749-10.10-02", "ATTACK-407")]
    public async Task Generated_values_are_long_and_never_the_same()
    {
        var web = server.Client(Clients.Web);
        var values = new List<string> { web.Secret, server.Client(Clients.Other).Secret };
        for (var round = 0; round < 8; round++)
        {
            var request = new AuthorizationRequest(web).With("scope", "openid offline_access");
            values.Add(await (await server.SignedIn()).Code(request));
            values.Add((await server.Authorize(Clients.Opaque, "openid offline_access")).AccessToken);
            values.Add((await server.Authorize(Clients.Web, "openid offline_access")).Refresh);
        }

        Assert.Equal(values.Count, values.Distinct(StringComparer.Ordinal).Count());
        Assert.All(values, value => Assert.True(value.Length >= 43 && value.Distinct().Count() >= 16, $"{value.Length} characters, {value.Distinct().Count()} different ones"));
        Assert.All(values, value => Assert.Matches("^[A-Za-z0-9_.~-]+$", value));
        var tails = values.Select(value => value[^27..]).ToList();
        Assert.Equal(tails.Count, tails.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    [Requirement("RFC6749-10.12-01")]
    public async Task A_sign_in_form_that_another_browser_got_is_not_accepted()
    {
        var browser = server.NewBrowser();
        var own = await browser.Authorize(new AuthorizationRequest(server.Client(Clients.Web)));
        var page = await server.NewBrowser().Authorize(new AuthorizationRequest(server.Client(Clients.Web)));

        var forged = await browser.SignIn(page, Users.Bob.Username, Users.Bob.Password);
        var bare = await browser.Post(page.FormWith("password").Action is { Length: > 0 } action ? new Uri(new Uri(page.Address), action).AbsoluteUri : "/sign-in",
            [("username", Users.Bob.Username), ("password", Users.Bob.Password)]);

        Assert.All([forged, bare], answer => Assert.True(answer.Code is null, answer.ToString()));
        (await browser.Authorize(new AuthorizationRequest(server.Client(Clients.Web)))).Expect(PageKind.SignIn);
        Assert.NotNull((await browser.SignIn(own, Users.Bob.Username, Users.Bob.Password)).Code);
    }

    [Fact]
    [Requirement("RFC6749-10.12-01")]
    public async Task A_consent_form_that_another_browser_got_is_not_accepted()
    {
        var request = new AuthorizationRequest(server.Client(Clients.Asking)).With(("scope", "openid email"), ("prompt", "consent"));
        var bob = await server.SignedIn(Users.Bob);
        var alice = await server.SignedIn();
        var bobElsewhere = await server.NewSignedIn(Users.Bob);
        var bobsPage = await bob.Authorize(request);

        var byAlice = await alice.Decide(bobsPage, "allow");
        var elsewhere = await bobElsewhere.Decide(bobsPage, "allow");
        var byStranger = await server.NewBrowser().Decide(bobsPage, "allow");
        var withoutTicket = await alice.Post(new Uri(new Uri(bobsPage.Address), bobsPage.FormWith("decision").Action).AbsoluteUri, [("decision", "allow"), ("scope", "openid")]);

        Assert.All([byAlice, elsewhere, byStranger, withoutTicket], answer => Assert.True(answer.Code is null, answer.ToString()));
        Assert.NotNull((await bob.Decide(bobsPage, "allow")).Code);
    }

    [Theory]
    [InlineData("client_id")]
    [InlineData("redirect_uri")]
    [InlineData("login_hint")]
    [InlineData("ui_locales")]
    [InlineData("state")]
    [InlineData("nonce")]
    [InlineData("claims")]
    [Requirement("RFC6749-10.14-01")]
    public async Task No_parameter_reaches_a_page_as_markup(string name)
    {
        const string Attack = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>\r\nX-Injected: 1";

        var page = await server.NewBrowser().Authorize(new AuthorizationRequest(server.Client(Clients.Web)).With(name, Attack));

        Assert.InRange(page.Status, 200, 499);
        Assert.DoesNotContain("<script>alert", page.Html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<img src=x", page.Html, StringComparison.OrdinalIgnoreCase);
        Assert.Null(page.Header("X-Injected"));
    }

    private async Task Refused(Client client, string token)
    {
        Assert.False(await client.Finds(token));
        (await server.Api.Get("/userinfo", token)).Expect(401);
    }

    private static async Task<byte[]> Content(string file)
    {
        try
        {
            using var memory = new MemoryStream();
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            await stream.CopyToAsync(memory);
            return memory.ToArray();
        }
        catch (IOException)
        {
            return []; // a socket, or a file that has gone
        }
    }

    private static IEnumerable<byte[]> Forms(string secret)
    {
        yield return System.Text.Encoding.UTF8.GetBytes(secret);
        var tail = secret[(secret.LastIndexOf('_') + 1)..];
        if (tail.Length >= 40 && Base64Url.IsValid(tail)) yield return Base64Url.DecodeFromChars(tail);
    }
}
