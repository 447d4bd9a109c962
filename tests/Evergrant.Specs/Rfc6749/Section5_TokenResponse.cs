using System.Text.Json;

namespace Evergrant.Specs.Rfc6749;

/// <summary>RFC 6749 section 5: answers of the token endpoint.</summary>
public sealed class Section5_TokenResponse(Server server)
{
    [Fact]
    [Requirement("RFC6749-5.1-01", "RFC6749-5.1-02", "RFC6749-5.1-04", "RFC6750-4-01", "RFC6750-5.3-01", "OAUTH21-3.2.3-01")]
    public async Task A_success_has_the_members_and_headers_of_the_standard()
    {
        var first = await server.Authorize(Clients.Web, "openid offline_access mail:read");
        var refreshed = Tokens.Of(await server.Client(Clients.Web).Refresh(first.Refresh));
        var machine = Tokens.Of(await server.Client(Clients.Machine).ClientCredentials(("scope", "mail:read")));

        foreach (var tokens in new[] { first, refreshed, machine })
        {
            Assert.Equal("application/json", tokens.Reply.MediaType);
            Assert.Equal("Bearer", tokens.Reply.Text("token_type"));
            Assert.NotNull(tokens.Scope);
            Assert.Contains("no-store", tokens.Reply.Header("Cache-Control") ?? "", StringComparison.Ordinal);
            Assert.Equal("no-cache", tokens.Reply.Header("Pragma"));
            var lifetime = tokens.Reply.Json.GetProperty("expires_in");
            Assert.Equal(JsonValueKind.Number, lifetime.ValueKind);
            Assert.InRange(lifetime.GetInt32(), 1, 3600);
            Assert.InRange(tokens.AccessJwt.Number("exp") - tokens.AccessJwt.Number("iat") - lifetime.GetInt32(), -2, 2);
        }
    }

    [Fact]
    [Requirement("RFC6749-5.1-03", "RFC9700-4.14.2-01")]
    public async Task Policy_decides_whether_a_client_gets_a_refresh_token()
    {
        Assert.NotNull((await server.Authorize(Clients.Web, "openid offline_access")).RefreshToken);
        Assert.Null((await server.Authorize(Clients.Web, "openid")).RefreshToken);
        Assert.Null((await server.Authorize(Clients.WithoutRefresh, "openid offline_access")).RefreshToken);
        Assert.NotNull((await server.Authorize(Clients.AlwaysRefresh, "openid")).RefreshToken);
    }

    [Fact]
    [Requirement("RFC6749-5.2-01", "RFC6749-5.1-04")]
    public async Task Errors_are_JSON_with_the_right_status()
    {
        var web = server.Client(Clients.Web);
        (int Status, string Error, Task<Reply> Reply)[] cases =
        [
            (400, "invalid_request", web.Token()),
            (400, "invalid_request", web.Token(("grant_type", "authorization_code"))),
            (400, "invalid_request", web.Token(("grant_type", "refresh_token"))),
            (400, "invalid_grant", web.Refresh("x")),
            (400, "unauthorized_client", web.ClientCredentials()),
            (400, "unsupported_grant_type", web.Token(("grant_type", "foo"))),
            (400, "invalid_scope", server.Client(Clients.Machine).ClientCredentials(("scope", "unheard-of"))),
            (400, "invalid_target", server.Client(Clients.Machine).ClientCredentials(("resource", "https://unheard-of.example"))),
            (401, "invalid_client", server.Api.Post("/token", [("grant_type", "refresh_token"), ("refresh_token", "x")], Api.Basic("nobody", "wrong"))),
        ];

        foreach (var (status, error, pending) in cases)
        {
            var reply = (await pending).Expect(status, error);
            Assert.Equal("application/json", reply.MediaType);
            Assert.Contains("no-store", reply.Header("Cache-Control") ?? "", StringComparison.Ordinal);
            Assert.All(reply.Text("error_description") ?? "", c => Assert.True(c is ' ' or '!' or >= '#' and <= '[' or >= ']' and <= '~', $"'{c}' is not permitted"));
        }
    }

    [Fact]
    [Requirement("RFC6749-5.2-02")]
    public async Task Two_ways_of_authentication_that_disagree_are_refused()
    {
        var machine = server.Client(Clients.Machine);
        (string, string)[] form = [("grant_type", "client_credentials"), ("scope", "mail:read")];
        var basic = Api.Basic(machine.Id, machine.Secret);

        (await server.Api.Post("/token", [.. form, ("client_id", machine.Id), ("client_secret", "another")], basic)).Expect(400, "invalid_request");
        (await server.Api.Post("/token", [.. form, ("client_id", Clients.Web.Id)], basic)).Expect(400, "invalid_request");
        (await server.Api.Post("/token", [.. form, ("client_id", machine.Id), ("client_secret", machine.Secret)], basic)).Expect(200);
    }

    [Fact]
    [Requirement("RFC6749-5.2-02")]
    public async Task An_assertion_beside_a_secret_is_refused()
    {
        var asserting = server.Client(Clients.Asserting);
        (string, string)[] form = [("grant_type", "client_credentials"), ("scope", "mail:read"), .. asserting.Assertion()];

        (await server.Api.Post("/token", form, Api.Basic(asserting.Id, "x"))).Expect(401, "invalid_client");
        (await server.Api.Post("/token", [.. form, ("client_id", asserting.Id), ("client_secret", "x")])).Expect(401, "invalid_client");
    }

    [Theory]
    [InlineData("/token")]
    [InlineData("/introspect")]
    [InlineData("/revoke")]
    [Requirement("RFC6749-5.2-03", "RFC6749-5.2-04")]
    public async Task Failed_authentication_is_401_with_a_challenge(string path)
    {
        (string, string)[] form = [("grant_type", "refresh_token"), ("refresh_token", "x"), ("token", "x")];

        var basic = (await server.Api.Post(path, form, Api.Basic(Clients.Knocking.Id, "wrong"))).Expect(401, "invalid_client");
        var unknown = (await server.Api.Post(path, form, Api.Basic("nobody", "wrong"))).Expect(401, "invalid_client");
        (await server.Api.Post(path, [.. form, ("client_id", Clients.Post.Id), ("client_secret", "wrong")])).Expect(401, "invalid_client");

        Assert.All([basic, unknown], reply => Assert.StartsWith("Basic realm=\"", reply.Header("WWW-Authenticate") ?? ""));
        Assert.Equal(WithoutReference(basic), WithoutReference(unknown));
    }

    /// <summary>The description without the reference, which is new each time.</summary>
    private static string WithoutReference(Reply reply) => (reply.Text("error_description") ?? "").Split(" Reference ")[0];
}
