using Evergrant.Specs.Attacks;
using Evergrant.Specs.Certification;
using Evergrant.Specs.RefreshToken;
using Evergrant.Specs.Rfc9101;
using Evergrant.Specs.Rfc9126;
using Evergrant.Specs.Rfc9449;

namespace Evergrant.Specs.Fapi2;

/// <summary>FAPI 2.0 Security Profile sections 5.3 and 5.4, Message Signing section 5: the profile of a client.</summary>
public sealed class Section5_SecurityProfile(Server server)
{
    private AuthorizationRequest Request(ClientDefinition? definition = null) => new AuthorizationRequest(server.Client(definition ?? FapiClients.Secure)).With("scope", "openid offline_access mail:read");

    [Fact]
    [Requirement(
        "FAPI2-SP-5.3.2.1-01", "FAPI2-SP-5.3.2.1-04", "FAPI2-SP-5.3.2.1-05", "FAPI2-SP-5.3.2.1-09", "FAPI2-SP-5.3.2.1-14", "FAPI2-SP-5.3.2.2-02", "FAPI2-SP-5.3.2.2-07", "FAPI2-SP-5.3.2.2-09", "FAPI2-SP-5.3.2.2-10", "FAPI2-SP-5.3.2.2-11", "FAPI2-SP-5.3.2.2-14", "FAPI2-SP-5.4.1-02")]
    public async Task A_client_of_the_profile_walks_from_a_push_to_bound_tokens_that_are_not_rotated()
    {
        var key = new DpopKey();
        var nonce = new string('n', 64);
        var request = Request().With("nonce", nonce);
        var page = (await (await server.SignedIn()).Authorize(await request.Pushed())).Expect(PageKind.Redirect);
        Assert.Equal((303, server.Issuer), (page.Status, page["iss"]));
        // Without a proof there is no token, and nothing is consumed.
        (await request.Client.Redeem(request, page.Code!)).Expect(400, "invalid_dpop_proof");
        var tokens = Tokens.Of(await request.Client.With(key, server).Redeem(request, page.Code!)).IsBoundTo(key);
        Assert.Equal((nonce, "ES256"), (tokens.IdJwt.Claim("nonce"), tokens.IdJwt.Algorithm));
        Assert.Equal(["mail:read", "offline_access", "openid"], tokens.Scopes);
        for (var round = 0; round < 2; round++)
        {
            var next = (await request.Client.With(key, server).Refresh(tokens.Refresh)).By("Renewed").IsBoundTo(key);
            Assert.True(next.RefreshToken is null || next.RefreshToken == tokens.Refresh);
        }

        (await request.Client.With(key, server).Redeem(request, page.Code!)).Expect(400, "invalid_grant");
    }

    [Fact]
    [Requirement("FAPI2-SP-5.3.2.2-01", "FAPI2-SP-5.3.2.2-03", "FAPI2-SP-5.3.2.2-04", "FAPI2-SP-5.3.2.2-05", "FAPI2-SP-5.3.2.2-06")]
    public async Task What_is_not_pushed_or_not_whole_is_refused()
    {
        (await (await server.SignedIn()).Authorize(Request())).ExpectError("invalid_request");
        (await server.Api.Post("/par", Request().Parameters)).Expect(401, "invalid_client");
        (await Request().WithoutPkce().Push()).Expect(400, "invalid_request");
        (await Request().With("code_challenge_method", "plain").Push()).Expect(400, "invalid_request");
        (await Request().With("redirect_uri", null).With("scope", "mail:read").Push()).Expect(400, "invalid_request");
        (await Request().With("response_type", "code id_token").With("nonce", "n").Push()).Expect(400, "unsupported_response_type");
    }

    [Fact]
    [Requirement("FAPI2-SP-5.3.2.1-02", "FAPI2-SP-5.3.2.1-03", "FAPI2-SP-5.3.2.1-06", "FAPI2-SP-5.3.2.2-08", "FAPI2-SP-5.4.1-02", "FAPI2-SP-5.4.1-03")]
    public async Task A_registration_that_contradicts_the_profile_is_refused()
    {
        ClientDefinition[] wrong =
        [
            FapiClients.Secure with { Id = "fapi-x", Method = "client_secret_basic" }, FapiClients.Secure with { Id = "fapi-x", Method = "client_secret_post" },
            FapiClients.Secure with { Id = "fapi-x", Method = "none", Type = "browser" }, FapiClients.Secure with { Id = "fapi-x", RequirePkce = false },
            FapiClients.Secure with { Id = "fapi-x", ResponseTypes = ["code", "code id_token"], GrantTypes = ["authorization_code", "implicit"] },
            FapiClients.Secure with { Id = "fapi-x", IdTokenAlgorithm = "RS256" }, FapiClients.Secure with { Id = "fapi-x", RedirectUris = ["http://fapi.example/callback"] },
            FapiClients.Secure.And("fapi-x", "legacy_assertion_audience", true), FapiClients.Secure.And("fapi-x", "merge_request_object", true),
            FapiClients.Secure.And("fapi-x", "request_object_signing_alg", "none"), FapiClients.Secure.And("fapi-x", "authorization_signed_response_alg", "RS256"),
            FapiClients.Secure.And("fapi-x", "profile", "fapi3"), FapiClients.Secure.And("fapi-x", "token_endpoint_auth_signing_alg", "RS256"), FapiClients.Secure.And("fapi-x", "introspection_signed_response_alg", "RS256"),
            FapiClients.Secure.And("fapi-x", "tls_client_certificate_bound_access_tokens", true).And("fapi-x", "bearer_without_certificate", true),
            FapiClients.Secure with { Id = "fapi-x", GrantTypes = ["authorization_code", "password"] }, FapiClients.Secure with { Id = "fapi-x", GrantTypes = ["authorization_code", "implicit"] },
            FapiClients.Secure with { Id = "fapi-x", Policy = new Dictionary<string, System.Text.Json.Nodes.JsonNode> { ["rotate"] = true, ["retry"] = "never" } },
        ];
        await server.NotRegistered(wrong);
        (await server.Client(FapiClients.Secure).Token(("grant_type", "password"), ("username", "alice"), ("password", "x"))).Expect(400, "unsupported_grant_type");
    }

    [Fact]
    [Requirement("FAPI2-SP-5.4.1-02", "FAPI2-SP-5.4.1-03", "FAPI2-SP-5.3.2.1-13", "FAPI2-SP-5.3.2.1-15")]
    public async Task Assertions_are_of_strong_algorithms_and_of_about_now()
    {
        var client = server.Client(FapiClients.Secure);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        async Task<Reply> With(IReadOnlyList<(string, string)> assertion) => await server.Api.Post("/par", [.. Request().Parameters, .. assertion]);
        (await With(client.Assertion("PS256"))).Expect(201);
        (await With(client.Assertion("ES256", ("iat", now + 8), ("nbf", now + 8)))).Expect(201);
        (await With(client.Assertion("RS256"))).Expect(401, "invalid_client");
        (await With(client.Assertion("none"))).Expect(401, "invalid_client");
        (await With(client.Assertion("ES256", ("iat", now + 90)))).Expect(401, "invalid_client");
        (await With(client.Assertion("ES256", ("nbf", now + 90)))).Expect(401, "invalid_client");
        (await Request().Carry(Request().ObjectText("RS256")).Push()).Expect(400, "invalid_request_object");
        (await Request().Carry(Request().ObjectText("PS256")).Push()).Expect(201);
    }

    [Fact]
    [Requirement("FAPI2-SP-5.3.2.1-16")]
    public async Task Where_a_policy_rotates_all_the_same_a_lost_answer_comes_again()
    {
        var key = new DpopKey();
        var rotating = FapiClients.Secure with { Id = "fapi-rotating", Policy = Clients.Rule("rotate", true) };
        await server.Declare(rotating);
        var tokens = await FapiRun.New(server, signing: false, rotating).Tokens(server, key);
        var client = server.Client(rotating);
        var next = (await client.With(key, server).Refresh(tokens.Refresh)).By("Rotated");
        Assert.NotEqual(tokens.Refresh, next.Refresh);
        Assert.Equal(next.Refresh, (await client.With(key, server).Refresh(tokens.Refresh)).By("Repeated").Refresh);
    }

    [Fact]
    [Requirement("FAPI2-SP-5.3.2.2-13")]
    public async Task Whoever_is_asked_sees_who_asks_and_for_what()
    {
        var page = (await (await server.SignedIn(Users.Carol)).Authorize(await FapiRun.New(server, signing: false, FapiClients.Other).With("prompt", "consent").Sent())).Expect(PageKind.Consent);
        foreach (var text in new[] { FapiClients.Other.Name, Users.Carol.Username, "Read your mail", "Access goes on while you are away" }) Assert.Contains(text, page.Text, StringComparison.Ordinal);
    }

    [Fact]
    [Requirement("FAPI2-SP-5.3.2.1-12")]
    public async Task A_code_is_bound_to_the_key_of_the_push()
    {
        DpopKey key = new(), other = new();
        var proving = server.Client(FapiClients.Secure).Sending(("DPoP", key.Proof("POST", server.Issuer + "/par")));
        var request = Request();
        var bring = (await request.Push(proving)).Bring(request.Client);
        var code = (await (await server.SignedIn()).Authorize(bring)).Code!;
        (await request.Client.With(other, server).Redeem(request, code)).Expect(400);
        Tokens.Of(await request.Client.With(key, server).Redeem(request, code)).IsBoundTo(key);

        (await Request().With("dpop_jkt", other.Thumbprint).Push(server.Client(FapiClients.Secure).Sending(("DPoP", key.Proof("POST", server.Issuer + "/par"))))).Expect(400, "invalid_dpop_proof");
        (await Request().Push(server.Client(FapiClients.Secure).Sending(("DPoP", key.Proof("POST", server.Issuer + "/token"))))).Expect(400, "invalid_dpop_proof");
        var once = key.Proof("POST", server.Issuer + "/par");
        (await Request().Push(server.Client(FapiClients.Secure).Sending(("DPoP", once)))).Expect(201);
        (await Request().Push(server.Client(FapiClients.Secure).Sending(("DPoP", once)))).Expect(400, "invalid_dpop_proof");
        var jkt = Request().With("dpop_jkt", key.Thumbprint);
        code = (await (await server.SignedIn()).Authorize(await jkt.Pushed())).Code!;
        (await jkt.Client.With(other, server).Redeem(jkt, code)).Expect(400);
    }

    [Fact]
    [Requirement("FAPI2-MS-5.3.1-01", "FAPI2-MS-5.3.1-02", "FAPI2-MS-5.3.1-03", "FAPI2-MS-5.3.1-04", "FAPI2-MS-5.3.1-05", "FAPI2-MS-5.4.1-01", "FAPI2-MS-5.4.1-02")]
    public async Task With_message_signing_requests_and_responses_are_signed()
    {
        AuthorizationRequest Signing() => Request(FapiClients.Signing).With("response_mode", "jwt");
        (await Signing().Push()).Expect(400, "invalid_request");
        (await Signing().With("response_mode", null).InObject().Push()).Expect(400, "invalid_request");
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        (string, object?)[][] wrong =
        [
            [("aud", null)], [("aud", "https://another.example")], [("nbf", null)], [("exp", null)], [("iss", null)], [("nbf", now - 4200)], [("nbf", now), ("exp", now + 4200)], [("exp", now - 60)], [("nbf", now + 90)],
        ];
        foreach (var changes in wrong) (await Signing().InObject(changes).Push()).Expect(400, "invalid_request_object");
        foreach (var good in new (string, object?)[][] { [("aud", new[] { "https://another.example", server.Issuer })], [("nbf", now + 8)], [("nbf", now - 3000)] })
        {
            var request = Signing();
            var page = (await (await server.SignedIn()).Authorize(await request.InObject(good).Pushed())).Expect(PageKind.Redirect);
            Assert.Equal(["response"], page.Parameters.Select(p => p.Name));
            var response = Jwt.Parse(page["response"]!);
            Assert.Equal(("ES256", server.Issuer), (response.Algorithm, response.Claim("iss")));
            Tokens.Of(await request.Client.With(new DpopKey(), server).Redeem(request, response.Claim("code")!));
        }
    }
}
