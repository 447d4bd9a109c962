namespace Evergrant.Specs.OidcSessionManagement;

/// <summary>OpenID Connect Session Management sections 3.2 and 3.3: the page that clients put into an iframe, as it comes over HTTP. What its script does is tried in a browser, in Evergrant.Pages.Tests.</summary>
public sealed class Section3_Iframe(Server server)
{
    private async Task<Reply> Frame(string? referer) => (await (referer is null ? server.Api.Get("/check_session") : server.Api.GetWith("/check_session", ("Referer", referer)))).Expect(200);

    [Fact]
    [Requirement("OIDC-SESS-3.3-01", "ATTACK-229")]
    public async Task Only_pages_of_clients_frame_it_and_it_shows_nothing()
    {
        foreach (var (referer, ancestors) in new (string?, string)[]
        {
            ("https://web.example/", "https://web.example"), ("https://spa.example/app?x=1", "https://spa.example"), (null, "'none'"), ("https://framed-by-nobody.example/", "'none'"),
            ("https://web.example.evil.example/", "'none'"), ("https://web.example:444/", "'none'"), ("http://web.example/", "'none'"), ("https://web.example;script-src *", "'none'"), ("nonsense", "'none'"), ("data:text/html,x", "'none'"),
        })
        {
            var reply = await Frame(referer);
            Assert.Contains($"frame-ancestors {ancestors};", reply.Header("Content-Security-Policy"), StringComparison.Ordinal);
            Assert.StartsWith("default-src 'none'; script-src 'sha256-", reply.Header("Content-Security-Policy"), StringComparison.Ordinal);
            Assert.Equal(ancestors == "'none'" ? "DENY" : null, reply.Header("X-Frame-Options"));
            Assert.Equal("no-store", reply.Header("Cache-Control"));
            Assert.Matches("^<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\"><title>Session</title><script>[^<]*</script></html>$", reply.Body);
        }
    }

    [Fact]
    [Requirement("OIDC-SESS-3.2-01")]
    public async Task An_origin_belongs_to_the_clients_whose_redirect_URIs_have_it()
    {
        async Task<int> Ask(string? client, string? origin) => (await server.Api.Get("/check_session/client?" + Api.Encode(new[] { ("client_id", client), ("origin", origin) }.Where(p => p.Item2 is not null).Select(p => (p.Item1, p.Item2!))))).Status;
        Assert.Equal(204, await Ask("web", "https://web.example"));
        Assert.Equal(204, await Ask("native", "http://127.0.0.1:51234"));
        foreach (var (client, origin) in new (string?, string?)[]
        {
            ("web", "https://other.example"), ("other", "https://web.example"), ("web", "https://web.example/"), ("web", "https://web.example:443"), ("web", "HTTPS://web.example"), ("web", "null"), ("web", ""), ("nobody", "https://web.example"),
            ("web", null), (null, "https://web.example"), ("native", "http://127.0.0.1:99999"), ("native", "com.example.native:"), ("native", "http://127.0.0.1.evil.example"),
        }) Assert.Equal(404, await Ask(client, origin));
    }
}

/// <summary>The same on a production server.</summary>
[Collection(typeof(ProductionCollection))]
public sealed class Section3_SecureIframe(ProductionServer server)
{
    [Fact]
    [Requirement("OIDC-SESS-3.3-01")]
    [Module("oidcc-session-management-discovery-endpoint-verification")]
    public async Task The_metadata_name_it_by_an_https_URL()
    {
        var metadata = (await server.Api.Discovery()).Json;
        var frame = metadata.GetProperty("check_session_iframe").GetString()!;
        Assert.StartsWith("https://", frame, StringComparison.Ordinal);
        Assert.StartsWith("https://", metadata.GetProperty("end_session_endpoint").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("text/html", (await server.Api.Get(frame)).Expect(200).Header("Content-Type"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_cookie_goes_to_frames_of_other_sites_over_TLS_alone()
    {
        var browser = await server.NewSignedIn(Users.Alice);
        var cookie = browser.SetCookies.Last(set => set.StartsWith("__Host-evergrant-state=", StringComparison.Ordinal));
        Assert.Contains("samesite=none", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("; secure", cookie, StringComparison.OrdinalIgnoreCase);
        var page = await browser.Authorize(new AuthorizationRequest(server.Client(Clients.Web)));
        Assert.True(Section2_SessionState.Fits(page["session_state"]!, "web", "https://web.example", Section2_SessionState.StateOf(browser, "__Host-evergrant-state=")));
    }
}
