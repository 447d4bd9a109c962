namespace Evergrant.Specs.Rfc6750;

/// <summary>RFC 6750 section 2: how a bearer token is presented; at userinfo, the server's own protected resource.</summary>
public sealed class Section2_PresentingTokens(Server server)
{
    [Theory]
    [InlineData("Bearer")]
    [InlineData("bearer")]
    [InlineData("BEARER")]
    [Requirement("RFC6750-2.1-01")]
    public async Task The_scheme_is_case_insensitive(string scheme)
    {
        var tokens = await server.Authorize(Clients.Web, "openid");
        var request = new HttpRequestMessage(HttpMethod.Get, server.Api.Url("/userinfo"));
        request.Headers.TryAddWithoutValidation("Authorization", $"{scheme} {tokens.AccessToken}");

        var reply = (await server.Api.Send(request)).Expect(200);

        Assert.Equal(tokens.IdJwt.Claim("sub"), reply.Text("sub"));
    }

    [Fact]
    [Requirement("RFC6750-2.2-01")]
    public async Task A_posted_form_may_carry_the_token()
    {
        var tokens = await server.Authorize(Clients.Web, "openid");
        var get = new HttpRequestMessage(HttpMethod.Get, server.Api.Url("/userinfo")) { Content = Api.Form([("access_token", tokens.AccessToken)]) };

        (await server.Api.Post("/userinfo", [("access_token", tokens.AccessToken)])).Expect(200);
        (await server.Api.Post("/userinfo", [], "Bearer " + tokens.AccessToken)).Expect(200);
        Assert.NotEqual(200, (await server.Api.Send(get)).Status);
    }

    [Fact]
    [Requirement("RFC6750-2.3-01")]
    public async Task A_token_in_the_query_is_not_honoured()
    {
        var tokens = await server.Authorize(Clients.Web, "openid");

        (await server.Api.Get("/userinfo?access_token=" + tokens.AccessToken)).Expect(401);
        (await server.Api.Post("/userinfo?access_token=" + tokens.AccessToken, [])).Expect(401);
    }

    [Fact]
    [Requirement("RFC6750-2-02", "RFC6750-3.1-01")]
    public async Task Two_tokens_in_one_request_are_refused()
    {
        var token = (await server.Authorize(Clients.Web, "openid")).AccessToken;

        (await server.Api.Post("/userinfo", [("access_token", token)], "Bearer " + token)).Expect(400, "invalid_request");
        (await server.Api.Post("/userinfo", [("access_token", token), ("access_token", token)])).Expect(400, "invalid_request");
    }
}
