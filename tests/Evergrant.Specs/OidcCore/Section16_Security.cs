using System.Net.Sockets;
using System.Text;

namespace Evergrant.Specs.OidcCore;

/// <summary>OpenID Connect Core sections 16.15, 16.17, 16.18 and 16.22, in production with several issuers.</summary>
[Collection(typeof(ProductionCollection))]
public sealed class Section16_Security(ProductionServer server)
{
    [Fact]
    [Requirement("OIDC-CORE-16.15-01", "ATTACK-374", "ATTACK-181")]
    public async Task Issuers_on_one_host_share_no_token()
    {
        var here = server.Client(Clients.Web);
        var there = await server.TenantClient(Clients.Web with { Id = "tenant-web", Resources = [], Scope = "openid profile offline_access" });
        var hereTokens = await server.Authorize(Clients.Web, "openid offline_access");
        var browser = new Browser(server.NewHttp(), server.TenantIssuer);
        var request = new AuthorizationRequest(there).With("scope", "openid offline_access");
        var page = await browser.SignIn(await browser.Authorize(request), Users.Alice.Username, Users.Alice.Password);
        var thereTokens = Tokens.Of(await there.Redeem(request, page.Code!));

        Assert.Equal(server.TenantIssuer, page["iss"]);
        Assert.Equal(server.TenantIssuer, thereTokens.IdJwt.Claim("iss"));
        Assert.Equal(server.Issuer, hereTokens.IdJwt.Claim("iss"));
        (await server.Api.Get("/userinfo", thereTokens.AccessToken)).Expect(401);
        (await server.Tenant.Get("/userinfo", hereTokens.AccessToken)).Expect(401);
        (await here.Refresh(thereTokens.Refresh)).Expect(400, "invalid_grant");
        (await there.Refresh(hereTokens.Refresh)).Expect(400, "invalid_grant");
        Assert.False(thereTokens.IdJwt.VerifiesWith((await server.Api.Jwks()).Json));
        (await server.Tenant.Get("/userinfo", thereTokens.AccessToken)).Expect(200);
        (await here.Refresh(hereTokens.Refresh)).Expect(200);
        (await there.Refresh(thereTokens.Refresh)).Expect(200);
    }

    [Fact]
    [Requirement("OIDC-CORE-16.15-01", "OIDC-CORE-3.1.2.2-06", "ATTACK-124")]
    public async Task An_ID_Token_of_the_neighbour_is_no_hint()
    {
        var there = await server.TenantClient(Clients.Other with { Id = "tenant-other", Resources = [], Scope = "openid" });
        var hint = (await server.Authorize(Clients.Web, "openid")).IdToken!;
        var browser = new Browser(server.NewHttp(), server.TenantIssuer);
        var request = new AuthorizationRequest(there).With("scope", "openid");
        await browser.SignIn(await browser.Authorize(request), Users.Alice.Username, Users.Alice.Password);

        var page = await browser.Authorize(new AuthorizationRequest(there).With(("id_token_hint", hint), ("prompt", "none")));

        Assert.True(page.Error is not null && page.Code is null, page.ToString());
    }

    [Fact]
    [Requirement("OIDC-CORE-16.17-01", "OIDC-DISC-7.1-01")]
    public async Task No_endpoint_is_served_without_TLS()
    {
        var metadata = await server.Api.Discovery();
        var addresses = metadata.Json.EnumerateObject().Where(member => member.Name.EndsWith("_endpoint", StringComparison.Ordinal) || member.Name == "jwks_uri").Select(member => member.Value.GetString()!);
        foreach (var address in addresses.Append(server.Issuer + "/.well-known/openid-configuration").Append(server.Issuer + "/.well-known/oauth-authorization-server"))
        {
            using var connection = new TcpClient();
            await connection.ConnectAsync("localhost", server.Port);
            await using var stream = connection.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {new Uri(address).PathAndQuery} HTTP/1.1\r\nHost: localhost:{server.Port}\r\nConnection: close\r\n\r\n"));
            using var reader = new StreamReader(stream, Encoding.Latin1);
            string answer;
            try
            {
                answer = await reader.ReadToEndAsync();
            }
            catch (IOException)
            {
                continue; // reset: nothing was served
            }

            Assert.DoesNotContain("HTTP/1.1 2", answer, StringComparison.Ordinal);
            Assert.DoesNotContain("HTTP/1.1 3", answer, StringComparison.Ordinal);
        }
    }

    [Fact]
    [Requirement("OIDC-CORE-16.22-01")]
    public async Task A_redirect_after_a_form_is_a_303()
    {
        var browser = server.NewBrowser();
        var request = new AuthorizationRequest(server.Client(Clients.Asking)).With("prompt", "consent");

        var asked = await browser.SignIn(await browser.Authorize(request), Users.Bob.Username, Users.Bob.Password);
        var allowed = await browser.Decide(asked, "allow");
        var denied = await browser.Decide(await browser.Authorize(request), "deny");
        var posted = await browser.AuthorizeByPost(new AuthorizationRequest(server.Client(Clients.Web)));

        Assert.All([allowed, denied, posted], page => Assert.True(page.Kind == PageKind.Redirect && page.Status == 303, page.ToString()));
    }

    [Fact]
    [Requirement("OIDC-CORE-16.8-01", "OIDC-CORE-16.18-01")]
    public async Task Access_tokens_are_for_one_audience_and_scope_and_for_minutes()
    {
        var tokens = await server.Authorize(Clients.Web, "openid mail:read");

        Assert.NotEmpty(tokens.AccessJwt.Audience);
        Assert.Equal(["mail:read", "openid"], tokens.AccessJwt.Scopes);
        Assert.InRange(tokens.Reply.Json.GetProperty("expires_in").GetInt32(), 1, 3600);
    }
}
