namespace Evergrant.Specs.Rfc6750;

/// <summary>RFC 6750 section 5.3: audience and cookies.</summary>
[Collection(typeof(ProductionCollection))]
public sealed class Section5_3_Recommendations(ProductionServer server)
{
    [Fact]
    [Requirement("RFC6750-5.3-02")]
    public async Task Access_tokens_are_for_named_resource_servers()
    {
        var jwt = await server.Authorize(Clients.Web, "mail:read");
        var opaque = await server.Authorize(Clients.Opaque, "mail:read");
        var introspected = (await server.Client(Clients.Opaque).Introspect(opaque.AccessToken)).Expect(200);

        Assert.Equal([DeclaredState.Mail], jwt.AccessJwt.Audience);
        Assert.Contains(DeclaredState.Mail, introspected.Json.GetProperty("aud").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    [Requirement("RFC6750-5.3-03")]
    public async Task Every_cookie_is_secure_and_out_of_reach_of_scripts_and_holds_no_token()
    {
        var browser = await server.NewSignedIn(Users.Alice);
        var request = new AuthorizationRequest(server.Client(Clients.Asking)).With("prompt", "consent");
        await browser.Code(request);
        var tokens = await server.Authorize(Clients.Web, "openid offline_access mail:read", browser);

        Assert.NotEmpty(browser.SetCookies);
        Assert.All(browser.SetCookies, cookie =>
        {
            var attributes = cookie.Split(';', StringSplitOptions.TrimEntries).Skip(1).ToList();
            Assert.Contains("secure", attributes, StringComparer.OrdinalIgnoreCase);
            // One is there for a script to read, and holds nothing (OpenID Connect Session Management section 3.2).
            if (cookie.StartsWith("__Host-evergrant-state=", StringComparison.Ordinal)) Assert.Matches("^__Host-evergrant-state=[A-Za-z0-9_-]{3,22};", cookie);
            else Assert.Contains("httponly", attributes, StringComparer.OrdinalIgnoreCase);
            Assert.DoesNotContain(tokens.AccessToken, cookie, StringComparison.Ordinal);
            Assert.DoesNotContain(tokens.Refresh, cookie, StringComparison.Ordinal);
        });
    }
}
