using System.Security.Cryptography;

namespace Evergrant.Specs.OidcRpInitiatedLogout;

/// <summary>OpenID Connect RP-Initiated Logout sections 2 to 4: who is signed out, and who is asked.</summary>
public sealed class Section2_Logout(Server server)
{
    private static readonly string Uri = LogoutClients.Out;

    [Fact]
    [Requirement("OIDC-RPINIT-2-01", "OIDC-RPINIT-2-09", "OIDC-RPINIT-2-13", "OIDC-RPINIT-2-14", "ATTACK-221")]
    [Module("oidcc-rp-initiated-logout")]
    public async Task With_its_ID_Token_a_client_ends_the_session_by_GET_and_by_POST()
    {
        foreach (var byPost in new[] { false, true })
        {
            var alice = await Leaving.SignIn(server, LogoutClients.Leaving, "openid mail:read");
            (string, string?)[] request = [("id_token_hint", alice.IdToken), ("post_logout_redirect_uri", Uri), ("state", "a b&c=d/é")];
            var page = byPost ? await alice.Post(request) : await alice.Get(request);
            Assert.Equal(303, page.Status);
            Assert.Equal(Uri + "?state=a%20b%26c%3Dd%2F%C3%A9", page.Location);
            Assert.False(await alice.IsSignedIn());
            Assert.False(await server.Client(Clients.MailApi).Finds(alice.Tokens.AccessToken));
        }
    }

    [Fact]
    [Requirement("OIDC-RPINIT-2-09", "OIDC-RPINIT-4-01")]
    [Module("oidcc-rp-initiated-logout-no-state")]
    public async Task Without_state_none_comes_back_and_leaving_twice_is_no_error()
    {
        var alice = await Leaving.SignIn(server, LogoutClients.Leaving);
        for (var i = 0; i < 2; i++)
            Assert.Equal(Uri, (await alice.Get(("id_token_hint", alice.IdToken), ("post_logout_redirect_uri", Uri))).Location);
        Assert.Equal(LogoutClients.OutWithQuery + "&state=s", (await alice.Get(("id_token_hint", alice.IdToken), ("post_logout_redirect_uri", LogoutClients.OutWithQuery), ("state", "s"))).Location);
        var page = await alice.Get();
        Assert.Equal((200, (string?)null), (page.Status, page.Location));
        Assert.Contains("You are signed out", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    [Module("oidcc-rp-initiated-logout-no-post-logout-redirect-uri")]
    public async Task Without_a_place_to_return_to_the_page_says_that_it_is_done()
    {
        var alice = await Leaving.SignIn(server, LogoutClients.Leaving);
        var page = await alice.Get(("id_token_hint", alice.IdToken), ("state", "alone"));
        Assert.Equal((200, (string?)null), (page.Status, page.Location));
        Assert.Contains("You are signed out", page.Text, StringComparison.Ordinal);
        Assert.False(await alice.IsSignedIn());
    }

    [Fact]
    [Requirement("OIDC-RPINIT-2-11", "OIDC-RPINIT-2-12", "OIDC-RPINIT-6-01", "ATTACK-221")]
    [Module("oidcc-rp-initiated-logout-no-params", "oidcc-rp-initiated-logout-only-state")]
    public async Task Without_a_hint_the_person_is_asked_and_may_stay()
    {
        var alice = await Leaving.SignIn(server, LogoutClients.Leaving);
        var page = await alice.ExpectQuestion(await alice.Get());
        Assert.Contains("alice", page.Text, StringComparison.Ordinal);
        Assert.Contains("still signed in", (await alice.Answer(page, "no")).Text, StringComparison.Ordinal);
        page = await alice.ExpectQuestion(await alice.Post(("state", "alone")));
        Assert.Contains("You are signed out", (await alice.Answer(page)).Text, StringComparison.Ordinal);
        Assert.False(await alice.IsSignedIn());
    }

    [Fact]
    [Requirement("OIDC-RPINIT-3-01")]
    public async Task A_client_that_only_names_itself_is_returned_to_after_the_person_has_agreed()
    {
        var alice = await Leaving.SignIn(server, LogoutClients.Leaving);
        var page = await alice.ExpectQuestion(await alice.Get(("client_id", "leaving"), ("post_logout_redirect_uri", Uri), ("state", "s")));
        Assert.Contains("Specs leaving", page.Text, StringComparison.Ordinal);
        Assert.Contains("https://leaving.example", page.Header("Content-Security-Policy"), StringComparison.Ordinal);
        Assert.Equal(Uri + "?state=s", (await alice.Answer(page)).Location);
        // Who is not signed in has nothing to agree to, and is led nowhere.
        page = await alice.Get(("client_id", "leaving"), ("post_logout_redirect_uri", Uri));
        Assert.Equal((200, (string?)null), (page.Status, page.Location));
    }

    [Fact]
    [Requirement("OIDC-RPINIT-2-12", "OIDC-RPINIT-2-04")]
    public async Task A_hint_of_somebody_else_or_of_another_session_is_asked_about()
    {
        var bob = await Leaving.SignIn(server, LogoutClients.Leaving, user: Users.Bob);
        var alice = await Leaving.SignIn(server, LogoutClients.Leaving);
        await alice.ExpectQuestion(await alice.Get(("id_token_hint", bob.IdToken), ("post_logout_redirect_uri", Uri)));
        var elsewhere = await Leaving.SignIn(server, LogoutClients.Leaving);
        Assert.NotEqual(alice.SessionId, elsewhere.SessionId);
        var page = await alice.ExpectQuestion(await alice.Get(("id_token_hint", elsewhere.IdToken), ("post_logout_redirect_uri", Uri)));
        Assert.Equal(Uri, (await alice.Answer(page)).Location);
        Assert.False(await alice.IsSignedIn());
        Assert.True(await elsewhere.IsSignedIn());
        Assert.True(await bob.IsSignedIn());
    }

    [Fact]
    [Requirement("OIDC-RPINIT-2-02", "OIDC-RPINIT-4-02", "ATTACK-124", "ATTACK-154")]
    [Module("oidcc-rp-initiated-logout-modified-id-token-hint", "oidcc-rp-initiated-logout-bad-id-token-hint")]
    public async Task A_hint_that_this_server_did_not_sign_leads_nowhere()
    {
        var alice = await Leaving.SignIn(server, LogoutClients.Leaving);
        var claims = alice.Tokens.IdJwt.Payload;
        using var foreign = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string[] hints =
        [
            Jwt.Sign(claims, "none", null), Jwt.Sign(claims, "ES256", foreign), Jwt.Sign(claims, "ES256", foreign, alice.Tokens.IdJwt.Header.GetProperty("kid").GetString()),
            alice.IdToken[..^4] + "AAAA", alice.Tokens.AccessToken, "nonsense", new string('x', 5000),
        ];
        foreach (var hint in hints)
        {
            (await alice.Get(("id_token_hint", hint), ("post_logout_redirect_uri", Uri))).ExpectErrorPage();
            (await alice.Post(("id_token_hint", hint), ("post_logout_redirect_uri", Uri), ("client_id", "leaving"))).ExpectErrorPage();
        }
        Assert.True(await alice.IsSignedIn());
    }

    [Fact]
    [Requirement("OIDC-RPINIT-2-06", "ATTACK-124")]
    public async Task A_hint_of_another_client_than_the_one_that_is_named_leads_nowhere()
    {
        var alice = await Leaving.SignIn(server, LogoutClients.Leaving);
        (await alice.Get(("id_token_hint", alice.IdToken), ("client_id", "other-leaving"), ("post_logout_redirect_uri", "https://other-leaving.example/out"))).ExpectErrorPage();
        (await alice.Get(("id_token_hint", alice.IdToken), ("client_id", "nobody"), ("post_logout_redirect_uri", Uri))).ExpectErrorPage();
        Assert.True(await alice.IsSignedIn());
        Assert.Equal(Uri, (await alice.Get(("id_token_hint", alice.IdToken), ("client_id", "leaving"), ("post_logout_redirect_uri", Uri))).Location);
    }

    [Fact]
    [Requirement("OIDC-RPINIT-2-07", "OIDC-RPINIT-3-02", "OIDC-RPINIT-4-02", "ATTACK-029")]
    [Module("oidcc-rp-initiated-logout-bad-post-logout-redirect-uri", "oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri")]
    public async Task Only_registered_addresses_are_returned_to_byte_for_byte()
    {
        var alice = await Leaving.SignIn(server, LogoutClients.Leaving);
        string[] addresses =
        [
            Uri + "?a=1", Uri + "/", Uri + "#f", "https://LEAVING.example/out", "https://leaving.example:443/out", "https://leaving.example/%6Fut", "https://leaving.example/./out",
            "https://leaving.example.evil.example/out", "https://leaving.example@evil.example/out", "https://evil.example/", "//leaving.example/out", "javascript:alert(1)", "/account",
            "https://other-leaving.example/out", "https://leaving.example/callback", LogoutClients.OutWithQuery + "&b=2", "https://leaving.example/left",
        ];
        foreach (var address in addresses)
        {
            (await alice.Get(("id_token_hint", alice.IdToken), ("post_logout_redirect_uri", address), ("state", "s"))).ExpectErrorPage();
            (await alice.Get(("client_id", "leaving"), ("post_logout_redirect_uri", address))).ExpectErrorPage();
        }
        Assert.True(await alice.IsSignedIn());
    }

    [Fact]
    [Requirement("OIDC-RPINIT-3-01", "OIDC-RPINIT-4-02", "ATTACK-029")]
    [Module("oidcc-rp-initiated-logout-no-id-token-hint")]
    public async Task An_address_alone_leads_nowhere()
    {
        var alice = await Leaving.SignIn(server, LogoutClients.Leaving);
        (await alice.Get(("post_logout_redirect_uri", Uri))).ExpectErrorPage();
        (await alice.Post(("post_logout_redirect_uri", Uri), ("state", "s"))).ExpectErrorPage();
        (await Leaving.Get(server.NewBrowser(), ("post_logout_redirect_uri", Uri))).ExpectErrorPage();
        (await alice.Get(("id_token_hint", alice.IdToken), ("post_logout_redirect_uri", Uri), ("post_logout_redirect_uri", LogoutClients.OutWithQuery))).ExpectErrorPage();
        Assert.True(await alice.IsSignedIn());
    }

    [Fact]
    [Requirement("OIDC-RPINIT-2-05")]
    public async Task A_logout_hint_says_who_of_several_is_meant_and_a_hint_ends_one_of_them()
    {
        var alice = await Leaving.SignIn(server, LogoutClients.Leaving);
        var page = await alice.Browser.Authorize(new AuthorizationRequest(server.Client(LogoutClients.Leaving)).With("prompt", "login"));
        await alice.Browser.SignIn(page, Users.Bob.Username, Users.Bob.Password);
        page = await alice.Get(("logout_hint", "ALICE"));
        Assert.Contains("alice will be signed out", page.Text.ReplaceLineEndings(" ").Replace("  ", " ", StringComparison.Ordinal), StringComparison.Ordinal);
        page = await alice.Answer(page);
        Assert.Contains("bob", page.Text, StringComparison.Ordinal);
        var bob = await Leaving.SignIn(server, LogoutClients.OtherLeaving, browser: alice.Browser);
        Assert.NotEqual(alice.Tokens.IdJwt.Claim("sub"), bob.Tokens.IdJwt.Claim("sub"));
        // The sub of the hint is the one that its client sees.
        Assert.Equal("https://other-leaving.example/out", (await bob.Get(("id_token_hint", bob.IdToken), ("post_logout_redirect_uri", "https://other-leaving.example/out"))).Location);
        Assert.False(await bob.IsSignedIn());
    }

    [Fact]
    [Requirement("OIDC-RPINIT-2-10", "OIDC-RPINIT-2-08")]
    public async Task Languages_that_nobody_speaks_are_no_error_and_a_program_is_returned_to_by_its_scheme()
    {
        var alice = await Leaving.SignIn(server, LogoutClients.NativeLeaving);
        var page = await alice.Get(("ui_locales", "xx tlh"), ("id_token_hint", alice.IdToken), ("post_logout_redirect_uri", "com.example.leaving:/out"), ("state", "s"));
        Assert.Equal("com.example.leaving:/out?state=s", page.Location);
    }

    [Fact]
    public async Task A_form_from_another_site_is_posted_again_from_here_so_that_its_cookies_come()
    {
        var alice = await Leaving.SignIn(server, LogoutClients.Leaving);
        using var request = new HttpRequestMessage(HttpMethod.Post, server.Issuer + "/end_session") { Content = Api.Form([("id_token_hint", alice.IdToken), ("post_logout_redirect_uri", Uri)]) };
        request.Headers.Add("Sec-Fetch-Site", "cross-site");
        var page = await server.NewBrowser().Send(request);
        Assert.Equal((200, (string?)null), (page.Status, page.Location));
        Assert.Equal(Uri, (await alice.Browser.Submit(page, page.FormWith("id_token_hint"), [])).Location);
        Assert.False(await alice.IsSignedIn());
    }

    [Fact]
    public async Task The_answer_counts_in_the_browser_that_was_asked_and_for_nothing_else()
    {
        var alice = await Leaving.SignIn(server, LogoutClients.Leaving);
        var page = await alice.Get();
        var ticket = page.FormWith("sign_out")["ticket"]!;
        var bob = await Leaving.SignIn(server, LogoutClients.Leaving, user: Users.Bob);
        (await bob.Browser.Post("/end_session/answer", [("ticket", ticket), ("sign_out", "yes")])).ExpectErrorPage();
        (await alice.Browser.Post("/end_session/answer", [("ticket", ticket), ("sign_out", "perhaps")])).ExpectErrorPage();
        (await alice.Browser.Post("/consent", [("ticket", ticket), ("decision", "allow")])).ExpectErrorPage();
        (await alice.Browser.Post("/device/answer", [("ticket", ticket), ("decision", "allow")])).ExpectErrorPage();
        Assert.True(await alice.IsSignedIn());
        Assert.True(await bob.IsSignedIn());
    }

    [Fact]
    [Requirement("OIDC-RPINIT-2.1-01", "OIDC-RPINIT-3.1-01")]
    public async Task The_metadata_names_the_endpoint_and_addresses_are_registered_as_a_list()
    {
        Assert.Equal(server.Issuer + "/end_session", (await server.Api.Metadata()).Text("end_session_endpoint"));
        var shown = await server.Run("client", "show", "leaving", "--json");
        Assert.Contains(Uri, shown.Output, StringComparison.Ordinal);
        foreach (var address in new[] { "http://leaving.example/out", "https://leaving.example/*", "out", "https://leaving.example/out#f" })
        {
            var refused = await server.Apply(DeclaredState.Json(server.Issuer, LogoutClients.Leaving with { Further = LogoutClients.Members(("post_logout_redirect_uris", new System.Text.Json.Nodes.JsonArray(address))) }));
            Assert.NotEqual(0, refused.ExitCode);
            Assert.Contains("post_logout_redirect_uris", refused.Errors + refused.Output, StringComparison.Ordinal);
        }
    }
}
