using System.Text.Json;

namespace Evergrant.Specs.Rfc8414;

/// <summary>RFC 8414 section 3: where the metadata is, in production and for several issuers.</summary>
[Collection(typeof(ProductionCollection))]
public sealed class Section3_Publication(ProductionServer server)
{
    [Fact]
    [Requirement("RFC8414-3-01", "RFC8414-3.1-01", "RFC8414-3.3-01", "RFC8414-2-01")]
    public async Task Each_issuer_has_its_document_where_the_standard_puts_it()
    {
        foreach (var (issuer, path) in new[] { (server.Issuer, ""), (server.TenantIssuer, "/tenant"), (server.SlashIssuer, "/slash") })
        {
            var reply = (await server.Api.Get(server.Issuer + "/.well-known/oauth-authorization-server" + path)).Expect(200);
            Assert.Equal(issuer, reply.Text("issuer"));
            var uri = new Uri(issuer);
            Assert.Equal(("https", "", ""), (uri.Scheme, uri.Query, uri.Fragment));
        }
    }

    [Fact]
    [Requirement("RFC8414-3-02", "RFC9068-4-02", "RFC8414-3.3-01")]
    public async Task Every_well_known_place_tells_the_same()
    {
        foreach (var (issuer, path) in new[] { (server.Issuer, ""), (server.TenantIssuer, "/tenant"), (server.SlashIssuer, "/slash") })
        {
            var documents = new List<JsonElement>();
            foreach (var url in new[]
            {
                server.Issuer + "/.well-known/oauth-authorization-server" + path,
                server.Issuer + "/.well-known/openid-configuration" + path,
                issuer.TrimEnd('/') + "/.well-known/openid-configuration",
            }) documents.Add((await server.Api.Get(url)).Expect(200).Json);

            foreach (var other in documents.Skip(1))
            {
                foreach (var member in documents[0].EnumerateObject())
                    Assert.True(other.TryGetProperty(member.Name, out var value) && JsonElement.DeepEquals(member.Value, value), $"{issuer}: {member.Name}");
            }
        }
    }

    [Fact]
    [Requirement("RFC8414-2-10", "RFC9068-4-01")]
    public async Task The_keys_are_published_with_https_and_verify_what_is_signed()
    {
        var metadata = await server.Api.Metadata();
        var jwks = (await server.Api.Get(metadata.Text("jwks_uri")!)).Expect(200);
        var tokens = await server.Authorize(Clients.Web, "openid mail:read");

        Assert.StartsWith("https://", metadata.Text("jwks_uri"));
        Assert.True(tokens.AccessJwt.VerifiesWith(jwks.Json), "The access token does not verify");
        Assert.True(tokens.IdJwt.VerifiesWith(jwks.Json), "The ID token does not verify");
        foreach (var key in jwks.Json.GetProperty("keys").EnumerateArray())
        {
            Assert.Contains(key.GetProperty("use").GetString(), new[] { "sig", "enc" });
            Assert.Empty(key.EnumerateObject().Select(member => member.Name).Intersect(["d", "p", "q", "dp", "dq", "qi", "oth", "k"]));
        }
    }

    [Fact]
    [Requirement("RFC8414-3.3-01")]
    public async Task Issuers_share_neither_keys_nor_clients()
    {
        var first = (await server.Api.Jwks()).Json.GetProperty("keys").EnumerateArray().Select(key => key.GetProperty("kid").GetString()).ToList();
        var second = (await server.Tenant.Jwks()).Json.GetProperty("keys").EnumerateArray().Select(key => key.GetProperty("kid").GetString()).ToList();
        var machine = server.Client(Clients.Machine);

        var elsewhere = await server.Tenant.Post("/token", [("grant_type", "client_credentials"), ("scope", "mail:read")], Api.Basic(machine.Id, machine.Secret));

        Assert.NotEmpty(second);
        Assert.Empty(first.Intersect(second));
        elsewhere.Expect(401, "invalid_client");
    }

    [Fact]
    [Requirement("RFC8414-3.1-01")]
    public async Task An_issuer_that_does_not_exist_has_no_document()
    {
        foreach (var path in new[] { "/.well-known/oauth-authorization-server/nobody", "/nobody/.well-known/openid-configuration", "/.well-known/oauth-authorization-server/tenant/x" })
            (await server.Api.Get(path)).Expect(404);
    }

    [Fact]
    public async Task Production_has_no_development_endpoints()
    {
        Assert.Equal(404, (await server.Api.PostJson("/dev/clock", """{"advance":"01:00:00"}""")).Status);
        Assert.Equal(404, (await server.Api.Get("/dev/explain?reference=7F3K-9Q2M")).Status);
        Assert.Equal(404, (await server.Api.Get("/playground")).Status);
        Assert.Null((await server.Client(Clients.Web).Refresh("x")).Header("Evergrant-Decision"));
    }
}
