namespace Evergrant.Specs.Attacks;

/// <summary>Attacks on the comparison of redirect URIs: bytes are compared with bytes, and only the port of a loopback address may differ.</summary>
public sealed class RedirectUriComparison(Server server)
{
    private const string Registered = "https://app.example/cb";

    [Fact]
    [Requirement("ATTACK-001", "ATTACK-009", "ATTACK-027")]
    public async Task Nothing_but_the_registered_bytes_is_accepted()
    {
        await server.AnsweredHere(AttackClients.App,
        [
            Registered + "/extra", Registered + "2", Registered + "?x=1", Registered + "?", Registered + "/", "https://app.example/c", "https://app.example/", "https://app.example",
            "HTTPS://APP.example/CB", "HTTPS://app.example/cb", "https://APP.example/cb", "https://App.Example/cb", "https://app.example/CB", "https://app.example/Cb", "https://app.example:443/cb",
        ]);

        var page = await (await server.SignedIn()).Authorize(new AuthorizationRequest(server.Client(AttackClients.App)));
        Assert.StartsWith(Registered + "?code=", page.Location, StringComparison.Ordinal);
    }

    [Fact]
    [Requirement("ATTACK-002", "ATTACK-003", "ATTACK-007")]
    public Task No_spelling_turns_the_host_into_another() => server.AnsweredHere(AttackClients.App,
    [
        "https://app.example.evil.test/cb", "https://evilapp.example/cb", "https://app.example./cb", "https://app.example.:443/cb", "https://app.example:444/cb",
        "https://app.example@evil.test/cb", "https://app.example:80@evil.test/cb", "https://user@app.example/cb", "https://app.example:@evil.test/cb", "https://@app.example/cb", "http://127.0.0.1:80@evil.test/",
        @"https://app.example\@evil.test/cb", @"https:\\evil.test", "https:/evil.test", "https:evil.test", "///evil.test", "//evil.test/cb", "/\tevil.test", @"/\evil.test", @"\\evil.test", @"https://app.example\cb",
    ]);

    [Fact]
    [Requirement("ATTACK-004", "ATTACK-005", "ATTACK-006")]
    public Task Paths_and_fragments_are_neither_decoded_nor_resolved() => server.AnsweredHere(AttackClients.App,
    [
        Registered + "#frag", Registered + "#", "https://app.example/cb%23frag", "https://app.example/cb/../evil", "https://app.example/cb/..;/evil", "https://app.example/cb/%2e%2e/evil", "https://app.example/cb%2f..%2fevil",
        "https://app.example/cb/%252e%252e/evil", "https://app.example/cb//evil", "https://app.example/cb/./", "https://app.example/./cb", "https://app.example/x/../cb", "https://app.example//cb", "https://app.example/%63b",
        "https://app.example/cb;x=1", "https://app.example/cb;jsessionid=1", "https://app.example/;/cb", "https://app.example/cb;",
    ]);

    [Fact]
    [Requirement("ATTACK-008")]
    public async Task Nothing_is_trimmed_and_no_header_is_injected()
    {
        string[] around = [" ", "\t", "\r", "\n", "\r\n", "\0", "\ufeff", "\u00a0", "\u200b"];
        // Broken escapes and NUL are refused as a whole, which the page says in the same words to everybody.
        await server.AnsweredHere(AttackClients.App, around.SelectMany(one => new[] { one + Registered, Registered + one, one + Registered + one, Registered + one + "X-Injected: 1" }));

        var query = new AuthorizationRequest(server.Client(AttackClients.App)).With("redirect_uri", null).With("prompt", "none").Query;
        foreach (var raw in new[] { "\t", "\r", "\n", "\r\n", "\0", "\u00ef\u00bb\u00bf", "%20", "+", "%09", "%0d", "%0a", "%0d%0aX-Injected:%201", "%00", "%ef%bb%bf", "%EF%BB%BF", "%0", "%" })
        {
            foreach (var value in new[] { raw + Registered, Registered + raw })
            {
                var answer = await server.Raw("GET", $"/authorize?{query}&redirect_uri={value}");
                // What is no HTTP is refused before it is a request.
                Assert.True(answer.Status is 400 or 0, $"{Uri.EscapeDataString(value)}: {answer.Status}");
                Assert.Null(answer.Header("Location"));
                Assert.Null(answer.Header("X-Injected"));
            }
        }
    }

    [Fact]
    [Requirement("ATTACK-010")]
    public Task Letters_that_look_alike_are_other_letters() => server.AnsweredHere(AttackClients.App,
    [
        "https://\uff41\uff50\uff50.example/cb", "https://app\u3002example/cb", "https://\u0430pp.example/cb", "https://app.ex\u0430mple/cb", "https://xn--pp-7cd.example/cb", "https://app.example/\uff43\uff42", "https://app.e\u0131ample/cb",
        "https://app.ex\u0061\u0301mple/cb", "https://app.example/c\u0062\u0301", "https://app.example/\u202ecb", "https://\u202eapp.example/cb", "https://app.example/cb\u200e", "https://app.example\u2044cb", "https://app.example\uff0fcb", "https\uff1a//app.example/cb",
    ]);

    [Fact]
    [Requirement("ATTACK-012", "ATTACK-034")]
    public async Task Of_a_loopback_address_nothing_varies_but_the_port()
    {
        await server.AnsweredHere(AttackClients.Loopback,
        [
            "http://127.0.0.1:51004/other", "http://127.0.0.1:51004/cb?bar=foo", "http://127.0.0.1:51004/cb#x", "http://localhost:51004/cb", "http://localhost/cb", "http://[::1]:51004/cb", "http://127.0.0.2/cb", "http://0.0.0.0/cb",
            "http://2130706433/cb", "http://0x7f000001/cb", "http://017700000001/cb", "http://127.1/cb", "http://127.0.1/cb", "http://[::ffff:127.0.0.1]/cb", "http://[::1%25eth0]/cb", "https://127.0.0.1/cb", "http://127.0.0.1:/cb", "http://127.0.0.1:0x50/cb",
            "http://127.0.0.1:+80/cb", "http://127.0.0.1: 80/cb", "http://127.0.0.1:65536/cb", "http://127.0.0.1.:80/cb",
        ]);
        await server.AnsweredHere(AttackClients.Loopback6,
        [
            "http://[::1%25eth0]/cb", "http://[::1%eth0]/cb", "http://[::ffff:127.0.0.1]/cb", "http://[0:0:0:0:0:0:0:1]:99/cb", "http://[::0001]/cb", "http://[::1]/cb/", "http://[::]:80/cb", "http://[::1/cb", "http://::1/cb", "http://127.0.0.1/cb",
        ]);
    }

    [Fact]
    [Requirement("ATTACK-011")]
    public async Task The_port_of_a_loopback_address_is_free()
    {
        var alice = await server.SignedIn();
        foreach (var (definition, uri) in new[] { (AttackClients.Loopback, "http://127.0.0.1:51004/cb"), (AttackClients.Loopback, "http://127.0.0.1/cb"), (AttackClients.Loopback6, "http://[::1]:65535/cb") })
        {
            var request = new AuthorizationRequest(server.Client(definition)).With("redirect_uri", uri);
            var page = await alice.Complete(request);
            Assert.StartsWith(uri + "?code=", page.Location, StringComparison.Ordinal);
            (await request.Client.Redeem(request, page.Code!)).Expect(200);
        }
    }

    [Fact]
    [Requirement("ATTACK-013")]
    public Task Loopback_stands_for_no_other_host() => server.AnsweredHere(AttackClients.App,
        ["http://127.0.0.1/cb", "http://localhost/cb", "http://[::1]/cb", "http://127.0.0.1:51004/cb", "https://127.0.0.1/cb", "https://localhost/cb", "http://app.example/cb", "http://app.example:51004/cb"]);

    [Fact]
    [Requirement("ATTACK-015")]
    public async Task A_registered_uri_is_no_pattern()
    {
        await server.AnsweredHere(AttackClients.Dotted,
        [
            "https://fooaexample.com/cb", "https://foo.exampleacom/cb", "https://foo.example.com/aXb+(c)?d=e.f", "https://foo.example.com/a.bbb(c)?d=e.f", "https://foo.example.com/a.b+c?d=e.f", "https://foo.example.com/a.b+(c?d=e.f",
            "https://foo.example.com/a.b+(c)d=e.f", "https://foo.example.com/a.b+(c)?d=eXf", "https://foo.example.com/a.b%2B(c)?d=e.f", "https://foo.example.com/a.b (c)?d=e.f", "https://foo.example.com/.*", "https://foo.example.com/cb|x", "^https://foo.example.com/cb$",
        ]);

        foreach (var uri in AttackClients.Dotted.RedirectUris)
            Assert.StartsWith(uri, (await (await server.SignedIn()).Authorize(new AuthorizationRequest(server.Client(AttackClients.Dotted)).With("redirect_uri", uri))).Location, StringComparison.Ordinal);
    }

    [Fact]
    [Requirement("ATTACK-017", "ATTACK-014")]
    public async Task No_page_leads_to_a_scheme_that_runs_or_to_a_host_that_only_begins_like_loopback()
    {
        string[] schemes = ["javascript:alert(1)", "data:text/html;base64,PHNjcmlwdD4=", "vbscript:x", "file:///etc/passwd", "blob:https://app.example/1", "about:blank", "JaVaScRiPt:alert(1)", "java%0ascript:alert(1)", "java\nscript:alert(1)", "\u0001javascript:alert(1)"];
        string[] hosts = ["http://localhost.evil.test/cb", "http://localhost-x.test/cb", "http://127.0.0.1.nip.test/cb", "http://127.0.0.1-x.test/cb", "http://[::1].evil.test/cb", "http://localhostevil.test/cb"];

        await server.AnsweredHere(AttackClients.App, schemes);
        await server.AnsweredHere(AttackClients.Loopback, [.. schemes, .. hosts]);
    }

    [Fact]
    [Requirement("ATTACK-033")]
    public async Task No_response_mode_makes_another_address_good()
    {
        var alice = await server.SignedIn();
        foreach (var mode in new[] { "query", "fragment", "form_post", "query.jwt", "fragment.jwt", "form_post.jwt", "jwt", "web_message", "okta_post_message", "x" })
        {
            var page = await alice.Authorize(new AuthorizationRequest(server.Client(AttackClients.App)).With(("response_mode", mode), ("redirect_uri", "https://evil.test/cb")));
            Attempts.Judge("https://evil.test/cb", page);
        }
    }
}
