using System.Text.Json;
using Evergrant.Specs.Rfc7521;
using Evergrant.Specs.Rfc9449;

namespace Evergrant.Specs.Rfc8693;

/// <summary>RFC 8693: tokens for tokens.</summary>
[Collection(typeof(GrantsCollection))]
public sealed class Section2_Exchange(GrantsServer server)
{
    private const string Access = ExchangeClients.Types + "access_token";

    private Task<Reply> Exchange(string token, ClientDefinition? client = null, string type = Access, params (string Name, string? Value)[] more)
    {
        var form = new List<(string Name, string? Value)> { ("grant_type", ExchangeClients.Exchange), ("subject_token", token), ("subject_token_type", type) };
        foreach (var (name, value) in more)
        {
            form.RemoveAll(p => p.Name == name && name is not "audience");
            form.Add((name, value));
        }

        return server.Client(client ?? ExchangeClients.Gateway).Token([.. form.Where(p => p.Value is not null).Select(p => (p.Name, p.Value!))]);
    }

    private Task<Tokens> SignIn(ClientDefinition? portal = null, string scope = "openid offline_access mail:read") => server.Authorize(portal ?? ExchangeClients.Portal, scope);

    private static JsonElement? Act(Tokens tokens) => tokens.AccessJwt.Payload.TryGetProperty("act", out var act) ? act : null;

    [Fact]
    [Requirement("RFC8693-2.1-01", "RFC8693-2.2.1-01", "RFC8693-2.2.1-02", "RFC8693-2.2.1-03", "RFC8693-2.1-07", "RFC8693-4.1-01")]
    public async Task A_gateway_turns_a_users_token_into_one_for_an_API_that_says_who_acts()
    {
        foreach (var portal in new[] { ExchangeClients.Portal, ExchangeClients.OpaquePortal })
        {
            var user = await SignIn(portal);
            var reply = await Exchange(user.AccessToken);
            var tokens = Tokens.Of(reply);
            Assert.Equal(Access, reply.Text("issued_token_type"));
            Assert.Equal("Bearer", reply.Text("token_type"));
            Assert.InRange(reply.Json.GetProperty("expires_in").GetInt32(), 1, 300);
            Assert.Equal(["mail:read"], tokens.Scopes);
            Assert.Equal([DeclaredState.Mail], tokens.AccessJwt.Audience);
            Assert.Equal(user.IdJwt.Claim("sub"), tokens.AccessJwt.Claim("sub"));
            Assert.Equal("gateway", tokens.AccessJwt.Claim("client_id"));
            Assert.Equal("gateway", Act(tokens)!.Value.GetProperty("sub").GetString());
            Assert.DoesNotContain(Act(tokens)!.Value.EnumerateObject(), member => member.Name is "exp" or "nbf" or "aud");
            Assert.True(await server.Client(Clients.MailApi).Finds(tokens.AccessToken));
            // The token that was shown is as good as before.
            (await server.Api.Get("/userinfo", user.AccessToken)).Expect(200);
            (await server.Client(portal).Refresh(user.Refresh)).Expect(200);
        }
    }

    [Fact]
    [Requirement("RFC8693-2.1-01", "RFC8693-2.1-02", "RFC8693-2.2.2-01")]
    public async Task What_belongs_together_comes_together()
    {
        var user = await SignIn();
        foreach (var change in new (string, string?)[][]
        {
            [("subject_token", null)], [("subject_token_type", null)], [("actor_token", user.AccessToken)], [("actor_token_type", Access)], [("subject_token_type", "access_token")],
            [("requested_token_type", "urn:example:other")], [("actor_token", user.AccessToken), ("actor_token_type", "urn:example:other")],
        }) (await Exchange(user.AccessToken, null, Access, change)).Expect(400, "invalid_request");
    }

    [Fact]
    [Requirement("RFC8693-2.1-03", "RFC8693-2.2.2-01", "RFC8693-3-01", "RFC8693-2.1-06", "ATTACK-126", "ATTACK-129")]
    public async Task Each_token_is_judged_by_the_rules_of_its_declared_type()
    {
        var user = await SignIn();
        async Task Refused(string token, string type) => (await Exchange(token, null, ExchangeClients.Types + type)).Expect(400, "invalid_request");

        foreach (string type in new[] { "refresh_token", "id_token", "saml2", "saml1", "id-jag" }) await Refused(user.AccessToken, type);
        foreach (string type in new[] { "access_token", "jwt", "refresh_token" }) await Refused(user.IdToken!, type);
        foreach (string type in new[] { "access_token", "jwt", "id_token" }) await Refused(user.Refresh, type);
        foreach (string token in Altering.EachPart(user.AccessToken)) await Refused(token, "access_token");
        await Refused("x", "access_token");
        await Refused(ForeignIssuer.Stranger.Assertion(server.Issuer), "jwt");
        await Refused(ForeignIssuer.Company.Assertion("https://elsewhere.example"), "jwt");
        // A refresh token is for nobody but its own client.
        await Refused(user.Refresh, "refresh_token");
        Tokens.Of(await Exchange(user.AccessToken, null, ExchangeClients.Types + "jwt"));
        Tokens.Of(await Exchange(user.IdToken!, null, ExchangeClients.Types + "id_token", ("audience", DeclaredState.Files)));
        (await Exchange(user.IdToken!, null, ExchangeClients.Types + "id_token", ("scope", "mail:read"))).Expect(400, "invalid_scope");
        Assert.Equal("Bearer", (await Exchange(user.AccessToken, null, Access, ("requested_token_type", ExchangeClients.Types + "jwt"))).Expect(200).Text("token_type"));
        foreach (string type in new[] { "refresh_token", "id_token", "saml2" })
            (await Exchange(user.AccessToken, null, Access, ("requested_token_type", ExchangeClients.Types + type))).Expect(400, "invalid_request");
    }

    [Fact]
    [Requirement("RFC8693-2.1-03", "RFC8693-2.2.2-01", "ATTACK-129")]
    public async Task A_token_that_was_revoked_is_exchanged_no_more_and_takes_what_came_of_it_along()
    {
        foreach (var client in new[] { ExchangeClients.Gateway, ExchangeClients.Backend })
        {
            var user = await SignIn();
            var tokens = Tokens.Of(await Exchange(user.AccessToken, client));
            Assert.True(await server.Client(Clients.MailApi).Finds(tokens.AccessToken));
            (await server.Client(ExchangeClients.Portal).Revoke(user.Refresh)).Expect(200);
            Assert.False(await server.Client(Clients.MailApi).Finds(tokens.AccessToken));
            Assert.Equal("SubjectTokenInvalid", await RefreshToken.Families.Why(server, (await Exchange(user.AccessToken, client)).Expect(400, "invalid_request")));
            Assert.Equal("SubjectTokenInvalid", await RefreshToken.Families.Why(server, (await Exchange(tokens.AccessToken, ExchangeClients.Backend)).Expect(400, "invalid_request")));
        }
    }

    [Fact]
    public async Task Revoking_what_was_exchanged_leaves_the_users_grant_alone()
    {
        foreach (var client in new[] { ExchangeClients.Gateway, ExchangeClients.Backend })
        {
            var user = await SignIn();
            var tokens = Tokens.Of(await Exchange(user.AccessToken, client));
            (await server.Client(ExchangeClients.Portal).Revoke(tokens.AccessToken)).Expect(400, "invalid_grant");
            (await server.Client(client).Revoke(tokens.AccessToken)).Expect(200);
            Assert.False(await server.Client(Clients.MailApi).Finds(tokens.AccessToken));
            (await server.Api.Get("/userinfo", user.AccessToken)).Expect(200);
            Tokens.Of(await server.Client(ExchangeClients.Portal).Refresh(user.Refresh));
        }
    }

    [Fact]
    [Requirement("RFC8693-2.1-04", "RFC8693-2.2.2-02", "ATTACK-125")]
    public async Task The_target_is_one_that_a_rule_allows()
    {
        var user = await SignIn();
        Assert.Equal([DeclaredState.Mail], Tokens.Of(await Exchange(user.AccessToken, null, Access, ("audience", DeclaredState.Mail))).AccessJwt.Audience);
        Assert.Equal([DeclaredState.Mail], Tokens.Of(await Exchange(user.AccessToken, null, Access, ("resource", DeclaredState.Mail), ("audience", DeclaredState.Mail))).AccessJwt.Audience);
        foreach (string target in new[] { "https://elsewhere.example/api", DeclaredState.Mail + "#x", "not a uri", server.Issuer })
            (await Exchange(user.AccessToken, null, Access, ("resource", target))).Expect(400, "invalid_target");
        (await Exchange(user.AccessToken, ExchangeClients.Backend, Access, ("audience", DeclaredState.Files))).Expect(400, "invalid_target");
        (await Exchange(user.AccessToken, null, Access, ("audience", DeclaredState.Mail), ("audience", DeclaredState.Files))).Expect(400, "invalid_target");
        Assert.Equal([DeclaredState.Files], Tokens.Of(await Exchange(user.AccessToken, null, Access, ("audience", DeclaredState.Files))).AccessJwt.Audience);
    }

    [Fact]
    [Requirement("RFC8693-5-01", "RFC8693-2.2.1-03", "ID-CHAIN-2.5-01", "ATTACK-125")]
    public async Task No_exchange_gives_more_than_the_token_or_the_rule_allows()
    {
        var user = await SignIn();
        (await Exchange(user.AccessToken, null, Access, ("scope", "mail:send"))).Expect(400, "invalid_scope");
        (await Exchange(user.AccessToken, null, Access, ("scope", "mail:read mail:send"))).Expect(400, "invalid_scope");
        var wide = await SignIn(null, "openid mail:read mail:send");
        Assert.Equal(["mail:read"], Tokens.Of(await Exchange(wide.AccessToken, null, Access, ("scope", "mail:read"))).Scopes);
        Assert.Equal(["mail:read", "mail:send"], Tokens.Of(await Exchange(wide.AccessToken)).Scopes);
        // A second exchange cannot win back what the first left out.
        var narrow = Tokens.Of(await Exchange(wide.AccessToken, null, Access, ("scope", "mail:read")));
        (await Exchange(narrow.AccessToken, ExchangeClients.Backend, Access, ("scope", "mail:send"))).Expect(400, "invalid_scope");
        // Nor does it live longer.
        var end = Tokens.Of(await Exchange(narrow.AccessToken, ExchangeClients.Gateway)).AccessJwt.Number("exp");
        Assert.True(end <= wide.AccessJwt.Number("exp"));
        // Userinfo, ID Token and refresh token are no business of an actor.
        var plain = Tokens.Of(await Exchange(user.AccessToken, null, Access, ("scope", "openid offline_access mail:read")));
        Assert.Equal(["mail:read"], plain.Scopes);
        Assert.Null(plain.IdToken);
        (await server.Api.Get("/userinfo", plain.AccessToken)).Expect(403);
    }

    [Fact]
    [Requirement("RFC8693-2.1-05", "ATTACK-125", "ID-CHAIN-5.3-01")]
    public async Task Nothing_may_be_exchanged_but_what_the_operator_allowed()
    {
        var user = await SignIn();
        (await Exchange(user.AccessToken, Clients.Machine)).Expect(400, "unauthorized_client");
        Assert.Equal("SubjectTokenNotExchangeable", await RefreshToken.Families.Why(server, (await Exchange(user.AccessToken, ExchangeClients.WithoutRule)).Expect(400, "invalid_request")));
        var other = await server.Authorize(Clients.Other, "openid mail:read");
        Assert.Equal("SubjectTokenNotExchangeable", await RefreshToken.Families.Why(server, (await Exchange(other.AccessToken)).Expect(400, "invalid_request")));
        (await Exchange(other.IdToken!, null, ExchangeClients.Types + "id_token")).Expect(400, "invalid_request");
        (await Exchange(user.AccessToken, ExchangeClients.Public)).Expect(400, "unauthorized_client");
        Tokens.Of(await Exchange(user.AccessToken, ExchangeClients.AllowedPublic));
    }

    [Fact]
    [Requirement("RFC8693-4.1-01", "RFC8693-4.1-02", "RFC8693-4.1-04")]
    public async Task Who_acts_is_named_outermost_and_who_acted_before_inside()
    {
        var user = await SignIn();
        var first = Tokens.Of(await Exchange(user.AccessToken));
        var actor = Tokens.Of(await server.Client(ExchangeClients.Backend).ClientCredentials(("scope", "mail:read")));
        var second = Tokens.Of(await Exchange(first.AccessToken, ExchangeClients.Backend, Access, ("actor_token", actor.AccessToken), ("actor_token_type", Access)));
        var told = (await server.Client(Clients.MailApi).Introspect(second.AccessToken)).Expect(200).Json.GetProperty("act");
        Assert.Equal("backend", told.GetProperty("sub").GetString());
        Assert.Equal("gateway", told.GetProperty("act").GetProperty("sub").GetString());
        Assert.False(told.GetProperty("act").TryGetProperty("act", out _));
        var third = Tokens.Of(await Exchange(second.AccessToken, ExchangeClients.Backend));
        Assert.Equal("gateway", (await server.Client(Clients.MailApi).Introspect(third.AccessToken)).Json.GetProperty("act").GetProperty("act").GetProperty("act").GetProperty("sub").GetString());
        var same = (await server.Client(Clients.MailApi).Introspect(first.AccessToken)).Json.GetProperty("act");
        Assert.Equal(Act(first)!.Value.GetRawText(), same.GetRawText());
    }

    [Fact]
    public async Task A_chain_of_actors_has_an_end()
    {
        var token = Tokens.Of(await Exchange((await SignIn()).AccessToken)).AccessToken;
        for (var i = 0; i < 7; i++) token = Tokens.Of(await Exchange(token)).AccessToken;
        Assert.Equal("ActorChainTooLong", await RefreshToken.Families.Why(server, (await Exchange(token)).Expect(400, "invalid_request")));
    }

    [Fact]
    [Requirement("RFC8693-4.1-01", "ATTACK-125")]
    public async Task Only_who_may_impersonate_leaves_no_trace_and_earlier_actors_stay()
    {
        var user = await SignIn();
        Assert.Null(Act(Tokens.Of(await Exchange(user.AccessToken, ExchangeClients.Impersonator))));
        var first = Tokens.Of(await Exchange(user.AccessToken));
        Assert.Equal("gateway", Act(Tokens.Of(await Exchange(first.AccessToken, ExchangeClients.Impersonator)))!.Value.GetProperty("sub").GetString());
    }

    [Fact]
    [Requirement("RFC8693-2.1-03", "RFC8693-2.2.2-01")]
    public async Task An_actor_shows_a_token_of_its_own()
    {
        var user = await SignIn();
        var foreign = Tokens.Of(await server.Client(ExchangeClients.Backend).ClientCredentials(("scope", "mail:read")));
        foreach (string actor in new[] { foreign.AccessToken, user.AccessToken, "x", user.IdToken!, user.Refresh })
            (await Exchange(user.AccessToken, null, Access, ("actor_token", actor), ("actor_token_type", Access))).Expect(400, "invalid_request");
    }

    [Fact]
    [Requirement("RFC8693-4.4-01", "RFC8693-4.1-04")]
    public async Task A_token_may_name_who_may_act_and_nobody_else_may()
    {
        var user = await SignIn(ExchangeClients.NamingPortal);
        Assert.Equal("gateway", user.AccessJwt.Payload.GetProperty("may_act").GetProperty("sub").GetString());
        Assert.Equal("gateway", (await server.Client(ExchangeClients.NamingPortal).Introspect(user.AccessToken)).Json.GetProperty("may_act").GetProperty("sub").GetString());
        Tokens.Of(await Exchange(user.AccessToken));

        var company = ForeignIssuer.Company;
        string Assertion(object mayAct) => company.Assertion(server.Issuer, "alice", ("may_act", mayAct));
        Tokens.Of(await Exchange(Assertion(new { sub = "gateway" }), null, ExchangeClients.Types + "jwt", ("scope", "mail:read")));
        foreach (object named in new object[] { new { sub = "backend" }, new { sub = "gateway", iss = "https://idp.example" }, new { sub = "gateway", role = "x" }, new { sub = 5 } })
            Assert.Equal("ActorNotPermitted", await RefreshToken.Families.Why(server, (await Exchange(Assertion(named), null, ExchangeClients.Types + "jwt", ("scope", "mail:read"))).Expect(400, "invalid_request")));
    }

    [Fact]
    [Requirement("RFC8693-2.1-03", "RFC8693-2.1-07", "RFC8693-3-01", "ATTACK-128")]
    public async Task The_word_of_whom_the_server_trusts_may_be_exchanged_and_is_not_used_up()
    {
        string assertion = ForeignIssuer.Company.Assertion(server.Issuer);
        var tokens = Tokens.Of(await Exchange(assertion, null, ExchangeClients.Types + "jwt", ("scope", "mail:read")));
        Assert.Equal("gateway", Act(tokens)!.Value.GetProperty("sub").GetString());
        Tokens.Of(await Exchange(assertion, null, ExchangeClients.Types + "jwt", ("scope", "mail:read")));
        (await Exchange(assertion, ExchangeClients.Backend, ExchangeClients.Types + "jwt")).Expect(400, "invalid_request");
        Assert.Equal("https://partner.example|7", Tokens.Of(await Exchange(ForeignIssuer.Partner.Assertion(server.Issuer, "7"), null, ExchangeClients.Types + "jwt")).AccessJwt.Claim("sub"));
        (await Exchange(ForeignIssuer.Partner.Assertion(server.Issuer, "7"), null, ExchangeClients.Types + "jwt", ("scope", "mail:send"))).Expect(400, "invalid_scope");
    }

    [Fact]
    [Requirement("RFC8693-2.1-03", "ATTACK-188")]
    public async Task A_token_that_is_bound_to_a_key_is_exchanged_by_its_holder()
    {
        var key = new DpopKey();
        var request = new AuthorizationRequest(server.Client(ExchangeClients.Portal)).With("scope", "openid mail:read");
        var user = Tokens.Of(await server.Client(ExchangeClients.Portal).With(key, server).Redeem(request, await (await server.SignedIn()).Code(request)));
        Assert.Equal("SubjectTokenInvalid", await RefreshToken.Families.Why(server, (await Exchange(user.AccessToken)).Expect(400, "invalid_request")));
        var form = new (string, string)[] { ("grant_type", ExchangeClients.Exchange), ("subject_token", user.AccessToken), ("subject_token_type", Access) };
        (await server.Client(ExchangeClients.Gateway).With(new DpopKey(), server).Token(form)).Expect(400, "invalid_request");
        Assert.Equal("DPoP", (await server.Client(ExchangeClients.Gateway).With(key, server).Token(form)).Expect(200).Text("token_type"));
    }

    [Fact]
    [Requirement("ATTACK-129", "ATTACK-218")]
    public async Task A_user_who_is_disabled_is_nobodys_subject()
    {
        var away = new User("exchanged-" + Pkce.Random(6), "correct horse battery staple", "Away");
        Assert.Equal(0, (await server.Apply(new System.Text.Json.Nodes.JsonObject { ["users"] = new System.Text.Json.Nodes.JsonArray(away.ToJson()) }.ToJsonString())).ExitCode);
        var user = await server.Authorize(ExchangeClients.Portal, "openid mail:read", await server.NewSignedIn(away));
        var tokens = Tokens.Of(await Exchange(user.AccessToken));
        Assert.Equal(0, (await server.Run("user", "disable", away.Username)).ExitCode);
        Assert.False(await server.Client(Clients.MailApi).Finds(tokens.AccessToken));
        (await Exchange(user.AccessToken)).Expect(400, "invalid_request");
        (await Exchange(user.IdToken!, null, ExchangeClients.Types + "id_token", ("audience", DeclaredState.Files))).Expect(400, "invalid_request");
    }

    [Fact]
    [Requirement("RFC8693-2.2.1-04")]
    public async Task A_refresh_token_comes_only_where_the_rule_says_so_and_is_like_any_other_then()
    {
        var user = await SignIn();
        Assert.Null(Tokens.Of(await Exchange(user.AccessToken, null, Access, ("scope", "mail:read offline_access"))).RefreshToken);
        var client = server.Client(ExchangeClients.Lasting);
        var tokens = Tokens.Of(await Exchange(user.AccessToken, ExchangeClients.Lasting));
        Assert.Equal("lasting", Act(tokens)!.Value.GetProperty("sub").GetString());
        var next = Tokens.Of(await client.Refresh(tokens.Refresh));
        Assert.Equal("lasting", Act(next)!.Value.GetProperty("sub").GetString());
        Assert.Equal(next.Refresh, Tokens.Of(await client.Refresh(tokens.Refresh)).Refresh);
        var last = Tokens.Of(await client.Refresh(next.Refresh));
        (await client.Refresh(tokens.Refresh)).Expect(400, "invalid_grant");
        (await client.Refresh(last.Refresh)).Expect(400, "invalid_grant");
    }
}
