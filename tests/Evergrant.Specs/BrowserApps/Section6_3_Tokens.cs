using System.Text.Json.Nodes;
using Evergrant.Specs.Rfc7591;

namespace Evergrant.Specs.BrowserApps;

/// <summary>draft-ietf-oauth-browser-based-apps sections 6.3, 7.2 and 9.1: what an application in a page gets, and for how long.</summary>
[Collection<ClockCollection>]
public sealed class Section6_3_Tokens(ClockServer server)
{
    private static ClientDefinition Page { get; } = Clients.Spa with { Id = "page", Consent = "implied", RedirectUris = ["https://page-app.example/callback"], AllowedOrigins = ["https://page-app.example"] };

    // Its refresh tokens go with the session.
    private static ClientDefinition Bound { get; } = Page with { Id = "page-bound", RedirectUris = ["https://page-bound.example/callback"], Policy = Clients.Rule("refresh_tokens", "always") };

    [Fact]
    [Requirement("BBA-6.3.2.3-01", "BBA-6.3.2.3-02", "BBA-6.3.3.1-01")]
    public async Task Its_refresh_token_ends_unused_and_ends_at_last_however_often_it_is_used()
    {
        await server.Declare(Page);
        var client = server.Client(Page);
        var browser = await server.NewSignedIn(Users.Alice);
        var idle = await server.Authorize(Page, "openid offline_access", browser);
        var used = await server.Authorize(Page, "openid offline_access", browser);

        var days = 0;
        for (; days < 80; days += 10)
        {
            await server.Advance(TimeSpan.FromDays(10));
            used = Tokens.Of(await client.Refresh(used.Refresh));
            if (days == 10) (await client.Refresh(idle.Refresh)).Expect(400, "invalid_grant");
        }

        await server.Advance(TimeSpan.FromDays(11));
        (await client.Refresh(used.Refresh)).Expect(400, "invalid_grant");
    }

    [Fact]
    [Requirement("BBA-6.3.2.3-03")]
    public async Task Without_offline_access_it_ends_with_the_session()
    {
        await server.Declare(Bound);
        var browser = await server.NewSignedIn(Users.Alice);
        var tokens = await server.Authorize(Bound, "openid", browser);
        tokens = Tokens.Of(await server.Client(Bound).Refresh(tokens.Refresh));
        var asked = await browser.Get("/end_session?" + Api.Encode([("id_token_hint", tokens.IdToken!)]));
        Assert.Equal(200, asked.Status);
        (await server.Client(Bound).Refresh(tokens.Refresh)).Expect(400, "invalid_grant");
    }

    [Fact]
    [Requirement("BBA-7.2-01")]
    public async Task It_cannot_have_access_tokens_in_the_address()
    {
        var page = Registrations.Web("Page").With("token_endpoint_auth_method", "none");
        foreach (var type in new[] { "token", "id_token token", "code token", "code id_token token" })
            (await server.Api.Register(page.With("response_types", new JsonArray(type)).With("grant_types", new JsonArray("authorization_code", "implicit")))).Expect(400, "invalid_client_metadata");
        var answer = await (await server.NewSignedIn(Users.Alice)).Authorize(new AuthorizationRequest(server.Client(Clients.Spa)).With("response_type", "token"));
        answer.ExpectError("unsupported_response_type");
    }

    [Fact]
    [Requirement("BBA-9.1-01")]
    public async Task Its_ID_Token_says_who_and_no_more_than_was_asked_for()
    {
        await server.Declare(Page);
        string[] personal = ["name", "given_name", "family_name", "email", "email_verified", "phone_number", "address", "birthdate"];
        foreach (var (scope, expected) in new (string, string[])[] { ("openid offline_access", []), ("openid email", ["email", "email_verified"]) })
        {
            var claims = (await server.Authorize(Page, scope, await server.NewSignedIn(Users.Alice))).IdJwt.Payload.EnumerateObject().Select(c => c.Name).ToList();
            Assert.Equal(expected, claims.Intersect(personal).Order());
            Assert.Contains("sub", claims);
        }
    }
}
