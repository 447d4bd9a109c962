using System.Text.Json;

namespace Evergrant.Specs.Certification;

/// <summary>The modules of the Basic plan of the OpenID Foundation's conformance suite, and of the Form Post plan, which has them all again.</summary>
public sealed class BasicPlan(Server server)
{
    private const string Basic = "oidcc-basic-certification-test-plan/";
    private const string Form = "oidcc-formpost-basic-certification-test-plan/";

    [Theory]
    [InlineData(null)]
    [InlineData("form_post")]
    [Module(Basic + "oidcc-server", Form + "oidcc-server", Basic + "oidcc-idtoken-signature", Form + "oidcc-idtoken-signature")]
    public async Task A_success_is_right_from_the_metadata_to_UserInfo(string? mode)
    {
        var keys = (await server.Api.Jwks()).Json;
        var kids = keys.GetProperty("keys").EnumerateArray().Select(key => key.GetProperty("kid").GetString()).ToList();
        Assert.Equal(kids.Count, kids.Distinct().Count());
        var request = New(mode).With("nonce", "n-0S6_WzA2Mj");
        var page = await (await server.SignedIn()).Authorize(request);
        Assert.Equal(mode is null ? PageKind.Redirect : PageKind.FormPost, page.Kind);
        Assert.Equal((request.State, server.Issuer), (page["state"], page["iss"]));
        Assert.Matches("^[\\x20-\\x7E]+$", page.Code);
        var tokens = Tokens.Of(await request.Client.Redeem(request, page.Code!));
        Assert.Equal("Bearer", tokens.Reply.Text("token_type"));
        Assert.True(tokens.Reply.Json.GetProperty("expires_in").GetInt32() > 0);
        Assert.Contains("no-store", tokens.Reply.Header("Cache-Control"), StringComparison.Ordinal);
        var token = tokens.IdJwt;
        Assert.Equal((server.Issuer, "n-0S6_WzA2Mj", "RS256"), (token.Claim("iss"), token.Claim("nonce"), token.Algorithm));
        Assert.Equal([request.Client.Id], token.Audience);
        Assert.Contains(token.Header.GetProperty("kid").GetString(), kids);
        Assert.True(token.VerifiesWith(keys));
        Assert.True(token.Number("exp") > token.Number("iat"));
        if (token.Claim("at_hash") is { } hash) Assert.Equal(System.Buffers.Text.Base64Url.EncodeToString(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(tokens.AccessToken)).AsSpan(0, 16)), hash);
        Assert.Equal(token.Claim("sub"), (await server.Api.Get("/userinfo", tokens.AccessToken)).Expect(200).Text("sub"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("form_post")]
    [Module(Basic + "oidcc-response-type-missing", Form + "oidcc-response-type-missing")]
    public async Task Without_response_type_there_is_an_error(string? mode) =>
        (await (await server.SignedIn()).Authorize(New(mode).Without("response_type"))).ExpectError("invalid_request");

    [Fact]
    [Module(Basic + "oidcc-userinfo-get", Form + "oidcc-userinfo-get", Basic + "oidcc-userinfo-post-header", Form + "oidcc-userinfo-post-header", Basic + "oidcc-userinfo-post-body", Form + "oidcc-userinfo-post-body")]
    public async Task UserInfo_is_asked_in_three_ways()
    {
        foreach (var mode in new[] { null, "form_post" })
        {
            var tokens = await Success(New(mode));
            var post = new HttpRequestMessage(HttpMethod.Post, server.Api.Url("/userinfo"));
            post.Headers.TryAddWithoutValidation("Authorization", "Bearer " + tokens.AccessToken);
            foreach (var reply in new[] { await server.Api.Get("/userinfo", tokens.AccessToken), await server.Api.Send(post), await server.Api.Post("/userinfo", [("access_token", tokens.AccessToken)]) })
                Assert.Equal(tokens.IdJwt.Claim("sub"), reply.Expect(200).Text("sub"));
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("form_post")]
    [Module(Basic + "oidcc-ensure-request-without-nonce-succeeds-for-code-flow", Form + "oidcc-ensure-request-without-nonce-succeeds-for-code-flow")]
    public async Task A_code_needs_no_nonce(string? mode) => Assert.False((await Success(New(mode).Without("nonce"))).IdJwt.Has("nonce"));

    [Theory]
    [InlineData(null)]
    [InlineData("form_post")]
    [Module(
        Basic + "oidcc-scope-profile", Basic + "oidcc-scope-email", Basic + "oidcc-scope-address", Basic + "oidcc-scope-phone", Basic + "oidcc-scope-all", Form + "oidcc-scope-profile", Form + "oidcc-scope-email", Form + "oidcc-scope-address", Form + "oidcc-scope-phone", Form + "oidcc-scope-all")]
    public async Task Each_scope_brings_its_claims_and_all_together_bring_all(string? mode)
    {
        var claims = new Dictionary<string, string[]>
        {
            ["profile"] = ["name", "given_name", "family_name", "middle_name", "nickname", "preferred_username", "profile", "picture", "website", "gender", "birthdate", "zoneinfo", "locale"],
            ["email"] = ["email", "email_verified"], ["address"] = ["address"], ["phone"] = ["phone_number", "phone_number_verified"],
        };
        var carol = await server.SignedIn(Users.Carol);
        foreach (var scope in claims.Keys.Append(string.Join(' ', claims.Keys)))
        {
            var tokens = await Success(New(mode).With("scope", "openid " + scope), carol);
            var userinfo = (await server.Api.Get("/userinfo", tokens.AccessToken)).Expect(200);
            foreach (var (name, members) in claims)
                foreach (var member in members) Assert.Equal(scope.Split(' ').Contains(name), userinfo.Has(member));
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("form_post")]
    [Module(Basic + "oidcc-alternate-happy-flow", Form + "oidcc-alternate-happy-flow")]
    public async Task The_order_of_scopes_and_parameters_does_not_matter(string? mode)
    {
        var request = New(mode).With("scope", "email openid");
        var page = await (await server.SignedIn()).Get("/authorize?" + Api.Encode(request.Parameters.Reverse()));
        (await request.Client.Redeem(request, page.Code!)).Expect(200);
    }

    [Theory]
    [InlineData("display", "page")]
    [InlineData("display", "popup")]
    [InlineData("extra", "foobar")]
    [InlineData("login_hint", "alice@example.com")]
    [InlineData("ui_locales", "se")]
    [InlineData("claims_locales", "se")]
    [InlineData("acr_values", "1 2")]
    [Module(
        Basic + "oidcc-display-page", Basic + "oidcc-display-popup", Basic + "oidcc-ensure-request-with-unknown-parameter-succeeds", Basic + "oidcc-login-hint", Basic + "oidcc-ui-locales", Basic + "oidcc-claims-locales", Basic + "oidcc-ensure-request-with-acr-values-succeeds",
        Form + "oidcc-display-page", Form + "oidcc-display-popup", Form + "oidcc-ensure-request-with-unknown-parameter-succeeds", Form + "oidcc-login-hint", Form + "oidcc-ui-locales", Form + "oidcc-claims-locales", Form + "oidcc-ensure-request-with-acr-values-succeeds")]
    public async Task A_wish_causes_no_error(string name, string value)
    {
        foreach (var mode in new[] { null, "form_post" })
        {
            await Success(New(mode).With(name, value));
            // And somebody who is not signed in sees the page to sign in.
            (await server.NewBrowser().Authorize(New(mode).With(name, value))).Expect(PageKind.SignIn);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("form_post")]
    [Module(
        Basic + "oidcc-prompt-none-not-logged-in", Form + "oidcc-prompt-none-not-logged-in", Basic + "oidcc-prompt-none-logged-in", Form + "oidcc-prompt-none-logged-in", Basic + "oidcc-id-token-hint", Form + "oidcc-id-token-hint")]
    public async Task A_silent_request_succeeds_for_whoever_is_signed_in_and_for_nobody_else(string? mode)
    {
        (await server.NewBrowser().Authorize(New(mode).With("prompt", "none"))).ExpectError("login_required");
        var first = await Success(New(mode).With("max_age", "10000"));
        var silent = await Success(New(mode).With(("prompt", "none"), ("max_age", "10000")));
        var hinted = await Success(New(mode).With(("prompt", "none"), ("id_token_hint", first.IdToken), ("max_age", "10000")));
        foreach (var one in new[] { silent, hinted }) Assert.Equal((first.IdJwt.Claim("sub"), first.IdJwt.Number("auth_time")), (one.IdJwt.Claim("sub"), one.IdJwt.Number("auth_time")));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("form_post")]
    [Module(Basic + "oidcc-codereuse", Form + "oidcc-codereuse")]
    public async Task A_code_that_comes_again_is_refused(string? mode)
    {
        var request = New(mode);
        var code = await (await server.SignedIn()).Code(request);
        (await request.Client.Redeem(request, code)).Expect(200);
        (await request.Client.Redeem(request, code)).Expect(400, "invalid_grant");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("form_post")]
    [Module(Basic + "oidcc-ensure-registered-redirect-uri", Form + "oidcc-ensure-registered-redirect-uri")]
    public async Task An_unregistered_redirect_uri_is_answered_here(string? mode) =>
        (await (await server.SignedIn()).Authorize(New(mode).With("redirect_uri", "https://plan-first.example/callback/evil"))).ExpectErrorPage();

    [Theory]
    [InlineData(null)]
    [InlineData("form_post")]
    [Module(Basic + "oidcc-ensure-post-request-succeeds", Form + "oidcc-ensure-post-request-succeeds")]
    public async Task A_request_may_be_posted(string? mode)
    {
        var request = New(mode);
        var page = await (await server.SignedIn()).AuthorizeByPost(request);
        (await request.Client.Redeem(request, page.Code!)).Expect(200);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("form_post")]
    [Module(Basic + "oidcc-server-client-secret-post", Form + "oidcc-server-client-secret-post")]
    [Requirement("OAUTH21-2.4.1-01")]
    public async Task A_secret_may_be_in_the_body(string? mode) => Assert.NotNull((await Success(New(mode, PlanClients.Posting))).IdToken);

    [Theory]
    [InlineData(null)]
    [InlineData("form_post")]
    [Module(
        Basic + "oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported", Form + "oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported",
        Basic + "oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported", Form + "oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported",
        Basic + "oidcc-ensure-request-object-with-redirect-uri", Form + "oidcc-ensure-request-object-with-redirect-uri")]
    public async Task An_unsigned_request_object_is_refused_and_never_ignored(string? mode)
    {
        var alice = await server.SignedIn();
        var inside = Jwt.Sign(new { client_id = PlanClients.First.Id, iss = PlanClients.First.Id, aud = server.Issuer, response_type = "code", redirect_uri = "https://evil.example/", scope = "openid" }, "none", null);
        var byValue = await alice.Authorize(New(mode).With("request", inside));
        Assert.True(byValue.Error is "request_not_supported" or "invalid_request_object", byValue.ToString());
        var byReference = await alice.Authorize(New(mode).With("request_uri", "https://plan-first.example/request.jwt"));
        Assert.True(byReference.Error is "request_uri_not_supported" or "invalid_request_uri", byReference.ToString());
        foreach (var page in new[] { byValue, byReference })
        {
            Assert.Null(page.Code);
            if (page.Location is { } location) Assert.StartsWith("https://plan-first.example/", location, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("form_post")]
    [Module(Basic + "oidcc-claims-essential", Form + "oidcc-claims-essential")]
    public async Task An_essential_name_is_told(string? mode)
    {
        var tokens = await Success(New(mode).With("claims", """{"userinfo":{"name":{"essential":true}}}"""));
        Assert.Equal(Users.Alice.Name, (await server.Api.Get("/userinfo", tokens.AccessToken)).Expect(200).Text("name"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("form_post")]
    [Module(Basic + "oidcc-refresh-token", Form + "oidcc-refresh-token")]
    public async Task A_refresh_is_about_the_same_sign_in_and_for_its_client_alone(string? mode)
    {
        var first = await Success(New(mode).With(("scope", "openid offline_access"), ("prompt", "consent")));
        (await server.Client(PlanClients.Second).Refresh(first.Refresh)).Expect(400, "invalid_grant");
        var second = Tokens.Of(await server.Client(PlanClients.First).Refresh(first.Refresh));
        Assert.NotEqual(first.AccessToken, second.AccessToken);
        foreach (var claim in new[] { "iss", "sub", "aud" }) Assert.True(JsonElement.DeepEquals(first.IdJwt.Payload.GetProperty(claim), second.IdJwt.Payload.GetProperty(claim)), claim);
        Assert.True(second.IdJwt.Number("iat") >= first.IdJwt.Number("iat"));
        if (first.IdJwt.Has("auth_time")) Assert.Equal(first.IdJwt.Number("auth_time"), second.IdJwt.Number("auth_time"));
        (await server.Api.Get("/userinfo", second.AccessToken)).Expect(200);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("form_post")]
    [Module(Basic + "oidcc-ensure-request-with-valid-pkce-succeeds", Form + "oidcc-ensure-request-with-valid-pkce-succeeds")]
    public async Task A_valid_challenge_succeeds(string? mode)
    {
        var request = New(mode);
        Assert.Equal("S256", request["code_challenge_method"]);
        Assert.NotNull((await Success(request)).AccessToken);
    }

    private AuthorizationRequest New(string? mode, ClientDefinition? definition = null) => new AuthorizationRequest(server.Client(definition ?? PlanClients.First)).With(("response_mode", mode), ("nonce", Pkce.Random(16)));

    private async Task<Tokens> Success(AuthorizationRequest request, Browser? browser = null) => Tokens.Of(await request.Client.Redeem(request, await (browser ?? await server.SignedIn()).Code(request)));
}

/// <summary>Those modules that wait, by the movable clock.</summary>
[Collection(typeof(ClockCollection))]
public sealed class BasicPlanInTime(ClockServer server)
{
    private const string Basic = "oidcc-basic-certification-test-plan/";
    private const string Form = "oidcc-formpost-basic-certification-test-plan/";

    [Theory]
    [InlineData(null)]
    [InlineData("form_post")]
    [Module(Basic + "oidcc-prompt-login", Form + "oidcc-prompt-login", Basic + "oidcc-max-age-1", Form + "oidcc-max-age-1", Basic + "oidcc-max-age-10000", Form + "oidcc-max-age-10000")]
    public async Task A_new_sign_in_comes_when_it_is_asked_for_and_only_then(string? mode)
    {
        var browser = await server.NewSignedIn(Users.Alice);
        var first = await Redeemed(New(mode).With("max_age", "10000"), browser);
        await server.Advance(TimeSpan.FromSeconds(2));
        var kept = await Redeemed(New(mode).With("max_age", "10000"), browser);
        Assert.Equal((first.Claim("sub"), first.Number("auth_time")), (kept.Claim("sub"), kept.Number("auth_time")));
        var last = first.Number("auth_time");
        foreach (var (name, value) in new[] { ("prompt", "login"), ("max_age", "1") })
        {
            await server.Advance(TimeSpan.FromSeconds(2));
            var request = New(mode).With("max_age", "10000").With(name, value);
            var page = await browser.SignIn((await browser.Authorize(request)).Expect(PageKind.SignIn), Users.Alice.Username, Users.Alice.Password);
            var token = Tokens.Of(await request.Client.Redeem(request, page.Code!)).IdJwt;
            Assert.True(token.Number("auth_time") > last, name);
            Assert.Equal(first.Claim("sub"), token.Claim("sub"));
            last = token.Number("auth_time");
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("form_post")]
    [Module(Basic + "oidcc-codereuse-30seconds", Form + "oidcc-codereuse-30seconds")]
    public async Task A_code_that_comes_again_half_a_minute_later_ends_what_it_brought(string? mode)
    {
        var request = New(mode);
        var code = await (await server.NewSignedIn(Users.Alice)).Code(request);
        var tokens = Tokens.Of(await request.Client.Redeem(request, code));
        await server.Advance(TimeSpan.FromSeconds(30));
        (await request.Client.Redeem(request, code)).Expect(400, "invalid_grant");
        (await server.Api.Get("/userinfo", tokens.AccessToken)).Expect(401, "invalid_token");
    }

    private AuthorizationRequest New(string? mode) => new AuthorizationRequest(server.Client(PlanClients.First)).With("response_mode", mode);

    private static async Task<Jwt> Redeemed(AuthorizationRequest request, Browser browser) => Tokens.Of(await request.Client.Redeem(request, await browser.Code(request))).IdJwt;
}

/// <summary>The Config plan.</summary>
[Collection(typeof(ProductionCollection))]
public sealed class ConfigPlan(ProductionServer server)
{
    [Fact]
    [Module("oidcc-config-certification-test-plan/oidcc-discovery-endpoint-verification", "oidcc-dynamic-certification-test-plan/oidcc-discovery-endpoint-verification")]
    [Requirement("RFC7517-8.5.1-01")]
    public async Task The_metadata_say_what_a_client_needs_and_their_keys_load()
    {
        var document = await server.Api.Discovery();
        Assert.Equal("application/json", document.MediaType);
        Assert.Equal(server.Issuer, document.Text("issuer"));
        foreach (var member in new[] { "authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint" }) Assert.StartsWith("https://", document.Text(member), StringComparison.Ordinal);
        IEnumerable<string?> List(string member) => document.Json.GetProperty(member).EnumerateArray().Select(value => value.GetString());
        Assert.Contains("code", List("response_types_supported"));
        Assert.Contains("authorization_code", List("grant_types_supported"));
        Assert.Contains("openid", List("scopes_supported"));
        Assert.Contains("RS256", List("id_token_signing_alg_values_supported"));
        foreach (var type in List("subject_types_supported")) Assert.Contains(type, new[] { "public", "pairwise" });
        var set = (await server.Api.Get(document.Text("jwks_uri")!)).Expect(200);
        Assert.Contains(set.MediaType, new[] { "application/jwk-set+json", "application/json" });
        var keys = set.Json.GetProperty("keys").EnumerateArray().ToList();
        Assert.NotEmpty(keys);
        Assert.All(keys, key =>
        {
            Assert.True(key.TryGetProperty("kid", out _) && key.TryGetProperty("kty", out _));
            foreach (var secret in new[] { "d", "p", "q", "dp", "dq", "qi", "k" }) Assert.False(key.TryGetProperty(secret, out _));
        });
    }
}
