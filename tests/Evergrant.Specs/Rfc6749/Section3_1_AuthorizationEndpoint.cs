namespace Evergrant.Specs.Rfc6749;

/// <summary>RFC 6749 section 3.1: the authorization endpoint.</summary>
public sealed class Section3_1_AuthorizationEndpoint(Server server)
{
    [Fact]
    [Requirement("RFC6749-3.1-01", "RFC6749-3.1-05")]
    public async Task A_stranger_is_asked_to_sign_in_and_gets_no_code()
    {
        var page = await server.NewBrowser().Authorize(new AuthorizationRequest(server.Client(Clients.Web)));

        page.Expect(PageKind.SignIn);
        Assert.Equal(200, page.Status);
    }

    [Fact]
    [Requirement("RFC6749-3.1-01")]
    public async Task A_wrong_password_gives_no_code()
    {
        var browser = server.NewBrowser();
        var page = await browser.Authorize(new AuthorizationRequest(server.Client(Clients.Web)));

        var wrong = await browser.SignIn(page, Users.Bob.Username, "not the password");
        var unknown = await browser.SignIn(wrong, "nobody", "not the password");
        var empty = await browser.SignIn(unknown, "", "");

        Assert.All([wrong, unknown, empty], answer => answer.Expect(PageKind.SignIn));
        (await browser.Authorize(new AuthorizationRequest(server.Client(Clients.Web)))).Expect(PageKind.SignIn);
    }

    [Fact]
    [Requirement("RFC6749-3.1-02")]
    public async Task No_published_endpoint_has_a_fragment()
    {
        var metadata = await server.Api.Metadata();

        foreach (var member in metadata.Json.EnumerateObject().Where(member => member.Name.EndsWith("_endpoint", StringComparison.Ordinal) || member.Name is "jwks_uri" or "issuer"))
            Assert.DoesNotContain('#', member.Value.GetString()!);
    }

    [Fact]
    [Requirement("RFC6749-3.1-03")]
    public async Task The_query_of_a_registered_redirect_uri_is_kept()
    {
        var page = await (await server.SignedIn()).Authorize(new AuthorizationRequest(server.Client(Clients.Queried)));

        Assert.StartsWith("https://queried.example/callback?a=1&b=%2F&", page.Location);
        Assert.NotNull(page.Code);
        Assert.Equal("1", page["a"]);
    }

    [Fact]
    [Requirement("RFC6749-3.1-05", "RFC6749-3.1-06")]
    public async Task Get_and_post_do_the_same()
    {
        var browser = await server.SignedIn();
        var request = new AuthorizationRequest(server.Client(Clients.Web));

        var got = await browser.Authorize(request);
        var posted = await browser.AuthorizeByPost(request);

        Assert.NotNull(got.Code);
        Assert.NotNull(posted.Code);
        Assert.Equal(got.Location!.Split('?')[0], posted.Location!.Split('?')[0]);
        (await request.Client.Redeem(request, posted.Code)).Expect(200);
    }

    [Fact]
    [Requirement("RFC6749-3.1-07")]
    public async Task An_empty_parameter_is_an_absent_one()
    {
        var browser = await server.SignedIn();
        var web = server.Client(Clients.Web);

        var emptyExtras = await browser.Authorize(new AuthorizationRequest(web).With(("nonce", ""), ("prompt", ""), ("max_age", ""), ("resource", ""), ("response_mode", "")));
        var emptyType = await browser.Authorize(new AuthorizationRequest(web).With("response_type", ""));
        var emptyState = await browser.Authorize(new AuthorizationRequest(web).With("state", ""));
        var emptyRedirect = await browser.Authorize(new AuthorizationRequest(web).With("redirect_uri", ""));
        var emptyClient = await browser.Authorize(new AuthorizationRequest(web).With("client_id", ""));

        Assert.True(emptyExtras.Code is not null, emptyExtras.ToString());
        emptyType.ExpectError("invalid_request");
        Assert.Null(emptyState["state"]);
        var withoutRedirect = await browser.Authorize(new AuthorizationRequest(web).Without("redirect_uri"));
        Assert.Equal(withoutRedirect.Kind, emptyRedirect.Kind);
        emptyClient.ExpectErrorPage();
    }

    [Fact]
    [Requirement("RFC6749-3.1-08")]
    public async Task Unknown_parameters_are_ignored()
    {
        var request = new AuthorizationRequest(server.Client(Clients.Web)).With(("foo", "bar"), ("client_info", "1"), ("auth0Client", "x"), ("access_type", "offline"));

        var page = await (await server.SignedIn()).Authorize(request);

        Assert.True(page.Code is not null, page.ToString());
        Assert.Null(page["foo"]);
    }

    [Theory]
    [InlineData("scope")]
    [InlineData("response_type")]
    [InlineData("nonce")]
    [InlineData("code_challenge")]
    [InlineData("prompt")]
    [Requirement("RFC6749-3.1-09", "RFC6749-3.1.1-01")]
    public async Task A_repeated_parameter_is_refused(string name)
    {
        var request = new AuthorizationRequest(server.Client(Clients.Web)).With("nonce", "n").With("prompt", name == "prompt" ? "consent" : null);
        request.And(name, request[name]!);

        var page = await (await server.SignedIn()).Authorize(request);

        page.ExpectError("invalid_request");
        Assert.Null(page.Code);
    }

    [Theory]
    [InlineData("client_id")]
    [InlineData("redirect_uri")]
    [InlineData("state")]
    [InlineData("response_mode")]
    [Requirement("RFC6749-3.1-09", "RFC6749-3.1.2.4-01")]
    public async Task A_repetition_that_leaves_no_sure_way_to_answer_redirects_nowhere(string name)
    {
        var request = new AuthorizationRequest(server.Client(Clients.Web)).With("response_mode", "query");
        request.And(name, request[name]!);

        (await (await server.SignedIn()).Authorize(request)).ExpectErrorPage();
    }

    [Theory]
    [InlineData(null, "invalid_request")]
    [InlineData("token", "unsupported_response_type")]
    [InlineData("id_token token", "unsupported_response_type")]
    [InlineData("coffee", "unsupported_response_type")]
    [InlineData("Code", "unsupported_response_type")]
    [Requirement("RFC6749-3.1.1-01", "RFC6749-4.2.1-01")]
    public async Task A_missing_or_unknown_response_type_is_named_to_the_client(string? type, string error)
    {
        var request = new AuthorizationRequest(server.Client(Clients.Web)).With("response_type", type);

        var page = await (await server.SignedIn()).Authorize(request);

        page.ExpectError(error);
        Assert.Equal(request.State, page["state"]);
        Assert.DoesNotContain("access_token", page.Location!, StringComparison.Ordinal);
    }

    [Fact]
    [Requirement("RFC6749-3.1.1-02")]
    public async Task The_order_of_response_types_does_not_matter()
    {
        var browser = await server.SignedIn();
        var web = server.Client(Clients.Web);

        foreach (var (one, two) in new[] { ("code id_token", "id_token code"), ("code token", "token code"), ("code id_token token", "token id_token code") })
        {
            var first = await browser.Authorize(new AuthorizationRequest(web).With(("response_type", one), ("nonce", "n")));
            var second = await browser.Authorize(new AuthorizationRequest(web).With(("response_type", two), ("nonce", "n")));
            Assert.Equal((first.Kind, first.Error), (second.Kind, second.Error));
        }
    }
}
