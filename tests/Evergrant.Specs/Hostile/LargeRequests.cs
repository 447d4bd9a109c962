namespace Evergrant.Specs.Hostile;

/// <summary>A request travels through the pages in a hidden field; what fits into a URL comes through, what does not fit into a form is refused before anybody signs in.</summary>
public sealed class LargeRequests(Server server)
{
    [Theory]
    [InlineData("<", 2_400)]
    [InlineData("\"", 2_400)]
    [InlineData("'", 2_400)]
    [InlineData("a", 7_000)]
    [InlineData("\u00e9", 1_200)]
    public async Task A_state_that_fits_into_a_url_comes_back_whatever_it_is_made_of(string piece, int count)
    {
        var state = string.Concat(Enumerable.Repeat(piece, count));
        var browser = server.NewBrowser();
        var page = (await browser.Authorize(new AuthorizationRequest(server.Client(Clients.Web)).With("state", state))).Expect(PageKind.SignIn);
        page = await browser.SignIn(page, Users.Alice.Username, Users.Alice.Password);
        Assert.Equal(state, page["state"]);
    }

    [Fact]
    public async Task A_request_too_large_for_a_form_is_refused_before_anybody_signs_in()
    {
        var page = await server.NewBrowser().AuthorizeByPost(new AuthorizationRequest(server.Client(Clients.Web)).With("state", new string('s', 40_000)));
        page.Sound("a large request");
        Assert.Equal(413, page.Status);
    }
}
