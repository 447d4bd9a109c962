using Evergrant.Specs.OauthMultipleResponseTypes;

namespace Evergrant.Specs.Jarm;

/// <summary>JARM: the authorization response as a signed JWT.</summary>
public sealed class Section2_SignedResponses(Server server)
{
    [Theory]
    [InlineData("jwt", "?response=")]
    [InlineData("query.jwt", "?response=")]
    [InlineData("fragment.jwt", "#response=")]
    [InlineData("form_post.jwt", null)]
    [Requirement(
        "JARM-2.1-01", "JARM-2.1-02", "JARM-2.1-03", "JARM-2.1-04", "JARM-2.2-01", "JARM-2.3.1-01", "JARM-2.3.2-01", "JARM-2.3.3-01", "JARM-2.3.4-01", "JARM-3-01", "JARM-4-01", "JARM-4-02", "FAPI2-MS-5.4.1-01", "FAPI2-MS-5.4.1-02")]
    public async Task Success_and_error_are_one_signed_parameter(string mode, string? mark)
    {
        var metadata = (await server.Api.Discovery()).Json;
        Assert.Contains(metadata.GetProperty("response_modes_supported").EnumerateArray(), m => m.GetString() == mode);
        var alice = await server.SignedIn();
        foreach (var definition in new[] { JarmClients.Usual, JarmClients.Es256 })
        {
            var client = server.Client(definition);
            var request = new AuthorizationRequest(client).With("response_mode", mode).With("prompt", "consent");
            foreach (var decision in new[] { "allow", "deny" })
            {
                var page = await alice.Decide(await alice.Authorize(request), decision);
                var (name, text) = Assert.Single(page.Expect(mark is null ? PageKind.FormPost : PageKind.Redirect).Parameters);
                Assert.Equal("response", name);
                if (mark is not null) Assert.Contains(mark, page.Location, StringComparison.Ordinal);
                var response = Jwt.Parse(text);
                Assert.True(response.VerifiesWith((await server.Api.Jwks()).Json));
                Assert.Equal(definition == JarmClients.Es256 ? "ES256" : "RS256", response.Algorithm);
                Assert.Contains(metadata.GetProperty("authorization_signing_alg_values_supported").EnumerateArray(), alg => alg.GetString() == response.Algorithm);
                Assert.Equal((server.Issuer, client.Id, request.State), (response.Claim("iss"), response.Claim("aud"), response.Claim("state")));
                Assert.InRange(response.Number("exp"), TimeProvider.System.GetUtcNow().ToUnixTimeSeconds(), TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + 600);
                if (decision == "allow") Tokens.Of(await client.Redeem(request, response.Claim("code")!));
                else Assert.Equal("access_denied", response.Claim("error"));
            }
        }
    }

    [Fact]
    [Requirement("FAPI2-MS-5.3.3-01", "FAPI2-MS-5.4.1-01")]
    public async Task A_client_that_takes_signed_responses_gets_no_others()
    {
        var alice = await server.SignedIn();
        var client = server.Client(JarmClients.Only);
        foreach (var mode in new[] { null, "query", "fragment", "form_post", "web_message", "query.jwt" })
            (await alice.Authorize(new AuthorizationRequest(client).With("response_mode", mode))).ExpectErrorPage();
        Assert.NotNull((await alice.Complete(new AuthorizationRequest(client).With("response_mode", "jwt")))["response"]);
    }

    [Fact]
    [Requirement("JARM-3-01")]
    public async Task None_is_no_algorithm_of_a_response()
    {
        foreach (var algorithm in new[] { "none", "HS256" })
        {
            var applied = await server.Apply(DeclaredState.Json(server.Issuer, JarmClients.Usual with { Id = "jarm-none", Further = Rfc9126.Pushing.Members(("authorization_signed_response_alg", algorithm)) }));
            Assert.NotEqual(0, applied.ExitCode);
        }
    }

    [Fact]
    [Requirement("ATTACK-033")]
    public async Task No_mode_makes_a_redirect_URI_good()
    {
        foreach (var mode in new[] { "query.jwt", "fragment.jwt", "form_post.jwt", "jwt", "web_message" })
        {
            var page = (await (await server.SignedIn()).Authorize(new AuthorizationRequest(server.Client(Clients.Web)).With(("response_mode", mode), ("redirect_uri", "https://evil.example/<cb>")))).ExpectErrorPage();
            Assert.DoesNotContain("evil.example", page.Html, StringComparison.Ordinal);
        }
    }
}

/// <summary>JARM with the response types that have tokens.</summary>
[Collection(typeof(FrontCollection))]
public sealed class Section2_SignedTokens(FrontServer server)
{
    [Fact]
    [Requirement("JARM-2.3.4-01", "JARM-2.1-03")]
    public async Task Tokens_go_into_the_fragment_and_numbers_are_numbers()
    {
        var request = (await server.Request("code id_token token")).With("response_mode", "jwt");
        var page = (await (await server.SignedIn()).Authorize(request)).Expect(PageKind.Redirect);
        Assert.Contains("#response=", page.Location, StringComparison.Ordinal);
        var response = Jwt.Parse(page["response"]!);
        Assert.InRange(response.Number("expires_in"), 1, 3600);
        Assert.Equal(server.Issuer, Jwt.Parse(response.Claim("id_token")!).Claim("iss"));
        Tokens.Of(await request.Client.Redeem(request, response.Claim("code")!));
    }
}
