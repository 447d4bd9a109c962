namespace Evergrant.Specs.Rfc9700;

/// <summary>RFC 9700 sections 4.11 and 4.12: when and how the server redirects.</summary>
public sealed class Section4_11_Redirects(Server server)
{
    [Theory]
    [InlineData("scope", "unheard-of", "invalid_scope")]
    [InlineData("response_type", "coffee", "unsupported_response_type")]
    [InlineData("code_challenge", null, "invalid_request")]
    [InlineData("resource", "https://unheard-of.example", "invalid_target")]
    [Requirement("RFC9700-4.11.2-01")]
    public async Task A_faulty_request_of_a_stranger_leads_to_the_sign_in_page_first(string name, string? value, string error)
    {
        var browser = server.NewBrowser();
        var request = new AuthorizationRequest(server.Client(Clients.Web)).With(name, value);

        var first = await browser.Authorize(request);
        var then = await browser.SignIn(first, Users.Bob.Username, Users.Bob.Password);

        Assert.Null(first.Location);
        then.ExpectError(error);
        Assert.Equal(303, then.Status);
    }

    [Fact]
    [Requirement("RFC9700-4.11.2-01")]
    public async Task A_silent_request_is_answered_at_once()
    {
        var page = await server.NewBrowser().Authorize(new AuthorizationRequest(server.Client(Clients.Web)).With("prompt", "none"));

        page.ExpectError("login_required");
    }

    [Fact]
    [Requirement("RFC9700-4.12-01", "RFC9700-4.12-02")]
    public async Task A_redirect_after_credentials_is_a_303()
    {
        var browser = server.NewBrowser();
        var request = new AuthorizationRequest(server.Client(Clients.Web));

        var afterPassword = await browser.SignIn(await browser.Authorize(request), Users.Bob.Username, Users.Bob.Password);
        var afterGet = await browser.Authorize(request);
        var afterPost = await browser.AuthorizeByPost(request);
        var asked = await browser.Authorize(new AuthorizationRequest(server.Client(Clients.Asking)).With("prompt", "consent"));
        var afterConsent = await browser.Decide(asked, "allow");

        Assert.All([afterPassword, afterGet, afterPost, afterConsent], page => Assert.True(page.Kind == PageKind.Redirect && page.Status == 303, page.ToString()));
    }
}
