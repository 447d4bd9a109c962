namespace Evergrant.Specs.Rfc7591;

/// <summary>OpenID Connect Registration section 2: what was registered holds when the client acts.</summary>
public sealed class Section2_OpenIdMetadata(Server server)
{
    [Fact]
    public async Task Without_a_method_it_is_a_secret_in_the_header_and_a_secret_may_be_shown_either_way()
    {
        var plain = await server.Api.Registered(Registrations.Web());
        var post = await server.Api.Registered(Registrations.Web().With("token_endpoint_auth_method", "client_secret_post"));
        Assert.Equal("client_secret_basic", plain.Reply.Text("token_endpoint_auth_method"));
        foreach (var registered in new[] { plain, post })
        {
            // The code is wrong, and the client is the one it says it is.
            (await Ask(registered, basic: true)).Expect(400, "invalid_grant");
            (await Ask(registered, basic: false)).Expect(400, "invalid_grant");
        }
    }

    [Fact]
    [Requirement("OIDC-REG-2-27")]
    public async Task Auth_time_is_in_the_ID_Token_of_a_client_that_requires_it()
    {
        var registered = await server.Api.Registered(Registrations.Web().With("require_auth_time", true).With("scope", "openid"));
        var request = new AuthorizationRequest(registered.Client).With("scope", "openid");

        var tokens = Tokens.Of(await registered.Client.Redeem(request, await (await server.SignedIn()).Code(request)));

        Assert.InRange(tokens.IdJwt.Number("auth_time"), 1, tokens.IdJwt.Number("iat"));
    }

    private Task<Reply> Ask(Registered registered, bool basic)
    {
        (string Name, string Value)[] form = [("grant_type", "authorization_code"), ("code", "evc_nothing"), ("redirect_uri", "https://dynamic.example/callback"), ("code_verifier", new string('v', 43))];
        string secret = registered.Reply.Text("client_secret")!;
        return basic ? server.Api.Post("/token", form, Api.Basic(registered.Id, secret)) : server.Api.Post("/token", [.. form, ("client_id", registered.Id), ("client_secret", secret)]);
    }
}
