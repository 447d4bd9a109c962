using Evergrant.Specs.Hostile;

namespace Evergrant.Specs.Attacks;

/// <summary>Attacks on what this server does not have: each test fails on the day that somebody builds it, and then the attack is to be tried on it.</summary>
public sealed class Absent(Server server)
{
    [Fact]
    [Requirement("ATTACK-241", "ATTACK-242", "ATTACK-243", "ATTACK-244", "ATTACK-247", "ATTACK-421", "ATTACK-422")]
    public async Task A_password_is_the_only_factor_and_nothing_claims_another()
    {
        await Nothing("/mfa", "/totp", "/otp", "/webauthn", "/passkey", "/passkeys", "/.well-known/webauthn", "/account/mfa", "/account/passkeys", "/account/password", "/account/recovery", "/enroll", "/recovery", "/sign-in/totp", "/sign-in/passkey", "/account/credentials");
        var document = (await server.Api.Discovery()).Json;
        Assert.DoesNotContain("mfa", document.GetRawText(), StringComparison.OrdinalIgnoreCase);
        var page = await server.NewBrowser().Authorize(new AuthorizationRequest(server.Client(AttackClients.App)));
        Assert.Equal(["cancel", "password", "ticket", "username"], page.Forms.SelectMany(form => form.Fields).Select(field => field.Name).Where(name => name.Length > 0).Distinct().Order(StringComparer.Ordinal));
        // A known device spares nobody the password.
        var known = await server.NewSignedIn(Users.Dave);
        var out_ = await known.Get("/sign-out");
        await known.Submit(out_, out_.FormWith("form_token"), []);
        (await known.Authorize(new AuthorizationRequest(server.Client(AttackClients.App)))).Expect(PageKind.SignIn);
    }

    [Fact]
    [Requirement("ATTACK-245", "ATTACK-246", "ATTACK-287", "ATTACK-288", "ATTACK-296", "ATTACK-307")]
    public async Task No_link_is_sent_to_anybody_and_no_password_is_reset_or_account_made_by_strangers()
    {
        await Nothing("/reset", "/reset-password", "/forgot", "/forgot-password", "/password", "/password/reset", "/invite", "/invitation", "/verify", "/verify-email", "/confirm", "/magic-link", "/sign-up", "/signup", "/create-account", "/account/email", "/account/delete");
        var page = await server.NewBrowser().Get("/sign-in");
        Assert.DoesNotMatch("(?i)forgot|reset your|sign up|create an account", page.Text);
    }

    [Fact]
    [Requirement("ATTACK-225", "ATTACK-248", "ATTACK-249", "ATTACK-250", "ATTACK-251", "ATTACK-252", "ATTACK-253", "ATTACK-254", "ATTACK-255", "ATTACK-256", "ATTACK-257", "ATTACK-258", "ATTACK-285", "ATTACK-128")]
    public async Task Nobody_signs_in_by_another_provider_or_directory()
    {
        await Nothing("/signin-oidc", "/signin-google", "/callback", "/external", "/external/callback", "/federation", "/broker", "/saml", "/saml/acs", "/saml2/metadata", "/link", "/account/link", "/account/unlink", "/ldap", "/sign-in/external", "/backchannel-logout", "/sign-in/callback");
        var page = await server.NewBrowser().Authorize(new AuthorizationRequest(server.Client(AttackClients.App)).With(("kc_idp_hint", "google"), ("idp_hint", "google"), ("acr_values", "idp:google"), ("domain_hint", "evil.test")));
        page.Expect(PageKind.SignIn);
        Assert.DoesNotContain("google", page.Html, StringComparison.OrdinalIgnoreCase);
        // No directory is asked: characters that mean something to one are characters.
        foreach (var name in new[] { "*)(uid=*))(|(uid=*", "*", "alice)(|(objectClass=*", "admin*" }) Assert.Equal(PageKind.SignIn, (await Tried(name)).Kind);
    }

    [Fact]
    [Requirement("ATTACK-355", "ATTACK-356", "ATTACK-357", "ATTACK-358", "ATTACK-361", "ATTACK-362", "ATTACK-364", "ATTACK-365", "ATTACK-366", "ATTACK-367", "ATTACK-371", "ATTACK-373", "ATTACK-283", "ATTACK-290", "ATTACK-293", "ATTACK-272")]
    public async Task Administration_is_done_by_commands_on_the_machine_and_one_page_that_reads()
    {
        await Nothing(
            "/admin", "/admin/users", "/admin/clients", "/admin/grants", "/admin/keys", "/admin/events", "/admin/export", "/admin/import", "/admin/settings", "/admin/api", "/api", "/api/admin", "/api/users", "/scim", "/scim/v2/Users", "/mcp", "/management", "/users", "/clients", "/grants", "/events", "/export", "/import", "/upload", "/avatar", "/webhooks", "/graphql",
            "/swagger", "/openapi.json", "/debug", "/debug/pprof", "/metrics", "/actuator", "/actuator/env", "/env", "/config", "/logs", "/dump", "/health", "/health/db", "/setup", "/install", "/.git/config", "/evergrant.json", "/evergrant.db", "/dev.json");
        // What is there is closed to strangers, people, clients and their tokens; an operator reads and changes nothing.
        var tokens = await server.Authorize(AttackClients.App, "openid offline_access mail:read");
        var machine = Tokens.Of(await server.Client(AttackClients.Machine).ClientCredentials(("scope", "mail:read")));
        foreach (var bearer in new[] { null, tokens.AccessToken, machine.AccessToken, tokens.Refresh })
        {
            var reply = await server.Api.Get("/admin/explain", bearer);
            Assert.Equal((303, "/sign-in?return=explain"), (reply.Status, reply.Header("Location")?.Replace(server.Issuer, "", StringComparison.Ordinal)));
        }

        foreach (var basic in new[] { Api.Basic(AttackClients.App.Id, server.Client(AttackClients.App).Secret), Api.Basic("operator", "operator"), Api.Basic("admin", "admin") })
        {
            var request = new HttpRequestMessage(HttpMethod.Get, server.Api.Url("/admin/explain"));
            request.Headers.TryAddWithoutValidation("Authorization", basic);
            Assert.Equal(303, (await server.Api.Send(request)).Status);
        }

        var person = await (await server.SignedIn()).Get("/admin/explain?reference=AAAA-AAAA");
        Assert.Equal(403, person.Status);
        foreach (var method in new[] { HttpMethod.Put, HttpMethod.Delete, HttpMethod.Patch }) Assert.Equal(405, (await server.Api.Send(new HttpRequestMessage(method, server.Api.Url("/admin/explain")))).Status);
        // Every route without credentials: an answer for everybody, a challenge, or the way to sign in.
        foreach (var path in Surface.Paths)
        {
            var reply = (await server.Api.Get(path)).Sound(path);
            var open = path is "/" or "/sign-in" or "/sign-out" or "/device" or "/playground" or "/dev/explain" or "/end_session" || Surface.Documents.Contains(path);
            Assert.True(open ? reply.Status is 200 or 400 or 404 : reply.Status is 303 or 400 or 401 or 404 or 405, $"{path}: {reply}");
        }
    }

    [Fact]
    [Requirement("ATTACK-369", "ATTACK-363", "ATTACK-372", "ATTACK-370")]
    public async Task There_is_no_first_administrator_to_be_raced_for_and_no_secret_to_be_read()
    {
        foreach (var (name, password) in new[] { ("admin", "admin"), ("operator", "operator"), ("root", "root"), ("demo", "demo"), ("operator", "password") }) Assert.Equal(PageKind.SignIn, (await Tried(name, password)).Kind);
        var people = server.Announced;
        Assert.True(people.GetProperty("operator").GetProperty("password").GetString()!.Length >= 12);
        foreach (var arguments in new[] { new[] { "client", "list", "--json" }, ["client", "show", AttackClients.App.Id, "--json"], ["user", "list", "--json"], ["key", "list", "--json"], ["grant", "list", "--json"], ["doctor", "--json"] })
        {
            var said = await server.Run(arguments);
            foreach (var secret in new[] { server.Client(AttackClients.App).Secret, Users.Alice.Password, people.GetProperty("operator").GetProperty("password").GetString()! }) Assert.DoesNotContain(secret, said.Output + said.Errors, StringComparison.Ordinal);
            Assert.DoesNotMatch("\"(d|k|password|password_hash|client_secret|secret_hashes|salt)\":", said.Output);
        }

        foreach (var probe in new[] { "/health/live", "/health/ready" })
        {
            var reply = (await server.Api.Get(probe)).Expect(200);
            Assert.Equal("ok", reply.Body.Trim());
        }

        // What is off answers as if it were not there, or names the client that may not use it.
        (await server.Client(AttackClients.App).Token(("grant_type", "password"), ("username", Users.Alice.Username), ("password", Users.Alice.Password))).Expect(400);
        (await server.Client(AttackClients.App).Token(("grant_type", Rfc8628.DeviceClients.GrantType), ("device_code", "x"))).Expect(400, "unauthorized_client");
    }

    [Fact]
    [Requirement("ATTACK-280")]
    public async Task No_client_and_no_issuer_brings_its_own_style()
    {
        await server.NotRegistered(new[] { "logo_uri", "theme", "css", "primary_color", "background_uri" }.Select(name => new ClientDefinition("bad-style") { Further = new Dictionary<string, System.Text.Json.Nodes.JsonNode> { [name] = "red;background:url(https://evil.test)" } }).Where(one => !one.Further!.ContainsKey("logo_uri")));
        var page = await server.NewBrowser().Get("/sign-in?theme=evil&css=@import%20url(https://evil.test)");
        Assert.DoesNotContain("<style", page.Html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(" style=", page.Html, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("style-src 'self'", page.Header("Content-Security-Policy"), StringComparison.Ordinal);
    }

    private async Task Nothing(params string[] paths)
    {
        foreach (var path in paths)
        {
            foreach (var method in new[] { HttpMethod.Get, HttpMethod.Post })
            {
                var request = new HttpRequestMessage(method, server.Api.Url(path));
                if (method == HttpMethod.Post) request.Content = Api.Form([("username", "alice"), ("email", "alice@example.com")]);
                (await server.Api.Send(request)).Expect(404);
            }
        }
    }

    private async Task<Page> Tried(string name, string password = "wrong password")
    {
        var browser = server.NewBrowser();
        return await browser.SignIn(await browser.Authorize(new AuthorizationRequest(server.Client(AttackClients.App))), name, password);
    }
}
