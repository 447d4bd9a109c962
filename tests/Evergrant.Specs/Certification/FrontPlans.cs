using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Evergrant.Specs.OauthMultipleResponseTypes;

namespace Evergrant.Specs.Certification;

/// <summary>The modules of the Implicit and Hybrid plans of the OpenID Foundation's conformance suite, each with all response types of the plan, and of the Form Post plans, which have them all again.</summary>
[Collection(typeof(FrontCollection))]
public sealed class FrontPlans(FrontServer server)
{
    [Theory]
    [MemberData(nameof(FrontRun.Every), MemberType = typeof(FrontRun))]
    [Module("oidcc-server", "oidcc-idtoken-signature", In = Plans.Front)]
    public async Task A_success_is_right_from_the_metadata_to_UserInfo(string type, string? mode)
    {
        var request = await FrontRun.New(server, type, mode);
        var metadata = (await server.Api.Discovery()).Json;
        Assert.Contains(type, metadata.GetProperty("response_types_supported").EnumerateArray().Select(v => v.GetString()));
        Assert.Contains(mode ?? "fragment", metadata.GetProperty("response_modes_supported").EnumerateArray().Select(v => v.GetString()));
        var keys = (await server.Api.Jwks()).Json;
        var kids = keys.GetProperty("keys").EnumerateArray().Select(key => key.GetProperty("kid").GetString()).ToList();
        Assert.Equal(kids.Count, kids.Distinct().Count());

        var run = await FrontRun.Success(server, request);
        if (run.Page["access_token"] is not null)
        {
            Assert.Equal("Bearer", run.Page["token_type"]);
            Assert.True(int.Parse(run.Page["expires_in"]!, System.Globalization.CultureInfo.InvariantCulture) > 0);
        }
        if (run.Tokens is { } tokens)
        {
            Assert.Equal("Bearer", tokens.Reply.Text("token_type"));
            Assert.True(tokens.Reply.Json.GetProperty("expires_in").GetInt32() > 0);
            Assert.Contains("no-store", tokens.Reply.Header("Cache-Control"), StringComparison.Ordinal);
        }
        foreach (var token in new[] { run.Front, run.Tokens?.IdJwt }.OfType<Jwt>())
        {
            Assert.Equal((server.Issuer, request["nonce"], "RS256"), (token.Claim("iss"), token.Claim("nonce"), token.Algorithm));
            Assert.Equal([request.Client.Id], token.Audience);
            Assert.Contains(token.Header.GetProperty("kid").GetString(), kids);
            Assert.True(token.VerifiesWith(keys));
            Assert.True(token.Number("exp") > token.Number("iat"));
            Assert.Equal(run.IdToken.Claim("sub"), token.Claim("sub"));
        }
        if (run.Front is { } front)
        {
            Assert.Equal(run.Page["access_token"] is { } access ? Half(access) : null, front.Claim("at_hash"));
            Assert.Equal(run.Page.Code is { } code ? Half(code) : null, front.Claim("c_hash"));
        }
        foreach (var access in run.AccessTokens) Assert.Equal(run.IdToken.Claim("sub"), (await server.Api.Get("/userinfo", access)).Expect(200).Text("sub"));
    }

    [Theory]
    [MemberData(nameof(FrontRun.Every), MemberType = typeof(FrontRun))]
    [Module("oidcc-response-type-missing", In = Plans.Front)]
    public async Task Without_response_type_there_is_an_error(string type, string? mode) =>
        (await (await server.SignedIn()).Authorize((await FrontRun.New(server, type, mode)).Without("response_type"))).ExpectError("invalid_request");

    [Theory]
    [MemberData(nameof(FrontRun.WithIdToken), MemberType = typeof(FrontRun))]
    [Module("oidcc-ensure-request-without-nonce-fails", In = Plans.Front)]
    public async Task An_ID_Token_of_the_browser_needs_a_nonce(string type, string? mode)
    {
        var page = (await (await server.SignedIn()).Authorize((await FrontRun.New(server, type, mode)).Without("nonce"))).ExpectError("invalid_request");
        Assert.Null(page["id_token"]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("form_post")]
    [Module("oidcc-ensure-request-without-nonce-succeeds-for-code-flow", In = Plans.Hybrid)]
    public async Task A_code_with_no_ID_Token_beside_it_needs_no_nonce(string? mode)
    {
        var run = await FrontRun.Success(server, (await FrontRun.New(server, "code token", mode)).Without("nonce"));
        Assert.False(run.IdToken.Has("nonce"));
    }

    [Theory]
    [MemberData(nameof(FrontRun.WithAccess), MemberType = typeof(FrontRun))]
    [Module("oidcc-userinfo-get", "oidcc-userinfo-post-header", "oidcc-userinfo-post-body", In = Plans.Front)]
    public async Task UserInfo_is_asked_in_three_ways(string type, string? mode)
    {
        var run = await FrontRun.Success(server, await FrontRun.New(server, type, mode));
        foreach (var access in run.AccessTokens)
        {
            var post = new HttpRequestMessage(HttpMethod.Post, server.Api.Url("/userinfo"));
            post.Headers.TryAddWithoutValidation("Authorization", "Bearer " + access);
            foreach (var reply in new[] { await server.Api.Get("/userinfo", access), await server.Api.Send(post), await server.Api.Post("/userinfo", [("access_token", access)]) })
                Assert.Equal(run.IdToken.Claim("sub"), reply.Expect(200).Text("sub"));
        }
    }

    [Theory]
    [MemberData(nameof(FrontRun.Every), MemberType = typeof(FrontRun))]
    [Module("oidcc-scope-profile", "oidcc-scope-email", "oidcc-scope-address", "oidcc-scope-phone", "oidcc-scope-all", In = Plans.Front)]
    public async Task Each_scope_brings_its_claims_and_all_together_bring_all(string type, string? mode)
    {
        var claims = new Dictionary<string, string[]>
        {
            ["profile"] = ["name", "given_name", "family_name", "middle_name", "nickname", "preferred_username", "profile", "picture", "website", "gender", "birthdate", "zoneinfo", "locale"],
            ["email"] = ["email", "email_verified"], ["address"] = ["address"], ["phone"] = ["phone_number", "phone_number_verified"],
        };
        var carol = await server.SignedIn(Users.Carol);
        foreach (var scope in claims.Keys.Append(string.Join(' ', claims.Keys)))
        {
            var run = await FrontRun.Success(server, (await FrontRun.New(server, type, mode)).With("scope", "openid " + scope), carol);
            // The ID Token where nothing else can tell (OpenID Connect Core section 5.4).
            List<JsonElement> told = run.AccessTokens.Count == 0 ? [run.IdToken.Payload] : [];
            foreach (var access in run.AccessTokens) told.Add((await server.Api.Get("/userinfo", access)).Expect(200).Json);
            foreach (var one in told)
                foreach (var (name, members) in claims)
                    foreach (var member in members) Assert.Equal(scope.Split(' ').Contains(name), one.TryGetProperty(member, out _));
        }
    }

    [Theory]
    [MemberData(nameof(FrontRun.Every), MemberType = typeof(FrontRun))]
    [Module("oidcc-alternate-happy-flow", In = Plans.Front)]
    public async Task The_order_of_scopes_and_parameters_does_not_matter(string type, string? mode)
    {
        var request = (await FrontRun.New(server, type, mode)).With("scope", "email openid");
        var page = await (await server.SignedIn()).Get("/authorize?" + Api.Encode(request.Parameters.Reverse()));
        Assert.NotNull((await FrontRun.Finish(page, request)).IdToken);
    }

    [Theory]
    [MemberData(nameof(FrontRun.Every), MemberType = typeof(FrontRun))]
    [Module(
        "oidcc-display-page", "oidcc-display-popup", "oidcc-ensure-request-with-unknown-parameter-succeeds", "oidcc-login-hint", "oidcc-ui-locales", "oidcc-claims-locales", "oidcc-ensure-request-with-acr-values-succeeds",
        In = Plans.Front)]
    public async Task A_wish_causes_no_error(string type, string? mode)
    {
        foreach (var (name, value) in new[] { ("display", "page"), ("display", "popup"), ("extra", "foobar"), ("login_hint", "alice@example.com"), ("ui_locales", "se"), ("claims_locales", "se"), ("acr_values", "1 2") })
        {
            await FrontRun.Success(server, (await FrontRun.New(server, type, mode)).With(name, value));
            (await server.NewBrowser().Authorize((await FrontRun.New(server, type, mode)).With(name, value))).Expect(PageKind.SignIn);
        }
        var met = await FrontRun.Success(server, (await FrontRun.New(server, type, mode)).With("acr_values", "urn:evergrant:acr:password"));
        Assert.Equal("urn:evergrant:acr:password", met.IdToken.Claim("acr"));
    }

    [Theory]
    [MemberData(nameof(FrontRun.Every), MemberType = typeof(FrontRun))]
    [Module("oidcc-prompt-none-not-logged-in", "oidcc-prompt-none-logged-in", "oidcc-id-token-hint", In = Plans.Front)]
    public async Task A_silent_request_succeeds_for_whoever_is_signed_in_and_for_nobody_else(string type, string? mode)
    {
        (await server.NewBrowser().Authorize((await FrontRun.New(server, type, mode)).With("prompt", "none"))).ExpectError("login_required");
        var first = await FrontRun.Success(server, (await FrontRun.New(server, type, mode)).With("max_age", "10000"));
        foreach (var hint in new[] { null, first.IdToken.Text })
        {
            var request = (await FrontRun.New(server, type, mode)).With(("prompt", "none"), ("id_token_hint", hint), ("max_age", "10000"));
            var page = await (await server.SignedIn()).Authorize(request);
            var silent = (await FrontRun.Finish(page, request)).IdToken;
            Assert.Equal((first.IdToken.Claim("sub"), first.IdToken.Number("auth_time")), (silent.Claim("sub"), silent.Number("auth_time")));
        }
    }

    [Theory]
    [MemberData(nameof(FrontRun.Hybrid), MemberType = typeof(FrontRun))]
    [Module("oidcc-codereuse", In = Plans.Hybrid)]
    public async Task A_code_that_comes_again_is_refused(string type, string? mode)
    {
        var run = await FrontRun.Success(server, await FrontRun.New(server, type, mode));
        (await run.Request.Client.Redeem(run.Request, run.Page.Code!)).Expect(400, "invalid_grant");
    }

    [Theory]
    [MemberData(nameof(FrontRun.Every), MemberType = typeof(FrontRun))]
    [Module("oidcc-ensure-registered-redirect-uri", In = Plans.Front)]
    public async Task An_unregistered_redirect_uri_is_answered_here(string type, string? mode) =>
        (await (await server.SignedIn()).Authorize((await FrontRun.New(server, type, mode)).With("redirect_uri", "https://plan-front.example/callback/evil"))).ExpectErrorPage();

    [Theory]
    [MemberData(nameof(FrontRun.Hybrid), MemberType = typeof(FrontRun))]
    [Module("oidcc-server-client-secret-post", In = Plans.Hybrid)]
    public async Task A_secret_may_be_in_the_body(string type, string? mode)
    {
        var run = await FrontRun.Success(server, await FrontRun.New(server, type, mode, PlanClients.FrontPosting));
        Assert.Equal([PlanClients.FrontPosting.Id], run.Tokens!.IdJwt.Audience);
    }

    [Theory]
    [MemberData(nameof(FrontRun.Every), MemberType = typeof(FrontRun))]
    [Module(
        "oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported", "oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported", "oidcc-ensure-request-object-with-redirect-uri", In = Plans.Front)]
    public async Task An_unsigned_request_object_is_refused_and_never_ignored(string type, string? mode)
    {
        var alice = await server.SignedIn();
        var request = await FrontRun.New(server, type, mode);
        var inside = Jwt.Sign(new { client_id = request.Client.Id, iss = request.Client.Id, aud = server.Issuer, response_type = type, redirect_uri = "https://evil.example/", scope = "openid" }, "none", null);
        var byValue = await alice.Authorize((await FrontRun.New(server, type, mode)).With("request", inside));
        Assert.True(byValue.Error is "request_not_supported" or "invalid_request_object", byValue.ToString());
        var byReference = await alice.Authorize((await FrontRun.New(server, type, mode)).With("request_uri", "https://plan-front.example/request.jwt"));
        Assert.True(byReference.Error is "request_uri_not_supported" or "invalid_request_uri", byReference.ToString());
        foreach (var page in new[] { byValue, byReference })
        {
            Assert.Equal((null, null, null), (page.Code, page["id_token"], page["access_token"]));
            if (page.Location is { } location) Assert.StartsWith("https://plan-front.example/", location, StringComparison.Ordinal);
            else if (page.Kind == PageKind.FormPost) Assert.Equal("https://plan-front.example/callback", page.Forms.Single().Action);
        }
    }

    [Theory]
    [MemberData(nameof(FrontRun.Every), MemberType = typeof(FrontRun))]
    [Module("oidcc-claims-essential", In = Plans.Front)]
    public async Task An_essential_name_is_told(string type, string? mode)
    {
        var run = await FrontRun.Success(server, (await FrontRun.New(server, type, mode)).With("claims", """{"userinfo":{"name":{"essential":true}},"id_token":{"name":{"essential":true}}}"""));
        Assert.Equal(Users.Alice.Name, run.IdToken.Claim("name"));
        foreach (var access in run.AccessTokens) Assert.Equal(Users.Alice.Name, (await server.Api.Get("/userinfo", access)).Expect(200).Text("name"));
    }

    [Theory]
    [MemberData(nameof(FrontRun.Hybrid), MemberType = typeof(FrontRun))]
    [Module("oidcc-refresh-token", In = Plans.Hybrid)]
    public async Task A_refresh_is_about_the_same_sign_in_and_for_its_client_alone(string type, string? mode)
    {
        var run = await FrontRun.Success(server, (await FrontRun.New(server, type, mode)).With(("scope", "openid offline_access"), ("prompt", "consent")));
        var first = run.Tokens!;
        (await server.Client(PlanClients.FrontSecond).Refresh(first.Refresh)).Expect(400, "invalid_grant");
        var second = Tokens.Of(await run.Request.Client.Refresh(first.Refresh));
        Assert.NotEqual(first.AccessToken, second.AccessToken);
        foreach (var claim in new[] { "iss", "sub", "aud", "auth_time" }) Assert.True(JsonElement.DeepEquals(first.IdJwt.Payload.GetProperty(claim), second.IdJwt.Payload.GetProperty(claim)), claim);
        Assert.True(second.IdJwt.Number("iat") >= first.IdJwt.Number("iat"));
        (await server.Api.Get("/userinfo", second.AccessToken)).Expect(200);
    }

    [Theory]
    [MemberData(nameof(FrontRun.Hybrid), MemberType = typeof(FrontRun))]
    [Module("oidcc-ensure-request-with-valid-pkce-succeeds", In = Plans.Hybrid)]
    public async Task A_valid_challenge_succeeds(string type, string? mode)
    {
        var request = await FrontRun.New(server, type, mode);
        Assert.Equal("S256", request["code_challenge_method"]);
        Assert.NotNull((await FrontRun.Success(server, request)).Tokens!.AccessToken);
    }

    [Theory]
    [MemberData(nameof(FrontRun.Every), MemberType = typeof(FrontRun))]
    [Module("oidcc-prompt-login", "oidcc-max-age-1", "oidcc-max-age-10000", In = Plans.Front)]
    public async Task A_new_sign_in_comes_when_it_is_asked_for_and_only_then(string type, string? mode)
    {
        var browser = await server.NewSignedIn(Users.Alice);
        var first = (await FrontRun.Success(server, (await FrontRun.New(server, type, mode)).With("max_age", "10000"), browser)).IdToken;
        await server.Advance(TimeSpan.FromSeconds(2));
        var kept = (await FrontRun.Success(server, (await FrontRun.New(server, type, mode)).With("max_age", "10000"), browser)).IdToken;
        Assert.Equal((first.Claim("sub"), first.Number("auth_time")), (kept.Claim("sub"), kept.Number("auth_time")));
        var last = first.Number("auth_time");
        foreach (var (name, value) in new[] { ("prompt", "login"), ("max_age", "1") })
        {
            await server.Advance(TimeSpan.FromSeconds(2));
            var request = (await FrontRun.New(server, type, mode)).With("max_age", "10000").With(name, value);
            var page = await browser.SignIn((await browser.Authorize(request)).Expect(PageKind.SignIn), Users.Alice.Username, Users.Alice.Password);
            var token = (await FrontRun.Finish(page, request)).IdToken;
            Assert.True(token.Number("auth_time") > last, name);
            Assert.Equal(first.Claim("sub"), token.Claim("sub"));
            last = token.Number("auth_time");
        }
    }

    [Fact]
    [Module("oidcc-codereuse-30seconds", In = Plans.Hybrid)]
    public async Task A_code_that_comes_again_half_a_minute_later_ends_what_it_brought()
    {
        List<FrontRun> runs = [];
        foreach (var way in FrontRun.Hybrid) runs.Add(await FrontRun.Success(server, await FrontRun.New(server, way.Data.Item1, way.Data.Item2)));
        await server.Advance(TimeSpan.FromSeconds(30));
        foreach (var run in runs)
        {
            (await run.Request.Client.Redeem(run.Request, run.Page.Code!)).Expect(400, "invalid_grant");
            (await server.Api.Get("/userinfo", run.Tokens!.AccessToken)).Expect(401, "invalid_token");
        }
    }

    private static string Half(string value) => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(value)).AsSpan(0, 16));
}
