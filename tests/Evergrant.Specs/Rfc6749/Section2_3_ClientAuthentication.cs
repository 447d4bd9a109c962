using System.Text;

namespace Evergrant.Specs.Rfc6749;

/// <summary>RFC 6749 section 2.3: client authentication.</summary>
public sealed class Section2_3_ClientAuthentication(Server server)
{
    private static readonly (string, string)[] Credentials = [("grant_type", "client_credentials")];

    [Fact]
    [Requirement("RFC6749-2.3-01", "RFC6749-2.3.1-02", "RFC9700-2.5-02", "RFC8252-8.5-01")]
    public async Task Each_method_that_a_client_is_registered_for_works()
    {
        foreach (var definition in new[] { Clients.Web, Clients.Post, Clients.Asserting, Clients.Native })
        {
            var tokens = await server.Authorize(definition, "openid");
            Assert.True(tokens.Reply.Status == 200, $"{definition.Method}: {tokens.Reply}");
        }
    }

    [Fact]
    [Requirement("RFC6749-2.3-01")]
    public async Task A_method_that_a_client_is_not_registered_for_is_refused()
    {
        var web = server.Client(Clients.Web);
        var request = new AuthorizationRequest(web);
        var code = await (await server.SignedIn()).Code(request);
        var assertion = Client.Carrying(Jwt.Sign(
            new { iss = web.Id, sub = web.Id, aud = server.Issuer, jti = Pkce.Random(16), exp = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + 60 }, "ES256", ClientKeys.Ec, "ec"));

        var byAssertion = await server.Api.Post("/token",
        [
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", web.Definition.RedirectUri), ("code_verifier", request.Verifier), .. assertion,
        ]);
        var asserting = await server.Api.Post("/token", [.. Credentials, ("client_id", Clients.Asserting.Id), ("client_secret", "guessed")]);

        byAssertion.Expect(401, "invalid_client");
        asserting.Expect(401, "invalid_client");
        (await web.Redeem(request, code)).Expect(200);
    }

    [Fact]
    [Requirement("RFC6749-2.3.1-01")]
    public async Task Basic_credentials_are_form_urlencoded()
    {
        var machine = server.Client(Clients.Machine);
        var encoded = Api.RawBasic(Percent(machine.Id) + ":" + Percent(machine.Secret));

        (await server.Api.Post("/token", Credentials.With(("scope", "mail:read")), encoded)).Expect(200);
        (await server.Api.Post("/token", Credentials.With(("scope", "mail:read")), Api.RawBasic(machine.Id + ":" + machine.Secret))).Expect(200);
    }

    [Fact]
    [Requirement("RFC6749-2.3.1-01")]
    public async Task Names_and_secrets_beyond_ASCII_are_refused_as_credentials_not_as_a_fault()
    {
        foreach (var credentials in new[] { "knöcking:sécret", "%ff%fe:%00", "a:b:c", "%zz:%", ":", "knocking", "" })
            (await server.Api.Post("/token", Credentials, Api.RawBasic(credentials))).Expect(401, "invalid_client");
        (await server.Api.Post("/token", Credentials, "Basic ***")).Expect(401, "invalid_client");
    }

    [Fact]
    [Requirement("RFC6749-2.3.1-03")]
    public async Task A_secret_in_the_query_is_not_a_credential()
    {
        var machine = server.Client(Clients.Machine);
        var token = Tokens.Of(await machine.ClientCredentials(("scope", "mail:read"))).AccessToken;
        var query = "?" + Api.Encode([("client_id", machine.Id), ("client_secret", machine.Secret)]);

        (await server.Api.Post("/token" + query, Credentials)).Expect(401, "invalid_client");
        (await server.Api.Post("/introspect" + query, [("token", token)])).Expect(401, "invalid_client");
        (await server.Api.Post("/revoke" + query, [("token", token)])).Expect(401, "invalid_client");
        (await server.Api.Post("/token" + "?" + Api.Encode([("client_secret", machine.Secret)]), [.. Credentials, ("client_id", machine.Id)])).Expect(401, "invalid_client");
    }

    [Fact]
    [Requirement("RFC6749-2.3.2-01")]
    public async Task An_assertion_names_the_client_that_it_authenticates()
    {
        var asserting = server.Client(Clients.Asserting);

        var asOther = await server.Api.Post("/token", [.. Credentials, .. asserting.Assertion(), ("client_id", Clients.Machine.Id)]);
        var foreignSubject = await server.Api.Post("/token", [.. Credentials, .. asserting.Assertion("ES256", ("sub", Clients.Machine.Id))]);
        var foreignIssuer = await server.Api.Post("/token", [.. Credentials, .. asserting.Assertion("ES256", ("iss", Clients.Machine.Id))]);
        var right = await server.Api.Post("/token", [.. Credentials, .. asserting.Assertion(), ("client_id", asserting.Id), ("scope", "mail:read")]);

        asOther.Expect(401, "invalid_client");
        foreignSubject.Expect(401, "invalid_client");
        foreignIssuer.Expect(401, "invalid_client");
        right.Expect(200);
    }

    [Fact]
    [Requirement("RFC6749-2.3.2-01")]
    public async Task An_assertion_counts_once_and_only_while_it_is_fresh_and_meant_for_this_server()
    {
        var asserting = server.Client(Clients.Asserting);
        var past = TimeProvider.System.GetUtcNow().AddHours(-1).ToUnixTimeSeconds();
        var once = asserting.Assertion();
        (string, string)[] form = [.. Credentials, ("scope", "mail:read")];

        (await server.Api.Post("/token", [.. form, .. once])).Expect(200);
        (await server.Api.Post("/token", [.. form, .. once])).Expect(401, "invalid_client");
        (await server.Api.Post("/token", [.. form, .. asserting.Assertion("ES256", ("exp", past))])).Expect(401, "invalid_client");
        (await server.Api.Post("/token", [.. form, .. asserting.Assertion("ES256", ("exp", null))])).Expect(401, "invalid_client");
        (await server.Api.Post("/token", [.. form, .. asserting.Assertion("ES256", ("aud", "https://elsewhere.example"))])).Expect(401, "invalid_client");
        (await server.Api.Post("/token", [.. form, .. asserting.Assertion("none")])).Expect(401, "invalid_client");
    }

    private static string Percent(string text) => string.Concat(Encoding.UTF8.GetBytes(text).Select(b => $"%{b:X2}"));
}

/// <summary>Short forms for parameter lists.</summary>
file static class Forms
{
    public static (string Name, string Value)[] With(this (string, string)[] form, params (string, string)[] more) => [.. form, .. more];
}
