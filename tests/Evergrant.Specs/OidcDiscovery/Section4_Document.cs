using System.Text.Json;

namespace Evergrant.Specs.OidcDiscovery;

/// <summary>OpenID Connect Discovery sections 3 and 4: where the document is and what it names, in production.</summary>
[Collection(typeof(ProductionCollection))]
public sealed class Section4_Document(ProductionServer server)
{
    [Fact]
    [Requirement("OIDC-DISC-4-01", "OIDC-DISC-4.1-01", "OIDC-DISC-4.2-01", "OIDC-DISC-3-01")]
    public async Task It_is_below_each_issuer_whether_or_not_the_issuer_ends_in_a_slash()
    {
        foreach (var issuer in new[] { server.Issuer, server.TenantIssuer, server.SlashIssuer })
        {
            var reply = (await server.Api.Get(issuer.TrimEnd('/') + "/.well-known/openid-configuration")).Expect(200);
            Assert.Equal("application/json", reply.MediaType);
            Assert.Equal(JsonValueKind.Object, reply.Json.ValueKind);
            Assert.Equal(issuer, reply.Text("issuer"));
            var uri = new Uri(issuer);
            Assert.Equal(("https", "", ""), (uri.Scheme, uri.Query, uri.Fragment));
        }
    }

    [Fact]
    [Requirement("OIDC-DISC-4.2-02", "OIDC-CORE-13.3-01")]
    public async Task Lists_are_arrays_and_none_is_empty()
    {
        var document = (await server.Api.Discovery()).Json;

        foreach (var member in document.EnumerateObject())
        {
            Assert.NotEqual(JsonValueKind.Null, member.Value.ValueKind);
            if (!member.Name.EndsWith("_supported", StringComparison.Ordinal)) continue;
            Assert.True(member.Value.ValueKind is JsonValueKind.True or JsonValueKind.False || (member.Value.ValueKind == JsonValueKind.Array && member.Value.GetArrayLength() > 0), member.Name);
        }
    }

    [Fact]
    [Requirement("OIDC-DISC-3-02", "OIDC-DISC-3-03", "OIDC-DISC-3-04", "OIDC-DISC-3-05", "OIDC-DISC-3-12", "OIDC-DISC-3-01", "OIDC-CORE-2-02", "OIDC-CORE-10.2.1-01")]
    public async Task The_endpoints_it_names_are_https_and_carry_the_whole_flow()
    {
        var document = await server.Api.Discovery();
        foreach (var name in new[] { "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri" })
            Assert.StartsWith("https://", document.Text(name), StringComparison.Ordinal);
        var web = server.Client(Clients.Web);
        var request = new AuthorizationRequest(web);

        var page = await (await server.SignedIn()).Get(document.Text("authorization_endpoint") + "?" + request.Query);
        var tokens = Tokens.Of(await server.Api.Post(
            document.Text("token_endpoint")!,
            [("grant_type", "authorization_code"), ("code", page.Code!), ("redirect_uri", web.Definition.RedirectUri), ("code_verifier", request.Verifier)],
            Api.Basic(web.Id, web.Secret)));
        var keys = (await server.Api.Get(document.Text("jwks_uri")!)).Expect(200);
        var info = (await server.Api.Get(document.Text("userinfo_endpoint")!, tokens.AccessToken)).Expect(200);

        Assert.True(tokens.IdJwt.VerifiesWith(keys.Json));
        Assert.Equal(document.Text("issuer"), tokens.IdJwt.Claim("iss"));
        Assert.Equal(tokens.IdJwt.Claim("sub"), info.Text("sub"));
        Assert.Matches("max-age=[1-9]", keys.Header("Cache-Control"));
    }
}
