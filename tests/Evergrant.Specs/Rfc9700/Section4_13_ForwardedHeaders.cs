using System.Text.Json;

namespace Evergrant.Specs.Rfc9700;

/// <summary>RFC 9700 section 4.13: what a stranger claims about the way of a request.</summary>
[Collection(typeof(ProductionCollection))]
public sealed class Section4_13_ForwardedHeaders(ProductionServer server)
{
    private static readonly (string Name, string Value)[] Claims =
    [
        ("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Proto", "http"), ("X-Forwarded-Port", "81"), ("X-Forwarded-Prefix", "/evil"), ("X-Forwarded-For", "203.0.113.7"),
        ("X-Original-Host", "evil.example"), ("X-Host", "evil.example"), ("Forwarded", "for=203.0.113.7;host=evil.example;proto=http"), ("X-Original-URL", "/evil"),
        ("X-Rewrite-URL", "/evil"), ("X-HTTP-Method-Override", "DELETE"), ("X-Client-Cert", "x"), ("X-Forwarded-Client-Cert", "x"), ("X-SSL-Client-Verify", "SUCCESS"),
    ];

    [Fact]
    [Requirement("RFC9700-4.13-01")]
    public async Task Nothing_that_is_claimed_changes_an_answer()
    {
        var plain = (await server.Api.Discovery()).Json;
        foreach (var (name, value) in Claims)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, server.Api.Url("/.well-known/openid-configuration"));
            request.Headers.TryAddWithoutValidation(name, value);
            var claimed = (await server.Api.Send(request)).Expect(200);
            Assert.True(JsonElement.DeepEquals(plain, claimed.Json), name);
        }
    }

    [Fact]
    [Requirement("RFC9700-4.13-01", "ATTACK-310", "ATTACK-312")]
    public async Task Nothing_that_is_claimed_authenticates_or_moves_a_page()
    {
        var web = server.Client(Clients.Web);
        var browser = await server.SignedIn();
        var token = new HttpRequestMessage(HttpMethod.Post, server.Api.Url("/token")) { Content = Api.Form([("grant_type", "refresh_token"), ("refresh_token", "x"), ("client_id", web.Id)]) };
        var page = new HttpRequestMessage(HttpMethod.Get, server.Api.Url("/authorize?" + new AuthorizationRequest(web).Query));
        foreach (var (name, value) in Claims.Where(claim => claim.Name != "X-HTTP-Method-Override"))
        {
            token.Headers.TryAddWithoutValidation(name, value);
            page.Headers.TryAddWithoutValidation(name, value);
        }

        (await server.Api.Send(token)).Expect(401, "invalid_client");
        var answer = await browser.Send(page);

        Assert.Equal(server.Issuer, answer["iss"]);
        Assert.DoesNotContain("evil", answer.Location!, StringComparison.Ordinal);
    }

    [Fact]
    [Requirement("RFC9700-4.13-01")]
    public async Task The_Host_header_does_not_choose_the_issuer()
    {
        var request = new HttpRequestMessage(HttpMethod.Get, server.Api.Url("/.well-known/openid-configuration"));
        request.Headers.Host = "evil.example";

        var reply = await server.Api.Send(request);

        Assert.DoesNotContain("evil", reply.Body, StringComparison.Ordinal);
        if (reply.Status == 200) Assert.Equal(server.Issuer, reply.Text("issuer"));
    }
}
