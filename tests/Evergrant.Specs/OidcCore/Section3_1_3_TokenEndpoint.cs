namespace Evergrant.Specs.OidcCore;

/// <summary>OpenID Connect Core sections 3.1.3.2 to 3.1.3.4: redeeming a code for an ID Token.</summary>
public sealed class Section3_1_3_TokenEndpoint(Server server)
{
    [Fact]
    [Requirement("OIDC-CORE-3.1.3.3-01", "OIDC-CORE-3.1.3.3-02", "OIDC-CORE-3.1.3.3-03", "OIDC-CORE-13.3-01")]
    public async Task A_good_code_gives_both_tokens_as_JSON_that_nobody_stores()
    {
        var (request, code) = await NewCode();

        var reply = (await request.Client.Redeem(request, code)).Expect(200);

        Assert.Equal("application/json", reply.MediaType);
        Assert.Equal("Bearer", reply.Text("token_type"), ignoreCase: true);
        Assert.NotNull(reply.Text("access_token"));
        Assert.NotNull(reply.Text("id_token"));
        Assert.Contains("no-store", reply.Header("Cache-Control"), StringComparison.Ordinal);
        Assert.All(reply.Json.EnumerateObject(), member => Assert.False(member.Value.ValueKind == System.Text.Json.JsonValueKind.Null || member.Value.GetRawText() == "\"\"", member.Name));
    }

    [Fact]
    [Requirement("OIDC-CORE-3.1.3.2-01", "OIDC-CORE-3.1.3.4-01")]
    public async Task A_client_that_does_not_prove_itself_gets_nothing_and_spends_nothing()
    {
        foreach (var definition in new[] { Clients.Web, Clients.Post, Clients.Unproven })
        {
            var (request, code) = await NewCode(definition);
            List<(string Name, string Value)> form =
                [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", definition.RedirectUri), ("code_verifier", request.Verifier)];
            var replies = new List<Reply>
            {
                await server.Api.Post("/token", [.. form, ("client_id", definition.Id)]),
                await server.Api.Post("/token", [.. form, ("client_id", definition.Id), ("client_secret", "wrong")]),
                await server.Api.Post("/token", form, Api.Basic(definition.Id, "wrong")),
            };
            if (definition.Method == "private_key_jwt") replies.Add(await server.Api.Post("/token", [.. form, .. Client.Carrying("a.b.c")]));

            Assert.All(replies, reply => reply.Expect(401, "invalid_client"));
            Assert.All(replies, reply => Assert.Equal("application/json", reply.MediaType));
            (await request.Client.Redeem(request, code)).Expect(200);
        }
    }

    [Fact]
    [Requirement("OIDC-CORE-3.1.3.2-02", "OIDC-CORE-3.1.3.4-01")]
    public async Task A_code_is_good_for_its_client_alone()
    {
        var (request, code) = await NewCode();

        (await server.Client(Clients.Other).Redeem(request, code)).Expect(400, "invalid_grant");
        (await request.Client.Redeem(request, code)).Expect(200);
    }

    [Fact]
    [Requirement("OIDC-CORE-3.1.3.2-03", "OIDC-CORE-3.1.3.2-04", "OIDC-CORE-3.1.3.4-01")]
    public async Task A_code_that_is_unknown_used_or_revoked_is_refused()
    {
        var (request, code) = await NewCode(scope: "openid offline_access");
        var tokens = Tokens.Of(await request.Client.Redeem(request, code));

        (await request.Client.Redeem(request, Pkce.Random(40))).Expect(400, "invalid_grant");
        (await request.Client.Redeem(request, Altering.At(code, code.Length - 5))).Expect(400, "invalid_grant");
        (await request.Client.Revoke(tokens.Refresh)).Expect(200);
        (await request.Client.Redeem(request, code)).Expect(400, "invalid_grant");
    }

    [Fact]
    [Requirement("OIDC-CORE-3.1.3.2-05", "OIDC-CORE-3.1.3.2-06")]
    public async Task The_redirect_uri_is_repeated_as_it_was()
    {
        var (request, code) = await NewCode(Clients.TwoRedirects);

        (await request.Client.Redeem(request, code, ("redirect_uri", "https://two-redirects.example/second"))).Expect(400, "invalid_grant");
        var omitted = await request.Client.Redeem(request, code, ("redirect_uri", null));
        Assert.True(omitted.Status == 400 && omitted.Error is "invalid_grant" or "invalid_request", omitted.ToString());
        (await request.Client.Redeem(request, code)).Expect(200);
    }

    [Theory]
    [InlineData("grant_type", null, "invalid_request")]
    [InlineData("grant_type", "password", "unsupported_grant_type")]
    [InlineData("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer", "unsupported_grant_type")]
    [InlineData("grant_type", "client_credentials", "unauthorized_client")]
    [InlineData("code", null, "invalid_request")]
    [InlineData("code_verifier", null, "invalid_grant")]
    [Requirement("OIDC-CORE-3.1.3.4-01")]
    public async Task An_error_is_a_JSON_object_with_status_400(string name, string? value, string error)
    {
        var (request, code) = await NewCode();

        var reply = (await request.Client.Redeem(request, code, (name, value))).Expect(400, error);

        Assert.Equal("application/json", reply.MediaType);
        Assert.Contains("no-store", reply.Header("Cache-Control"), StringComparison.Ordinal);
        Assert.False(reply.Has("access_token"));
    }

    private async Task<(AuthorizationRequest Request, string Code)> NewCode(ClientDefinition? definition = null, string scope = "openid")
    {
        var request = new AuthorizationRequest(server.Client(definition ?? Clients.Web)).With("scope", scope);
        return (request, await (await server.SignedIn()).Code(request));
    }
}
