namespace Evergrant.Specs.Rfc6749;

/// <summary>RFC 6749 section 3.1.2: redirect URIs.</summary>
public sealed class Section3_1_2_RedirectionEndpoint(Server server)
{
    [Theory]
    [InlineData("/callback")]
    [InlineData("callback")]
    [InlineData("//web.example/callback")]
    [InlineData("https:/callback")]
    [Requirement("RFC6749-3.1.2-01")]
    public async Task A_relative_redirect_uri_is_refused_everywhere(string uri)
    {
        var applied = await server.Apply(DeclaredState.Json(server.Issuer, new ClientDefinition("relative") { RedirectUris = [uri] }));
        var page = await (await server.SignedIn()).Authorize(new AuthorizationRequest(server.Client(Clients.Web)).With("redirect_uri", uri));

        Assert.NotEqual(0, applied.ExitCode);
        page.ExpectErrorPage();
    }

    [Fact]
    [Requirement("RFC6749-3.1.2-02")]
    public async Task A_fragment_in_a_redirect_uri_is_refused_everywhere()
    {
        var applied = await server.Apply(DeclaredState.Json(server.Issuer, new ClientDefinition("fragment") { RedirectUris = ["https://fragment.example/callback#x"] }));
        var browser = await server.SignedIn();
        var web = server.Client(Clients.Web);

        Assert.NotEqual(0, applied.ExitCode);
        (await browser.Authorize(new AuthorizationRequest(web).With("redirect_uri", web.Definition.RedirectUri + "#x"))).ExpectErrorPage();
        (await browser.Authorize(new AuthorizationRequest(web).With("redirect_uri", web.Definition.RedirectUri + "#"))).ExpectErrorPage();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("https://machine.example/callback")]
    [Requirement("RFC6749-3.1.2.2-01", "RFC6749-3.1.2.4-01")]
    public async Task A_client_without_redirect_uris_cannot_use_the_authorization_endpoint(string? uri)
    {
        var request = new AuthorizationRequest(server.Client(Clients.Machine)).With("redirect_uri", uri);

        (await (await server.SignedIn()).Authorize(request)).ExpectErrorPage();
    }

    [Fact]
    [Requirement("RFC6749-3.1.2.2-01")]
    public async Task A_public_client_for_codes_cannot_be_declared_without_redirect_uris()
    {
        var applied = await server.Apply(DeclaredState.Json(server.Issuer, Clients.Native with { Id = "unreachable", RedirectUris = [] }));

        Assert.NotEqual(0, applied.ExitCode);
    }

    [Fact]
    [Requirement("RFC6749-3.1.2.2-02", "RFC6749-3.1.2.3-01")]
    public async Task Of_several_redirect_uris_the_request_must_name_one()
    {
        var browser = await server.SignedIn();
        var client = server.Client(Clients.TwoRedirects);

        foreach (var uri in client.Definition.RedirectUris)
        {
            var page = await browser.Authorize(new AuthorizationRequest(client).With("redirect_uri", uri));
            Assert.StartsWith(uri + "?", page.Location);
        }

        (await browser.Authorize(new AuthorizationRequest(client).Without("redirect_uri"))).ExpectErrorPage();
    }

    [Theory]
    [InlineData("https://WEB.example/callback")]
    [InlineData("HTTPS://web.example/callback")]
    [InlineData("https://web.example/Callback")]
    [InlineData("https://web.example/callback/")]
    [InlineData("https://web.example/callback?a=1")]
    [InlineData("https://web.example/callback?")]
    [InlineData("https://web.example/%63allback")]
    [InlineData("https://web.example/x/../callback")]
    [InlineData("https://web.example/./callback")]
    [InlineData("https://web.example:443/callback")]
    [InlineData("https://web.example./callback")]
    [InlineData("https://user@web.example/callback")]
    [InlineData("https://web.example/callback ")]
    [InlineData(" https://web.example/callback")]
    [InlineData("https://web.example/callback\r\n")]
    [InlineData("https://web.example/callback\0")]
    [InlineData("https://web.example")]
    [InlineData("http://web.example/callback")]
    [InlineData("https://other.example/callback")]
    [InlineData("https://web.example.evil.example/callback")]
    [InlineData("https://sub.web.example/callback")]
    [InlineData("https://web.example/callbackevil")]
    [InlineData("https://*.example/callback")]
    [InlineData("javascript:alert(1)")]
    [Requirement("RFC6749-3.1.2.3-02", "RFC6749-3.1.2.4-01", "RFC6749-3.1.2.4-02", "RFC9700-2.1-01")]
    public async Task A_redirect_uri_is_compared_character_by_character(string uri)
    {
        var request = new AuthorizationRequest(server.Client(Clients.Web)).With("redirect_uri", uri);

        var page = await (await server.SignedIn()).Authorize(request);

        page.ExpectErrorPage();
        Assert.DoesNotContain("href=\"" + uri, page.Html, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("nobody")]
    [InlineData("WEB")]
    [InlineData("web ")]
    [Requirement("RFC6749-3.1.2.4-01", "RFC6749-3.1.2.4-02")]
    public async Task Without_a_known_client_there_is_an_error_page_and_no_redirect(string? clientId)
    {
        foreach (var browser in new[] { await server.SignedIn(), server.NewBrowser() })
        {
            var page = await browser.Authorize(new AuthorizationRequest(server.Client(Clients.Web)).With("client_id", clientId).With("prompt", "none"));
            page.ExpectErrorPage();
            Assert.Contains("<html", page.Html, StringComparison.OrdinalIgnoreCase);
        }
    }
}
