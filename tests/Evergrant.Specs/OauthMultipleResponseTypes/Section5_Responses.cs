using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Evergrant.Specs.RefreshToken;
using Evergrant.Specs.Rfc9126;

namespace Evergrant.Specs.OauthMultipleResponseTypes;

/// <summary>OAuth 2.0 Multiple Response Type Encoding Practices, OpenID Connect Core sections 3.2 and 3.3, RFC 6749 section 4.2: tokens through the browser, for those who must.</summary>
[Collection(typeof(FrontCollection))]
public sealed class Section5_Responses(FrontServer server)
{
    [Theory]
    [InlineData("token", "access_token expires_in scope token_type")]
    [InlineData("id_token", "id_token")]
    [InlineData("id_token token", "access_token expires_in id_token scope token_type")]
    [InlineData("token id_token", "access_token expires_in id_token scope token_type")]
    [InlineData("code id_token", "code id_token")]
    [InlineData("code token", "access_token code expires_in scope token_type")]
    [InlineData("code id_token token", "access_token code expires_in id_token scope token_type")]
    [InlineData("token code id_token", "access_token code expires_in id_token scope token_type")]
    [Requirement(
        "OAUTH-MRT-1.2-01", "OAUTH-MRT-2.1-02", "OAUTH-MRT-2.2-01", "OAUTH-MRT-3-01", "OAUTH-MRT-3-02", "OAUTH-MRT-5-01", "OAUTH-MRT-5-02", "OAUTH-MRT-5-03", "OAUTH-MRT-5-04", "OAUTH-MRT-5-06", "RFC6749-4.2.2-01",
        "OIDC-CORE-3.2.2.5-01", "OIDC-CORE-3.2.2.5-02", "OIDC-CORE-3.2.2.5-03", "OIDC-CORE-3.2.2.5-04", "OIDC-CORE-3.2.2.5-05", "OIDC-CORE-3.3.2.5-01", "OIDC-CORE-3.3.2.5-02", "RFC9207-2.4-01", "OIDC-CORE-11-02", "RFC6749-4.2.2-02")]
    public async Task Each_type_carries_what_it_names_in_the_fragment_and_never_a_refresh_token(string type, string members)
    {
        var request = (await server.Request(type)).With("state", "a b&c=d%\"<+/=");
        var page = (await (await server.SignedIn()).Authorize(request)).Expect(PageKind.Redirect);
        Assert.StartsWith("https://front.example/callback#", page.Location, StringComparison.Ordinal);
        Assert.Equal([.. members.Split(' '), "iss", "state"], page.Parameters.Select(p => p.Name).Order(StringComparer.Ordinal).Except(["iss", "session_state", "state"]).Concat(["iss", "state"]));
        Assert.Equal((request["state"], server.Issuer), (page["state"], page["iss"]));
        if (page["id_token"] is { } text)
        {
            var token = Jwt.Parse(text);
            Assert.True(token.VerifiesWith((await server.Api.Jwks()).Json));
            Assert.Equal((page["iss"], FrontServer.Every.Id, request["nonce"]), (token.Claim("iss"), token.Claim("aud"), token.Claim("nonce")));
            Assert.Equal("alice@example.com", token.Claim("email"));
            Assert.Equal(page["access_token"] is { } access ? Hash(access) : null, token.Claim("at_hash"));
            Assert.Equal(page.Code is { } code ? Hash(code) : null, token.Claim("c_hash"));
        }

        if (page["access_token"] is { } bearer)
        {
            Assert.Equal("Bearer", page["token_type"]);
            Assert.Equal(["email", "mail:read", "openid", .. page.Code is null ? Array.Empty<string>() : ["offline_access"]], page["scope"]!.Split(' ').Order(StringComparer.Ordinal).Except(["offline_access"]).Concat(page.Code is null ? [] : ["offline_access"]));
            (await server.Api.Get("/userinfo", bearer)).Expect(200);
        }
    }

    [Theory]
    [InlineData("code id_token")]
    [InlineData("code token")]
    [InlineData("code id_token token")]
    [Requirement("OIDC-CORE-3.3.3.6-01", "OIDC-CORE-3.3.3.6-02")]
    public async Task The_code_of_a_response_is_redeemed_and_refreshed_like_any_other(string type)
    {
        var request = await server.Request(type);
        var page = (await (await server.SignedIn()).Authorize(request)).Expect(PageKind.Redirect);
        var tokens = Tokens.Of(await request.Client.Redeem(request, page.Code!));
        if (page["id_token"] is { } text)
        {
            foreach (var claim in new[] { "iss", "sub", "aud", "acr", "email", "sid" }) Assert.Equal(tokens.IdJwt.Claim(claim), Jwt.Parse(text).Claim(claim));
            Assert.Equal(tokens.IdJwt.Number("auth_time"), Jwt.Parse(text).Number("auth_time"));
        }

        var next = (await request.Client.Refresh(tokens.Refresh)).By("Rotated");
        (await server.Api.Get("/userinfo", next.AccessToken)).Expect(200);
        // The code once more ends what came of it. What came with it is another authorization, and goes with the session.
        (await request.Client.Redeem(request, page.Code!)).Expect(400, "invalid_grant");
        (await request.Client.Refresh(next.Refresh)).Expect(400, "invalid_grant");
    }

    [Fact]
    [Requirement("OIDC-CORE-3.3.2.11-02", "OIDC-CORE-3.3.2.11-01", "OIDC-CORE-3.2.2.10-01")]
    public async Task Hashes_are_of_the_algorithm_and_claims_are_in_the_only_token_there_is()
    {
        var alone = (await (await server.SignedIn()).Authorize(await server.Request("id_token", FrontServer.SignIn))).Expect(PageKind.Redirect);
        Assert.Equal(("ES256", "alice@example.com"), (Jwt.Parse(alone["id_token"]!).Algorithm, Jwt.Parse(alone["id_token"]!).Claim("email")));
        var all = (await (await server.SignedIn()).Authorize(await server.Request("code id_token token", FrontServer.SignIn))).Expect(PageKind.Redirect);
        var token = Jwt.Parse(all["id_token"]!);
        Assert.Equal((Hash(all["access_token"]!), Hash(all.Code!), null), (token.Claim("at_hash"), token.Claim("c_hash"), token.Claim("email")));
    }

    [Fact]
    [Requirement("OIDC-CORE-3.2.2.1-01", "OIDC-CORE-3.3.2.1-01")]
    public async Task An_id_token_needs_a_nonce_and_the_scope_openid()
    {
        var alice = await server.SignedIn();
        foreach (var type in new[] { "id_token", "id_token token", "code id_token", "code id_token token" })
        {
            (await alice.Authorize((await server.Request(type)).With("nonce", null))).ExpectError("invalid_request");
            (await alice.Authorize((await server.Request(type)).With("scope", "mail:read"))).ExpectError("invalid_request");
        }

        foreach (var type in new[] { "code token", "token" })
        {
            var page = (await alice.Authorize((await server.Request(type)).With("nonce", null).With("scope", "mail:read"))).Expect(PageKind.Redirect);
            Assert.NotNull(page["access_token"]);
            Assert.Null(page["id_token"]);
        }
    }

    [Theory]
    [InlineData("token")]
    [InlineData("id_token")]
    [InlineData("id_token token")]
    [InlineData("code id_token")]
    [InlineData("code token")]
    [InlineData("code id_token token")]
    [Requirement("OAUTH-MRT-3-03", "OAUTH-MRT-5-05", "JARM-2.3.1-02", "OIDC-CORE-3.2.2.6-01", "OIDC-CORE-3.3.2.6-01", "RFC6749-4.2.2.1-01", "OAUTH-MRT-2.1-01", "OAUTH-MRT-2.2-01")]
    public async Task Neither_tokens_nor_errors_stand_in_a_query(string type)
    {
        var alice = await server.SignedIn();
        foreach (var mode in new[] { "query", "query.jwt" })
        {
            var refused = (await alice.Authorize((await server.Request(type)).With("response_mode", mode))).Expect(PageKind.Redirect);
            Assert.Contains("/callback#", refused.Location, StringComparison.Ordinal);
            Assert.Equal("invalid_request", mode == "query" ? refused.Error : Jwt.Parse(refused["response"]!).Claim("error"));
        }

        var denied = await server.Request(type, FrontServer.Asking);
        var page = (await alice.Decide(await alice.Authorize(denied), "deny")).ExpectError("access_denied");
        Assert.StartsWith("https://front.example/callback#error=", page.Location, StringComparison.Ordinal);
        Assert.Equal(denied.State, page["state"]);
        var posted = (await alice.Authorize((await server.Request(type)).With("response_mode", "form_post"))).Expect(PageKind.FormPost);
        Assert.Equal(type.Split(' ').Contains("code"), posted.Code is not null);
        Assert.Contains("no-store", posted.Header("Cache-Control"), StringComparison.Ordinal);
    }

    [Fact]
    [Requirement("RFC6749-4.2.1-01", "ATTACK-065", "OAUTH-MRT-4-03")]
    public async Task It_is_off_for_every_client_that_is_not_registered_for_it_and_announced_only_where_it_is_on()
    {
        await server.Front(FrontServer.Every);
        var alice = await server.SignedIn();
        foreach (var type in new[] { "token", "id_token", "id_token token", "code token", "none", "code none", "token token", "TOKEN" })
        {
            var page = await alice.Authorize(new AuthorizationRequest(server.Client(Clients.Web)).With(("response_type", type), ("nonce", "n")));
            page.ExpectError("unsupported_response_type");
            Assert.Null(page["access_token"]);
        }

        var page2 = await alice.Authorize((await server.Request("code token", FrontServer.Page)).With("scope", "openid"));
        page2.ExpectError("unsupported_response_type");
        var metadata = (await server.Api.Metadata()).Json;
        Assert.Equal(7, metadata.GetProperty("response_types_supported").GetArrayLength());
        Assert.Contains(metadata.GetProperty("grant_types_supported").EnumerateArray(), type => type.GetString() == "implicit");
        (await server.Client(Clients.Web).Token(("grant_type", "implicit"))).Expect(400, "unsupported_grant_type");
        foreach (var wrong in new[]
        {
            FrontServer.Every with { Id = "front-x", GrantTypes = ["authorization_code"] }, FrontServer.Every with { Id = "front-x", GrantTypes = ["implicit"] },
            FrontServer.Every with { Id = "front-x", ResponseTypes = ["none"] }, FrontServer.Every with { Id = "front-x", RedirectUris = ["http://front.example/callback"] },
        })
            Assert.NotEqual(0, (await server.Apply(DeclaredState.Json(server.Issuer, wrong))).ExitCode);
        var doctor = await server.Run("doctor");
        Assert.Contains("front gets tokens through the browser", doctor.Output, StringComparison.Ordinal);
        Assert.Contains("deprecated", doctor.Output, StringComparison.Ordinal);
    }

    [Fact]
    [Requirement("OIDC-CORE-3.2.2.1-02")]
    public async Task A_page_of_the_old_kind_gets_its_token_without_code_or_challenge()
    {
        var request = (await server.Request("id_token token", FrontServer.Page)).With("scope", "openid email");
        var page = (await (await server.SignedIn()).Complete(request)).Expect(PageKind.Redirect);
        Assert.Equal("alice@example.com", (await server.Api.Get("/userinfo", page["access_token"]!)).Expect(200).Text("email"));
        (await (await server.SignedIn()).Authorize(request.With("redirect_uri", "http://front-page.example/callback"))).ExpectErrorPage();
    }

    [Fact]
    public async Task Tokens_of_the_browser_end_with_its_session()
    {
        var bob = await server.NewSignedIn(Users.Bob);
        foreach (var definition in new[] { FrontServer.Every, FrontServer.Opaque })
        {
            var page = (await bob.Authorize(await server.Request("code token", definition))).Expect(PageKind.Redirect);
            Assert.True(await server.Client(Clients.MailApi).Finds(page["access_token"]!), page.ToString());
            (await server.Client(definition).Revoke(page["access_token"]!)).Expect(200);
            Assert.False(await server.Client(Clients.MailApi).Finds(page["access_token"]!));
        }

        var last = (await bob.Authorize(await server.Request("token"))).Expect(PageKind.Redirect);
        var account = await bob.Get("/sign-out");
        await bob.Submit(account, account.Forms[0], []);
        (await server.Api.Get("/userinfo", last["access_token"]!)).Expect(401);
    }

    [Fact]
    [Requirement("ATTACK-066")]
    public async Task A_pushed_request_is_of_any_type_and_its_type_is_not_changed_on_the_way()
    {
        var request = await server.Request("code id_token");
        var page = (await (await server.SignedIn()).Authorize((await request.Pushed()).With("response_type", "token").With("response_mode", "query"))).Expect(PageKind.Redirect);
        Assert.Null(page["access_token"]);
        Assert.Contains("#code=", page.Location, StringComparison.Ordinal);
        Assert.NotNull(page["id_token"]);
    }

    private static string Hash(string value) => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(value)).AsSpan(0, 16));
}
