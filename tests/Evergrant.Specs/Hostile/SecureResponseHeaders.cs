namespace Evergrant.Specs.Hostile;

/// <summary>docs/operations/headers.md, over TLS.</summary>
[Collection(typeof(ProductionCollection))]
public sealed class SecureResponseHeaders(ProductionServer server)
{
    [Fact]
    [Requirement("ATTACK-340", "FAPI2-AM-7.4-01")]
    public async Task Every_answer_asks_for_TLS_from_now_on()
    {
        foreach (var path in new[] { "/token", "/jwks", "/.well-known/openid-configuration", "/authorize", "/sign-in", "/account", "/nowhere", "/tenant/userinfo" })
        {
            var reply = (await server.Api.Get(path)).Sound(path);
            Assert.True(reply.Header("Strict-Transport-Security") == "max-age=63072000; includeSubDomains", $"{path}: {reply.Header("Strict-Transport-Security")}");
        }
    }

    [Fact]
    [Requirement("ATTACK-232")]
    public async Task Cookies_never_leave_TLS()
    {
        var browser = await server.NewSignedIn(Users.Bob);

        Assert.NotEmpty(browser.SetCookies);
        Assert.All(browser.SetCookies, cookie => Assert.Matches("(?i);\\s*secure", cookie));
        Assert.All(browser.SetCookies, cookie => Assert.StartsWith("__Host-", cookie, StringComparison.Ordinal));
    }
}
