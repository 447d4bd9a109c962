namespace Evergrant.Specs.Rfc9207;

/// <summary>RFC 9207 section 2: the issuer in the authorization response.</summary>
[Collection(typeof(ProductionCollection))]
public sealed class Section2_Issuer(ProductionServer server)
{
    [Fact]
    [Requirement("RFC9207-2-01", "RFC9207-2-02")]
    public async Task Every_answer_names_the_issuer_as_the_metadata_does()
    {
        var issuer = (await server.Api.Metadata()).Text("issuer");
        var alice = await server.SignedIn();
        var bob = await server.SignedIn(Users.Bob);
        var web = server.Client(Clients.Web);
        var asked = new AuthorizationRequest(server.Client(Clients.Asking)).With("prompt", "consent");

        Page[] answers =
        [
            await alice.Authorize(new AuthorizationRequest(web)),
            await alice.Authorize(new AuthorizationRequest(web).With("response_mode", "fragment")),
            await alice.Authorize(new AuthorizationRequest(web).With("response_mode", "form_post")),
            await alice.Authorize(new AuthorizationRequest(web).With("scope", "unheard-of")),
            await alice.Authorize(new AuthorizationRequest(web).With("response_type", "coffee")),
            await alice.Authorize(new AuthorizationRequest(web).WithoutPkce()),
            await alice.Authorize(new AuthorizationRequest(web).With(("scope", "unheard-of"), ("response_mode", "form_post"))),
            await bob.Decide(await bob.Authorize(asked), "deny"),
            await server.NewBrowser().Authorize(new AuthorizationRequest(web).With("prompt", "none")),
        ];

        for (var index = 0; index < answers.Length; index++)
            Assert.True(answers[index]["iss"] == issuer, $"Answer {index}: iss is '{answers[index]["iss"]}', {answers[index]}");
        Assert.StartsWith("https://", issuer);
        Assert.DoesNotContain('?', issuer!);
        Assert.DoesNotContain('#', issuer!);
    }

    [Fact]
    [Requirement("RFC9207-2-01", "RFC9207-2-02", "RFC8414-3.3-01")]
    public async Task A_second_issuer_names_itself()
    {
        var client = await server.TenantClient(new ClientDefinition("tenant-web"));
        var browser = new Browser(server.NewHttp(), server.TenantIssuer);
        var request = new AuthorizationRequest(client);

        var page = await browser.SignIn(await browser.Authorize(request), Users.Alice.Username, Users.Alice.Password);
        var tokens = Tokens.Of(await client.Redeem(request, page.Code!));

        Assert.Equal(server.TenantIssuer, page["iss"]);
        Assert.Equal(server.TenantIssuer, tokens.IdJwt.Claim("iss"));
        Assert.Equal(server.TenantIssuer, tokens.AccessJwt.Claim("iss"));
        Assert.True(tokens.IdJwt.VerifiesWith((await server.Tenant.Jwks()).Json), "The ID token does not verify with its issuer's keys");
        (await server.Api.Get("/userinfo", tokens.AccessToken)).Expect(401);
        (await server.Tenant.Get("/userinfo", tokens.AccessToken)).Expect(200);
    }

    [Fact]
    [Requirement("RFC9207-2.3-01")]
    public async Task The_metadata_announces_it()
    {
        foreach (var api in new[] { server.Api, server.Tenant, server.Slash })
            Assert.True((await api.Metadata()).Json.GetProperty("authorization_response_iss_parameter_supported").GetBoolean());
    }
}
