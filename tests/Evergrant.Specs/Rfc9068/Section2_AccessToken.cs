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
        var definition = new ClientDefinition("rs256-access") { Further = new Dictionary<string, JsonNode> { ["access_token_signed_alg"] = "RS256" } };
        await server.Declare(definition);

        var tokens = await server.Authorize(definition, "openid mail:read");

        Assert.Equal("RS256", tokens.AccessJwt.Algorithm);
        Assert.Equal("at+jwt", tokens.AccessJwt.Header.GetProperty("typ").GetString());
        Assert.True(tokens.AccessJwt.VerifiesWith((await server.Api.Jwks()).Json), "The signature does not verify");
        (await server.Api.Get("/userinfo", tokens.AccessToken)).Expect(200);
    }

    [Fact]
    [Requirement("RFC9068-2.2-01", "RFC9068-2.2.3-01", "RFC7519-4.1.7-01", "RFC8725-3.9-01")]
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
    [Requirement("RFC9068-3-04", "RFC8707-2-02")]
    public async Task A_scope_that_two_resources_share_is_granted_for_one_of_them_at_a_time()
    {
        string[] twins = ["https://twin.example/one", "https://twin.example/two"];
        var definition = Clients.Machine with { Id = "twin", Name = "Twin", Scope = "twin:read", Resources = twins };
        var declared = await server.Apply(new JsonObject
        {
            ["resources"] = new JsonArray([.. twins.Select(twin => new JsonObject
            {
                ["identifier"] = twin, ["name"] = "Twin", ["scopes"] = new JsonArray(new JsonObject { ["name"] = "twin:read", ["description"] = "Read both" }),
            })]),
        }.ToJsonString());
        Assert.True(declared.ExitCode == 0, declared.Errors + declared.Output);
        await server.Declare(definition);
        var client = server.Client(definition);

        var both = await client.ClientCredentials(("scope", "twin:read"));
        var named = await client.Token(("grant_type", "client_credentials"), ("scope", "twin:read"), ("resource", twins[0]), ("resource", twins[1]));
        var one = Tokens.Of(await client.ClientCredentials(("scope", "twin:read"), ("resource", twins[0])));

        both.Expect(400, "invalid_scope");
        named.Expect(400, "invalid_target");
        Assert.Equal([twins[0]], one.AccessJwt.Audience);
    }

    [Fact]
    [Requirement("RFC9068-5-01")]
    public async Task Each_resource_has_an_audience_of_its_own()
    {
        var twice = await server.Apply("""
            {"resources":[{"identifier":"https://same.example","name":"One","scopes":[{"name":"same:one"}]},{"identifier":"https://same.example","name":"Two","scopes":[{"name":"same:two"}]}]}
            """);
        var mail = await server.Authorize(Clients.TwoApis, "mail:read");
        var files = await server.Authorize(Clients.TwoApis, "files:read");

        Assert.NotEqual(0, twice.ExitCode);
        Assert.Empty(mail.AccessJwt.Audience.Intersect(files.AccessJwt.Audience));
    }

    [Fact]
    [Requirement("RFC9068-6-02")]
    public async Task A_resource_may_have_opaque_tokens()
    {
        const string Vault = "https://vault.example";
        var declared = await server.Apply("""
            {"resources":[{"identifier":"https://vault.example","name":"Vault","access_token_format":"opaque","scopes":[{"name":"vault:open","description":"Open it"}]}]}
            """);
        Assert.True(declared.ExitCode == 0, declared.Errors + declared.Output);
        var definition = Clients.Machine with { Id = "vault-user", Name = "Vault user", Scope = "vault:open mail:read", Resources = [Vault, DeclaredState.Mail] };
        await server.Declare(definition);
        var client = server.Client(definition);

        var opaque = Tokens.Of(await client.ClientCredentials(("scope", "vault:open")));
        var jwt = Tokens.Of(await client.ClientCredentials(("scope", "mail:read")));

        Assert.DoesNotContain('.', opaque.AccessToken);
        Assert.Equal("at+jwt", jwt.AccessJwt.Header.GetProperty("typ").GetString());
        Assert.True(await client.Finds(opaque.AccessToken));
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
