using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Evergrant.Specs.OauthMultipleResponseTypes;
using Evergrant.Specs.Rfc7591;
using Evergrant.Specs.Rfc9101;

namespace Evergrant.Specs.Certification;

/// <summary>The modules of the Dynamic plan: each registers a client and acts with what it was given. On the server whose metadata has all that a dynamic provider has (OpenID Connect Core section 15.2).</summary>
[Collection(typeof(FrontCollection))]
public sealed class DynamicPlan(FrontServer server)
{
    private const string Callback = "https://dynamic.example/callback";

    [Fact]
    [Module("oidcc-discovery-endpoint-verification", In = Plans.Dynamic)]
    [Requirement("OIDC-CORE-15.2-02")]
    public async Task The_metadata_have_what_a_dynamic_provider_has()
    {
        await server.Front(FrontServer.Every);
        var document = await server.Api.Discovery();
        Assert.Equal(("application/json", server.Issuer), (document.MediaType, document.Text("issuer")));
        foreach (var member in new[] { "authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint", "registration_endpoint" }) Assert.StartsWith(server.Issuer + "/", document.Text(member), StringComparison.Ordinal);
        foreach (var (member, values) in new Dictionary<string, string[]>
        {
            ["response_types_supported"] = ["code", "id_token", "id_token token"], ["grant_types_supported"] = ["authorization_code", "implicit"], ["scopes_supported"] = ["openid"],
            ["id_token_signing_alg_values_supported"] = ["RS256"], ["subject_types_supported"] = ["public", "pairwise"], ["token_endpoint_auth_methods_supported"] = ["client_secret_basic"],
        })
            Assert.Empty(values.Except(document.Json.GetProperty(member).EnumerateArray().Select(value => value.GetString()!)));
        Assert.NotEmpty((await server.Api.Get(document.Text("jwks_uri")!)).Expect(200).Json.GetProperty("keys").EnumerateArray());
    }

    [Fact]
    [Module("oidcc-server", "oidcc-idtoken-rs256", In = Plans.Dynamic)]
    public async Task A_client_that_has_just_registered_walks_to_UserInfo()
    {
        var registered = await server.Api.Registered(Registrations.Web().With("id_token_signed_response_alg", "RS256"));
        Assert.Equal("RS256", registered.Reply.Text("id_token_signed_response_alg"));
        var request = new AuthorizationRequest(registered.Client).With("nonce", Pkce.Random(16));
        var page = (await (await server.SignedIn()).Complete(request)).Expect(PageKind.Redirect);
        Assert.Equal((request.State, server.Issuer), (page["state"], page["iss"]));
        var tokens = Tokens.Of(await registered.Client.Redeem(request, page.Code!));
        var keys = (await server.Api.Jwks()).Json;
        Assert.True(tokens.IdJwt.VerifiesWith(keys));
        Assert.Equal(("RS256", server.Issuer, request["nonce"]), (tokens.IdJwt.Algorithm, tokens.IdJwt.Claim("iss"), tokens.IdJwt.Claim("nonce")));
        Assert.Equal([registered.Id], tokens.IdJwt.Audience);
        Assert.Equal(tokens.IdJwt.Claim("sub"), (await server.Api.Get("/userinfo", tokens.AccessToken)).Expect(200).Text("sub"));
    }

    [Fact]
    [Module("oidcc-idtoken-unsigned", In = Plans.Dynamic)]
    public async Task No_client_can_register_for_an_unsigned_ID_Token_and_none_is_announced()
    {
        (await server.Api.Register(Registrations.Web().With("id_token_signed_response_alg", "none"))).Expect(400, "invalid_client_metadata");
        Assert.DoesNotContain("none", (await server.Api.Discovery()).Json.GetProperty("id_token_signing_alg_values_supported").EnumerateArray().Select(value => value.GetString()));
    }

    [Fact]
    [Module("oidcc-userinfo-rs256", In = Plans.Dynamic)]
    public async Task UserInfo_is_signed_for_a_client_registered_so()
    {
        var (_, tokens) = await Walk(await server.Api.Registered(Registrations.Web().With("userinfo_signed_response_alg", "RS256")));
        var reply = (await server.Api.Get("/userinfo", tokens.AccessToken)).Expect(200);
        Assert.Equal("application/jwt", reply.MediaType);
        var claims = Jwt.Parse(reply.Body);
        Assert.True(claims.VerifiesWith((await server.Api.Jwks()).Json));
        Assert.Equal(("RS256", server.Issuer, tokens.IdJwt.Claim("sub")), (claims.Algorithm, claims.Claim("iss"), claims.Claim("sub")));
        Assert.Equal(tokens.IdJwt.Audience, claims.Audience);
    }

    [Fact]
    [Module("oidcc-ensure-redirect-uri-in-authorization-request", In = Plans.Dynamic)]
    public async Task Of_two_redirect_URIs_a_request_names_one()
    {
        var registered = await server.Api.Registered(Registrations.Web().With("redirect_uris", new JsonArray(Callback, "https://dynamic.example/second")));
        (await (await server.SignedIn()).Authorize(new AuthorizationRequest(registered.Client).Without("redirect_uri"))).ExpectErrorPage();
        await Walk(registered);
    }

    [Fact]
    [Module("oidcc-redirect-uri-query-OK", "oidcc-redirect-uri-query-mismatch", "oidcc-redirect-uri-query-added", "oidcc-redirect-uri-regfrag", In = Plans.Dynamic)]
    public async Task A_redirect_URI_keeps_its_query_and_has_no_other_and_no_fragment()
    {
        const string Queried = Callback + "?foo=bar";
        var registered = await server.Api.Registered(Registrations.Web().With("redirect_uris", new JsonArray(Queried)));
        var (page, _) = await Walk(registered);
        Assert.StartsWith(Queried + "&", page.Location, StringComparison.Ordinal);
        var plain = await server.Api.Registered(Registrations.Web());
        var alice = await server.SignedIn();
        foreach (var (client, uri) in new[] { (registered, Callback + "?foo=other"), (registered, Callback), (registered, Queried + "&more=1"), (plain, Queried) })
            (await alice.Authorize(new AuthorizationRequest(client.Client).With("redirect_uri", uri))).ExpectErrorPage();
        (await server.Api.Register(Registrations.Web().With("redirect_uris", new JsonArray(Callback + "#fragment")))).Expect(400, "invalid_redirect_uri");
    }

    [Fact]
    [Module("oidcc-registration-jwks-uri", "oidcc-ensure-client-assertion-with-iss-aud-succeeds", "oidcc-refresh-token-rp-key-rotation", In = Plans.Dynamic)]
    public async Task A_client_authenticates_with_the_keys_under_its_URL_and_with_those_that_follow()
    {
        await using var documents = new DocumentServer();
        var url = documents.Put(ClientKeys.Public().ToJsonString());
        var registered = await server.Api.Registered(Metadata().With("token_endpoint_auth_method", "private_key_jwt").With("jwks_uri", url));
        Assert.Equal(url, registered.Reply.Text("jwks_uri"));
        var client = registered.Client;
        var request = new AuthorizationRequest(client).With(("scope", "openid offline_access"), ("prompt", "consent"));
        var code = await (await server.SignedIn()).Code(request);
        var now = await server.Now();
        // The audience of this assertion is the issuer.
        var tokens = Tokens.Of(await server.Api.Post("/token",
            [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", Callback), ("code_verifier", request.Verifier), .. client.Assertion("ES256", ("aud", server.Issuer), ("iat", now), ("exp", now + 60))]));

        using var next = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var point = next.ExportParameters(includePrivateParameters: false).Q;
        var jwk = new JsonObject
        {
            ["kty"] = "EC", ["crv"] = "P-256", ["kid"] = "next", ["use"] = "sig",
            ["x"] = System.Buffers.Text.Base64Url.EncodeToString(point.X), ["y"] = System.Buffers.Text.Base64Url.EncodeToString(point.Y),
        };
        documents.Put(new JsonObject { ["keys"] = new JsonArray(jwk) }.ToJsonString(), new Uri(url).AbsolutePath);
        await server.Advance(TimeSpan.FromSeconds(31));
        now = await server.Now();
        var assertion = Jwt.Sign(new { iss = client.Id, sub = client.Id, aud = server.Issuer, jti = Pkce.Random(16), iat = now, exp = now + 60 }, "ES256", next, "next");
        Tokens.Of(await server.Api.Post("/token", [("grant_type", "refresh_token"), ("refresh_token", tokens.Refresh), .. Client.Carrying(assertion)]));
        Assert.Equal(2, documents.Hits(url));
    }

    [Fact]
    [Module("oidcc-registration-sector-uri", "oidcc-registration-sector-bad", In = Plans.Dynamic)]
    public async Task A_sector_names_the_redirect_URI_or_the_registration_is_refused()
    {
        await using var documents = new DocumentServer();
        var pairwise = Registrations.Web().With("subject_type", "pairwise");
        await Walk(await server.Api.Registered(pairwise.With("sector_identifier_uri", documents.Put($"""["{Callback}"]"""))));
        (await server.Api.Register(pairwise.With("sector_identifier_uri", documents.Put("""["https://dynamic.example/other"]""")))).Expect(400, "invalid_client_metadata");
    }

    [Fact]
    [Module("oidcc-server-rotate-keys", In = Plans.Dynamic)]
    public async Task A_rotation_announces_a_key_and_keeps_the_old_ones()
    {
        var before = await Kids();
        Assert.Equal(0, (await server.Run("key", "rotate")).ExitCode);
        var after = await Kids();
        Assert.Empty(before.Except(after));
        Assert.NotEmpty(after.Except(before));

        async Task<IReadOnlyList<string>> Kids()
        {
            // A document that is a moment old may be served: what is asked for is what a client sees that asks again.
            var keys = (await server.Api.Get("/jwks?" + Pkce.Random(4))).Expect(200).Json.GetProperty("keys").EnumerateArray().ToList();
            foreach (var secret in new[] { "d", "p", "q", "k" }) Assert.DoesNotContain(keys, key => key.TryGetProperty(secret, out _));
            return [.. keys.Select(key => key.GetProperty("kid").GetString()!)];
        }
    }

    [Theory]
    [InlineData("none")]
    [InlineData("RS256")]
    [Module("oidcc-request-uri-unsigned", "oidcc-request-uri-signed-rs256", "oidcc-ensure-request-object-with-redirect-uri", In = Plans.Dynamic)]
    public async Task A_request_object_is_fetched_from_its_registered_address_and_what_it_says_counts(string algorithm)
    {
        await using var documents = new DocumentServer();
        var address = documents.Origin + "/request";
        var registered = await server.Api.Registered(Metadata().With("jwks", ClientKeys.Public()).With("request_object_signing_alg", algorithm).With("request_uris", new JsonArray(address))
            .With("redirect_uris", new JsonArray(Callback, "https://dynamic.example/second")));
        var request = new AuthorizationRequest(registered.Client).With("redirect_uri", "https://dynamic.example/second");
        documents.Put(request.ObjectText(algorithm), "/request", type: "application/jwt");
        var outside = new AuthorizationRequest(registered.Client).With(("redirect_uri", Callback), ("request_uri", address));
        var page = (await (await server.SignedIn()).Complete(outside)).Expect(PageKind.Redirect);
        Assert.StartsWith("https://dynamic.example/second?", page.Location, StringComparison.Ordinal);
        Assert.Equal(request.State, page["state"]);
        Tokens.Of(await registered.Client.Redeem(request, page.Code!));
        Assert.Equal(1, documents.Hits(address));
    }

    [Fact]
    [Module("oidcc-refresh-token", In = Plans.Dynamic)]
    public async Task A_refresh_is_about_the_same_sign_in_and_for_its_client_alone()
    {
        var registered = await server.Api.Registered(Metadata());
        var (_, first) = await Walk(registered, ("scope", "openid offline_access"), ("prompt", "consent"));
        var other = await server.Api.Registered(Metadata());
        (await other.Client.Refresh(first.Refresh)).Expect(400, "invalid_grant");
        var second = Tokens.Of(await registered.Client.Refresh(first.Refresh));
        Assert.NotEqual(first.AccessToken, second.AccessToken);
        foreach (var claim in new[] { "iss", "sub", "aud", "auth_time" }) Assert.True(JsonElement.DeepEquals(first.IdJwt.Payload.GetProperty(claim), second.IdJwt.Payload.GetProperty(claim)), claim);
        (await server.Api.Get("/userinfo", second.AccessToken)).Expect(200);
    }

    [Fact]
    [Module("oidcc-3rd_party-init-login", "oidcc-3rd_party-init-login-nohttps")]
    public async Task Where_a_sign_in_may_begin_is_kept_and_told_and_is_https()
    {
        const string Login = "https://dynamic.example/login";
        var registered = await server.Api.Registered(Registrations.Web().With("initiate_login_uri", Login));
        Assert.Equal(Login, registered.Reply.Text("initiate_login_uri"));
        Assert.Equal(Login, (await registered.Read()).Expect(200).Text("initiate_login_uri"));
        (await server.Api.Register(Registrations.Web().With("initiate_login_uri", "http://dynamic.example/login"))).Expect(400, "invalid_client_metadata");
    }

    private static JsonObject Metadata() => Registrations.Web().With("grant_types", new JsonArray("authorization_code", "refresh_token"));

    private async Task<(Page Page, Tokens Tokens)> Walk(Registered registered, params (string Name, string? Value)[] parameters)
    {
        var request = new AuthorizationRequest(registered.Client).With(parameters);
        var page = (await (await server.SignedIn()).Complete(request)).Expect(PageKind.Redirect);
        return (page, Tokens.Of(await registered.Client.Redeem(request, page.Code!)));
    }
}
