using System.Text.Json;
using Evergrant.Specs.Fapi2;
using Evergrant.Specs.Rfc9101;
using Evergrant.Specs.Rfc9126;
using Evergrant.Specs.Rfc9449;

namespace Evergrant.Specs.Certification;

/// <summary>The modules of the FAPI 2.0 Security Profile and Message Signing plans about requests and their answers.</summary>
public sealed class FapiRequests(Server server)
{
    private const string Prefix = "fapi2-security-profile-final-";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Module(Prefix + "happy-flow", Prefix + "par-without-duplicate-parameters", Prefix + "ensure-other-scope-order-succeeds", In = Plans.Fapi)]
    [Requirement("FAPI2-SP-5.3.2.3-01", "FAPI2-SP-5.4.1-06")]
    public async Task Two_clients_walk_from_a_push_to_what_their_bound_tokens_open(bool signing)
    {
        var (first, second) = FapiRun.Clients(signing);
        foreach (var definition in new[] { first, second })
        {
            var key = new DpopKey();
            var request = FapiRun.New(server, signing, definition).With("scope", "mail:read offline_access openid");
            var bring = await request.Sent();
            Assert.Equal(["client_id", "request_uri"], bring.Parameters.Select(parameter => parameter.Name));
            var page = (await (await server.SignedIn()).Complete(bring)).Expect(PageKind.Redirect);
            Assert.Equal(signing ? ["response"] : ["code", "iss", "session_state", "state"], page.Parameters.Select(parameter => parameter.Name).Order(StringComparer.Ordinal));
            Assert.Equal((server.Issuer, request.State), (page.Told("iss"), page.Told("state")));
            if (signing) Assert.True(Jwt.Parse(page["response"]!).VerifiesWith((await server.Api.Jwks()).Json));
            var tokens = Tokens.Of(await request.Client.With(key, server).Redeem(request, page.Told("code")!)).IsBoundTo(key);
            Assert.Equal(["mail:read", "offline_access", "openid"], tokens.Scopes);
            Assert.Equal((request["nonce"], server.Issuer, "ES256"), (tokens.IdJwt.Claim("nonce"), tokens.IdJwt.Claim("iss"), tokens.IdJwt.Algorithm));
            Assert.True(tokens.IdJwt.VerifiesWith((await server.Api.Jwks()).Json));
            Assert.Equal(tokens.IdJwt.Claim("sub"), (await key.UserInfo(server, tokens.AccessToken)).Expect(200).Text("sub"));
            // 128 bits are 22 characters.
            foreach (var secret in new[] { page.Told("code")!, tokens.Refresh, tokens.AccessJwt.Claim("jti")!, bring["request_uri"]![Pushing.Prefix.Length..] }) Assert.True(secret.Length >= 22, "A secret is too short");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Module(Prefix + "user-rejects-authentication", In = Plans.Fapi)]
    public async Task Who_refuses_is_sent_back_with_an_error(bool signing)
    {
        var request = FapiRun.New(server, signing, FapiRun.Clients(signing).Second).With("prompt", "consent");
        var alice = await server.SignedIn();
        var page = (await alice.Decide(await alice.Authorize(await request.Sent()), "deny")).Expect(PageKind.Redirect);
        Assert.Equal(("access_denied", request.State, server.Issuer), (page.Told("error"), page.Told("state"), page.Told("iss")));
        Assert.Null(page.Told("code"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Module(
        Prefix + "ensure-authorization-request-without-state-success", Prefix + "ensure-authorization-request-without-nonce-success", Prefix + "ensure-authorization-request-with-64-char-nonce-success",
        Prefix + "ensure-authorization-request-with-long-nonce", Prefix + "ensure-authorization-request-with-long-state", In = Plans.Fapi)]
    [Requirement("FAPI2-SP-5.3.2.2-15")]
    public async Task State_and_nonce_come_back_as_they_were_sent_or_not_at_all(bool signing)
    {
        foreach (var (state, nonce) in new[] { (null, "n"), ("s", null), ("s", new string('n', 64)), ("s", new string('n', 384)), (new string('s', 1_000), "n") })
        {
            var key = new DpopKey();
            var request = FapiRun.New(server, signing).With(("state", state), ("nonce", nonce));
            var page = (await (await server.SignedIn()).Authorize(await request.Sent())).Expect(PageKind.Redirect);
            Assert.Equal(state, page.Told("state"));
            var tokens = Tokens.Of(await request.Client.With(key, server).Redeem(request, page.Told("code")!));
            Assert.Equal((nonce, nonce is not null), (tokens.IdJwt.Claim("nonce"), tokens.IdJwt.Has("nonce")));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Module(
        Prefix + "ensure-different-nonce-inside-and-outside-request-object", Prefix + "ensure-different-state-inside-and-outside-request-object", Prefix + "state-only-outside-request-object-not-used", In = Plans.Fapi)]
    public async Task What_stands_beside_a_reference_does_not_count(bool signing)
    {
        foreach (var state in new[] { "inside", null })
        {
            var request = FapiRun.New(server, signing).With(("state", state), ("nonce", "inside"));
            var page = (await (await server.SignedIn()).Authorize((await request.Sent()).With(("state", "outside"), ("nonce", "outside")))).Expect(PageKind.Redirect);
            Assert.Equal(state, page.Told("state"));
            Assert.Equal("inside", Tokens.Of(await request.Client.With(new DpopKey(), server).Redeem(request, page.Told("code")!)).IdJwt.Claim("nonce"));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Module(Prefix + "test-claims-parameter-identity-claims", In = Plans.Fapi)]
    public async Task Every_claim_that_is_announced_can_be_asked_for_in_each_way(bool signing)
    {
        var carol = await server.SignedIn(Users.Carol);
        var names = (await server.Api.Discovery()).Json.GetProperty("claims_supported").EnumerateArray().Select(claim => claim.GetString()!).ToList();
        Assert.Contains("birthdate", names);
        foreach (var way in new[] { "null", """{"essential":true}""", """{"essential":false}""" })
        {
            var key = new DpopKey();
            var each = "{" + string.Join(',', names.Select(name => $"\"{name}\":{way}")) + "}";
            var request = FapiRun.New(server, signing).With(("scope", "openid"), ("claims", $$"""{"userinfo":{{each}},"id_token":{{each}}}"""));
            var page = (await carol.Complete(await request.Sent())).Expect(PageKind.Redirect);
            var tokens = Tokens.Of(await request.Client.With(key, server).Redeem(request, page.Told("code")!));
            var userinfo = (await key.UserInfo(server, tokens.AccessToken)).Expect(200).Json;
            foreach (var name in Users.Carol.Claims.Keys.Append("name").Intersect(names))
            {
                Assert.True(tokens.IdJwt.Has(name), $"{name} is not in the ID Token, asked by {way}");
                Assert.True(JsonElement.DeepEquals(tokens.IdJwt.Payload.GetProperty(name), userinfo.GetProperty(name)), name);
            }
            foreach (var name in names.Where(name => name is "sub" or "iss" or "aud" or "exp" or "iat" or "auth_time" or "acr")) Assert.True(tokens.IdJwt.Has(name), name);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Module(
        Prefix + "ensure-unsigned-authorization-request-without-using-par-fails", Prefix + "ensure-response-type-code-idtoken-fails", Prefix + "ensure-response-type-token-fails",
        Prefix + "ensure-registered-redirect-uri", Prefix + "plain-fapi-tolerate-unregistered-redirect-uri", Prefix + "ensure-redirect-uri-in-authorization-request", Prefix + "ensure-request-object-without-redirect-uri-fails",
        Prefix + "par-ensure-pkce-required", Prefix + "par-plain-pkce-rejected", Prefix + "par-authorization-request-containing-request_uri-form-param", Prefix + "par-attempt-invalid-http-method", In = Plans.Fapi)]
    [Requirement("FAPI2-SP-5.3.2.1-07")]
    public async Task What_is_not_pushed_whole_and_right_is_refused(bool signing)
    {
        var direct = await (await server.SignedIn()).Authorize(FapiRun.New(server, signing).With("response_mode", null));
        Assert.True(direct.Told("error") == "invalid_request" || direct.Kind == PageKind.Error, direct.ToString());
        Assert.Null(direct.Told("code"));
        foreach (var (name, value, error) in new (string, string?, string)[]
        {
            ("response_type", "code id_token", "unsupported_response_type"), ("response_type", "token", "unsupported_response_type"),
            ("redirect_uri", "https://fapi.example/elsewhere", "invalid_request"), ("redirect_uri", "https://evil.example/", "invalid_request"), ("redirect_uri", null, "invalid_request"),
            ("code_challenge", null, "invalid_request"), ("code_challenge_method", "plain", "invalid_request"),
        })
            (await FapiRun.New(server, signing).With(name, value).Send()).Expect(400, error);
        var referring = signing ? FapiRun.New(server, signing).InObject() : FapiRun.New(server, signing);
        (await referring.With("request_uri", Pushing.Prefix + Pkce.Random(32)).Push()).Expect(400, "invalid_request");
        Assert.Equal(405, (await server.Api.Send(new HttpRequestMessage(HttpMethod.Put, server.Api.Url("/par")) { Content = Api.Form(FapiRun.New(server, signing).Parameters) })).Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Module(Prefix + "par-ensure-reused-request-uri-prior-to-auth-completion-succeeds", Prefix + "par-attempt-reuse-request_uri", Prefix + "par-attempt-to-use-request_uri-for-different-client", In = Plans.Fapi)]
    [Requirement("FAPI2-AM-7.5-01")]
    public async Task A_reference_may_be_opened_until_it_is_answered_and_is_its_clients_alone(bool signing)
    {
        var request = FapiRun.New(server, signing);
        var bring = await request.Sent();
        var other = server.Client(FapiRun.Clients(signing).Second);
        (await (await server.SignedIn()).Authorize(new AuthorizationRequest(other).With("request_uri", bring["request_uri"]))).ExpectErrorPage();
        var browser = server.NewBrowser();
        (await browser.Authorize(bring)).Expect(PageKind.SignIn);
        var again = (await browser.Authorize(bring)).Expect(PageKind.SignIn);
        var page = (await browser.SignIn(again, Users.Alice.Username, Users.Alice.Password)).Expect(PageKind.Redirect);
        Tokens.Of(await request.Client.With(new DpopKey(), server).Redeem(request, page.Told("code")!));
        (await browser.Authorize(bring)).ExpectErrorPage();
    }

    [Fact]
    [Module(
        Prefix + "ensure-request-object-with-multiple-aud-succeeds", Prefix + "ensure-request-object-with-nbf-8-seconds-in-the-future-is-accepted", Prefix + "ensure-request-object-without-exp-fails",
        Prefix + "ensure-request-object-without-nbf-fails", Prefix + "ensure-expired-request-object-fails", Prefix + "ensure-request-object-with-bad-aud-fails", Prefix + "ensure-request-object-with-exp-over-60-fails",
        Prefix + "ensure-request-object-with-nbf-over-60-fails", Prefix + "ensure-signed-request-object-with-RS256-fails", Prefix + "ensure-request-object-signature-algorithm-is-not-none",
        Prefix + "ensure-request-object-with-invalid-signature-fails", Prefix + "ensure-matching-key-in-authorization-request", Prefix + "ensure-unsigned-request-at-par-endpoint-fails",
        Prefix + "par-authorization-request-containing-request_uri", In = Plans.Signing)]
    [Requirement("FAPI2-SP-5.4.1-01")]
    public async Task A_request_object_is_signed_by_its_client_for_this_server_and_for_about_now()
    {
        AuthorizationRequest Request() => FapiRun.New(server, signing: true);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        foreach (var good in new (string, object?)[][] { [], [("aud", new[] { "https://another.example", server.Issuer })], [("nbf", now + 8)] }) (await Request().InObject(good).Push()).Expect(201);
        foreach (var wrong in new (string, object?)[][]
        {
            [("exp", null)], [("nbf", null)], [("exp", now - 300)], [("aud", "https://another.example")], [("nbf", now), ("exp", now + 4200)], [("nbf", now - 4200)], [("iss", FapiClients.OtherSigning.Id)],
        })
            (await Request().InObject(wrong).Push()).Expect(400, "invalid_request_object");
        (await Request().InObject(("request_uri", Pushing.Prefix + Pkce.Random(32))).Push()).Expect(400, "invalid_request_object");
        var good2 = Request().ObjectText();
        foreach (var text in new[]
        {
            Request().ObjectText("RS256"), Request().ObjectText("none"), Request().ObjectText(key: FapiClients.OtherSigning.Key), Altering.At(good2, good2.LastIndexOf('.') + 10),
        })
            (await Request().Carry(text).Push()).Expect(400, "invalid_request_object");
        (await Request().Push()).Expect(400, "invalid_request");
        (await Request().Carry(Request().ObjectText("PS256")).Push()).Expect(201);
    }
}
