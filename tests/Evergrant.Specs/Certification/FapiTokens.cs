using System.Text.Json.Nodes;
using Evergrant.Specs.Rfc9449;

namespace Evergrant.Specs.Certification;

/// <summary>The modules of the FAPI 2.0 Security Profile and Message Signing plans about codes, client assertions and proofs.</summary>
public sealed class FapiTokens(Server server)
{
    private const string Prefix = "fapi2-security-profile-final-";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Module(
        Prefix + "ensure-authorization-code-is-bound-to-client", Prefix + "ensure-client-id-in-token-endpoint", Prefix + "ensure-pkce-code-verifier-required", Prefix + "incorrect-pkce-code-verifier-rejected",
        Prefix + "attempt-reuse-authorization-code-after-one-second", In = Plans.Fapi)]
    public async Task A_code_is_its_clients_alone_and_good_once(bool signing)
    {
        var request = FapiRun.New(server, signing);
        var code = await request.Code(server);
        var key = new DpopKey();
        Client First() => request.Client.With(key, server);
        var second = server.Client(FapiRun.Clients(signing).Second);
        (await second.With(key, server).Redeem(request, code)).Expect(400, "invalid_grant");
        var named = await First().Redeem(request, code, ("client_id", second.Id));
        Assert.True(named.Status is 400 or 401 && named.Error is "invalid_client" or "invalid_request", named.ToString());
        (await First().Redeem(request, code, ("code_verifier", null))).Expect(400, "invalid_grant");
        (await First().Redeem(request, code, ("code_verifier", Pkce.NewVerifier()))).Expect(400, "invalid_grant");
        var tokens = Tokens.Of(await First().Redeem(request, code));
        (await First().Redeem(request, code)).Expect(400, "invalid_grant");
        (await key.UserInfo(server, tokens.AccessToken)).Expect(401, "invalid_token");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Module(
        Prefix + "ensure-signed-client-assertion-with-RS256-fails", Prefix + "ensure-client-assertion-in-token-endpoint", Prefix + "ensure-client-assertion-with-exp-is-5-minutes-in-past-fails",
        Prefix + "ensure-client-assertion-with-wrong-aud-fails", Prefix + "ensure-client-assertion-with-no-sub-fails", In = Plans.Fapi)]
    public async Task At_the_token_endpoint_a_client_proves_itself_for_this_server_and_now(bool signing)
    {
        var request = FapiRun.New(server, signing);
        var code = await request.Code(server);
        var key = new DpopKey();
        var client = request.Client;
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        Task<Reply> Redeem(IReadOnlyList<(string, string)> assertion) => server.Api.Post("/token",
            [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", request["redirect_uri"]!), ("code_verifier", request.Verifier), .. assertion], headers: [key.ForToken(server)]);
        foreach (var wrong in new[]
        {
            [], [("client_id", client.Id)], client.Assertion("RS256"), client.Assertion("none"), client.Assertion("ES256", ("iat", now - 600), ("exp", now - 300)), client.Assertion("ES256", ("aud", "https://another.example")), client.Assertion("ES256", ("sub", null)),
        })
            (await Redeem(wrong)).Expect(401, "invalid_client");
        Tokens.Of(await Redeem(client.Assertion())).IsBoundTo(key);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Module(
        Prefix + "par-test-array-as-audience-fails", Prefix + "par-test-par-endpoint-url-as-audience-fails", Prefix + "par-test-token-endpoint-url-as-audience-fails",
        Prefix + "par-ensure-jwt-client-assertions-nbf-8-seconds-in-the-future-is-accepted", Prefix + "par-ensure-jwt-client-assertions-nbf-over-60-seconds-in-the-future-fails", In = Plans.Fapi)]
    [Requirement("FAPI2-SP-5.3.2.1-08", "FAPI2-SP-5.3.2.1-13", "FAPI2-SP-5.3.2.1-15")]
    public async Task At_the_PAR_endpoint_an_assertion_names_the_issuer_as_a_text_and_is_of_about_now(bool signing)
    {
        var client = server.Client(FapiRun.Clients(signing).First);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        foreach (var audience in new object[] { new[] { server.Issuer }, new[] { server.Issuer, "https://another.example" }, server.Issuer + "/par", server.Issuer + "/token" })
        {
            (await Push(("aud", audience))).Expect(401, "invalid_client");
            (await server.Api.Post("/token", [("grant_type", "refresh_token"), ("refresh_token", "x"), .. client.Assertion("ES256", ("aud", audience))])).Expect(401, "invalid_client");
        }
        (await Push(("iat", now + 8), ("nbf", now + 8))).Expect(201);
        (await Push(("iat", now + 70), ("nbf", now + 70), ("exp", now + 130))).Expect(401, "invalid_client");

        Task<Reply> Push(params (string, object?)[] changes)
        {
            var request = FapiRun.New(server, signing);
            IReadOnlyList<(string, string)> parameters = signing ? [("client_id", client.Id), ("request", Rfc9101.Signing.ObjectText(request))] : request.Parameters;
            return server.Api.Post("/par", [.. parameters, .. client.Assertion("ES256", changes)]);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Module(
        Prefix + "ensure-mismatched-dpop-jkt-fails", Prefix + "ensure-token-endpoint-fails-with-mismatched-dpop-proof-jkt", Prefix + "ensure-token-endpoint-fails-with-mismatched-dpop-jkt",
        Prefix + "ensure-dpopproof-at-par-endpoint-binding-success", Prefix + "ensure-dpop-auth-code-binding-success", In = Plans.Fapi)]
    [Requirement("FAPI2-SP-5.3.2.1-12")]
    public async Task A_code_is_bound_to_the_key_that_the_push_proves_or_names(bool signing)
    {
        DpopKey key = new(), other = new();
        var alice = await server.SignedIn();
        AuthorizationRequest New(string? jkt) => FapiRun.New(server, signing).With("dpop_jkt", jkt);
        Client Proving() => server.Client(FapiRun.Clients(signing).First).Sending(("DPoP", key.Proof("POST", server.Issuer + "/par")));
        (await New(other.Thumbprint).Send(Proving())).Expect(400, "invalid_dpop_proof");
        foreach (var (proven, jkt) in new[] { (true, null), (false, key.Thumbprint), (true, key.Thumbprint) })
        {
            var request = New(jkt);
            var pushed = proven ? await request.Send(Proving()) : await request.Send();
            var code = (await alice.Authorize(Rfc9126.Pushing.Bring(pushed, request.Client))).Told("code")!;
            var refused = await request.Client.With(other, server).Redeem(request, code);
            Assert.True(refused.Status == 400 && refused.Error is "invalid_grant" or "invalid_dpop_proof", refused.ToString());
            Tokens.Of(await request.Client.With(key, server).Redeem(request, code)).IsBoundTo(key);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Module(
        Prefix + "check-dpop-proof-nbf-exp", Prefix + "ensure-dpopproof-with-iat-10seconds-before-succeeds", Prefix + "ensure-dpopproof-with-iat-10seconds-after-succeeds", Prefix + "access-token-type-header-case-sensitivity", In = Plans.Fapi)]
    [Requirement("FAPI2-SP-5.3.2.1-13")]
    public async Task A_proof_is_of_about_now_wherever_it_is_shown(bool signing)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var key = new DpopKey();
        foreach (var times in new (string, JsonNode?)[][] { [("iat", now - 10)], [("iat", now + 10)], [("nbf", now - 5), ("exp", now + 60)] })
        {
            var request = FapiRun.New(server, signing);
            var pushed = await request.Send(request.Client.Sending(("DPoP", key.Proof("POST", server.Issuer + "/par", times))));
            var code = (await (await server.SignedIn()).Authorize(Rfc9126.Pushing.Bring(pushed, request.Client))).Told("code")!;
            var tokens = Tokens.Of(await request.Client.With(key, server, times).Redeem(request, code)).IsBoundTo(key);
            (await key.UserInfo(server, tokens.AccessToken, times)).Expect(200);
            foreach (var scheme in new[] { "DPoP", "dpop", "DPOP", "dPoP" })
                (await server.Api.GetWith("/userinfo", ("Authorization", $"{scheme} {tokens.AccessToken}"), ("DPoP", key.Proof("GET", server.Issuer + "/userinfo", ("ath", DpopKey.HashOf(tokens.AccessToken)))))).Expect(200);
            foreach (var wrong in new (string, JsonNode?)[][] { [("exp", now - 60)], [("nbf", now + 120)], [("iat", now + 120)], [("iat", now - 600)] })
                (await key.UserInfo(server, tokens.AccessToken, wrong)).Expect(401, "invalid_dpop_proof");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Module(Prefix + "dpop-negative-tests", In = Plans.Fapi)]
    [Requirement("FAPI2-SP-5.4.1-02", "FAPI2-SP-5.4.1-03", "FAPI2-AM-5.2-01")]
    public async Task A_resource_is_closed_to_every_defective_proof(bool signing)
    {
        DpopKey key = new(), other = new();
        var token = (await FapiRun.New(server, signing).Tokens(server, key)).AccessToken;
        string Proof(params (string, JsonNode?)[] changes) => key.Proof("GET", server.Issuer + "/userinfo", [("ath", DpopKey.HashOf(token)), .. changes]);
        Task<Reply> Ask(params (string, string)[] headers) => server.Api.GetWith("/userinfo", headers);
        var good = Proof();
        (await Ask(("Authorization", "DPoP " + token), ("DPoP", good))).Expect(200);
        foreach (var proof in new[]
        {
            good, "", "x", "a.b.c", Altering.At(Proof(), 20), Altering.At(Proof(), Proof().Length - 20), Proof()[..^20],
            Proof(("header.typ", null)), Proof(("header.typ", "JWT")), Proof(("header.alg", null)), Proof(("header.alg", "none")), Proof(("header.alg", "RS256")), Proof(("header.alg", "HS256")), Proof(("header.jwk", null)),
            Proof(("header.jwk", other.Jwk)), Proof(("header.jwk", key.PrivateJwk)), Proof(("jti", null)), Proof(("htm", null)), Proof(("htm", "POST")), Proof(("htu", null)), Proof(("htu", server.Issuer + "/token")),
            Proof(("htu", "https://another.example/userinfo")), Proof(("iat", null)), Proof(("iat", 1_000_000_000)), Proof(("iat", 4_000_000_000)), Proof(("ath", null)), Proof(("ath", DpopKey.HashOf("another"))),
        })
            (await Ask(("Authorization", "DPoP " + token), ("DPoP", proof))).Expect(401, "invalid_dpop_proof");
        (await Ask(("Authorization", "DPoP " + token))).Expect(401, "invalid_dpop_proof");
        (await Ask(("Authorization", "DPoP " + token), ("DPoP", Proof()), ("DPoP", Proof()))).Expect(401, "invalid_dpop_proof");
        (await Ask(("Authorization", "DPoP " + token), ("DPoP", other.Proof("GET", server.Issuer + "/userinfo", ("ath", DpopKey.HashOf(token)))))).Expect(401, "invalid_token");
        (await Ask(("Authorization", "Bearer " + token), ("DPoP", Proof()))).Expect(401, "invalid_token");
        (await Ask(("Authorization", "Bearer " + token))).Expect(401, "invalid_token");
        // What others may do, clients of this profile may not: proofs of other algorithms (section 5.4.1).
        foreach (var algorithm in new[] { "RS256", "ES384" })
        {
            var request = FapiRun.New(server, signing);
            var code = await request.Code(server);
            (await request.Client.With(new DpopKey(algorithm), server).Redeem(request, code)).Expect(400, "invalid_dpop_proof");
            (await request.Send(request.Client.Sending(("DPoP", new DpopKey(algorithm).Proof("POST", server.Issuer + "/par"))))).Expect(400, "invalid_dpop_proof");
            var strong = new DpopKey("PS256");
            Tokens.Of(await request.Client.With(strong, server).Redeem(request, code)).IsBoundTo(strong);
        }
        // And harmless additions are no defects.
        (await Ask(("Authorization", "DPoP " + token), ("DPoP", Proof(("extra", "x"))))).Expect(200);
        (await Ask(("Authorization", "DPoP " + token), ("DPoP", Proof(("htu", server.Issuer + "/userinfo?a=b#c"))))).Expect(200);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Module(Prefix + "refresh-token", Prefix + "ensure-holder-of-key-required", In = Plans.Fapi)]
    public async Task Tokens_are_issued_and_renewed_for_the_client_that_proves_itself_and_its_key(bool signing)
    {
        var key = new DpopKey();
        var request = FapiRun.New(server, signing);
        var code = await request.Code(server);
        (await request.Client.Redeem(request, code)).Expect(400, "invalid_dpop_proof");
        var tokens = Tokens.Of(await request.Client.With(key, server).Redeem(request, code)).IsBoundTo(key);
        (string, string)[] form = [("grant_type", "refresh_token"), ("refresh_token", tokens.Refresh)];
        (await server.Api.Post("/token", [.. form, ("client_id", request.Client.Id)], headers: [key.ForToken(server)])).Expect(401, "invalid_client");
        (await request.Client.Refresh(tokens.Refresh)).Expect(400, "invalid_dpop_proof");
        (await server.Client(FapiRun.Clients(signing).Second).With(key, server).Refresh(tokens.Refresh)).Expect(400, "invalid_grant");
        var next = Tokens.Of(await request.Client.With(key, server).Refresh(tokens.Refresh)).IsBoundTo(key);
        (await key.UserInfo(server, next.AccessToken)).Expect(200);
    }
}

/// <summary>Those modules that wait, by the movable clock.</summary>
[Collection(typeof(ClockCollection))]
public sealed class FapiTokensInTime(ClockServer server)
{
    private const string Prefix = "fapi2-security-profile-final-";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Module(Prefix + "ensure-token-endpoint-fails-with-expired-auth-code", Prefix + "par-attempt-to-use-expired-request_uri", In = Plans.Fapi)]
    [Requirement("FAPI2-SP-5.3.2.1-11", "FAPI2-SP-5.3.2.2-12")]
    public async Task A_code_and_a_reference_end(bool signing)
    {
        var alice = await server.NewSignedIn(Users.Alice);
        foreach (var late in new[] { false, true })
        {
            var request = FapiRun.New(server, signing);
            var now = await server.Now();
            (string, string)[] signed = [("client_id", request.Client.Id), ("request", Rfc9101.Signing.ObjectText(request, changes: [("nbf", now), ("exp", now + 300)]))];
            var pushed = await server.Api.Post("/par", [.. signing ? signed : request.Parameters, .. Assertion(request.Client, now)]);
            Assert.InRange(pushed.Expect(201).Json.GetProperty("expires_in").GetInt32(), 1, 599);
            var bring = Rfc9126.Pushing.Bring(pushed, request.Client);
            if (late)
            {
                await server.Advance(TimeSpan.FromSeconds(pushed.Json.GetProperty("expires_in").GetInt32() + 1));
                (await alice.Authorize(bring)).ExpectErrorPage();
                return;
            }
            var code = (await alice.Complete(bring)).Told("code")!;
            await server.Advance(TimeSpan.FromSeconds(61));
            now = await server.Now();
            var key = new DpopKey();
            (await server.Api.Post("/token",
                [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", request["redirect_uri"]!), ("code_verifier", request.Verifier), .. Assertion(request.Client, now)], headers: [key.ForToken(server, ("iat", now))])).Expect(400, "invalid_grant");
        }

        static IReadOnlyList<(string, string)> Assertion(Client client, long now) => client.Assertion("ES256", ("iat", now), ("exp", now + 60));
    }
}
