using Evergrant.Specs.Rfc7521;
using Evergrant.Specs.Rfc8693;
using Evergrant.Specs.Rfc9449;

namespace Evergrant.Specs.IdJag;

/// <summary>ID-JAG section 4.3, identity chaining section 2.3: an assertion for another authorization server.</summary>
[Collection(typeof(GrantsCollection))]
public sealed class Section4_3_Issuing(GrantsServer server)
{
    private const string IdToken = ExchangeClients.Types + "id_token";

    private Task<Reply> Ask(string token, ClientDefinition? client = null, params (string Name, string? Value)[] changes)
    {
        var form = new Dictionary<string, string?>
        {
            ["grant_type"] = ExchangeClients.Exchange, ["subject_token"] = token, ["subject_token_type"] = IdToken, ["requested_token_type"] = IdJagClients.Type, ["audience"] = IdJagClients.Chat,
        };
        foreach (var (name, value) in changes) form[name] = value;
        return server.Client(client ?? IdJagClients.Agent).Token([.. form.Where(p => p.Value is not null).Select(p => (p.Key, p.Value!))]);
    }

    private Task<Tokens> SignIn(ClientDefinition? client = null) => server.Authorize(client ?? IdJagClients.Agent, "openid offline_access mail:read");

    [Fact]
    [Requirement("ID-JAG-3.1-01", "ID-JAG-3.1-02", "ID-JAG-3.1-03", "ID-JAG-3.1-04", "ID-JAG-3.1-05", "ID-JAG-4.3-02", "ID-JAG-4.3.4-01", "ID-JAG-4.3.4-03", "RFC8693-2.2.1-01", "ID-CHAIN-2.3.3-01", "ID-CHAIN-2.3.3-02", "ID-CHAIN-5.5-01")]
    public async Task An_ID_Token_becomes_an_assertion_that_says_who_for_whom_and_by_whom()
    {
        var user = await SignIn();
        foreach (string name in new[] { IdJagClients.Chat, "chat" })
        {
            var reply = (await Ask(user.IdToken!, null, ("audience", name), ("resource", IdJagClients.ChatApi), ("scope", "chat.read"))).Expect(200);
            Assert.Equal(IdJagClients.Type, reply.Text("issued_token_type"));
            Assert.Equal("N_A", reply.Text("token_type"));
            Assert.False(reply.Has("refresh_token"));
            var jag = Jwt.Parse(reply.Text("access_token")!);
            Assert.Equal("oauth-id-jag+jwt", jag.Header.GetProperty("typ").GetString());
            Assert.True(jag.VerifiesWith((await server.Api.Jwks()).Json));
            Assert.Equal(server.Issuer, jag.Claim("iss"));
            Assert.Equal(user.IdJwt.Claim("sub"), jag.Claim("sub"));
            Assert.Equal([IdJagClients.Chat], jag.Audience);
            Assert.Equal("agent-at-chat", jag.Claim("client_id"));
            Assert.Equal("alice@example.com", jag.Claim("email"));
            Assert.Equal("chat.read", jag.Claim("scope"));
            Assert.Equal(IdJagClients.ChatApi, jag.Claim("resource"));
            Assert.Equal(user.IdJwt.Number("auth_time"), jag.Number("auth_time"));
            Assert.NotNull(jag.Claim("jti"));
            Assert.Equal(300, jag.Number("exp") - jag.Number("iat"));
            Assert.Equal(300, reply.Json.GetProperty("expires_in").GetInt32());
        }
    }

    [Fact]
    [Requirement("ID-JAG-4.3-01", "ID-CHAIN-2.3.1-01", "ID-CHAIN-2.3.2-01", "RFC8693-2.2.2-02")]
    public async Task What_the_request_needs_is_missed_and_other_targets_are_refused()
    {
        var user = await SignIn();
        foreach (string name in new[] { "audience", "subject_token", "subject_token_type" }) (await Ask(user.IdToken!, null, (name, null))).Expect(400, "invalid_request");
        foreach (string audience in new[] { "https://elsewhere.example", IdJagClients.Chat + "/", server.Issuer, DeclaredState.Mail }) (await Ask(user.IdToken!, null, ("audience", audience))).Expect(400, "invalid_target");
        (await Ask(user.IdToken!, null, ("resource", "https://elsewhere.example/api"))).Expect(400, "invalid_target");
        (await Ask(user.IdToken!, ExchangeClients.Gateway)).Expect(400, "invalid_target");
        (await Ask(user.IdToken!, ExchangeClients.Public)).Expect(400, "unauthorized_client");
    }

    [Fact]
    [Requirement("ID-JAG-4.3.3-01", "ID-JAG-4.3-03", "ID-JAG-4.3.3-02", "ID-CHAIN-5.3-01", "ATTACK-126")]
    public async Task Only_a_client_that_was_given_the_users_token_itself_gets_an_assertion()
    {
        var user = await SignIn();
        (await Ask(user.IdToken!, IdJagClients.OtherAgent)).Expect(400, "invalid_request");
        (await Ask((await server.Authorize(Clients.Web, "openid")).IdToken!)).Expect(400, "invalid_request");
        (await Ask(user.AccessToken, null, ("subject_token_type", ExchangeClients.Types + "access_token"))).Expect(400, "invalid_request");
        (await Ask(ForeignIssuer.Company.Assertion(server.Issuer), null, ("subject_token_type", ExchangeClients.Types + "jwt"))).Expect(400, "invalid_request");

        const string refresh = ExchangeClients.Types + "refresh_token";
        (await Ask(user.Refresh, IdJagClients.OtherAgent, ("subject_token_type", refresh))).Expect(400, "invalid_request");
        Assert.Equal(IdJagClients.Type, (await Ask(user.Refresh, null, ("subject_token_type", refresh))).Expect(200).Text("issued_token_type"));
        var next = Tokens.Of(await server.Client(IdJagClients.Agent).Refresh(user.Refresh));
        (await Ask(user.Refresh, null, ("subject_token_type", refresh))).Expect(400, "invalid_request");
        (await server.Client(IdJagClients.Agent).Revoke(next.Refresh)).Expect(200);
        (await Ask(next.Refresh, null, ("subject_token_type", refresh))).Expect(400, "invalid_request");
    }

    [Fact]
    [Requirement("ID-JAG-4.3.3-03", "ID-JAG-4.3.4-02", "ID-CHAIN-2.5-01")]
    public async Task What_is_asked_is_reduced_to_what_is_allowed_and_told()
    {
        var user = await SignIn();
        var reply = (await Ask(user.IdToken!, null, ("scope", "chat.read chat.delete"))).Expect(200);
        Assert.Equal("chat.read", reply.Text("scope"));
        Assert.Equal("chat.read", Jwt.Parse(reply.Text("access_token")!).Claim("scope"));
        (await Ask(user.IdToken!, null, ("scope", "chat.delete"))).Expect(400, "invalid_scope");
        // An access token bounds what is chained on.
        const string access = ExchangeClients.Types + "access_token", jwt = ExchangeClients.Types + "jwt";
        var chained = (await Ask(user.AccessToken, null, ("subject_token_type", access), ("requested_token_type", jwt))).Expect(200);
        Assert.Equal("mail:read", chained.Text("scope"));
        Assert.Equal("N_A", chained.Text("token_type"));
        Assert.Equal("authorization-grant+jwt", Jwt.Parse(chained.Text("access_token")!).Header.GetProperty("typ").GetString());
        var byResource = (await Ask(user.AccessToken, null, ("subject_token_type", access), ("requested_token_type", jwt), ("audience", null), ("resource", IdJagClients.Chat))).Expect(200);
        Assert.Equal([IdJagClients.Chat], Jwt.Parse(byResource.Text("access_token")!).Audience);
    }

    [Fact]
    [Requirement("ID-JAG-9.2-01")]
    public async Task A_target_may_want_to_hear_of_fresh_sign_ins_only()
    {
        var user = await SignIn();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(2));
        await timer.WaitForNextTickAsync();
        (await Ask(user.IdToken!, null, ("audience", IdJagClients.Bank))).Expect(400, "insufficient_user_authentication");
    }

    [Fact]
    [Requirement("ID-JAG-9.8.1-01")]
    public async Task The_key_of_a_proof_goes_into_the_assertion()
    {
        var user = await SignIn();
        var key = new DpopKey();
        var reply = await server.Client(IdJagClients.Agent).With(key, server).Token(
            ("grant_type", ExchangeClients.Exchange), ("subject_token", user.IdToken!), ("subject_token_type", IdToken), ("requested_token_type", IdJagClients.Type), ("audience", IdJagClients.Chat));
        var jag = Jwt.Parse(reply.Expect(200).Text("access_token")!);
        Assert.Equal(key.Thumbprint, jag.Payload.GetProperty("cnf").GetProperty("jkt").GetString());
    }

    [Fact]
    [Requirement("ID-JAG-7.1-01", "ID-JAG-7.2-01", "ID-JAG-9.4-01", "ID-CHAIN-3-01")]
    public async Task The_metadata_names_what_is_issued_and_taken_and_nobody_by_name()
    {
        var document = (await server.Api.Metadata()).Json;
        Assert.Contains(IdJagClients.Type, document.GetProperty("identity_chaining_requested_token_types_supported").EnumerateArray().Select(t => t.GetString()));
        Assert.Contains("urn:ietf:params:oauth:grant-profile:id-jag", document.GetProperty("authorization_grant_profiles_supported").EnumerateArray().Select(t => t.GetString()));
        Assert.Contains(BearerClients.JwtBearer, document.GetProperty("grant_types_supported").EnumerateArray().Select(t => t.GetString()));
        foreach (string secret in new[] { IdJagClients.Idp.Name, ForeignIssuer.Company.Name, IdJagClients.Chat }) Assert.DoesNotContain(secret, document.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    [Requirement("ID-JAG-8-01")]
    public async Task A_client_of_the_profile_has_both_grants()
    {
        foreach (string one in new[] { ExchangeClients.Exchange, BearerClients.JwtBearer })
        {
            var applied = await server.Apply(DeclaredState.Json(server.Issuer, IdJagClients.Agent with { Id = "half-agent", GrantTypes = ["authorization_code", one] }));
            Assert.NotEqual(0, applied.ExitCode);
            Assert.Contains("grant_types", applied.Errors + applied.Output, StringComparison.Ordinal);
        }
    }
}
