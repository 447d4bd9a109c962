namespace Evergrant.Specs.Rfc8252;

/// <summary>RFC 8252 sections 7 and 8: redirect URIs of native applications.</summary>
public sealed class Section7_RedirectUris(Server server)
{
    [Theory]
    [InlineData("com.example.native:/callback")]
    [InlineData("https://native.example/callback")]
    [InlineData("http://127.0.0.1/callback")]
    [InlineData("http://[::1]/callback")]
    [Requirement("RFC8252-7-01", "RFC8252-8.5-01")]
    public async Task Each_kind_of_redirect_uri_works_without_a_secret(string uri)
    {
        var native = server.Client(Clients.Native);
        var request = new AuthorizationRequest(native).With("redirect_uri", uri);

        var page = await (await server.SignedIn()).Complete(request);

        Assert.True(page.Code is not null, page.ToString());
        Assert.StartsWith(uri + "?", page.Location);
        (await native.Redeem(request, page.Code)).Expect(200);
    }

    [Theory]
    [InlineData("http://127.0.0.1:1024/callback")]
    [InlineData("http://127.0.0.1:51004/callback")]
    [InlineData("http://127.0.0.1:65535/callback")]
    [InlineData("http://[::1]:1024/callback")]
    [InlineData("http://[::1]:51004/callback")]
    [Requirement("RFC8252-7.3-01", "RFC8252-8.4-02")]
    public async Task The_port_of_a_loopback_redirect_is_free(string uri)
    {
        var native = server.Client(Clients.Native);
        var request = new AuthorizationRequest(native).With("redirect_uri", uri);

        var page = await (await server.SignedIn()).Complete(request);

        Assert.True(page.Code is not null, page.ToString());
        Assert.StartsWith(uri + "?", page.Location);
        (await native.Redeem(request, page.Code, ("redirect_uri", "http://127.0.0.1:51005/callback"))).Expect(400, "invalid_grant");
        (await native.Redeem(request, page.Code)).Expect(200);
    }

    [Theory]
    [InlineData("http://127.0.0.1:51004/other")]
    [InlineData("http://127.0.0.1:51004/callback/")]
    [InlineData("http://127.0.0.1:51004/callback?x=1")]
    [InlineData("http://127.0.0.1:51004")]
    [InlineData("http://127.0.0.2:51004/callback")]
    [InlineData("http://127.1:51004/callback")]
    [InlineData("http://2130706433/callback")]
    [InlineData("http://0.0.0.0:51004/callback")]
    [InlineData("http://[::]:51004/callback")]
    [InlineData("http://[0:0:0:0:0:0:0:1]/callback")]
    [InlineData("http://127.0.0.1:51004@evil.example/callback")]
    [InlineData("http://127.0.0.1:@evil.example/callback")]
    [InlineData("http://127.0.0.1.evil.example/callback")]
    [InlineData("http://127.0.0.1:99999/callback")]
    [InlineData("http://127.0.0.1:-1/callback")]
    [InlineData("http://127.0.0.1:80x/callback")]
    [InlineData("https://127.0.0.1:51004/callback")]
    [InlineData("https://native.example:8443/callback")]
    [InlineData("com.example.native://callback")]
    [InlineData("com.example.native:/Callback")]
    [InlineData("COM.example.native:/callback")]
    [InlineData("com.example.other:/callback")]
    [Requirement("RFC8252-8.4-02", "RFC9700-2.1-01")]
    public async Task All_else_about_a_redirect_uri_must_be_as_registered(string uri)
    {
        var request = new AuthorizationRequest(server.Client(Clients.Native)).With("redirect_uri", uri);

        (await (await server.SignedIn()).Authorize(request)).ExpectErrorPage();
    }

    [Fact]
    [Requirement("RFC8252-8.6-02", "RFC8252-8.6-01")]
    public async Task A_claimed_https_redirect_proves_who_asks_and_another_does_not()
    {
        var browser = await server.SignedIn(Users.Bob);
        var native = server.Client(Clients.Native);
        AuthorizationRequest Request(string uri) => new AuthorizationRequest(native).With(("scope", "openid extra"), ("redirect_uri", uri));

        await browser.Code(Request("https://native.example/callback"));

        (await browser.Authorize(Request("https://native.example/callback"))).Expect(PageKind.Redirect);
        (await browser.Authorize(Request("com.example.native:/callback"))).Expect(PageKind.Consent);
        (await browser.Authorize(Request("http://127.0.0.1:5123/callback"))).Expect(PageKind.Consent);
    }

    [Fact]
    [Requirement("RFC8252-8.4-03", "RFC8252-7-01")]
    public async Task A_private_use_scheme_is_a_reversed_domain()
    {
        var myapp = await server.Apply(DeclaredState.Json(server.Issuer, Clients.Native with { Id = "myapp", RedirectUris = ["myapp:/callback"] }));
        var reversed = await server.Apply(DeclaredState.Json(server.Issuer, Clients.Native with { Id = "com-example-app", RedirectUris = ["com.example.app:/callback"] }));

        Assert.NotEqual(0, myapp.ExitCode);
        Assert.True(reversed.ExitCode == 0, reversed.Errors);
    }

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("data:text/html,x")]
    [InlineData("file:///etc/passwd")]
    [InlineData("vbscript:x")]
    [InlineData("about:blank")]
    [Requirement("RFC8252-8.4-03")]
    public async Task A_scheme_that_browsers_run_is_refused(string uri)
    {
        var applied = await server.Apply(DeclaredState.Json(server.Issuer, Clients.Native with { Id = "running", RedirectUris = [uri] }));

        Assert.NotEqual(0, applied.ExitCode);
    }
}
