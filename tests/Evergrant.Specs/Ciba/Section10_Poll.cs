using Evergrant.Specs.RefreshToken;

namespace Evergrant.Specs.Ciba;

/// <summary>CIBA Core sections 8, 10.1 and 11: the person answers, and the client fetches its tokens.</summary>
[Collection(typeof(ClockCollection))]
public sealed class Section10_Poll(ClockServer server)
{
    [Fact]
    [Requirement("CIBA-8-01", "CIBA-10.1.1-01", "CIBA-11-01", "CIBA-7.1-08", "CIBA-7.1-06", "FAPI-CIBA-5.2.2-04", "FAPI-CIBA-5.2.2-07", "FAPI-CIBA-5.2.2-08")]
    public async Task A_client_walks_from_a_hint_to_an_API_and_on_through_refreshes()
    {
        var request = await CibaRequest.Begin(server, CibaClients.CallCentre, ("binding_message", "Order 4711"), ("acr_values", "urn:evergrant:acr:password"));
        (await request.Poll()).Expect(400, "authorization_pending");
        var browser = await server.NewSignedIn(Users.Alice);
        var page = (await CibaRequest.Open(browser)).Expect(PageKind.Consent);
        Assert.Contains("Call centre", page.Text, StringComparison.Ordinal);
        Assert.Contains("Order 4711", page.Text, StringComparison.Ordinal);
        Assert.Equal("deny", page.FormWith("decision").Fields.First(f => f.Type == "submit").Value);
        await browser.Decide(page, "allow");
        var tokens = Tokens.Of(await request.Poll());
        Assert.Equal(["mail:read", "offline_access", "openid"], tokens.Scopes);
        Assert.Equal((server.Issuer, "urn:evergrant:acr:password"), (tokens.IdJwt.Claim("iss"), tokens.IdJwt.Claim("acr")));
        (await server.Api.Get("/userinfo", tokens.AccessToken)).Expect(200);
        var client = server.Client(CibaClients.CallCentre);
        var next = (await client.Refresh(tokens.Refresh)).By("Rotated");
        Assert.Equal(next.Refresh, (await client.Refresh(tokens.Refresh)).By("Repeated").Refresh);
        next = (await client.Refresh(next.Refresh)).By("Rotated");
        (await client.Refresh(tokens.Refresh)).Expect(400, "invalid_grant");
        (await client.Refresh(next.Refresh)).Expect(400, "invalid_grant");
    }

    [Fact]
    [Requirement("CIBA-10.1.1-02")]
    public async Task An_id_that_was_redeemed_is_no_longer_valid_and_ends_what_came_of_it()
    {
        var request = await CibaRequest.Begin(server, CibaClients.CallCentre);
        var tokens = await request.Allowed();
        (await request.Poll()).Expect(400, "invalid_grant");
        (await server.Client(CibaClients.CallCentre).Refresh(tokens.Refresh)).Expect(400, "invalid_grant");
        tokens = await (await CibaRequest.Begin(server, CibaClients.CallCentre)).Allowed();
        (await server.Client(CibaClients.CallCentre).Revoke(tokens.Refresh)).Expect(200);
        (await server.Client(CibaClients.CallCentre).Refresh(tokens.Refresh)).Expect(400, "invalid_grant");
    }

    [Fact]
    [Requirement("CIBA-11-02", "CIBA-11-03", "CIBA-11-04", "CIBA-10.1-02")]
    public async Task Waiting_too_fast_too_long_or_in_vain_is_told()
    {
        var request = await CibaRequest.Begin(server, CibaClients.CallCentre);
        (await request.Poll()).Expect(400, "authorization_pending");
        (await request.Poll()).Expect(400, "slow_down");
        await server.Advance(TimeSpan.FromSeconds(6));
        (await request.Poll()).Expect(400, "slow_down");
        await server.Advance(TimeSpan.FromSeconds(16));
        (await request.Poll()).Expect(400, "authorization_pending");
        await request.Answer("deny");
        (await request.Poll()).Expect(400, "access_denied");
        request = await CibaRequest.Begin(server, CibaClients.CallCentre, ("requested_expiry", "30"));
        await server.Advance(TimeSpan.FromSeconds(31));
        (await request.Poll()).Expect(400, "expired_token");
    }

    [Fact]
    [Requirement("CIBA-10.1-04", "CIBA-11-05")]
    public async Task An_id_is_of_the_client_that_asked_and_no_other_credential_passes_for_it()
    {
        var request = await CibaRequest.Begin(server, CibaClients.CallCentre);
        await request.Answer("allow");
        (await request.Poll(CibaClients.OtherCallCentre)).Expect(400, "invalid_grant");
        var client = server.Client(CibaClients.CallCentre);
        foreach (var altered in Altering.EachPart(request.Id)) (await client.Token(("grant_type", CibaClients.GrantType), ("auth_req_id", altered))).Expect(400, "invalid_grant");
        (await client.Token(("grant_type", CibaClients.GrantType))).Expect(400, "invalid_request");
        (await client.Refresh(request.Id)).Expect(400, "invalid_grant");
        var tokens = Tokens.Of(await request.Poll());
        (await client.Token(("grant_type", CibaClients.GrantType), ("auth_req_id", tokens.Refresh))).Expect(400, "invalid_grant");
        (await server.Client(Clients.Web).Token(("grant_type", CibaClients.GrantType), ("auth_req_id", request.Id))).Expect(400, "unauthorized_client");
    }

    [Fact]
    public async Task A_request_is_shown_to_the_person_it_names_and_to_nobody_else()
    {
        var request = await CibaRequest.Begin(server, CibaClients.CallCentre);
        var alice = await server.NewSignedIn(Users.Alice);
        var page = await CibaRequest.Open(alice);
        var address = new Uri(page.Address).PathAndQuery;
        var bob = await server.NewSignedIn(Users.Bob);
        Assert.DoesNotContain("Call centre", (await bob.Get("/account")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Call centre", (await bob.Get(address)).ExpectErrorPage().Text, StringComparison.Ordinal);
        (await bob.Post("/backchannel/answer", [("ticket", page.FormWith("decision")["ticket"]!), ("decision", "allow")])).ExpectErrorPage();
        // Whoever follows the link signs in first, and is told nothing before.
        var stranger = server.NewBrowser();
        var signIn = (await stranger.Get(address)).Expect(PageKind.SignIn);
        Assert.DoesNotContain("Call centre", signIn.Text, StringComparison.Ordinal);
        (await stranger.SignIn(signIn, Users.Alice.Username, Users.Alice.Password)).Expect(PageKind.Consent);
        await alice.Decide(page, "allow");
        (await alice.Decide(page, "deny")).ExpectErrorPage();
        Tokens.Of(await request.Poll());
    }

    [Fact]
    [Requirement("CIBA-8-01")]
    public async Task An_authenticator_app_lists_what_waits_and_answers()
    {
        var app = await server.Authorize(CibaClients.App, "openid " + CibaClients.Authenticator, await server.NewSignedIn(Users.Alice));
        var request = await CibaRequest.Begin(server, CibaClients.CallCentre, ("binding_message", "W4SCT"));
        var listed = (await server.Api.Get("/backchannel/requests", app.AccessToken)).Expect(200).Json.GetProperty("requests");
        var one = Assert.Single(listed.EnumerateArray());
        Assert.Equal(("ciba-poll", "Call centre", "W4SCT"), (one.GetProperty("client_id").GetString(), one.GetProperty("client_name").GetString(), one.GetProperty("binding_message").GetString()));
        var id = one.GetProperty("id").GetString()!;

        var plain = await server.Authorize(CibaClients.App, "openid", await server.NewSignedIn(Users.Alice));
        Assert.Equal(403, (await server.Api.Get("/backchannel/requests", plain.AccessToken)).Status);
        Assert.Equal(401, (await server.Api.Get("/backchannel/requests")).Status);
        Assert.Equal(401, (await server.Api.Get("/backchannel/requests", app.IdToken)).Status);
        var bob = await server.Authorize(CibaClients.App, "openid " + CibaClients.Authenticator, await server.NewSignedIn(Users.Bob));
        Assert.Empty((await server.Api.Get("/backchannel/requests", bob.AccessToken)).Expect(200).Json.GetProperty("requests").EnumerateArray());
        (await Answer(bob, id, "allow")).Expect(400, "invalid_request");
        (await Answer(app, id, "perhaps")).Expect(400, "invalid_request");
        (await Answer(app, "nonsense", "allow")).Expect(400, "invalid_request");
        (await request.Poll()).Expect(400, "authorization_pending");

        (await Answer(app, id, "allow")).Expect(200);
        var tokens = Tokens.Of(await request.Poll());
        Assert.Equal((app.IdJwt.Claim("sub"), app.IdJwt.Number("auth_time")), (tokens.IdJwt.Claim("sub"), tokens.IdJwt.Number("auth_time")));
        (await Answer(app, id, "allow")).Expect(400, "invalid_request");

        request = await CibaRequest.Begin(server, CibaClients.CallCentre);
        id = (await server.Api.Get("/backchannel/requests", app.AccessToken)).Json.GetProperty("requests")[0].GetProperty("id").GetString()!;
        (await Answer(app, id, "deny")).Expect(200);
        (await request.Poll()).Expect(400, "access_denied");
    }

    [Fact]
    public async Task Sign_out_ends_what_was_allowed_without_offline_access()
    {
        var request = await CibaRequest.Begin(server, CibaClients.CallCentre, ("scope", "openid mail:read"));
        var browser = await server.NewSignedIn(Users.Alice);
        var tokens = await request.Allowed(browser);
        Assert.Null(tokens.RefreshToken);
        Assert.True(await server.Client(Clients.MailApi).Finds(tokens.AccessToken));
        var page = await browser.Get("/sign-out");
        await browser.Submit(page, page.FormWith("form_token"), []);
        Assert.False(await server.Client(Clients.MailApi).Finds(tokens.AccessToken));
    }

    private Task<Reply> Answer(Tokens app, string id, string decision) =>
        server.Api.Send(new HttpRequestMessage(HttpMethod.Post, server.Api.Url("/backchannel/requests"))
        {
            Content = Api.Form([("id", id), ("decision", decision)]), Headers = { { "Authorization", "Bearer " + app.AccessToken } },
        });
}
