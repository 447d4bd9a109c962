namespace Evergrant.Specs.Rfc7521;

/// <summary>RFC 7521 sections 4.1 and 5, RFC 7523 section 2.1: an assertion for an access token.</summary>
[Collection(typeof(GrantsCollection))]
public sealed class Section4_1_AuthorizationGrants(GrantsServer server)
{
    private Client Web => server.Client(BearerClients.Web);

    private Task<Reply> Present(string assertion, ClientDefinition? client = null, params (string Name, string Value)[] more) =>
        server.Client(client ?? BearerClients.Web).Token([("grant_type", BearerClients.JwtBearer), ("assertion", assertion), .. more]);

    [Fact]
    [Requirement("RFC7523-2.1-01", "RFC6749-4.5-01", "ID-CHAIN-2.4.2-01")]
    public async Task An_assertion_about_a_user_becomes_a_token_that_reaches_an_API()
    {
        foreach (var client in new[] { BearerClients.Web, BearerClients.Opaque })
        {
            var tokens = Tokens.Of(await Present(ForeignIssuer.Company.Assertion(server.Issuer), client, ("scope", "openid profile mail:read")));
            Assert.Equal(["mail:read", "openid", "profile"], tokens.Scopes);
            var told = (await server.Api.Get("/userinfo", tokens.AccessToken)).Expect(200);
            Assert.Equal(Users.Alice.Name, told.Text("name"));
            Assert.Equal(tokens.IdJwt.Claim("sub"), told.Text("sub"));
            var found = (await Web.Introspect(tokens.AccessToken)).Expect(200);
            Assert.True(found.Json.GetProperty("active").GetBoolean());
            Assert.Equal(told.Text("sub"), found.Text("sub"));
            (await server.Client(client).Revoke(tokens.AccessToken)).Expect(200);
            Assert.False(await Web.Finds(tokens.AccessToken));
            (await server.Api.Get("/userinfo", tokens.AccessToken)).Expect(401);
        }
    }

    [Fact]
    public async Task An_assertion_about_somebody_without_an_account_becomes_a_token_for_an_API()
    {
        var tokens = Tokens.Of(await Present(ForeignIssuer.Partner.Assertion(server.Issuer, "42", ("jti", null)), null, ("scope", "openid mail:read offline_access")));
        Assert.Equal(["mail:read"], tokens.Scopes);
        Assert.Null(tokens.IdToken);
        Assert.Equal("https://partner.example|42", tokens.AccessJwt.Claim("sub"));
        Assert.Equal([DeclaredState.Mail], tokens.AccessJwt.Audience);
        Assert.True(await server.Client(Clients.MailApi).Finds(tokens.AccessToken));
        (await server.Api.Get("/userinfo", tokens.AccessToken)).Expect(403, "insufficient_scope");
    }

    [Theory]
    [InlineData("openid mail:read")]
    [InlineData("openid offline_access mail:read")]
    [InlineData(null)]
    [Requirement("RFC7521-4.1-03", "ID-CHAIN-5.4-01")]
    public async Task No_refresh_token_comes_whatever_is_asked_and_whatever_the_policy_says(string? scope)
    {
        var more = scope is null ? [] : new[] { ("scope", scope) };
        var tokens = Tokens.Of(await Present(ForeignIssuer.Company.Assertion(server.Issuer), null, more));
        Assert.Null(tokens.RefreshToken);
        Assert.DoesNotContain("offline_access", tokens.Scopes);
        Assert.False(tokens.Reply.Has("refresh_token"));
    }

    [Fact]
    [Requirement("RFC7521-4.1-03")]
    public async Task A_token_does_not_outlast_its_assertion_by_much()
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        foreach (var issuer in new[] { ForeignIssuer.Company, ForeignIssuer.Partner })
        {
            var tokens = Tokens.Of(await Present(issuer.Assertion(server.Issuer, "alice", ("exp", now + 20)), null, ("scope", "mail:read")));
            Assert.InRange(tokens.Reply.Json.GetProperty("expires_in").GetInt32(), 1, 60);
        }
    }

    [Fact]
    [Requirement("RFC7521-4.1-01", "RFC7523-2.1-01")]
    public async Task A_request_has_exactly_one_assertion()
    {
        (await Web.Token(("grant_type", BearerClients.JwtBearer))).Expect(400, "invalid_request");
        var two = await Web.Token(("grant_type", BearerClients.JwtBearer), ("assertion", ForeignIssuer.Company.Assertion(server.Issuer)), ("assertion", ForeignIssuer.Company.Assertion(server.Issuer)));
        two.Expect(400, "invalid_request");
        (await Present(ForeignIssuer.Company.Assertion(server.Issuer) + " " + ForeignIssuer.Company.Assertion(server.Issuer))).Expect(400, "invalid_grant");
    }

    [Fact]
    [Requirement("RFC7521-4.1-02", "ID-CHAIN-2.5-01")]
    public async Task The_scope_stays_within_client_issuer_and_assertion()
    {
        (await Present(ForeignIssuer.Company.Assertion(server.Issuer), null, ("scope", "files:read"))).Expect(400, "invalid_scope");
        (await Present(ForeignIssuer.Partner.Assertion(server.Issuer), null, ("scope", "mail:send"))).Expect(400, "invalid_scope");
        Assert.Equal(["mail:read"], Tokens.Of(await Present(ForeignIssuer.Partner.Assertion(server.Issuer))).Scopes);
        var narrow = ForeignIssuer.Company.Claims(server.Issuer, "alice", ("scope", "mail:read files:read"));
        Assert.Equal(["mail:read"], Tokens.Of(await Present(ForeignIssuer.Company.Sign(narrow))).Scopes);
        (await Present(ForeignIssuer.Company.Assertion(server.Issuer, "alice", ("scope", "mail:read")), null, ("scope", "mail:send"))).Expect(400, "invalid_scope");
        (await Present(ForeignIssuer.Company.Assertion(server.Issuer), null, ("resource", DeclaredState.Files))).Expect(400, "invalid_target");
    }

    [Fact]
    [Requirement("RFC7521-4.1.1-01", "RFC7521-5.2-04", "RFC7523-3-03", "ATTACK-393")]
    public async Task An_assertion_is_good_in_its_time_with_some_seconds_of_patience()
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        await Refused("AssertionExpired", ("exp", now - 61));
        await Refused("AssertionInvalid", ("exp", null));
        await Refused("AssertionInvalid", ("nbf", now + 300));
        await Refused("AssertionInvalid", ("iat", now + 300));
        Tokens.Of(await Present(ForeignIssuer.Company.Assertion(server.Issuer, "alice", ("exp", now - 5))));
        Tokens.Of(await Present(ForeignIssuer.Company.Assertion(server.Issuer, "alice", ("nbf", now + 5), ("iat", now + 5))));
    }

    [Fact]
    [Requirement("RFC7523-3-02", "RFC7523-3-04", "ATTACK-167")]
    public async Task An_assertion_that_is_too_old_or_good_for_too_long_is_refused()
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        await Refused("AssertionInvalid", ("exp", now + 10 * 365 * 86_400L));
        Assert.Equal("AssertionInvalid", await Why(await Present(ForeignIssuer.Partner.Assertion(server.Issuer, "42", ("exp", now + 1_200)))));
        Assert.Equal("AssertionExpired", await Why(await Present(ForeignIssuer.Partner.Assertion(server.Issuer, "42", ("iat", now - 86_400)))));
        Assert.Equal("AssertionExpired", await Why(await Present(ForeignIssuer.Partner.Assertion(server.Issuer, "42", ("iat", null)))));
        // Who set no such limit takes an old one that is still good.
        Tokens.Of(await Present(ForeignIssuer.Company.Assertion(server.Issuer, "alice", ("iat", now - 86_400))));
    }

    [Theory]
    [InlineData("exp", "1999999999")]
    [InlineData("exp", -1)]
    [InlineData("exp", 1e300)]
    [InlineData("exp", true)]
    [InlineData("nbf", "1")]
    [InlineData("iat", "x")]
    [InlineData("jti", "")]
    [InlineData("jti", 5)]
    [InlineData("sub", 5)]
    [InlineData("sub", null)]
    [InlineData("aud", null)]
    [InlineData("iss", null)]
    [InlineData("scope", 5)]
    [InlineData("scope", "a  b")]
    [Requirement("RFC7521-5.2-01", "RFC7521-5.2-02", "RFC7523-3-06", "ATTACK-167", "ATTACK-397")]
    public async Task A_claim_that_is_missing_or_of_the_wrong_type_is_refused(string claim, object? value)
    {
        (await Present(ForeignIssuer.Company.Assertion(server.Issuer, "alice", (claim, value)))).Expect(400, "invalid_grant");
    }

    [Fact]
    [Requirement("RFC7521-5.2-03", "RFC7521-5.1-01", "RFC7521-4.1.1-01", "ATTACK-168")]
    public async Task An_assertion_is_for_this_server_and_nobody_else()
    {
        foreach (object audience in new object[] { "https://elsewhere.example", server.Issuer + "/", server.Issuer.ToUpperInvariant(), server.Issuer + "/authorize", new[] { server.Issuer, "https://elsewhere.example" }, BearerClients.Web.Id })
            await Refused("AssertionAudienceWrong", ("aud", audience));
        Assert.Equal("AssertionIssuerUntrusted", await Why(await Present(ForeignIssuer.Company.Assertion(server.Issuer, "alice", ("iss", ForeignIssuer.Company.Name.ToUpperInvariant())))));
    }

    [Fact]
    [Requirement("RFC7523BIS-4-03", "ID-CHAIN-2.4.2-01")]
    public async Task It_may_name_the_issuer_the_token_endpoint_or_a_name_that_was_agreed_on()
    {
        Tokens.Of(await Present(ForeignIssuer.Company.Assertion(server.Issuer + "/token")));
        Tokens.Of(await Present(ForeignIssuer.Company.Assertion("", "alice", ("aud", new[] { server.Issuer }))));
        Tokens.Of(await Present(ForeignIssuer.Partner.Assertion(BearerClients.Alias)));
        Assert.Equal("AssertionAudienceWrong", await Why(await Present(ForeignIssuer.Company.Assertion(BearerClients.Alias))));
        Tokens.Of(await Present(ForeignIssuer.Company.Assertion("", "alice", ("aud", new[] { server.Issuer, "https://elsewhere.example" })), BearerClients.Legacy));
    }

    [Fact]
    [Requirement("RFC7521-5.2-05", "RFC7523-3-05", "RFC7521-4.1.1-01", "ATTACK-154")]
    public async Task It_is_signed_with_a_key_of_its_issuer()
    {
        var claims = ForeignIssuer.Company.Claims(server.Issuer, "alice");
        foreach (string algorithm in new[] { "none", "HS256" }) (await Present(ForeignIssuer.Company.Sign(claims, algorithm))).Expect(400, "invalid_grant");
        (await Present(ForeignIssuer.Stranger.Sign(claims))).Expect(400, "invalid_grant");
        var parts = ForeignIssuer.Company.Sign(claims).Split('.');
        var other = ForeignIssuer.Company.Assertion(server.Issuer, "bob").Split('.');
        (await Present($"{parts[0]}.{other[1]}.{parts[2]}")).Expect(400, "invalid_grant");
        (await Present($"{parts[0]}.{parts[1]}.")).Expect(400, "invalid_grant");
    }

    [Theory]
    [InlineData("RS256")]
    [InlineData("PS256")]
    [InlineData("ES256")]
    [Requirement("RFC7523-5-01")]
    public async Task The_usual_algorithms_are_understood(string algorithm)
    {
        Tokens.Of(await Present(ForeignIssuer.Company.Sign(ForeignIssuer.Company.Claims(server.Issuer, "alice"), algorithm)));
    }

    [Theory]
    [InlineData("at+jwt")]
    [InlineData("logout+jwt")]
    [InlineData("dpop+jwt")]
    [InlineData("client-authentication+jwt")]
    [InlineData("oauth-id-jag+jwt")]
    [Requirement("RFC7523-3-06", "ATTACK-164")]
    public async Task Another_kind_of_token_is_no_assertion(string type)
    {
        (await Present(ForeignIssuer.Company.Sign(ForeignIssuer.Company.Claims(server.Issuer, "alice"), type: type))).Expect(400, "invalid_grant");
        Tokens.Of(await Present(ForeignIssuer.Company.Sign(ForeignIssuer.Company.Claims(server.Issuer, "alice"), type: "authorization-grant+jwt")));
        Tokens.Of(await Present(ForeignIssuer.Company.Sign(ForeignIssuer.Company.Claims(server.Issuer, "alice"), type: null)));
    }

    [Theory]
    [InlineData("x")]
    [InlineData("a.b.c")]
    [InlineData("..")]
    [InlineData("eyJhbGciOiJFUzI1NiIsImNyaXQiOlsieCJdLCJ4IjoxfQ.e30.AA")]
    [Requirement("RFC7523-3-06")]
    public async Task What_is_no_JWT_is_refused(string assertion)
    {
        (await Present(assertion)).Expect(400, "invalid_grant");
    }

    [Fact]
    [Requirement("RFC7521-8.2-01", "ID-CHAIN-5.5-01", "ATTACK-166")]
    public async Task An_assertion_counts_once_with_or_without_an_id()
    {
        foreach (var issuer in new[] { ForeignIssuer.Company, ForeignIssuer.Partner })
        {
            foreach (string? id in new[] { Pkce.Random(16), null })
            {
                string assertion = issuer.Assertion(server.Issuer, "alice", ("jti", id));
                // What was refused has used nothing up.
                (await Present(assertion, null, ("scope", "unheard-of"))).Expect(400, "invalid_scope");
                var replies = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Present(assertion)));
                Assert.Single(replies, reply => reply.Status == 200);
                Assert.All(replies.Where(reply => reply.Status != 200), reply => reply.Expect(400, "invalid_grant"));
                Assert.Equal("AssertionReplayed", await Why(await Present(assertion)));
            }
        }
    }

    [Fact]
    public async Task An_id_counts_for_its_issuer_alone()
    {
        string id = Pkce.Random(16);
        Tokens.Of(await Present(ForeignIssuer.Company.Assertion(server.Issuer, "alice", ("jti", id))));
        Tokens.Of(await Present(ForeignIssuer.Partner.Assertion(server.Issuer, "alice", ("jti", id))));
    }

    [Fact]
    [Requirement("ID-CHAIN-2.4.2-02", "RFC8725-3.8-02")]
    public async Task A_subject_that_nobody_is_is_refused()
    {
        Assert.Equal("AssertionSubjectUnknown", await Why(await Present(ForeignIssuer.Company.Assertion(server.Issuer, "nobody"))));
        Assert.Equal("AssertionSubjectUnknown", await Why(await Present(ForeignIssuer.Company.Assertion(server.Issuer, new string('a', 5_000)))));
        var disabled = new User("away-" + Pkce.Random(6), "correct horse battery staple", "Away");
        var applied = await server.Apply(new System.Text.Json.Nodes.JsonObject { ["users"] = new System.Text.Json.Nodes.JsonArray(disabled.ToJson()) }.ToJsonString());
        Assert.Equal(0, applied.ExitCode);
        Tokens.Of(await Present(ForeignIssuer.Company.Assertion(server.Issuer, disabled.Username)));
        Assert.Equal(0, (await server.Run("user", "disable", disabled.Username)).ExitCode);
        Assert.Equal("AssertionSubjectUnknown", await Why(await Present(ForeignIssuer.Company.Assertion(server.Issuer, disabled.Username))));
    }

    [Fact]
    [Requirement("ID-CHAIN-2.4.2-03", "RFC6749-4.5-01", "ATTACK-128")]
    public async Task Only_whom_the_operator_named_may_use_the_word_of_whom_he_trusts()
    {
        Assert.Equal("AssertionIssuerUntrusted", await Why(await Present(ForeignIssuer.Stranger.Assertion(server.Issuer))));
        Assert.Equal("AssertionIssuerUntrusted", await Why(await Present(ForeignIssuer.Stranger.Assertion(server.Issuer, server.Issuer, ("iss", server.Issuer)))));
        Assert.Equal("AssertionClientNotAllowed", await Why(await Present(ForeignIssuer.Company.Assertion(server.Issuer), BearerClients.Other)));
        (await Present(ForeignIssuer.Company.Assertion(server.Issuer), Clients.Web)).Expect(400, "unauthorized_client");
    }

    [Fact]
    [Requirement("RFC7523-3.1-01")]
    public async Task A_client_that_shows_wrong_credentials_is_refused_and_uses_nothing_up()
    {
        string assertion = ForeignIssuer.Company.Assertion(server.Issuer);
        (await server.Api.Post("/token", [("grant_type", BearerClients.JwtBearer), ("assertion", assertion)], Api.Basic(BearerClients.Web.Id, "wrong"))).Expect(401, "invalid_client");
        (await server.Api.Post("/token", [("grant_type", BearerClients.JwtBearer), ("assertion", assertion)])).Expect(401, "invalid_client");
        Tokens.Of(await Present(assertion));
    }

    [Fact]
    [Requirement("RFC7523-3.1-02")]
    public async Task A_client_that_proves_nothing_is_let_in_where_the_operator_said_so()
    {
        Assert.Equal("AssertionClientNotAllowed", await Why(await Present(ForeignIssuer.Company.Assertion(server.Issuer), BearerClients.Public)));
        Assert.Null(Tokens.Of(await Present(ForeignIssuer.Partner.Assertion(server.Issuer), BearerClients.Public)).RefreshToken);
    }

    [Fact]
    [Requirement("ATTACK-198")]
    public async Task Keys_may_be_fetched_from_where_their_owner_publishes_them()
    {
        await using var documents = new DocumentServer();
        var publisher = new ForeignIssuer("https://publisher.example/" + Pkce.Random(6));
        var url = documents.Put(publisher.Jwks().ToJsonString());
        var declared = publisher.Declared(server.Issuer, [BearerClients.Web.Id], ("jwks_uri", url));
        declared.Remove("jwks");
        var applied = await server.Apply(new System.Text.Json.Nodes.JsonObject { ["trusted_issuers"] = new System.Text.Json.Nodes.JsonArray(declared) }.ToJsonString());
        Assert.True(applied.ExitCode == 0, applied.Errors);
        for (var i = 0; i < 3; i++) Tokens.Of(await Present(publisher.Assertion(server.Issuer, "42"), null, ("scope", "mail:read")));
        Assert.Equal("AssertionInvalid", await Why(await Present(ForeignIssuer.Stranger.Sign(publisher.Claims(server.Issuer, "42")))));
        Assert.Equal(1, documents.Hits(url));
    }

    [Fact]
    public async Task The_metadata_names_the_grant_where_a_client_has_it()
    {
        Assert.Contains(BearerClients.JwtBearer, (await server.Api.Metadata()).Json.GetProperty("grant_types_supported").EnumerateArray().Select(g => g.GetString()));
    }

    private Task<string?> Why(Reply reply) => RefreshToken.Families.Why(server, reply.Expect(400, "invalid_grant"));

    private async Task Refused(string why, params (string Name, object? Value)[] changes) =>
        Assert.Equal(why, await Why(await Present(ForeignIssuer.Company.Assertion(server.Issuer, "alice", changes))));
}
