using System.Text.Json;

namespace Evergrant.Specs.OidcCore;

/// <summary>OpenID Connect Core section 5.5: asking for claims by name.</summary>
public sealed class Section5_5_ClaimsParameter(Server server)
{
    [Fact]
    [Requirement("OIDC-CORE-5.5-02", "OIDC-CORE-5.5.1-01", "OIDC-DISC-3-26", "OIDC-CORE-5.5-01")]
    public async Task A_claim_asked_for_at_UserInfo_is_told_there_beside_those_of_the_scope()
    {
        var (tokens, told) = await With("""{"userinfo":{"name":null,"nickname":null}}""", "openid email");

        Assert.Equal(Users.Carol.Name, told.GetProperty("name").GetString());
        Assert.Equal("Caz", told.GetProperty("nickname").GetString());
        Assert.Equal("carol@example.com", told.GetProperty("email").GetString());
        Assert.False(told.TryGetProperty("birthdate", out _));
        Assert.False(tokens.IdJwt.Has("nickname"));
        Assert.True((await server.Api.Discovery()).Json.GetProperty("claims_parameter_supported").GetBoolean());
    }

    [Fact]
    [Requirement("OIDC-CORE-5.5-03", "OIDC-CORE-5.5.1-01")]
    public async Task A_claim_asked_for_in_the_ID_Token_stands_there()
    {
        var (tokens, told) = await With("""{"id_token":{"email":null,"address":{"essential":true},"auth_time":{"essential":true}}}""");

        Assert.Equal("carol@example.com", tokens.IdJwt.Claim("email"));
        Assert.Equal("CH", tokens.IdJwt.Payload.GetProperty("address").GetProperty("country").GetString());
        Assert.True(tokens.IdJwt.Number("auth_time") > 0);
        Assert.False(told.TryGetProperty("email", out _));
    }

    [Fact]
    [Requirement("OIDC-CORE-2-07")]
    public async Task An_essential_auth_time_is_there_and_true()
    {
        var before = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var browser = await server.NewSignedIn(Users.Carol);
        var after = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

        var token = (await server.Authorize(OidcClients.Person, "openid", browser, ("claims", """{"id_token":{"auth_time":{"essential":true}}}"""))).IdJwt;

        Assert.InRange(token.Number("auth_time"), before - 1, after + 1);
    }

    [Theory]
    [InlineData("""{"foo":{"bar":null},"userinfo":{"name":null}}""")]
    [InlineData("""{"userinfo":{"name":{"foo":"bar","essential":true}}}""")]
    [InlineData("""{"userinfo":{"name":null,"http://example.info/claims/groups":null,"unheard_of":{"essential":true}}}""")]
    [Requirement("OIDC-CORE-5.5-04", "OIDC-CORE-5.5.1-05", "OIDC-CORE-5.5.1-02")]
    public async Task What_is_not_understood_or_not_there_is_passed_over(string claims)
    {
        var (_, told) = await With(claims);

        Assert.Equal(Users.Carol.Name, told.GetProperty("name").GetString());
        Assert.Equal(2, told.EnumerateObject().Count());
    }

    [Theory]
    [InlineData("""{"userinfo":{"email":{"value":"carol@example.com"}},"id_token":{"email":{"value":"carol@example.com"}}}""", true)]
    [InlineData("""{"userinfo":{"email":{"values":["x@example.com","carol@example.com"]}},"id_token":{"email":{"values":["x@example.com","carol@example.com"]}}}""", true)]
    [InlineData("""{"userinfo":{"email":{"value":"other@example.com"}},"id_token":{"email":{"value":"other@example.com"}}}""", false)]
    [InlineData("""{"userinfo":{"email":{"values":["x","y"],"essential":true}},"id_token":{"email":{"values":["x","y"],"essential":true}}}""", false)]
    [InlineData("""{"userinfo":{"email":{"value":"Carol@example.com"}},"id_token":{"email":{"value":"Carol@example.com"}}}""", false)]
    [InlineData("""{"userinfo":{"email":{"value":7}},"id_token":{"email":{"value":7}}}""", false)]
    [Requirement("OIDC-CORE-5.5.1-03", "OIDC-CORE-5.5.1-02")]
    public async Task A_claim_with_another_value_than_asked_for_is_left_out(string claims, bool given)
    {
        var (tokens, told) = await With(claims);

        Assert.Equal(given, told.TryGetProperty("email", out _));
        Assert.Equal(given, tokens.IdJwt.Has("email"));
    }

    [Theory]
    [InlineData("""{"id_token":{"acr":{"essential":true,"value":"urn:unheard-of:hardware"}}}""")]
    [InlineData("""{"id_token":{"acr":{"essential":true,"values":["urn:unheard-of:1","urn:unheard-of:2"]}}}""")]
    [Requirement("OIDC-CORE-5.5.1.1-01", "OIDC-CORE-3.1.2.6-01", "ATTACK-236")]
    public async Task An_essential_class_that_cannot_be_reached_is_a_failed_authentication(string claims)
    {
        foreach (var prompt in new[] { "none", null })
        {
            var page = await (await server.SignedIn()).Authorize(new AuthorizationRequest(server.Client(Clients.Web)).With(("claims", claims), ("prompt", prompt)));

            Assert.True(page.Kind == PageKind.Redirect && page.Code is null && page.Error is "unmet_authentication_requirements" or "access_denied" or "login_required", page.ToString());
        }
    }

    [Fact]
    [Requirement("OIDC-CORE-5.5.1.1-01", "OIDC-CORE-5.5.1.1-03")]
    public async Task An_essential_class_that_is_reached_is_told_and_a_voluntary_one_is_no_error()
    {
        var offered = (await server.Api.Discovery()).Json.GetProperty("acr_values_supported")[0].GetString()!;

        var essential = (await With(JsonSerializer.Serialize(new { id_token = new { acr = new { essential = true, values = new[] { "urn:unheard-of", offered } } } }))).Tokens;
        var voluntary = (await With("""{"id_token":{"acr":{"value":"urn:unheard-of"}}}""")).Tokens;
        var open = (await With("""{"id_token":{"acr":{"essential":true}}}""")).Tokens;

        Assert.All([essential, voluntary, open], tokens => Assert.Equal(offered, tokens.IdJwt.Claim("acr")));
    }

    [Fact]
    [Requirement("OIDC-CORE-5.5-03", "OIDC-CORE-5.5-02")]
    public async Task No_name_reaches_what_the_protocol_itself_says()
    {
        const string Claims = """{"id_token":{"iss":{"value":"x"},"aud":{"value":"x"},"exp":{"value":1},"azp":null,"nonce":{"value":"x"}},"userinfo":{"sub":null,"iss":null,"aud":null,"password":null,"password_hash":null,"exp":null}}""";

        var (tokens, told) = await With(Claims);

        Assert.Equal(server.Issuer, tokens.IdJwt.Claim("iss"));
        Assert.Equal([OidcClients.Person.Id], tokens.IdJwt.Audience);
        Assert.False(tokens.IdJwt.Has("nonce"));
        Assert.Equal(["sub"], told.EnumerateObject().Select(member => member.Name));
    }

    [Fact]
    [Requirement("OIDC-CORE-5.5.2-01", "OIDC-CORE-5.2-04")]
    public async Task A_language_that_is_not_there_is_answered_by_what_is()
    {
        var (_, told) = await With("""{"userinfo":{"website#fr":null,"name#ja-Kana-JP":null}}""");

        foreach (var member in told.EnumerateObject()) Assert.DoesNotContain("#", member.Name, StringComparison.Ordinal);
        Assert.Equal("https://carol.example/", told.GetProperty("website").GetString());
    }

    [Fact]
    [Requirement("OIDC-CORE-3.1.2.4-01")]
    public async Task A_claim_asked_for_by_name_stands_on_the_consent_page()
    {
        var request = new AuthorizationRequest(server.Client(OidcClients.NeverAllowed))
            .With("claims", """{"userinfo":{"email":null,"phone_number":{"essential":true}},"id_token":{"birthdate":null}}""");

        var page = (await (await server.SignedIn(Users.Carol)).Authorize(request)).Expect(PageKind.Consent);

        foreach (var word in new[] { "email", "phone", "birth" }) Assert.Contains(word, page.Text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    [Requirement("OIDC-CORE-3.1.2.4-01", "ATTACK-414")]
    public async Task Consent_to_scopes_is_no_consent_to_further_claims()
    {
        var browser = await server.SignedIn(Users.Carol);
        Assert.NotNull((await browser.Complete(new AuthorizationRequest(server.Client(OidcClients.Asking)))).Code);

        var page = await browser.Authorize(new AuthorizationRequest(server.Client(OidcClients.Asking)).With(("claims", """{"userinfo":{"gender":null}}"""), ("prompt", "none")));

        page.ExpectError("consent_required");
    }

    private async Task<(Tokens Tokens, JsonElement Told)> With(string claims, string scope = "openid")
    {
        var tokens = await server.Authorize(OidcClients.Person, scope, await server.SignedIn(Users.Carol), ("claims", claims));
        return (tokens, (await server.Api.Get("/userinfo", tokens.AccessToken)).Expect(200).Json);
    }
}
