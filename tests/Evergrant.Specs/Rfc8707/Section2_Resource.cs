namespace Evergrant.Specs.Rfc8707;

/// <summary>RFC 8707 section 2: the resource parameter.</summary>
public sealed class Section2_Resource(Server server)
{
    private const string Both = "openid offline_access mail:read files:read";

    [Theory]
    [InlineData("api")]
    [InlineData("/api")]
    [InlineData("https://mail.example/api#x")]
    [InlineData("https://mail.example/api#")]
    [InlineData("https://mail.example/API")]
    [InlineData("https://mail.example/api/")]
    [InlineData("https://unheard-of.example")]
    [InlineData("not a uri")]
    [Requirement("RFC8707-2-01", "RFC8707-2-04")]
    public async Task What_is_no_known_absolute_uri_is_no_target(string resource)
    {
        var web = server.Client(Clients.Web);
        var browser = await server.SignedIn();
        var tokens = await server.Authorize(Clients.Web, "openid offline_access mail:read");
        var request = new AuthorizationRequest(web).With("scope", "mail:read");
        var code = await browser.Code(request);

        (await browser.Authorize(new AuthorizationRequest(web).With(("scope", "mail:read"), ("resource", resource)))).ExpectError("invalid_target");
        (await web.Redeem(request, code, ("resource", resource))).Expect(400, "invalid_target");
        (await web.Refresh(tokens.Refresh, ("resource", resource))).Expect(400, "invalid_target");
        (await server.Client(Clients.Machine).ClientCredentials(("scope", "mail:read"), ("resource", resource))).Expect(400, "invalid_target");
        (await web.Redeem(request, code)).Expect(200);
        (await web.Refresh(tokens.Refresh)).Expect(200);
    }

    [Fact]
    [Requirement("RFC8707-2-04", "RFC8707-2.2-01", "RFC9700-4.14.2-02")]
    public async Task A_resource_outside_the_grant_is_refused_and_the_credential_stays_good()
    {
        var client = server.Client(Clients.TwoApis);
        var request = new AuthorizationRequest(client).With(("scope", "offline_access mail:read"), ("resource", DeclaredState.Mail));
        var code = await (await server.SignedIn()).Code(request);

        (await client.Redeem(request, code, ("resource", DeclaredState.Files))).Expect(400, "invalid_target");
        var tokens = Tokens.Of(await client.Redeem(request, code));
        (await client.Refresh(tokens.Refresh, ("resource", DeclaredState.Files))).Expect(400, "invalid_target");
        (await client.Refresh(tokens.Refresh)).Expect(200);
    }

    [Fact]
    [Requirement("RFC8707-2-04")]
    public async Task A_resource_that_the_client_may_not_use_is_refused()
    {
        var page = await (await server.SignedIn()).Authorize(new AuthorizationRequest(server.Client(Clients.Web)).With(("scope", "mail:read"), ("resource", DeclaredState.Files)));

        page.ExpectError("invalid_target");
        (await server.Client(Clients.MailApi).ClientCredentials(("resource", DeclaredState.Files))).Expect(400, "invalid_target");
    }

    [Fact]
    [Requirement("RFC8707-2-02", "RFC8707-2-03", "RFC8707-2.2-02", "RFC8707-2.2-03", "RFC8707-2.2-04", "RFC9068-3-01", "RFC9068-2.2.3-02", "RFC6749-3.3-03")]
    public async Task One_grant_for_two_resources_gives_a_token_for_each()
    {
        var client = server.Client(Clients.TwoApis);
        var request = new AuthorizationRequest(client).With("scope", Both).And("resource", DeclaredState.Mail).And("resource", DeclaredState.Files);
        var code = await (await server.SignedIn()).Code(request);

        var mail = Tokens.Of(await client.Redeem(request, code, ("resource", DeclaredState.Mail)));
        var files = Tokens.Of(await client.Refresh(mail.Refresh, ("resource", DeclaredState.Files)));
        var mailAgain = Tokens.Of(await client.Refresh(files.Refresh, ("resource", DeclaredState.Mail)));

        foreach (var (tokens, resource, scope) in new[] { (mail, DeclaredState.Mail, "mail:read"), (files, DeclaredState.Files, "files:read"), (mailAgain, DeclaredState.Mail, "mail:read") })
        {
            Assert.Equal([resource], tokens.AccessJwt.Audience);
            Assert.Equal([scope], tokens.AccessJwt.Scopes);
            Assert.Equal([scope], tokens.Scopes);
        }
    }

    [Fact]
    [Requirement("RFC8707-2.2-04", "RFC8707-2-03", "RFC8707-2.2-03")]
    public async Task A_machine_names_its_resource_too()
    {
        var machine = server.Client(Clients.Machine);

        var mail = Tokens.Of(await machine.ClientCredentials(("resource", DeclaredState.Mail)));
        var files = Tokens.Of(await machine.ClientCredentials(("resource", DeclaredState.Files)));

        Assert.Equal([DeclaredState.Mail], mail.AccessJwt.Audience);
        Assert.Equal(["mail:read", "mail:send"], mail.Scopes);
        Assert.Equal([DeclaredState.Files], files.AccessJwt.Audience);
        Assert.Equal(["files:read"], files.Scopes);
    }

    [Fact]
    [Requirement("RFC8707-2.1-01", "RFC9068-3-02")]
    public async Task Without_resource_the_scope_tells_it()
    {
        var client = server.Client(Clients.TwoApis);

        var mail = await server.Authorize(Clients.TwoApis, "mail:read");
        var files = await server.Authorize(Clients.TwoApis, "files:read");
        var identity = await server.Authorize(Clients.TwoApis, "openid mail:read");
        var neither = await server.Authorize(Clients.TwoApis, "extra");

        Assert.Equal([DeclaredState.Mail], mail.AccessJwt.Audience);
        Assert.Equal([DeclaredState.Files], files.AccessJwt.Audience);
        Assert.Equal(new[] { DeclaredState.Mail, server.Issuer }.Order(StringComparer.Ordinal), identity.AccessJwt.Audience);
        Assert.NotEmpty(neither.AccessJwt.Audience);
        Assert.True(await client.Finds(neither.AccessToken));
    }
}
