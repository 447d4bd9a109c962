using Evergrant.Specs.Hostile;

namespace Evergrant.Specs.Attacks;

/// <summary>What other origins and caches may read, and what every answer carries.</summary>
public sealed class Reading(Server server)
{
    private static readonly string[] Strangers = ["https://evil.test", "null", "https://sub.page.example", "https://page.example.evil.test", "http://page.example", "https://page.example:8443", "https://PAGE.example", "https://pageXexample", "file://", "https://page.example/"];

    [Fact]
    [Requirement("ATTACK-333", "ATTACK-334", "ATTACK-336", "ATTACK-337")]
    public async Task Only_a_registered_origin_reads_and_every_answer_says_that_it_depends_on_it()
    {
        var tokens = await server.Authorize(AttackClients.Page, "openid profile");
        foreach (var path in new[] { "/token", "/userinfo", "/revoke" })
        {
            foreach (var (origin, mine) in Strangers.Select(one => (one, false)).Append(("https://page.example", true)))
            {
                foreach (var preflight in new[] { true, false })
                {
                    var request = new HttpRequestMessage(preflight ? HttpMethod.Options : HttpMethod.Post, server.Api.Url(path));
                    request.Headers.TryAddWithoutValidation("Origin", origin);
                    if (preflight) request.Headers.TryAddWithoutValidation("Access-Control-Request-Method", "POST");
                    else
                    {
                        request.Content = Api.Form([("grant_type", "refresh_token"), ("refresh_token", "x"), ("token", "x"), ("client_id", AttackClients.Page.Id)]);
                        // A good token does not make its reader a good one; what the token says of origins is not asked.
                        if (path == "/userinfo") request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + tokens.AccessToken);
                    }

                    var reply = (await server.Api.Send(request)).Sound(path);
                    Assert.Equal(mine ? origin : null, reply.Header("Access-Control-Allow-Origin"));
                    if (!mine) Assert.Null(reply.Header("Access-Control-Allow-Credentials"));
                    Assert.Contains("Origin", reply.Header("Vary") ?? "", StringComparison.OrdinalIgnoreCase);
                    if (!preflight && path == "/token") reply.Expect(400, "invalid_grant");
                }
            }
        }

        foreach (var path in Surface.Documents)
        {
            foreach (var origin in Strangers)
            {
                var request = new HttpRequestMessage(HttpMethod.Get, server.Api.Url(path));
                request.Headers.TryAddWithoutValidation("Origin", origin);
                var reply = await server.Api.Send(request);
                Assert.Equal(("*", null), (reply.Header("Access-Control-Allow-Origin"), reply.Header("Access-Control-Allow-Credentials")));
            }
        }
    }

    [Fact]
    [Requirement("ATTACK-335")]
    public async Task Pages_are_read_by_no_script_of_another_origin()
    {
        foreach (var path in new[] { "/authorize", "/sign-in", "/account", "/consent", "/device", "/admin/explain", "/sign-out", "/health/live", "/dev/clock" })
        {
            foreach (var method in new[] { HttpMethod.Get, HttpMethod.Post, HttpMethod.Options })
            {
                foreach (var origin in new[] { "https://page.example", "https://evil.test", "null" })
                {
                    var request = new HttpRequestMessage(method, server.Api.Url(path));
                    request.Headers.TryAddWithoutValidation("Origin", origin);
                    request.Headers.TryAddWithoutValidation("Access-Control-Request-Method", "GET");
                    Assert.DoesNotContain((await server.Api.Send(request)).Headers, header => header.Key.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase));
                }
            }
        }
    }

    [Fact]
    [Requirement("ATTACK-338", "ATTACK-340", "ATTACK-228", "ATTACK-230", "ATTACK-409")]
    public async Task Every_answer_is_guarded_and_what_is_personal_is_kept_by_nobody()
    {
        var alice = await server.SignedIn();
        var app = server.Client(AttackClients.App);
        var tokens = await server.Authorize(AttackClients.App, "openid offline_access mail:read");
        List<(string What, Func<string, string?> Header, int Status, string Body)> answers = [];
        void Keep(string what, Page page) => answers.Add((what, page.Header, page.Status, page.Html));
        void Told(string what, Reply reply) => answers.Add((what, reply.Header, reply.Status, reply.Body));
        Told("token", await app.Refresh(tokens.Refresh));
        Told("token error", await app.Refresh("x"));
        Told("stranger", await server.Api.Post("/token", []));
        Told("introspection", await app.Introspect(tokens.AccessToken));
        Told("userinfo", await server.Api.Get("/userinfo", tokens.AccessToken));
        Told("userinfo error", await server.Api.Get("/userinfo", "x"));
        Told("device", await Rfc8628.Device.Ask(server, Rfc8628.DeviceClients.Television));
        Told("revocation", await app.Revoke("x"));
        Told("too large", await app.Revoke(new string('x', 70_000)));
        Told("wrong type", await server.Api.PostJson("/token", "{}"));
        foreach (var path in new[] { "/sign-in", "/sign-out", "/account", "/device", "/", "/admin/explain", "/nowhere", "/token", "/consent", "/account/x.css", "/authorize", "/authorize?client_id=nobody" }) Keep(path, await alice.Get(path));
        Keep("consent", await alice.Authorize(new AuthorizationRequest(server.Client(AttackClients.Asked)).With("prompt", "consent")));
        Keep("code", await alice.Authorize(new AuthorizationRequest(app)));
        Keep("form_post", await alice.Authorize(new AuthorizationRequest(app).With("response_mode", "form_post")));
        Keep("forged", await alice.Post("/consent", [("decision", "allow")]));

        foreach (var (what, header, status, body) in answers)
        {
            Answers.Guarded(header, what);
            Answers.NotStored(header, what);
            Assert.True(header("Cross-Origin-Opener-Policy") == "same-origin", what);
            Assert.True(header("X-Frame-Options") == "DENY" || status == 303, what);
            Assert.True(header("Server") is null && header("X-Powered-By") is null && header("Via") is null, what);
            Assert.DoesNotMatch("(?i)evergrant[/ ]v?\\d|kestrel|asp\\.net|\\.net \\d+", body);
            Assert.DoesNotContain("target=\"_blank\"", body, StringComparison.Ordinal);
            if (header("Content-Type")?.StartsWith("text/html", StringComparison.Ordinal) != true) continue;
            foreach (var directive in new[] { "default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'" }) Assert.True(header("Content-Security-Policy")!.Contains(directive, StringComparison.Ordinal), $"{what}: {header("Content-Security-Policy")}");
            Assert.NotNull(header("Permissions-Policy"));
            Assert.DoesNotContain("<iframe", body, StringComparison.OrdinalIgnoreCase);
        }

        Assert.Equal("no-cache", answers[0].Header("Pragma"));
        Assert.Equal("no-cache", answers[1].Header("Pragma"));
    }
}
