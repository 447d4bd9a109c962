namespace Evergrant.Specs.Rfc6749;

/// <summary>RFC 6749 section 4.4: the client credentials grant.</summary>
public sealed class Section4_4_ClientCredentials(Server server)
{
    [Fact]
    [Requirement("RFC6749-4.4-01", "RFC6749-5.2-06")]
    public async Task A_public_client_cannot_act_for_itself()
    {
        var reply = await server.Client(Clients.Native).ClientCredentials(("scope", "mail:read"));
        var declared = await server.Apply(DeclaredState.Json(server.Issuer, Clients.Native with { Id = "public-machine", GrantTypes = ["client_credentials"] }));

        Assert.True(reply.Error is "unauthorized_client" or "invalid_client", reply.ToString());
        Assert.NotEqual(0, declared.ExitCode);
    }

    [Fact]
    [Requirement("RFC6749-4.4-01")]
    public async Task Wrong_credentials_give_no_token()
    {
        (await server.Api.Post("/token", [("grant_type", "client_credentials"), ("scope", "mail:read")], Api.Basic(Clients.Knocking.Id, "wrong"))).Expect(401, "invalid_client");
    }

    [Fact]
    [Requirement("RFC6749-4.4.3-01")]
    public async Task There_is_no_refresh_token()
    {
        var asserting = server.Client(Clients.Asserting);

        var plain = Tokens.Of(await server.Client(Clients.Machine).ClientCredentials(("scope", "mail:read")));
        var offline = await asserting.ClientCredentials(("scope", "mail:read offline_access"));

        Assert.Null(plain.RefreshToken);
        Assert.False(offline.Has("refresh_token"));
        Assert.False(plain.Reply.Has("id_token"));
    }

    [Fact]
    [Requirement("RFC6749-5.2-06")]
    public async Task A_client_that_may_not_use_a_grant_is_unauthorized()
    {
        (await server.Client(Clients.Web).ClientCredentials(("scope", "mail:read"))).Expect(400, "unauthorized_client");
        (await server.Client(Clients.Machine).Token(("grant_type", "authorization_code"), ("code", "x"), ("redirect_uri", "https://machine.example/callback"), ("code_verifier", Pkce.NewVerifier())))
            .Expect(400, "unauthorized_client");
        (await server.Client(Clients.Machine).Refresh("x")).Expect(400, "unauthorized_client");
    }

    [Theory]
    [InlineData("unheard-of")]
    [InlineData("mail:read unheard-of")]
    [InlineData("mail:read  mail:send")]
    [InlineData("extra")]
    [Requirement("RFC6749-5.2-08")]
    public async Task A_scope_beyond_the_clients_own_is_refused(string scope)
    {
        (await server.Client(Clients.MailApi).ClientCredentials(("scope", scope))).Expect(400, "invalid_scope");
    }
}
