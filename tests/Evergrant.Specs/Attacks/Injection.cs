using System.Text.Json;
using System.Text.Json.Nodes;
using Evergrant.Specs.RefreshToken;

namespace Evergrant.Specs.Attacks;

/// <summary>Values that mean something to whoever reads them next: pages, headers, logs, queries, JSON.</summary>
public sealed class Injection(Server server)
{
    private static readonly string[] Markup =
    [
        "\"'><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>", "{{7*7}}${7*7}<%= 7*7 %>", "javascript:alert(1)", "' onfocus='alert(1)", "</title><script>alert(1)</script>", "\u202e<b>evil</b>", "&lt;script&gt;alert(1)", "]]><script>alert(1)</script>",
    ];

    [Fact]
    [Requirement("ATTACK-273", "ATTACK-276", "ATTACK-278")]
    public async Task Names_are_shown_as_text_wherever_they_stand()
    {
        var person = new User("attacked-<b>name</b>", "correct horse battery staple 14", "<script>alert(1)</script>\" onload=\"x") { Claims = new Dictionary<string, JsonNode> { ["nickname"] = "</script><img src=x onerror=alert(1)>&'\"", ["email"] = "a@example.com" } };
        var client = AttackClients.Marked with { Id = "attacked-named", Name = string.Concat(Markup) + new string('n', 300), Further = new Dictionary<string, JsonNode> { ["client_uri"] = "https://named.example/\"><script>alert(1)</script>" } };
        var applied = await server.Apply(new JsonObject { ["users"] = new JsonArray(person.ToJson()) }.ToJsonString());
        Assert.True(applied.ExitCode == 0, applied.Errors);
        await server.Declare(client);
        var browser = await server.NewSignedIn(person);
        var consent = (await browser.Authorize(new AuthorizationRequest(server.Client(client)).With("scope", "openid profile email offline_access"))).Expect(PageKind.Consent);
        var tokens = Tokens.Of(await Redeemed(browser, client));
        List<Page> pages = [consent, await browser.Get("/account"), await browser.Get("/sign-out"), await browser.Authorize(new AuthorizationRequest(server.Client(client)).With("prompt", "select_account"))];
        foreach (var page in pages)
        {
            Assert.DoesNotMatch("(?i)<script(?! nonce)|<img src=x|<svg onload|\" on(focus|load)=|' onfocus=", page.Html);
            Assert.DoesNotContain("<b>", page.Html, StringComparison.Ordinal);
            Assert.DoesNotContain("49", System.Text.RegularExpressions.Regex.Match(page.Text, "\\{\\{7.{0,12}").Value, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", page.Header("Content-Security-Policy"), StringComparison.Ordinal);
        }

        Assert.Contains("<script>alert(1)</script>", consent.Text, StringComparison.Ordinal);
        // In JSON a browser that is led to read it as a page finds no markup either.
        var userinfo = (await server.Api.Get("/userinfo", tokens.AccessToken)).Expect(200);
        Assert.Equal(("application/json; charset=utf-8", "nosniff"), (userinfo.Header("Content-Type"), userinfo.Header("X-Content-Type-Options")));
        Assert.DoesNotMatch("[<>&]", userinfo.Body);
        Assert.Equal("</script><img src=x onerror=alert(1)>&'\"", userinfo.Text("nickname"));
    }

    [Fact]
    [Requirement("ATTACK-274", "ATTACK-279", "ATTACK-289")]
    public async Task What_a_request_says_is_encoded_or_not_repeated_and_never_becomes_a_header()
    {
        var alice = await server.SignedIn();
        string[] values = [.. Markup, "../../../etc/passwd", "..%2f..%2f", "en/../../x", "x\r\nX-Injected: 1", "x\r\n\r\n<script>alert(1)</script>", "x\0y", "\u2028X-Injected: 1"];
        foreach (var value in values)
        {
            foreach (var name in new[] { "client_id", "redirect_uri", "state", "scope", "login_hint", "ui_locales", "nonce", "prompt", "display", "acr_values", "error", "error_description", "error_hint", "error_uri", "response_type", "response_mode", "claims", "code_challenge_method", "max_age", "id_token_hint", "resource", value })
            {
                foreach (var browser in new[] { alice, server.NewBrowser() })
                {
                    var page = await browser.Authorize(new AuthorizationRequest(server.Client(AttackClients.Asked)).With("prompt", "consent").With(name, value));
                    Assert.InRange(page.Status, 200, 499);
                    Assert.DoesNotMatch("(?i)<script(?! nonce)|<img src=x|<svg onload|\" on(focus|load)=|' onfocus=|href=\"javascript|root:x:", page.Html);
                    Assert.Null(page.Header("X-Injected"));
                    if (page.Location is { } location) Assert.DoesNotMatch("[\\r\\n\\u0000<>\" ]", location);
                }
            }
        }

        foreach (var path in new[] { "/sign-in", "/sign-out", "/account", "/device", "/", "/admin/explain" })
        {
            var page = await alice.Get(path + "?" + Api.Encode(new[] { "error", "error_description", "error_hint", "error_uri", "return", "ui_locales", "removed", "reference", "user_code", "login_hint" }.Select(name => (name, Markup[0]))));
            Assert.DoesNotContain("<script>alert", page.Html, StringComparison.Ordinal);
        }

        // As bytes on the wire: no raw line end gets into an answer.
        foreach (var raw in new[] { "%0d%0aX-Injected:%201", "%0aX-Injected:1", "%0dX-Injected:1", "%E5%98%8A%E5%98%8DX-Injected:1", "\u00c4\u0085X-Injected:1" })
        {
            var query = new AuthorizationRequest(server.Client(AttackClients.App)).Without("state", "prompt").With("prompt", "none").Query;
            foreach (var target in new[] { $"/authorize?{query}&state={raw}", $"/authorize?client_id={raw}", $"/{raw}", $"/sign-in?return={raw}", $"/.well-known/{raw}" })
            {
                var answer = await server.Raw("GET", target);
                Assert.Null(answer.Header("X-Injected"));
                Assert.DoesNotContain(answer.Headers, header => header.Name.Contains("Injected", StringComparison.Ordinal));
            }
        }

        // Locales are matched against what there is, and name no file.
        foreach (var locale in new[] { "../../../../etc/passwd", "en/../de", "<b>", new string('x', 5_000), "*;q=9" })
        {
            var request = new HttpRequestMessage(HttpMethod.Get, server.Api.Url("/sign-in"));
            request.Headers.TryAddWithoutValidation("Accept-Language", locale);
            Assert.Equal(200, (await server.Api.Send(request)).Status);
        }
    }

    [Fact]
    [Requirement("ATTACK-292", "ATTACK-281")]
    public async Task The_log_has_one_line_for_each_event_whatever_strangers_call_themselves()
    {
        string[] hostile = ["x\r\nINJECTED 1", "x\nINJECTED 2", "\u001b[2J\u001b[31mINJECTED", "x\0INJECTED", "{\"INJECTED\":true}", "\u2028INJECTED", "\u0085INJECTED", new string('I', 100_000)];
        var before = server.Output.Length;
        foreach (var value in hostile)
        {
            await server.Api.Post("/token", [("grant_type", value), ("scope", value)], Api.RawBasic($"{Uri.EscapeDataString(value)}:x"));
            await server.Api.Post("/token", [("grant_type", "refresh_token"), ("refresh_token", value), ("client_id", value), ("client_secret", value)]);
            await server.NewBrowser().Authorize(new AuthorizationRequest(server.Client(AttackClients.App)).With(("client_id", value), ("scope", value)));
            if (value.Length < 1_000)
            {
                var browser = server.NewBrowser();
                var page = await browser.Authorize(new AuthorizationRequest(server.Client(AttackClients.App)));
                var post = new HttpRequestMessage(HttpMethod.Post, server.Api.Url("/sign-in")) { Content = Api.Form([.. page.FormWith("password").Sent, ("username", value), ("password", "x")]) };
                post.Headers.TryAddWithoutValidation("User-Agent", string.Concat(value.Where(character => character is >= ' ' and <= '~')));
                await browser.Send(post);
            }
        }

        var written = server.Output[before..];
        Assert.DoesNotMatch("(?m)^\\s*(INJECTED|\\{\"INJECTED)", written);
        Assert.DoesNotContain('\u001b', written);
        Assert.DoesNotContain('\0', written);
        Assert.All(written.Split('\n'), line => Assert.True(line.Length < 4_000, $"A line of {line.Length} characters"));
    }

    [Fact]
    [Requirement("ATTACK-282", "ATTACK-284", "ATTACK-291")]
    public async Task Queries_and_JSON_take_values_as_values()
    {
        var good = await server.Authorize(AttackClients.App, Families.Scope);
        foreach (var sql in new[] { "' OR 1=1 --", "'; DROP TABLE grants; --", "x' UNION SELECT * FROM accounts --", "%' AND SLEEP(5) --", "\"", "\\", "$1", "x'||pg_sleep(5)||'", "attacked%", "_lice", "*" })
        {
            var watch = System.Diagnostics.Stopwatch.StartNew();
            foreach (var arguments in new[] { new[] { "grant", "list", "--user", sql, "--json" } })
            {
                var said = await server.Run(arguments);
                Assert.True(said.ExitCode is 0 or 1 or 2, said.Errors);
                Assert.DoesNotContain(AttackClients.App.Id, said.Output, StringComparison.Ordinal);
            }

            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(4.5), $"{watch.Elapsed}");
            (await server.Api.Post("/token", [("grant_type", "refresh_token"), ("refresh_token", sql)], Api.Basic(sql, sql))).Expect(401, "invalid_client");
            (await server.Client(AttackClients.App).Refresh(sql)).Expect(400, "invalid_grant");
        }

        (await server.Client(AttackClients.App).Refresh(good.Refresh)).Expect(200);
        string[] json =
        [
            """{"$ne":1}""", """{"userinfo":{"__proto__":{"essential":true}}}""", """{"id_token":{"sub":{"$ne":null}}}""", """{"$type":"System.Object"}""", """{"userinfo":{"name":1e400}}""", new string('[', 10_000), "{\"userinfo\":" + string.Concat(Enumerable.Repeat("{\"a\":", 200)) + "1" + new string('}', 201),
            "\ufeff{}", "{} x", "{/*c*/}", "{\"userinfo\":{},\"userinfo\":{}}", "{'a':1}", "{\"a\":NaN}", "nul", "[]", "1",
        ];
        foreach (var claims in json)
        {
            var page = await (await server.SignedIn()).AuthorizeByPost(new AuthorizationRequest(server.Client(AttackClients.App)).With("claims", claims));
            Assert.True(page.Error == "invalid_request" || page.Code is not null || page.Status == 413, $"{claims[..Math.Min(claims.Length, 40)]}: {page}");
            if (claims.StartsWith('[') || claims.EndsWith('x') || claims[0] is '1' or 'n' or '\ufeff') Assert.Null(page.Code);
        }

        var declared = DeclaredState.Json(server.Issuer, new ClientDefinition("attacked-json"));
        foreach (var state in new[]
        {
            declared.Replace("{\"clients\"", "{\"$type\":\"x\",\"clients\"", StringComparison.Ordinal), declared.Replace("\"client_name\"", "\"__proto__\":{},\"client_name\"", StringComparison.Ordinal), declared.Replace("\"client_name\"", "\"is_admin\":true,\"client_name\"", StringComparison.Ordinal),
            declared.Replace("\"client_name\":\"Specs attacked-json\"", "\"client_name\":{\"$ne\":1}", StringComparison.Ordinal), declared.Replace("\"client_name\"", "\"default_max_age\":1e400,\"client_name\"", StringComparison.Ordinal), declared.Replace("\"client_name\"", "\"client_name\":\"twice\",\"client_name\"", StringComparison.Ordinal),
            declared + "x", "[" + declared + "]", new string('[', 10_000), declared.Replace("\"client_name\"", "\"jwks\":" + string.Concat(Enumerable.Repeat("{\"a\":", 2_000)) + "1" + new string('}', 2_000) + ",\"client_name\"", StringComparison.Ordinal),
        })
        {
            var applied = await server.Apply(state);
            Assert.True(applied.ExitCode == 2 || applied.ExitCode == 1, $"{state[..Math.Min(60, state.Length)]}: {applied.ExitCode} {applied.Errors}");
            Assert.DoesNotContain("   at ", applied.Errors, StringComparison.Ordinal);
        }

        Assert.Equal(1, (await server.Run("client", "show", "attacked-json")).ExitCode);
    }

    [Fact]
    [Requirement("ATTACK-294", "ATTACK-381", "ATTACK-382", "ATTACK-379")]
    public async Task A_scope_keeps_to_its_alphabet_and_lists_to_their_limits()
    {
        var alice = await server.SignedIn();
        var machine = server.Client(AttackClients.Machine);
        foreach (var scope in new[] { "mail:read\u0001", "mail:\"read", "mail:\\read", "mäil:read", "mail:read\u2028", "mail:read\topenid", "mail:read\n", " mail:read", "mail:read ", "mail:read  openid", "\"", "\\", "é", "\u0000", "\u007f" })
        {
            var page = await alice.Authorize(new AuthorizationRequest(server.Client(AttackClients.App)).With("scope", scope));
            Assert.True(page.Error is "invalid_scope" or "invalid_request" || page.Kind == PageKind.Error, $"{Uri.EscapeDataString(scope)}: {page}");
            var reply = await machine.ClientCredentials(("scope", scope));
            Assert.True(reply.Status == 400 && reply.Error is "invalid_scope" or "invalid_request", $"{Uri.EscapeDataString(scope)}: {reply}");
        }

        Assert.Equal(["mail:read"], Tokens.Of(await machine.ClientCredentials(("scope", "mail:read mail:read mail:read"))).Scopes);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var many = string.Join(' ', Enumerable.Range(0, 10_000).Select(n => $"s{n}"));
        var backtracking = new string('a', 30_000) + "!";
        foreach (var (name, value) in new[] { ("scope", many), ("scope", backtracking), ("claims", "{\"userinfo\":{" + string.Join(',', Enumerable.Range(0, 1_500).Select(n => $"\"c{n}\":null")) + "}}"), ("claims", "{\"userinfo\":{\"name\":{\"values\":[" + string.Join(',', Enumerable.Repeat("\"v\"", 8_000)) + "]}}}"), ("ui_locales", backtracking), ("login_hint", backtracking), ("acr_values", many), ("authorization_details", new string('[', 30_000)), ("redirect_uri", "https://" + backtracking) })
        {
            var page = await alice.AuthorizeByPost(new AuthorizationRequest(server.Client(AttackClients.App)).With(name, value));
            Assert.InRange(page.Status, 200, 499);
            if (name is "scope" or "redirect_uri") Assert.Null(page.Code);
        }

        foreach (var n in new[] { 40, 63, 5_000 })
        {
            var request = new AuthorizationRequest(server.Client(AttackClients.App));
            for (var i = 0; i < n; i++) request.And("resource", $"https://resource-{i}.example");
            var page = await alice.AuthorizeByPost(request);
            Assert.True(page.Code is null && page.Status is 303 or 400 or 413, page.ToString());
        }

        var large = await alice.AuthorizeByPost(new AuthorizationRequest(server.Client(AttackClients.App)).With("claims", "{\"userinfo\":{\"x\":{\"value\":\"" + new string('x', 1_000_000) + "\"}}}"));
        Assert.Equal(413, large.Status);
        (await machine.ClientCredentials(("scope", string.Join(' ', Enumerable.Range(0, 5_000).Select(n => $"s{n}"))))).Expect(400, "invalid_scope");
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"{watch.Elapsed}");
    }

    private async Task<Reply> Redeemed(Browser browser, ClientDefinition definition)
    {
        var request = new AuthorizationRequest(server.Client(definition)).With("scope", "openid profile email");
        return await request.Client.Redeem(request, await browser.Code(request));
    }
}
