using System.Security.Cryptography;
using System.Text;
using Evergrant.Specs.Rfc9126;

namespace Evergrant.Specs.Rfc9101;

/// <summary>RFC 9101 sections 4 to 6 and 10, OpenID Connect Core section 6.1: a request in a Request Object.</summary>
public sealed class Section5_RequestObject(Server server)
{
    private AuthorizationRequest Request(ClientDefinition? definition = null) => new(server.Client(definition ?? Signing.Any));

    [Theory]
    [InlineData("ES256")]
    [InlineData("RS256")]
    [InlineData("PS256")]
    [Requirement("RFC9101-4-01", "RFC9101-4-05", "RFC9101-6.2-01", "RFC9126-2-03", "OIDC-CORE-6.3.2-02")]
    public async Task A_signed_request_walks_to_tokens_by_browser_and_by_push(string algorithm)
    {
        var alice = await server.SignedIn();
        foreach (var pushed in new[] { false, true })
        {
            foreach (var type in new[] { Signing.Type, "JWT", "application/" + Signing.Type, null })
            {
                var request = Request().With("scope", "openid email").With("nonce", "n-2");
                var carrier = request.Carry(request.ObjectText(algorithm, type, changes: [("max_age", 86400), ("claims", new { id_token = new { email = (object?)null } })]));
                var page = (await alice.Authorize(pushed ? await carrier.Pushed() : carrier)).Expect(PageKind.Redirect);
                Assert.Equal(request.State, page["state"]);
                var tokens = Tokens.Of(await request.Client.Redeem(request, page.Code!));
                Assert.Equal("n-2", tokens.IdJwt.Claim("nonce"));
                Assert.Equal(["email", "openid"], tokens.Scopes);
            }
        }

        var metadata = (await server.Api.Discovery()).Json;
        Assert.True(metadata.GetProperty("request_parameter_supported").GetBoolean());
        Assert.Contains(metadata.GetProperty("request_object_signing_alg_values_supported").EnumerateArray(), alg => alg.GetString() == algorithm);
    }

    [Fact]
    [Requirement("RFC9101-4-01")]
    public async Task Numbers_and_lists_of_an_object_are_read_as_such()
    {
        var request = Request().With("scope", "openid mail:read");
        var old = request.InObject(("max_age", 0), ("prompt", "none"));
        (await (await server.SignedIn()).Authorize(old)).ExpectError("login_required");
        var resource = request.InObject(("resource", new[] { DeclaredState.Mail }));
        var page = (await (await server.SignedIn()).Authorize(resource)).Expect(PageKind.Redirect);
        Assert.Equal([DeclaredState.Mail], Tokens.Of(await request.Client.Redeem(request, page.Code!)).AccessJwt.Audience);
        (await Request().InObject(("resource", new[] { 1 })).Push()).Expect(400, "invalid_request_object");
    }

    [Fact]
    [Requirement("ATTACK-183", "RFC9101-5-04", "OIDC-CORE-6.1-02", "RFC9126-3-01")]
    public async Task Only_what_the_object_says_counts()
    {
        var alice = await server.SignedIn();
        var request = Request().With("scope", "openid");
        var carrier = request.InObject().With("scope", "openid email").With("state", "outside").With("redirect_uri", "https://evil.example/");
        foreach (var sent in new[] { carrier, (await carrier.Push()).Bring(request.Client) })
        {
            var page = (await alice.Authorize(sent)).Expect(PageKind.Redirect);
            Assert.StartsWith(Signing.Any.RedirectUri, page.Location, StringComparison.Ordinal);
            Assert.Equal(request.State, page["state"]);
            Assert.Equal(["openid"], Tokens.Of(await request.Client.Redeem(request, page.Code!)).Scopes);
        }

        // What the object does not have is absent, wherever else it stands.
        var silent = (await alice.Authorize(Request().InObject(("state", null), ("nonce", null)).With("state", "outside").With("nonce", "outside"))).Expect(PageKind.Redirect);
        Assert.Null(silent["state"]);
        (await Request().InObject(("scope", "unheard")).With("scope", "openid").Push()).Expect(400, "invalid_scope");
    }

    [Fact]
    [Requirement("OIDC-CORE-6.3.3-01", "OIDC-CORE-6.1-02")]
    public async Task A_client_of_OpenID_Connect_may_say_the_rest_beside_the_object()
    {
        var request = Request(Signing.Merging);
        var carrier = request.InObject(("state", null), ("nonce", null), ("scope", "openid")).With("state", "outside").With("nonce", "beside").With("scope", "openid email").With("response_type", "code");
        var page = (await (await server.SignedIn()).Authorize(carrier)).Expect(PageKind.Redirect);
        Assert.Equal("outside", page["state"]);
        var tokens = Tokens.Of(await request.Client.Redeem(request, page.Code!));
        Assert.Equal("beside", tokens.IdJwt.Claim("nonce"));
        Assert.Equal(["openid"], tokens.Scopes);
    }

    [Fact]
    [Requirement("RFC9101-5-02", "RFC9101-6.3-01", "RFC9126-3-03", "OIDC-CORE-6.1-03")]
    public async Task Client_and_response_type_are_the_same_inside_and_outside()
    {
        var alice = await server.SignedIn();
        (await alice.Authorize(Request().InObject().Without("client_id"))).ExpectErrorPage();
        Refused(await alice.Authorize(Request().InObject(("client_id", "web"))), "invalid_request_object");
        (await Request().InObject(("client_id", "web")).Push()).Expect(400, "invalid_request_object");
        Refused(await alice.Authorize(Request().InObject(("response_type", "none")).With("response_type", "code")), "invalid_request_object");
    }

    [Fact]
    [Requirement("RFC9101-4-04", "OIDC-CORE-6.1-08", "RFC9101-5-01", "OIDC-CORE-6-01")]
    public async Task An_object_holds_no_other_and_comes_in_one_way()
    {
        (await Request().InObject(("request", "a.b.c")).Push()).Expect(400, "invalid_request_object");
        (await Request().InObject(("request_uri", "https://jar.example/r")).Push()).Expect(400, "invalid_request_object");
        var both = Request().With("request", Request().ObjectText()).With("request_uri", "https://jar.example/r");
        (await (await server.SignedIn()).Authorize(both)).ExpectError("invalid_request");
    }

    [Theory]
    [InlineData("iss", "somebody")]
    [InlineData("aud", "https://another.example")]
    [InlineData("exp", 1)]
    [InlineData("nbf", 99999999999)]
    [Requirement("RFC9101-7-01", "RFC9101-6.2-03", "ATTACK-184")]
    public async Task A_claim_that_speaks_against_the_object_is_believed(string name, object value)
    {
        (await Request().InObject((name, value)).Push()).Expect(400, "invalid_request_object");
        Refused(await (await server.SignedIn()).Authorize(Request().InObject((name, value))), "invalid_request_object");
    }

    [Fact]
    [Requirement("OIDC-REG-2-21", "OIDC-CORE-3.1.2.6-10", "RFC9101-6.2-01", "RFC9101-6.2-02", "RFC9101-6.2-03", "RFC9126-3-02", "RFC9101-5-03", "RFC9101-10.2-01", "OIDC-CORE-6.3.2-01", "OIDC-CORE-6.1-05", "RFC9101-4-03", "OIDC-CORE-6.1-07")]
    public async Task Whoever_cannot_have_signed_it_has_not_asked()
    {
        using var strange = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var text = Request().ObjectText();
        string[] objects =
        [
            Request().ObjectText(key: strange), Request().ObjectText(kid: "another"), Request().ObjectText("none"), Request().ObjectText("HS256", key: Encoding.ASCII.GetBytes(ClientKeys.Rsa.ExportRSAPublicKeyPem())),
            text[..text.LastIndexOf('.')] + ".", text[..^6] + "AAAAAA", Tampered(text), "a.b.c", "x", text + ".a.b", "eyJhbGciOiJSU0EtT0FFUC0yNTYiLCJlbmMiOiJBMTI4R0NNIn0.a.b.c.d",
            Jwt.Sign("eyJhbGciOiJSU0EtT0FFUC0yNTYiLCJlbmMiOiJBMTI4R0NNIn0.a.b.c.d", "ES256", ClientKeys.Ec, "ec", Signing.Type), Request().ObjectText(type: "at+jwt"), Request().ObjectText(type: "client-authentication+jwt"),
        ];
        var alice = await server.SignedIn();
        foreach (var one in objects)
        {
            (await Request().Carry(one).Push()).Expect(400, "invalid_request_object");
            Refused(await alice.Authorize(Request().Carry(one)), "invalid_request_object");
            // Where the browser says besides where to answer, and that is registered, the client is told.
            (await alice.Authorize(Request().With("request", one))).ExpectError("invalid_request_object");
        }

        (await Request(Signing.Fixed).Carry(Request(Signing.Fixed).ObjectText("RS256")).Push()).Expect(400, "invalid_request_object");
        (await Request(Signing.Fixed).Carry(Request(Signing.Fixed).ObjectText("ES256")).Push()).Expect(201);
        (await Request(Clients.Web).InObject().Push()).Expect(400, "invalid_request_object");
    }

    [Fact]
    [Requirement("OIDC-CORE-6.1-05", "OIDC-CORE-6.3.2-01")]
    public async Task A_client_that_registered_none_sends_objects_that_nobody_signed()
    {
        var request = Request(Signing.Unsecured);
        var page = (await (await server.SignedIn()).Authorize(request.Carry(request.ObjectText("none")))).Expect(PageKind.Redirect);
        Tokens.Of(await request.Client.Redeem(request, page.Code!));
        (await Request(Signing.Unsecured).InObject().Push()).Expect(400, "invalid_request_object");
        (await Request(Signing.Unsecured).Carry(Request(Signing.Unsecured).ObjectText("none", changes: ("aud", "https://another.example"))).Push()).Expect(400, "invalid_request_object");
    }

    [Fact]
    [Requirement("RFC9101-10.5-01", "RFC9126-2.3-03")]
    public async Task A_client_that_signs_is_answered_only_then()
    {
        (await Request(Signing.Required).Push()).Expect(400, "invalid_request");
        (await (await server.SignedIn()).Authorize(Request(Signing.Required))).ExpectError("invalid_request");
        Refused(await (await server.SignedIn()).Authorize(Request(Signing.Required).Carry(Request(Signing.Required).ObjectText("none"))), "invalid_request_object");
        var request = Request(Signing.Required);
        Assert.NotNull((await (await server.SignedIn()).Authorize(request.InObject())).Code);
        Assert.NotNull((await (await server.SignedIn()).Authorize(await request.InObject().Pushed())).Code);
    }

    [Fact]
    [Requirement("RFC9101-10.2-02", "ATTACK-184")]
    public async Task An_object_with_an_identifier_counts_once_and_a_page_of_it_may_be_loaded_again()
    {
        var alice = await server.SignedIn();
        var carrier = Request().InObject(("jti", Pkce.Random(16)));
        Assert.NotNull((await alice.Authorize(carrier)).Code);
        (await alice.Authorize(carrier)).ExpectError("invalid_request_object");
        var pushed = Request().InObject(("jti", Pkce.Random(16)));
        (await pushed.Push()).Expect(201);
        (await pushed.Push()).Expect(400, "invalid_request_object");

        var shown = Request().InObject(("jti", Pkce.Random(16)));
        var browser = server.NewBrowser();
        (await browser.Authorize(shown)).Expect(PageKind.SignIn);
        var page = await browser.SignIn(await browser.Authorize(shown), Users.Alice.Username, Users.Alice.Password);
        Assert.NotNull(page.Code);
    }

    [Fact]
    [Requirement("RFC9101-10.8-01")]
    public async Task An_object_does_not_authenticate_its_client()
    {
        var request = Request(Clients.Asserting);
        foreach (var text in new[] { request.ObjectText(), request.ObjectText(changes: ("jti", Pkce.Random(16))), request.ObjectText(changes: [("jti", Pkce.Random(16)), ("sub", request.Client.Id)]) })
            (await server.Api.Post("/token", [("grant_type", "client_credentials"), .. Client.Carrying(text)])).Expect(401, "invalid_client");
    }

    [Theory]
    [InlineData("https://jar.example/request.jwt")]
    [InlineData("http://127.0.0.1:1/request.jwt")]
    [InlineData("file:///etc/passwd")]
    [Requirement("RFC9101-7-01", "RFC9101-5.2-02", "OIDC-CORE-6.2-01", "RFC9101-10.4.1-01", "OIDC-CORE-6-02", "ATTACK-203", "ATTACK-260")]
    public async Task A_reference_to_somebody_elses_server_is_not_followed(string uri)
    {
        (await (await server.SignedIn()).Authorize(Request().With("request_uri", uri))).ExpectError("request_uri_not_supported");
        Assert.False((await server.Api.Discovery()).Json.GetProperty("request_uri_parameter_supported").GetBoolean());
    }

    [Fact]
    public async Task Whoever_is_not_signed_in_signs_in_before_the_client_is_told_of_a_fault()
    {
        var request = Request().With("request", "a.b.c");
        var browser = server.NewBrowser();
        var page = (await browser.Authorize(request)).Expect(PageKind.SignIn);
        (await browser.SignIn(page, Users.Alice.Username, Users.Alice.Password)).ExpectError("invalid_request_object");
    }

    private static string Tampered(string text)
    {
        var parts = text.Split('.');
        var claims = Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(parts[1])).Replace("openid", "extra!", StringComparison.Ordinal);
        return $"{parts[0]}.{System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}.{parts[2]}";
    }

    // Without a redirect URI that is known there is nowhere to answer but a page.
    private static void Refused(Page page, string error) => Assert.Contains(error, page.ExpectErrorPage().Text, StringComparison.Ordinal);
}
