using System.Text;

namespace Evergrant.Specs.Rfc6749;

/// <summary>RFC 6749 sections 3.2 and 3.3: the token endpoint, and scope.</summary>
public sealed class Section3_2_TokenEndpoint(Server server)
{
    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("PATCH")]
    [InlineData("HEAD")]
    [Requirement("RFC6749-3.2-01")]
    public async Task Only_post_is_served(string method)
    {
        var machine = server.Client(Clients.Machine);
        var request = new HttpRequestMessage(new HttpMethod(method), server.Api.Url("/token?grant_type=client_credentials&scope=mail:read"));
        request.Headers.TryAddWithoutValidation("Authorization", Api.Basic(machine.Id, machine.Secret));

        var reply = await server.Api.Send(request);

        reply.Expect(405);
        Assert.Contains("POST", reply.Header("Allow") ?? "", StringComparison.Ordinal);
        Assert.DoesNotContain("access_token", reply.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/json", """{"grant_type":"client_credentials","scope":"mail:read"}""")]
    [InlineData("text/plain", "grant_type=client_credentials&scope=mail:read")]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"grant_type\"\r\n\r\nclient_credentials\r\n--x--\r\n")]
    [Requirement("RFC6749-3.2-01")]
    public async Task Only_a_form_is_read(string mediaType, string body)
    {
        var machine = server.Client(Clients.Machine);
        var request = new HttpRequestMessage(HttpMethod.Post, server.Api.Url("/token")) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", mediaType);
        request.Headers.TryAddWithoutValidation("Authorization", Api.Basic(machine.Id, machine.Secret));

        var reply = await server.Api.Send(request);

        Assert.True(reply.Status is 400 or 415 && reply.Error == "invalid_request", reply.ToString());
    }

    [Fact]
    [Requirement("RFC6749-3.1-07")]
    public async Task An_empty_parameter_is_an_absent_one()
    {
        var web = server.Client(Clients.Web);

        (await web.Token(("grant_type", "authorization_code"), ("code", ""))).Expect(400, "invalid_request");
        (await web.Token(("grant_type", "refresh_token"), ("refresh_token", ""))).Expect(400, "invalid_request");
        (await web.Token(("grant_type", ""))).Expect(400, "invalid_request");
        var machine = server.Client(Clients.MailApi);
        var omitted = Tokens.Of(await machine.ClientCredentials());
        var empty = Tokens.Of(await machine.ClientCredentials(("scope", ""), ("resource", "")));
        Assert.Equal(omitted.Scopes, empty.Scopes);
    }

    [Fact]
    [Requirement("RFC6749-3.1-08")]
    public async Task Unknown_parameters_are_ignored()
    {
        var web = server.Client(Clients.Web);
        var tokens = await server.Authorize(Clients.Web, "openid offline_access");

        (await server.Client(Clients.Machine).ClientCredentials(("scope", "mail:read"), ("foo", "bar"))).Expect(200);
        var refreshed = Tokens.Of(await web.Refresh(tokens.Refresh, ("foo", "bar"), ("client_info", "1")));
        (await web.Call("/introspect", ("token", refreshed.AccessToken), ("foo", "bar"))).Expect(200);
        (await web.Call("/revoke", ("token", refreshed.AccessToken), ("foo", "bar"))).Expect(200);
    }

    [Theory]
    [InlineData("/token", "grant_type")]
    [InlineData("/token", "refresh_token")]
    [InlineData("/token", "scope")]
    [InlineData("/introspect", "token")]
    [InlineData("/introspect", "token_type_hint")]
    [InlineData("/revoke", "token")]
    [Requirement("RFC6749-3.1-09", "RFC6749-5.2-02")]
    public async Task A_repeated_parameter_is_refused(string path, string name)
    {
        var web = server.Client(Clients.Web);
        List<(string Name, string Value)> form = path == "/token"
            ? [("grant_type", "refresh_token"), ("refresh_token", "x"), ("scope", "openid")]
            : [("token", "x"), ("token_type_hint", "access_token")];
        form.Add(form.First(parameter => parameter.Name == name));

        (await server.Api.Post(path, form, Api.Basic(web.Id, web.Secret))).Expect(400, "invalid_request");
    }

    [Theory]
    [InlineData("client_id")]
    [InlineData("client_secret")]
    [InlineData("code")]
    [InlineData("redirect_uri")]
    [InlineData("code_verifier")]
    [Requirement("RFC6749-3.1-09", "RFC6749-5.2-02")]
    public async Task A_repeated_parameter_of_a_code_request_is_refused_and_does_not_spend_the_code(string name)
    {
        var post = server.Client(Clients.Post);
        var request = new AuthorizationRequest(post);
        var code = await (await server.SignedIn()).Code(request);
        List<(string Name, string Value)> form =
        [
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", post.Definition.RedirectUri), ("code_verifier", request.Verifier),
            ("client_id", post.Id), ("client_secret", post.Secret),
        ];
        form.Add(form.First(parameter => parameter.Name == name));

        (await server.Api.Post("/token", form)).Expect(400, "invalid_request");
        (await post.Redeem(request, code)).Expect(200);
    }

    [Fact]
    [Requirement("RFC6749-3.2.1-02")]
    public async Task A_public_client_must_name_itself()
    {
        var native = server.Client(Clients.Native);
        var request = new AuthorizationRequest(native);
        var code = await (await server.SignedIn()).Code(request);
        (string, string)[] form = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", native.Definition.RedirectUri), ("code_verifier", request.Verifier)];

        var anonymous = await server.Api.Post("/token", form);
        var named = await server.Api.Post("/token", form, Api.RawBasic(native.Id + ":"));

        Assert.True(anonymous.Status is 400 or 401 && anonymous.Error is "invalid_client" or "invalid_request", anonymous.ToString());
        named.Expect(200);
    }

    [Theory]
    [InlineData("mail:read \"quoted\"")]
    [InlineData("mail:read back\\slash")]
    [InlineData("mail:read\tmail:send")]
    [InlineData("mail:read\u00a0mail:send")]
    [InlineData("poststück")]
    [Requirement("RFC6749-3.3-01", "RFC6749-4.1.2.1-03", "RFC6749-4.1.2.1-05", "RFC6749-5.2-08")]
    public async Task A_scope_outside_the_permitted_characters_is_refused(string scope)
    {
        var page = await (await server.SignedIn()).Authorize(new AuthorizationRequest(server.Client(Clients.Web)).With("scope", scope));
        var reply = await server.Client(Clients.Machine).ClientCredentials(("scope", scope));

        page.ExpectError("invalid_scope");
        reply.Expect(400, "invalid_scope");
        Assert.All([page["error_description"] ?? "", reply.Text("error_description") ?? ""], Permitted);
    }

    [Fact]
    [Requirement("RFC6749-3.3-01")]
    public async Task Scopes_are_case_sensitive_and_their_order_carries_no_meaning()
    {
        var machine = server.Client(Clients.Machine);

        (await machine.ClientCredentials(("scope", "MAIL:READ"))).Expect(400, "invalid_scope");
        var forth = Tokens.Of(await machine.ClientCredentials(("scope", "mail:read mail:send")));
        var back = Tokens.Of(await machine.ClientCredentials(("scope", "mail:send mail:read")));
        Assert.Equal(["mail:read", "mail:send"], forth.Scopes);
        Assert.Equal(forth.Scopes, back.Scopes);
    }

    [Fact]
    [Requirement("RFC6749-3.3-02", "RFC6749-3.3-03")]
    public async Task What_the_user_deselects_is_not_granted_and_the_answer_says_so()
    {
        var asking = server.Client(Clients.Asking);
        var browser = await server.SignedIn(Users.Bob);
        var request = new AuthorizationRequest(asking).With("scope", "openid mail:read mail:send").With("prompt", "consent");

        var page = await browser.Decide(await browser.Authorize(request), "allow", ["openid", "mail:read"]);
        var tokens = Tokens.Of(await asking.Redeem(request, page.Code!));

        Assert.Equal(["mail:read", "openid"], tokens.Scopes);
        Assert.DoesNotContain("mail:send", tokens.AccessJwt.Scopes);
    }

    [Fact]
    [Requirement("RFC6749-3.3-03")]
    public async Task A_scope_that_the_client_may_not_have_is_left_out_and_the_answer_says_so()
    {
        var tokens = await server.Authorize(Clients.Web, "openid mail:read files:read unheard-of");

        Assert.Equal(["mail:read", "openid"], tokens.Scopes);
    }

    [Fact]
    [Requirement("RFC6749-3.3-04")]
    public async Task Without_scope_the_default_of_the_client_applies()
    {
        var web = server.Client(Clients.Web);
        var request = new AuthorizationRequest(web).Without("scope");
        var code = await (await server.SignedIn()).Code(request);

        var tokens = Tokens.Of(await web.Redeem(request, code));
        var machine = Tokens.Of(await server.Client(Clients.MailApi).ClientCredentials());

        Assert.NotEmpty(tokens.Scopes);
        Assert.Subset(web.Definition.Scope.Split(' ').ToHashSet(), tokens.Scopes.ToHashSet());
        Assert.Equal(["mail:read"], machine.Scopes);
    }

    private static void Permitted(string description) =>
        Assert.All(description, c => Assert.True(c is ' ' or '!' or >= '#' and <= '[' or >= ']' and <= '~', $"'{c}' is not permitted"));
}
