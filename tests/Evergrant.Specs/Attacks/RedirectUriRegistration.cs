namespace Evergrant.Specs.Attacks;

/// <summary>Redirect URIs that cannot be registered, by whatever client.</summary>
public sealed class RedirectUriRegistration(Server server)
{
    private static readonly ClientDefinition Native = Clients.Native with { Id = "bad-native" };
    private static readonly ClientDefinition Web = new("bad-web");

    [Fact]
    [Requirement("ATTACK-003", "ATTACK-004", "ATTACK-016", "ATTACK-014", "ATTACK-017")]
    public Task What_could_lead_elsewhere_is_not_taken() => server.NotRegistered(
    [
        .. Of(Web, "https://app.example@evil.test/cb", "https://app.example:80@evil.test/cb", "https://user:password@app.example/cb", "https://app.example/cb#frag", "https://app.example/cb#",
            "https://*.example.com/cb", "https://app.example/*", "*", "https://*/cb", "com.example.app:*", @"https://app.example\@evil.test/cb", "https://app.example/c b", "https://app.example/cb\r\nX: 1", "https:/cb", "https:evil.test", "//app.example/cb", "/cb", "cb", "",
            "javascript:alert(1)", "data:text/html;base64,PHNjcmlwdD4=", "vbscript:x", "file:///etc/passwd", "blob:https://app.example/1", "about:blank", "JaVaScRiPt:alert(1)", "java%0ascript:alert(1)"),
        .. Of(Native, "http://localhost.evil.test/cb", "http://localhost-x.test/cb", "http://127.0.0.1.nip.test/cb", "http://127.0.0.1@evil.test/cb", "http://127.0.0.1:80@evil.test/", "http://0.0.0.0/cb", "http://2130706433/cb", "com.example.app:*", "com.example.app:/cb#x",
            "javascript:alert(1)", "data:text/html;base64,PHNjcmlwdD4=", "vbscript:x", "file:///etc/passwd", "blob:https://app.example/1", "about:blank", "JaVaScRiPt:alert(1)", "java%0ascript:alert(1)"),
    ]);

    [Fact]
    [Requirement("ATTACK-018")]
    public Task Plain_http_is_not_taken_and_no_setting_allows_it() => server.NotRegistered(
        [.. Of(Web, "http://app.example/cb", "http://10.0.0.1/cb", "http://app.localhost/cb"), .. Of(Native, "http://app.example/cb", "http://192.168.0.1/cb")]);

    [Fact]
    [Requirement("ATTACK-019")]
    public async Task A_scheme_of_ones_own_is_a_reversed_domain_of_a_native_client()
    {
        await server.NotRegistered([.. Of(Native, "myapp:/cb", "myapp://cb", "COM.example.app:/cb"), .. Of(Web, "com.example.app:/cb", "myapp:/cb"), .. Of(new ClientDefinition("bad-page") { Type = "browser", Method = "none" }, "com.example.app:/cb")]);

        // attacked-phone has one, and is there.
        var page = await (await server.SignedIn()).Authorize(new AuthorizationRequest(server.Client(AttackClients.Phone)));
        page.Expect(PageKind.Consent);
    }

    [Fact]
    [Requirement("ATTACK-028")]
    public async Task A_long_uri_is_registered_up_to_a_limit_and_never_breaks_anything()
    {
        string Uri(int length) => "https://long.example/cb?x=".PadRight(length, 'y');
        var longest = new ClientDefinition("attacked-long") { RedirectUris = [Uri(2_000)] };
        await server.Declare(longest);
        await server.NotRegistered(Of(Web, Uri(2_001), Uri(8_192), Uri(100_000)));

        var alice = await server.SignedIn();
        Assert.StartsWith(Uri(2_000) + "&code=", (await alice.Authorize(new AuthorizationRequest(server.Client(longest)))).Location, StringComparison.Ordinal);
        Attempts.Judge(Uri(2_048), await alice.Authorize(new AuthorizationRequest(server.Client(longest)).With("redirect_uri", Uri(2_048))));
        Assert.Contains((await alice.AuthorizeByPost(new AuthorizationRequest(server.Client(longest)).With("redirect_uri", Uri(8_192)))).Status, new[] { 400, 413 });
        foreach (var length in new[] { 100_000, 900_000 })
        {
            var page = await alice.AuthorizeByPost(new AuthorizationRequest(server.Client(longest)).With("redirect_uri", Uri(length)));
            Assert.True(page.Status == 413 && page.Location is null, page.ToString());
        }

        foreach (var length in new[] { 8_192, 1 << 20 }) Assert.Equal(414, (await server.Raw("GET", "/authorize?client_id=attacked-long&redirect_uri=" + Uri(length))).Status);
    }

    private static IEnumerable<ClientDefinition> Of(ClientDefinition definition, params string[] uris) => uris.Select(uri => definition with { Id = definition.Id, RedirectUris = [uri] });
}
