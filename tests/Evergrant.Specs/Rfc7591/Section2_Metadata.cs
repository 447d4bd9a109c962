using System.Text.Json.Nodes;

namespace Evergrant.Specs.Rfc7591;

/// <summary>RFC 7591 sections 2 and 5: what a client may say of itself.</summary>
public sealed class Section2_Metadata(Server server)
{
    [Fact]
    [Requirement("RFC7591-2-02", "OIDC-REG-2-02", "OIDC-REG-2-03", "OIDC-REG-2-05", "OIDC-REG-2-15", "RFC7591-3.2.1-05", "OIDC-REG-3.2-01", "RFC7591-2-07")]
    public async Task What_is_left_out_has_its_registered_default_and_the_answer_says_so()
    {
        var registered = await server.Api.Registered(Registrations.Web());

        Assert.Equal("client_secret_basic", registered.Reply.Text("token_endpoint_auth_method"));
        Assert.Equal(["authorization_code"], registered.List("grant_types"));
        Assert.Equal(["code"], registered.List("response_types"));
        Assert.Equal("web", registered.Reply.Text("application_type"));
        Assert.Contains("openid", registered.Reply.Text("scope"), StringComparison.Ordinal);
        Assert.Equal("Dynamic", registered.Reply.Text("client_name"));
        Assert.Equal(["https://dynamic.example/callback"], registered.List("redirect_uris"));

        // As announced: no refresh token without the grant type.
        var request = new AuthorizationRequest(registered.Client).With("scope", "openid offline_access");
        var reply = (await registered.Client.Redeem(request, await (await server.SignedIn()).Code(request))).Expect(200);
        Assert.False(reply.Has("refresh_token"));
        Assert.Equal("RS256", Jwt.Parse(reply.Text("id_token")!).Header.GetProperty("alg").GetString());
    }

    [Fact]
    [Requirement("RFC7591-2-03", "OIDC-REG-3.2-03")]
    public async Task Members_that_nobody_knows_are_ignored()
    {
        var registered = await server.Api.Registered(Registrations.Web().With("foo", "bar").With("policy", new JsonObject { ["rotate"] = false }).With("consent", "implied").With("introspect", true).With("issuer", "https://other.example"));
        foreach (var name in new[] { "foo", "policy", "consent", "introspect", "issuer" }) Assert.Null(registered.Member(name));
    }

    [Theory]
    [InlineData("""{"client_name":"x"}""", "invalid_redirect_uri")]
    [InlineData("""{"redirect_uris":[]}""", "invalid_redirect_uri")]
    [InlineData("""{"redirect_uris":"https://dynamic.example/cb"}""", "invalid_redirect_uri")]
    [InlineData("""{"redirect_uris":["http://remote.example/cb"]}""", "invalid_redirect_uri")]
    [InlineData("""{"redirect_uris":["https://dynamic.example/cb#part"]}""", "invalid_redirect_uri")]
    [InlineData("""{"redirect_uris":["javascript:alert(1)"]}""", "invalid_redirect_uri")]
    [InlineData("""{"redirect_uris":["JaVaScRiPt:alert(1)"]}""", "invalid_redirect_uri")]
    [InlineData("""{"redirect_uris":["data:text/html,x"]}""", "invalid_redirect_uri")]
    [InlineData("""{"redirect_uris":["file:///etc/passwd"]}""", "invalid_redirect_uri")]
    [InlineData("""{"redirect_uris":["https://*.example.com/cb"]}""", "invalid_redirect_uri")]
    [InlineData("""{"redirect_uris":["*"]}""", "invalid_redirect_uri")]
    [InlineData("""{"redirect_uris":["https://user@dynamic.example/cb"]}""", "invalid_redirect_uri")]
    [InlineData("""{"redirect_uris":["myapp:/cb"]}""", "invalid_redirect_uri")]
    [InlineData("""{"redirect_uris":["https://dynamic.example/cb","http://remote.example/cb"]}""", "invalid_redirect_uri")]
    [InlineData("""{"redirect_uris":["http://localhost.evil.test/cb"],"application_type":"native"}""", "invalid_redirect_uri")]
    [InlineData("""{"redirect_uris":["com.example.app:/cb"],"application_type":"web"}""", "invalid_redirect_uri")]
    [Requirement("RFC7591-2-01", "RFC7591-5-01", "RFC7591-3.2.2-01", "OIDC-REG-2-01", "OIDC-REG-2-08", "OIDC-REG-3.3-01", "OIDC-REG-3.3-02", "ATTACK-004", "ATTACK-014", "ATTACK-016", "ATTACK-017", "ATTACK-018", "ATTACK-019")]
    public async Task A_bad_redirect_URI_is_refused_by_its_name(string metadata, string error) => (await server.Api.PostJson("/register", metadata)).Expect(400, error);

    [Theory]
    [InlineData("""{"redirect_uris":["http://127.0.0.1/cb"]}""", "native")]
    [InlineData("""{"redirect_uris":["com.example.app:/cb","http://[::1]:99/cb"]}""", "native")]
    [InlineData("""{"redirect_uris":["http://localhost:33418/","https://vscode.example/redirect"]}""", "native")]
    public async Task An_application_on_a_device_registers_its_own_addresses(string metadata, string type) =>
        Assert.Equal(type, (await server.Api.PostJson("/register", metadata)).Expect(201).Text("application_type"));

    [Theory]
    [InlineData("jwks_uri", "\"http://keys.example/jwks\"")]
    [InlineData("jwks", "\"not an object\"")]
    [InlineData("jwks", """{"keys":"none"}""")]
    [InlineData("jwks", """{"keys":[{"kty":"oct","k":"AAAA"}]}""")]
    [InlineData("jwks", """{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]}""")]
    [InlineData("token_endpoint_auth_method", "\"private_key_jwt\"")]
    [InlineData("token_endpoint_auth_method", "\"magic\"")]
    [InlineData("token_endpoint_auth_signing_alg", "\"none\"")]
    [InlineData("token_endpoint_auth_signing_alg", "\"HS256\"")]
    [InlineData("id_token_signed_response_alg", "\"none\"")]
    [InlineData("subject_type", "\"ephemeral\"")]
    [InlineData("initiate_login_uri", "\"http://dynamic.example/login\"")]
    [InlineData("sector_identifier_uri", "\"http://dynamic.example/sector\"")]
    [InlineData("client_name", "42")]
    [InlineData("client_name", "\"\\u202e\\u200b\"")]
    [InlineData("logo_uri", "\"javascript:alert(1)\"")]
    [InlineData("policy_uri", "\"data:text/html,x\"")]
    [InlineData("grant_types", "[\"urn:unknown\"]")]
    [InlineData("grant_types", "[\"password\"]")]
    [InlineData("grant_types", "7")]
    [InlineData("scope", "\"nobody:knows\"")]
    [InlineData("default_max_age", "-1")]
    [Requirement("RFC7591-2-06", "RFC7591-3.2.2-01", "OIDC-REG-2-10", "OIDC-REG-2-12", "OIDC-REG-2-25", "OIDC-REG-2-29", "OIDC-REG-5-01", "OIDC-REG-3.3-02", "RFC7591-5-04", "ATTACK-162", "ATTACK-189", "ATTACK-346", "RFC7591-2-04")]
    public async Task Other_bad_metadata_is_refused_and_nothing_is_registered(string name, string value)
    {
        var reply = (await server.Api.Register(Registrations.Web().With(name, JsonNode.Parse(value)))).Expect(400, "invalid_client_metadata");
        Assert.Contains("Reference", reply.Text("error_description"), StringComparison.Ordinal);
        Assert.False(reply.Has("client_id"));
    }

    [Fact]
    [Requirement("RFC7591-2-05", "OIDC-REG-2-11", "RFC7591-3.2.2-02")]
    public async Task Keys_come_in_one_way_only() =>
        (await server.Api.Register(Registrations.Web().With("jwks", ClientKeys.Public()).With("jwks_uri", "https://keys.example/jwks"))).Expect(400, "invalid_client_metadata");

    [Fact]
    [Requirement("RFC7591-2.1-01", "OIDC-REG-2-04")]
    public async Task Grant_types_and_response_types_that_contradict_each_other_are_refused() =>
        (await server.Api.Register(Registrations.Web().With("grant_types", new JsonArray("client_credentials")).With("response_types", new JsonArray("code")))).Expect(400, "invalid_client_metadata");

    [Fact]
    [Requirement("RFC7591-2.2-01", "OIDC-REG-2.1-01")]
    public async Task Names_in_other_languages_are_kept_as_they_are()
    {
        var registered = await server.Api.Registered(Registrations.Web().With("client_name#ja", "クライアント").With("policy_uri#fr", "https://dynamic.example/politique"));
        Assert.Equal("クライアント", registered.Reply.Text("client_name#ja"));
        Assert.Equal("https://dynamic.example/politique", (await registered.Read()).Text("policy_uri#fr"));
    }

    [Fact]
    [Requirement("RFC7591-5-03", "OIDC-REG-9.1-01")]
    public async Task Pages_of_another_host_are_left_out()
    {
        var registered = await server.Api.Registered(Registrations.Web().With("policy_uri", "https://dynamic.example/policy").With("tos_uri", "https://evil.example/tos").With("logo_uri", "https://dynamic.example/logo.png"));
        Assert.Equal("https://dynamic.example/policy", registered.Reply.Text("policy_uri"));
        Assert.Null(registered.Reply.Text("tos_uri"));
        Assert.Equal("https://dynamic.example/logo.png", registered.Reply.Text("logo_uri"));
    }

    [Fact]
    [Requirement("RFC7591-5-02", "RFC7591-2-08", "OIDC-REG-2-09", "ATTACK-031", "ATTACK-273", "ATTACK-352", "OAUTH21-7.9-01")]
    public async Task The_consent_page_says_that_nobody_has_checked_the_client_and_where_answers_go()
    {
        var registered = await server.Api.Registered(Registrations.Web("<b>Bank</b> {{7*7}} \u202eevil").With("tos_uri", "https://dynamic.example/terms").With("policy_uri", "https://dynamic.example/policy"));
        var page = await (await server.SignedIn()).Authorize(new AuthorizationRequest(registered.Client));

        Assert.Equal(PageKind.Consent, page.Kind);
        Assert.Contains("Nobody here has checked this app", page.Html, StringComparison.Ordinal);
        Assert.Contains("<strong>dynamic.example</strong>", page.Html, StringComparison.Ordinal);
        Assert.Contains("https://dynamic.example/terms", page.Html, StringComparison.Ordinal);
        Assert.Contains("https://dynamic.example/policy", page.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>Bank", page.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("\u202e", page.Html, StringComparison.Ordinal);
    }

    [Fact]
    [Requirement("ATTACK-025", "RFC9700-4.11.2-02")]
    public async Task Nobody_is_sent_on_to_a_stranger_that_they_have_never_allowed_anything()
    {
        var registered = await server.Api.Registered(Registrations.Web());
        var browser = await server.SignedIn();

        foreach (var (name, value) in new[] { ("prompt", "none"), ("response_type", "nonsense"), ("scope", "nobody:knows") })
        {
            var page = await browser.Authorize(new AuthorizationRequest(registered.Client).With(name, value));
            Assert.Equal(400, page.Status);
            Assert.Null(page.Location);
        }
        var denied = await browser.Decide(await browser.Authorize(new AuthorizationRequest(registered.Client)), "deny");
        Assert.Equal(PageKind.Redirect, denied.Kind);
        await browser.Code(new AuthorizationRequest(registered.Client));
        Assert.Equal(PageKind.Redirect, (await browser.Authorize(new AuthorizationRequest(registered.Client).With("scope", "nobody:knows"))).Kind);
    }
}
