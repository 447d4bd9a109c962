namespace Evergrant.Specs.Rfc6749;

/// <summary>RFC 6749 sections 4.1.2 and 4.1.3: what a code is bound to, and that it counts once.</summary>
public sealed class Section4_1_3_CodeRedemption(Server server)
{
    [Fact]
    [Requirement("RFC6749-4.1.2-05", "RFC6749-5.2-05")]
    public async Task A_code_counts_once()
    {
        var (request, code) = await NewCode(Clients.Web);

        (await request.Client.Redeem(request, code)).Expect(200);
        (await request.Client.Redeem(request, code)).Expect(400, "invalid_grant");
        (await request.Client.Redeem(request, code)).Expect(400, "invalid_grant");
    }

    [Fact]
    [Requirement("RFC6749-4.1.2-05")]
    public async Task Of_many_redemptions_at_once_one_succeeds()
    {
        var (request, code) = await NewCode(Clients.Web);

        var replies = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => request.Client.Redeem(request, code)));

        Assert.Single(replies, reply => reply.Status == 200);
        Assert.All(replies.Where(reply => reply.Status != 200), reply => reply.Expect(400, "invalid_grant"));
    }

    [Fact]
    [Requirement("RFC6749-4.1.2-06")]
    public async Task A_replayed_code_revokes_what_came_from_it()
    {
        var (request, code) = await NewCode(Clients.Web, "openid offline_access mail:read");
        var tokens = Tokens.Of(await request.Client.Redeem(request, code));
        Assert.True(await request.Client.Finds(tokens.AccessToken));

        (await request.Client.Redeem(request, code)).Expect(400, "invalid_grant");

        Assert.False(await request.Client.Finds(tokens.AccessToken));
        Assert.False(await request.Client.Finds(tokens.Refresh));
        (await request.Client.Refresh(tokens.Refresh)).Expect(400, "invalid_grant");
    }

    [Fact]
    [Requirement("RFC6749-4.1.2-06")]
    public async Task A_replay_that_proves_nothing_revokes_nothing()
    {
        var (request, code) = await NewCode(Clients.Web, "openid offline_access mail:read");
        var tokens = Tokens.Of(await request.Client.Redeem(request, code));

        (await request.Client.Redeem(request, code, ("code_verifier", Pkce.NewVerifier()))).Expect(400, "invalid_grant");
        (await server.Client(Clients.Other).Redeem(request, code)).Expect(400, "invalid_grant");
        (await server.Api.Post("/token", [("grant_type", "authorization_code"), ("code", code)], Api.Basic(request.Client.Id, "wrong"))).Expect(401, "invalid_client");

        Assert.True(await request.Client.Finds(tokens.AccessToken));
        (await request.Client.Refresh(tokens.Refresh)).Expect(200);
    }

    [Fact]
    [Requirement("RFC6749-4.1.2-07", "RFC6749-4.1.3-01", "RFC6749-5.2-05")]
    public async Task A_code_of_another_client_is_refused_and_stays_good()
    {
        var (request, code) = await NewCode(Clients.Web);
        var native = server.Client(Clients.Native);

        (await server.Client(Clients.Other).Redeem(request, code)).Expect(400, "invalid_grant");
        (await native.Redeem(request, code)).Expect(400, "invalid_grant");
        (await request.Client.Redeem(request, code)).Expect(200);
    }

    [Fact]
    [Requirement("RFC6749-4.1.2-07", "RFC6749-4.1.3-01")]
    public async Task A_public_clients_code_is_refused_to_another_public_client()
    {
        var (request, code) = await NewCode(Clients.Native);

        (await server.Client(Clients.OtherNative).Redeem(request, code)).Expect(400, "invalid_grant");
        (await request.Client.Redeem(request, code)).Expect(200);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("https://two-redirects.example/second")]
    [InlineData("https://two-redirects.example/callback/")]
    [InlineData("https://two-redirects.example/callback?")]
    [InlineData("https://TWO-redirects.example/callback")]
    [Requirement("RFC6749-4.1.2-07", "RFC6749-4.1.3-02")]
    public async Task The_redirect_uri_of_the_authorization_request_must_be_repeated(string? uri)
    {
        var (request, code) = await NewCode(Clients.TwoRedirects);

        var reply = await request.Client.Redeem(request, code, ("redirect_uri", uri));

        Assert.True(reply.Status == 400 && reply.Error is "invalid_grant" or "invalid_request", reply.ToString());
        if (uri is not null) reply.Expect(400, "invalid_grant");
    }

    [Fact]
    [Requirement("RFC6749-4.1.3-02")]
    public async Task A_redirect_uri_that_was_not_sent_need_not_be_repeated()
    {
        var web = server.Client(Clients.Web);
        var request = new AuthorizationRequest(web).With("scope", "profile").Without("redirect_uri");

        var code = await (await server.SignedIn()).Code(request);

        (await web.Redeem(request, code)).Expect(200);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("evg_AAAA")]
    [InlineData("....")]
    [InlineData("ünïcode")]
    [Requirement("RFC6749-5.2-05")]
    public async Task A_made_up_code_is_refused(string code)
    {
        var web = server.Client(Clients.Web);

        (await web.Token(("grant_type", "authorization_code"), ("code", code), ("redirect_uri", web.Definition.RedirectUri), ("code_verifier", Pkce.NewVerifier())))
            .Expect(400, "invalid_grant");
    }

    [Fact]
    [Requirement("RFC6749-10.3-02", "RFC6749-5.2-05")]
    public async Task An_altered_code_is_refused_and_the_right_one_stays_good()
    {
        var (request, code) = await NewCode(Clients.Web);

        foreach (var altered in Altering.EachPart(code))
            (await request.Client.Redeem(request, altered)).Expect(400, "invalid_grant");
        (await request.Client.Redeem(request, code)).Expect(200);
    }

    private async Task<(AuthorizationRequest Request, string Code)> NewCode(ClientDefinition definition, string scope = "openid")
    {
        var request = new AuthorizationRequest(server.Client(definition)).With("scope", scope);
        return (request, await (await server.SignedIn()).Code(request));
    }
}
