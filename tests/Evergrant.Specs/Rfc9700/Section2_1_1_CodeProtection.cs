namespace Evergrant.Specs.Rfc9700;

/// <summary>RFC 9700 sections 2.1.1 and 2.2: PKCE for everybody, rotation for public clients.</summary>
public sealed class Section2_1_1_CodeProtection(Server server)
{
    [Fact]
    [Requirement("RFC9700-2.1.1-01")]
    public async Task Every_kind_of_client_can_use_PKCE()
    {
        foreach (var definition in new[] { Clients.Web, Clients.Post, Clients.Asserting, Clients.Native, Clients.Spa, Clients.WithoutPkce })
            await server.Authorize(definition, "openid");
    }

    [Fact]
    [Requirement("RFC9700-2.1.1-03")]
    public async Task A_verifier_without_a_challenge_is_refused()
    {
        var request = new AuthorizationRequest(server.Client(Clients.WithoutPkce)).WithoutPkce();
        var code = await (await server.SignedIn()).Code(request);

        (await request.Client.Redeem(request, code, ("code_verifier", Pkce.NewVerifier()))).Expect(400, "invalid_grant");
    }

    [Fact]
    [Requirement("RFC9700-2.2.2-01")]
    public async Task A_public_client_gets_a_new_refresh_token_each_time()
    {
        foreach (var definition in new[] { Clients.Native, Clients.Spa })
        {
            var seen = new HashSet<string>();
            var tokens = await server.Authorize(definition, "openid offline_access");
            for (var round = 0; round < 4; round++)
            {
                Assert.True(seen.Add(tokens.Refresh), "The refresh token is not new");
                tokens = Tokens.Of(await server.Client(definition).Refresh(tokens.Refresh));
            }
        }
    }

    [Fact]
    [Requirement("RFC9700-2.2.2-01")]
    public async Task A_public_client_cannot_be_declared_without_rotation()
    {
        var applied = await server.Apply(DeclaredState.Json(server.Issuer, Clients.Native with { Id = "not-rotating", Policy = Clients.Rule("rotate", false) }));

        Assert.NotEqual(0, applied.ExitCode);
    }
}
