namespace Evergrant.Specs.Rfc6749;

/// <summary>RFC 6749 section 4.1: the authorization code grant, its request and its answers.</summary>
public sealed class Section4_1_AuthorizationCode(Server server)
{
    [Fact]
    [Requirement("RFC6749-4.1.2-01", "RFC9700-4.12-02")]
    public async Task The_code_comes_in_the_query_of_the_redirect_uri()
    {
        var request = new AuthorizationRequest(server.Client(Clients.Web));

        var page = await (await server.SignedIn()).Authorize(request);

        Assert.Equal(303, page.Status);
        Assert.StartsWith(request["redirect_uri"] + "?", page.Location);
        Assert.DoesNotContain('#', page.Location!.TrimEnd('#', '_', '='));
        Assert.NotNull(page.Code);
    }

    [Theory]
    [InlineData("simple")]
    [InlineData("a+b/c=d&e?f#g%20h%2B")]
    [InlineData("""{"target":"/mail?x=1","n":[1,2]}""")]
    [InlineData("'\"<script>alert(1)</script>")]
    [InlineData("späte Ernte 長い 🌱")]
    [InlineData("line\r\nbreak")]
    [InlineData(" spaces around ")]
    [Requirement("RFC6749-4.1.2-02", "RFC6749-10.14-01", "RFC6749-B-01")]
    public async Task State_comes_back_as_it_was(string state)
    {
        var browser = await server.SignedIn();
        var web = server.Client(Clients.Web);

        var success = await browser.Authorize(new AuthorizationRequest(web).With("state", state));
        var error = await browser.Authorize(new AuthorizationRequest(web).With(("state", state), ("response_type", "coffee")));
        var posted = await browser.Authorize(new AuthorizationRequest(web).With(("state", state), ("response_mode", "form_post")));

        Assert.True(success.Code is not null, success.ToString());
        Assert.Equal(state, success["state"]);
        error.ExpectError("unsupported_response_type");
        Assert.Equal(state, error["state"]);
        Assert.DoesNotContain('\n', success.Location!);
        posted.Expect(PageKind.FormPost);
        Assert.Equal(state, posted["state"]);
    }

    [Fact]
    [Requirement("RFC6749-4.1.2-02")]
    public async Task Without_state_there_is_none_in_the_answer()
    {
        var browser = await server.SignedIn();
        var web = server.Client(Clients.Web);

        var success = await browser.Authorize(new AuthorizationRequest(web).Without("state"));
        var error = await browser.Authorize(new AuthorizationRequest(web).Without("state").With("response_type", "coffee"));

        Assert.DoesNotContain(success.Parameters, p => p.Name == "state");
        Assert.DoesNotContain(error.Parameters, p => p.Name == "state");
    }

    [Fact]
    [Requirement("RFC6749-4.1.2.1-01")]
    public async Task A_client_without_the_code_grant_is_unauthorized()
    {
        var page = await (await server.SignedIn()).Authorize(new AuthorizationRequest(server.Client(Clients.WithoutCode)).With("scope", "mail:read"));

        page.ExpectError("unauthorized_client");
        Assert.Null(page.Code);
    }

    [Fact]
    [Requirement("RFC6749-4.1.2.1-02", "RFC6749-4.1.2-02")]
    public async Task A_denial_is_told_to_the_client()
    {
        var browser = await server.SignedIn(Users.Bob);
        var request = new AuthorizationRequest(server.Client(Clients.Asking)).With(("scope", "openid profile"), ("prompt", "consent"));

        var page = await browser.Decide(await browser.Authorize(request), "deny");

        page.ExpectError("access_denied");
        Assert.Equal(request.State, page["state"]);
        Assert.Null(page.Code);
        Assert.Equal(303, page.Status);
    }

    [Theory]
    [InlineData("unheard-of")]
    [InlineData("files:read")]
    [InlineData("OPENID")]
    [Requirement("RFC6749-4.1.2.1-03")]
    public async Task A_scope_that_is_unknown_or_not_for_this_client_is_refused(string scope)
    {
        var request = new AuthorizationRequest(server.Client(Clients.Web)).With("scope", scope);

        var page = await (await server.SignedIn()).Authorize(request);

        page.ExpectError("invalid_scope");
        Assert.Equal(request.State, page["state"]);
    }

    [Theory]
    [InlineData("scope", "\"<é>\" \\")]
    [InlineData("response_type", "\"é\\\u0001")]
    [InlineData("code_challenge_method", "\"é\\<script>")]
    [InlineData("claims", "\"é\\")]
    [InlineData("max_age", "\"é\\")]
    [InlineData("resource", "\"é\\")]
    [Requirement("RFC6749-4.1.2.1-05", "RFC6749-4.1.2.1-06")]
    public async Task Error_texts_keep_to_the_permitted_characters(string name, string value)
    {
        var page = await (await server.SignedIn()).Authorize(new AuthorizationRequest(server.Client(Clients.Web)).With(name, value));

        page.Expect(PageKind.Redirect);
        Assert.NotNull(page.Error);
        Assert.All(page.Error + page["error_description"], c => Assert.True(c is ' ' or '!' or >= '#' and <= '[' or >= ']' and <= '~', $"'{c}' is not permitted"));
        Assert.All(page["error_uri"] ?? "", c => Assert.True(c is '!' or >= '#' and <= '[' or >= ']' and <= '~', $"'{c}' is not permitted"));
    }
}
