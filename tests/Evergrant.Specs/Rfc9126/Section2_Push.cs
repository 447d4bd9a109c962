using System.Net;
using Evergrant.Specs.RefreshToken;

namespace Evergrant.Specs.Rfc9126;

/// <summary>RFC 9126 section 2: a client pushes its request.</summary>
public sealed class Section2_Push(Server server)
{
    [Fact]
    [Requirement("RFC9126-2-01", "RFC9126-2-02", "RFC9126-2.2-01", "RFC9126-2.2-03", "FAPI2-SP-5.3.2.2-02", "FAPI2-SP-5.3.2.2-12")]
    public async Task A_pushed_request_walks_to_tokens_and_a_refresh()
    {
        var client = server.Client(Clients.Web);
        var request = new AuthorizationRequest(client).With("scope", "openid offline_access mail:read").With("nonce", "n-1").With("claims", """{"id_token":{"auth_time":{"essential":true}}}""");
        var pushed = (await request.Push()).Expect(201);
        Assert.Equal("application/json", pushed.MediaType);
        Assert.Contains("no-store", pushed.Header("Cache-Control"), StringComparison.Ordinal);
        Assert.StartsWith(Pushing.Prefix, pushed.Text("request_uri"), StringComparison.Ordinal);
        Assert.InRange(pushed.Json.GetProperty("expires_in").GetInt32(), 1, 90);
        Assert.Equal(server.Issuer + "/par", (await server.Api.Metadata()).Text("pushed_authorization_request_endpoint"));

        var page = (await (await server.SignedIn()).Authorize(pushed.Bring(client))).Expect(PageKind.Redirect);
        Assert.Equal((request.State, server.Issuer), (page["state"], page["iss"]));
        var tokens = Tokens.Of(await client.Redeem(request, page.Code!));
        Assert.Equal(["mail:read", "offline_access", "openid"], tokens.Scopes);
        Assert.Equal("n-1", tokens.IdJwt.Claim("nonce"));
        (await client.Refresh(tokens.Refresh)).By("Rotated");
    }

    [Fact]
    [Requirement("RFC9126-2.2-02", "RFC9101-5.2.1-01", "RFC9101-10.2-02")]
    public async Task Each_request_uri_is_new_and_of_256_random_bits()
    {
        var seen = new HashSet<string>();
        for (var i = 0; i < 20; i++)
        {
            var uri = (await new AuthorizationRequest(server.Client(Clients.Web)).Push()).Expect(201).Text("request_uri")!;
            Assert.Matches("^urn:ietf:params:oauth:request_uri:[A-Za-z0-9_-]{43}$", uri);
            Assert.True(seen.Add(uri));
        }
    }

    [Fact]
    [Requirement("RFC9126-2-04", "FAPI2-SP-5.3.2.2-04", "ATTACK-205")]
    public async Task A_client_proves_itself_here_as_at_the_token_endpoint()
    {
        var parameters = new AuthorizationRequest(server.Client(Clients.Web)).Parameters;
        (await server.Api.Post("/par", parameters)).Expect(401, "invalid_client");
        (await server.Api.Post("/par", parameters, Api.Basic(Clients.Web.Id, "wrong"))).Expect(401, "invalid_client");
        (await new AuthorizationRequest(server.Client(Clients.Post)).Push()).Expect(201);
        (await new AuthorizationRequest(server.Client(Clients.Asserting)).Push()).Expect(201);
        (await new AuthorizationRequest(server.Client(Clients.Spa)).Push()).Expect(201);
        // Somebody else's request under one's own name.
        (await server.Client(Clients.Other).Call("/par", [.. parameters])).Expect(400, "invalid_request");
    }

    [Fact]
    [Requirement("RFC9126-2-05", "FAPI2-SP-5.3.2.1-08")]
    public async Task A_client_of_old_may_name_any_of_three_audiences_and_others_the_issuer_alone()
    {
        foreach (var audience in new[] { server.Issuer, server.Issuer + "/token", server.Issuer + "/par" })
        {
            var old = server.Client(Pushing.Legacy);
            (await server.Api.Post("/par", [.. new AuthorizationRequest(old).Parameters, .. old.Assertion("ES256", ("aud", audience))])).Expect(201);
            var strict = server.Client(Pushing.Strict);
            var reply = await server.Api.Post("/par", [.. new AuthorizationRequest(strict).Parameters, .. strict.Assertion("ES256", ("aud", audience))]);
            if (audience == server.Issuer) reply.Expect(201);
            else reply.Expect(401, "invalid_client");
        }
    }

    [Theory]
    [InlineData("request_uri", "urn:ietf:params:oauth:request_uri:x", "invalid_request")]
    [InlineData("client_id", null, "invalid_request")]
    [InlineData("redirect_uri", "https://evil.example/callback", "invalid_request")]
    [InlineData("redirect_uri", null, "invalid_request")]
    [InlineData("scope", "unheard", "invalid_scope")]
    [InlineData("scope", "openid  email", "invalid_scope")]
    [InlineData("response_type", "token", "unsupported_response_type")]
    [InlineData("response_type", null, "invalid_request")]
    [InlineData("response_mode", "carrier_pigeon", "invalid_request")]
    [InlineData("code_challenge", null, "invalid_request")]
    [InlineData("code_challenge_method", "plain", "invalid_request")]
    [InlineData("resource", "https://unknown.example", "invalid_target")]
    [InlineData("claims", "[]", "invalid_request")]
    [InlineData("max_age", "soon", "invalid_request")]
    [Requirement("RFC9126-2.1-01", "RFC9126-2.1-02", "RFC9126-2.1-05", "RFC9126-2.3-01", "ATTACK-207", "FAPI2-SP-5.3.2.2-05", "FAPI2-SP-5.3.2.2-06")]
    public async Task What_is_wrong_with_a_request_is_told_when_it_is_pushed(string name, string? value, string error)
    {
        var reply = await new AuthorizationRequest(server.Client(Clients.Web)).With(name, value).Push();
        reply.Expect(400, error);
        Assert.Equal("application/json", reply.MediaType);
        Assert.Contains("Reference", reply.Text("error_description"), StringComparison.Ordinal);
    }

    [Fact]
    [Requirement("RFC9126-2.3-02")]
    public async Task What_depends_on_the_person_is_not_asked_here()
    {
        var client = server.Client(Clients.Asking);
        var pushed = (await new AuthorizationRequest(client).With("prompt", "none").Push()).Expect(201);
        (await server.NewBrowser().Authorize(pushed.Bring(client))).ExpectError("login_required");
    }

    [Fact]
    [Requirement("RFC9126-2.3-04")]
    public async Task Only_POST_is_answered()
    {
        Assert.Equal(405, (await server.Api.Get("/par")).Status);
        var reply = await server.Api.Send(new HttpRequestMessage(HttpMethod.Put, server.Api.Url("/par")) { Content = Api.Form([]) });
        Assert.Equal(405, reply.Status);
        Assert.Contains("POST", reply.Header("Allow"), StringComparison.Ordinal);
    }

    [Fact]
    [Requirement("RFC9126-2.3-05")]
    public async Task A_push_that_is_too_large_is_refused_by_its_size()
    {
        var reply = await new AuthorizationRequest(server.Client(Clients.Web)).With("claims", new string('x', 70_000)).Push();
        Assert.Equal((int)HttpStatusCode.RequestEntityTooLarge, reply.Status);
    }

    [Fact]
    [Requirement("RFC9126-2.1-04", "RFC9126-7.2-01")]
    public async Task A_client_that_may_names_a_redirect_URI_of_this_request_alone()
    {
        const string Fresh = "https://par-free.example/just/this/time";
        var client = server.Client(Pushing.Free);
        var request = new AuthorizationRequest(client).With("redirect_uri", Fresh);
        var page = (await (await server.SignedIn()).Authorize(await request.Pushed())).Expect(PageKind.Redirect);
        Assert.StartsWith(Fresh + "?", page.Location, StringComparison.Ordinal);
        Tokens.Of(await client.Redeem(request, page.Code!));
        // Not when a browser brings it, not in forms that can never be registered, and not for those who cannot prove who they are.
        (await (await server.SignedIn()).Authorize(request)).ExpectErrorPage();
        (await new AuthorizationRequest(client).With("redirect_uri", "https://par-free.example/#fragment").Push()).Expect(400, "invalid_request");
        var applied = await server.Apply(DeclaredState.Json(server.Issuer, Pushing.Free with { Id = "par-free-public", Type = "browser", Method = "none" }));
        Assert.NotEqual(0, applied.ExitCode);
        (await new AuthorizationRequest(server.Client(Clients.Spa)).With("redirect_uri", Fresh).Push()).Expect(400, "invalid_request");
    }
}
