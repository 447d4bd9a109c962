namespace Evergrant.Specs.OidcCore;

/// <summary>OpenID Connect Core sections 3.1.2.2 and 3.1.2.6: requests that are wrong, and the form of the errors.</summary>
public sealed class Section3_1_2_2_Validation(Server server)
{
    [Theory]
    [InlineData("response_type", null, "invalid_request")]
    [InlineData("response_type", "coffee", "unsupported_response_type")]
    [InlineData("scope", "unheard-of", "invalid_scope")]
    [InlineData("scope", "openid  profile", "invalid_scope")]
    [InlineData("scope", "openid\tprofile", "invalid_scope")]
    [InlineData("max_age", "soon", "invalid_request")]
    [InlineData("max_age", "-1", "invalid_request")]
    [InlineData("claims", "not json", "invalid_request")]
    [InlineData("claims", "[]", "invalid_request")]
    [InlineData("claims", "{\"id_token\":[]}", "invalid_request")]
    [InlineData("claims", "{\"id_token\":{\"sub\":true}}", "invalid_request")]
    [InlineData("code_challenge", null, "invalid_request")]
    [InlineData("registration", "{}", "registration_not_supported")]
    [InlineData("request", "a.b.c", "invalid_request_object")]
    [InlineData("request_uri", "https://web.example/request.jwt", "request_uri_not_supported")]
    [InlineData("request_uri", "http://web.example/request.jwt", "request_uri_not_supported")]
    [Requirement(
        "OIDC-CORE-3.1.2.2-01", "OIDC-CORE-3.1.2.2-03", "OIDC-CORE-3.1.2.2-09", "OIDC-CORE-3.1.2.6-02", "OIDC-CORE-3.1.2.6-11", "OIDC-CORE-3.1.2.6-12", "OIDC-CORE-3.1.2.6-13",
        "OIDC-CORE-6.2-01", "OIDC-DISC-3-27", "OIDC-DISC-3-28", "OIDC-DISC-3-29", "OIDC-CORE-14-02")]
    public async Task A_wrong_request_is_answered_at_the_redirect_uri(string name, string? value, string error)
    {
        var browser = await server.SignedIn();
        var request = New().With(name, value);
        var stateless = New().With((name, value), ("state", null));

        var page = await browser.Authorize(request);
        var without = await browser.Authorize(stateless);

        foreach (var answer in new[] { page, without })
        {
            answer.Expect(PageKind.Redirect).ExpectError(error);
            Assert.StartsWith(request.Client.Definition.RedirectUri + "?", answer.Location, StringComparison.Ordinal);
            Assert.DoesNotContain("#", answer.Location, StringComparison.Ordinal);
            Assert.Null(answer.Code);
            Assert.Subset(new HashSet<string> { "error", "error_description", "error_uri", "state", "iss", "session_state" }, answer.Parameters.Select(parameter => parameter.Name).ToHashSet());
        }

        Assert.Equal(request.State, page["state"]);
        Assert.Null(without["state"]);
    }

    [Fact]
    [Requirement("OIDC-CORE-6-01")]
    public async Task A_request_object_by_value_and_by_reference_is_refused()
    {
        var page = await (await server.SignedIn()).Authorize(New().With(("request", "a.b.c"), ("request_uri", "https://web.example/r")));

        page.ExpectError("invalid_request");
    }

    [Theory]
    [InlineData("client_id", null)]
    [InlineData("client_id", "nobody")]
    [InlineData("redirect_uri", "https://evil.example/callback")]
    [InlineData("response_mode", "bogus")]
    [InlineData("response_mode", "okta_post_message")]
    [Requirement("OIDC-CORE-3.1.2.2-03", "OIDC-CORE-3.1.2.6-03", "OIDC-CORE-3.1.2.6-04", "OIDC-CORE-3.1.2.2-01")]
    public async Task What_cannot_be_answered_safely_is_answered_here(string name, string? value)
    {
        foreach (var browser in new[] { await server.SignedIn(), server.NewBrowser() })
        {
            var page = (await browser.Authorize(New().With(name, value))).ExpectErrorPage();
            Assert.Empty(page.Parameters);
            Assert.DoesNotContain("evil.example", page.Html, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("state with spaces & = + % \" <")]
    [InlineData("ünïcode ✓")]
    [InlineData("0")]
    [Requirement("OIDC-CORE-3.1.2.6-12", "OIDC-CORE-3.1.2.5-01")]
    public async Task State_comes_back_as_it_was_sent(string state)
    {
        var browser = await server.SignedIn();

        Assert.Equal(state, (await browser.Authorize(New().With("state", state)))["state"]);
        Assert.Equal(state, (await browser.Authorize(New().With(("state", state), ("prompt", "none login"))))["state"]);
    }

    [Fact]
    [Requirement("OIDC-CORE-3.1.2.5-01")]
    public async Task A_code_is_added_to_the_query_that_the_redirect_uri_has()
    {
        var request = New(Clients.Queried);

        var page = await (await server.SignedIn()).Authorize(request);

        Assert.StartsWith(request.Client.Definition.RedirectUri + "&", page.Location, StringComparison.Ordinal);
        Assert.Equal("1", page["a"]);
        Assert.Equal("/", page["b"]);
        Assert.NotNull(page.Code);
    }

    [Fact]
    [Requirement("OIDC-CORE-3.1.2.2-02", "OIDC-CORE-3.1.3.2-07")]
    public async Task Without_openid_there_is_no_ID_Token()
    {
        foreach (var scope in new[] { "profile offline_access", "mail:read", "OpenID mail:read" })
        {
            var tokens = await server.Authorize(Clients.Web, scope);
            Assert.Null(tokens.IdToken);
            if (tokens.RefreshToken is { } refresh) Assert.Null(Tokens.Of(await server.Client(Clients.Web).Refresh(refresh)).IdToken);
        }
    }

    [Theory]
    [InlineData("token")]
    [InlineData("id_token")]
    [InlineData("id_token token")]
    [InlineData("code token")]
    [InlineData("code id_token")]
    [InlineData("code id_token token")]
    [InlineData("none")]
    [Requirement("OIDC-CORE-3-01", "OIDC-CORE-11-02", "OIDC-DISC-3-13")]
    public async Task Only_the_code_flow_is_offered(string type)
    {
        var page = await (await server.SignedIn()).Authorize(New().With(("response_type", type), ("nonce", "n"), ("scope", "openid offline_access"), ("prompt", "consent")));

        page.ExpectError("unsupported_response_type");
        foreach (var name in new[] { "code", "access_token", "id_token", "refresh_token" }) Assert.Null(page[name]);
        Assert.Equal(["code"], (await server.Api.Discovery()).Json.GetProperty("response_types_supported").EnumerateArray().Select(one => one.GetString()));
        Assert.NotNull((await (await server.SignedIn()).Authorize(New())).Code);
    }

    [Fact]
    [Requirement("OIDC-CORE-3.1.2.3-04")]
    public async Task Pages_cannot_be_framed_and_forms_cannot_be_forged()
    {
        var browser = server.NewBrowser();
        var signIn = (await browser.Authorize(New())).Expect(PageKind.SignIn);
        var consent = (await (await server.SignedIn()).Authorize(New(OidcClients.NeverAllowed))).Expect(PageKind.Consent);

        foreach (var page in new[] { signIn, consent })
        {
            Assert.Contains("frame-ancestors 'none'", page.Header("Content-Security-Policy"), StringComparison.Ordinal);
            Assert.Equal("DENY", page.Header("X-Frame-Options"));
        }

        var elsewhere = await server.NewBrowser().SignIn(signIn, Users.Dave.Username, Users.Dave.Password);
        var stranger = await server.NewBrowser().Decide(consent, "allow");
        var bare = await (await server.SignedIn()).Post("/consent", [("decision", "allow"), ("scope", "openid")]);
        Assert.All([elsewhere, stranger, bare], page => Assert.True(page.Code is null && page.Status == 400, page.ToString()));
    }

    private AuthorizationRequest New(ClientDefinition? definition = null) => new(server.Client(definition ?? Clients.Web));
}
