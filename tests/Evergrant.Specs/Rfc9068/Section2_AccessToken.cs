using System.Text.Json.Nodes;

namespace Evergrant.Specs.Rfc9068;

/// <summary>RFC 9068 sections 2 and 3: what a JWT access token contains.</summary>
public sealed class Section2_AccessToken(Server server)
{
    [Fact]
    [Requirement("RFC9068-2.1-01", "RFC9068-2.1-03", "RFC9068-4-01")]
    public async Task It_is_signed_with_a_published_key_and_says_what_it_is()
    {
        var jwks = await server.Api.Jwks();

        foreach (var tokens in await OneOfEach())
        {
            Assert.Equal("at+jwt", tokens.AccessJwt.Header.GetProperty("typ").GetString());
            Assert.Equal("ES256", tokens.AccessJwt.Algorithm);
            Assert.True(tokens.AccessJwt.VerifiesWith(jwks.Json), "The signature does not verify");
        }
    }

    [Fact]
    [Requirement("RFC9068-2.1-02")]
    public async Task It_is_signed_with_RS256_where_the_client_wants_that()
    {
        var definition = new ClientDefinition("rs256-access") { Further = new Dictionary<string, JsonNode> { ["access_token_signed_response_alg"] = "RS256" } };
        await server.Declare(definition);

        var tokens = await server.Authorize(definition, "openid mail:read");

        Assert.Equal("RS256", tokens.AccessJwt.Algorithm);
        Assert.Equal("at+jwt", tokens.AccessJwt.Header.GetProperty("typ").GetString());
        Assert.True(tokens.AccessJwt.VerifiesWith((await server.Api.Jwks()).Json), "The signature does not verify");
        (await server.Api.Get("/userinfo", tokens.AccessToken)).Expect(200);
    }

    [Fact]
    [Requirement("RFC9068-2.2-01", "RFC9068-2.2.3-01")]
    public async Task It_has_every_claim_that_is_required()
    {
        var ids = new HashSet<string>();
        foreach (var tokens in await OneOfEach())
        {
            var jwt = tokens.AccessJwt;
            Assert.Equal(server.Issuer, jwt.Claim("iss"));
            Assert.NotEmpty(jwt.Audience);
            Assert.False(string.IsNullOrEmpty(jwt.Claim("sub")));
            Assert.False(string.IsNullOrEmpty(jwt.Claim("client_id")));
            Assert.True(ids.Add(jwt.Claim("jti")!), "jti is not new");
            Assert.InRange(jwt.Number("exp") - jwt.Number("iat"), 1, 3600);
            Assert.NotNull(jwt.Claim("scope"));
            Assert.Subset(tokens.Scopes.ToHashSet(), jwt.Scopes.ToHashSet());
        }
    }

    [Fact]
    [Requirement("RFC9068-2.2-02")]
    public async Task The_subject_is_the_user_or_else_the_client()
    {
        var user = await server.Authorize(Clients.Web, "openid mail:read");
        var machine = Tokens.Of(await server.Client(Clients.Machine).ClientCredentials(("scope", "mail:read")));

        Assert.Equal(user.IdJwt.Claim("sub"), user.AccessJwt.Claim("sub"));
        Assert.Equal(Clients.Web.Id, user.AccessJwt.Claim("client_id"));
        Assert.Equal((Clients.Machine.Id, Clients.Machine.Id), (machine.AccessJwt.Claim("sub"), machine.AccessJwt.Claim("client_id")));
    }

    [Fact]
    [Requirement("RFC9068-3-03", "RFC9068-2.2.3-02")]
    public async Task Scopes_of_two_resources_need_a_resource_parameter()
    {
        var page = await (await server.SignedIn()).Authorize(new AuthorizationRequest(server.Client(Clients.TwoApis)).With("scope", "mail:read files:read"));

        page.ExpectError("invalid_scope");
        (await server.Client(Clients.Machine).ClientCredentials(("scope", "mail:read files:read"))).Expect(400, "invalid_scope");
    }

    [Fact]
    [Requirement("RFC9068-2.2.3-02")]
    public async Task A_token_for_one_resource_holds_no_scope_of_another()
    {
        var client = server.Client(Clients.TwoApis);
        var request = new AuthorizationRequest(client).With(("scope", "openid profile mail:read files:read"), ("resource", DeclaredState.Mail));
        var code = await (await server.SignedIn()).Code(request);

        var tokens = Tokens.Of(await client.Redeem(request, code));

        Assert.Equal([DeclaredState.Mail], tokens.AccessJwt.Audience);
        Assert.Equal(["mail:read"], tokens.AccessJwt.Scopes);
    }

    [Fact]
    [Requirement("RFC9068-3-04", "RFC9068-5-01")]
    public async Task Two_resources_share_neither_a_scope_nor_an_identifier()
    {
        static string Resource(string identifier, string scope) => new JsonObject
        {
            ["resources"] = new JsonArray(new JsonObject
            {
                ["identifier"] = identifier, ["name"] = "Twin", ["scopes"] = new JsonArray(new JsonObject { ["name"] = scope, ["description"] = "x" }),
            }),
        }.ToJsonString();

        var sharedScope = await server.Apply(Resource("https://twin.example", "mail:read"));
        var twice = await server.Apply(Resource("https://twin.example", "twin:read").Replace("]}]}", """]},{"identifier":"https://twin.example","name":"Other","scopes":[]}]}""", StringComparison.Ordinal));
        var mail = await server.Authorize(Clients.TwoApis, "mail:read");
        var files = await server.Authorize(Clients.TwoApis, "files:read");

        Assert.NotEqual(0, sharedScope.ExitCode);
        Assert.NotEqual(0, twice.ExitCode);
        Assert.Empty(mail.AccessJwt.Audience.Intersect(files.AccessJwt.Audience));
    }

    [Fact]
    [Requirement("RFC9068-4-02")]
    public async Task Both_metadata_documents_name_the_same_issuer_and_keys()
    {
        var oauth = await server.Api.Metadata();
        var openid = await server.Api.Discovery();

        Assert.Equal((oauth.Text("issuer"), oauth.Text("jwks_uri")), (openid.Text("issuer"), openid.Text("jwks_uri")));
    }

    private async Task<IReadOnlyList<Tokens>> OneOfEach()
    {
        var code = await server.Authorize(Clients.Web, "openid offline_access mail:read");
        var refreshed = Tokens.Of(await server.Client(Clients.Web).Refresh(code.Refresh));
        var machine = Tokens.Of(await server.Client(Clients.Machine).ClientCredentials(("scope", "mail:read")));
        return [code, refreshed, machine];
    }
}
