namespace Evergrant.Specs.Rfc7009;

/// <summary>RFC 7009 section 2: where the endpoint is published.</summary>
[Collection(typeof(ProductionCollection))]
public sealed class Section2_PublishedEndpoint(ProductionServer server)
{
    [Fact]
    [Requirement("RFC7009-2-04")]
    public async Task The_revocation_endpoint_is_published_with_https()
    {
        foreach (var api in new[] { server.Api, server.Tenant })
        {
            var endpoint = (await api.Metadata()).Text("revocation_endpoint");
            Assert.StartsWith("https://", endpoint);
            (await api.Post(endpoint!, [("token", "x")])).Expect(401, "invalid_client");
        }
    }
}
