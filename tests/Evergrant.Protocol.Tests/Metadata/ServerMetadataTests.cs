using System.Text.Json.Nodes;
using Evergrant.Protocol.Authorize;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Metadata;

namespace Evergrant.Protocol.Tests.Metadata;

public class ServerMetadataTests
{
    private static readonly JsonObject Document = ServerMetadata.Build("https://id.example/t/", "https://id.example/t", Sample.Catalogue, ServerFeatures.Plain);

    private static string[] List(string name) => [.. Document[name]!.AsArray().Select(v => (string)v!)];

    [Fact]
    [Requirement("RFC8414-2-02", "RFC6749-3.1-02")]
    public void The_issuer_stands_byte_for_byte_and_endpoints_below_it()
    {
        Assert.Equal("https://id.example/t/", (string)Document["issuer"]!);
        foreach ((string name, JsonNode? value) in Document.Where(m => m.Key.EndsWith("_endpoint", StringComparison.Ordinal) || m.Key == "jwks_uri"))
        {
            Assert.StartsWith("https://id.example/t/", (string)value!, StringComparison.Ordinal);
            Assert.DoesNotContain('#', (string)value!);
            Assert.DoesNotContain("//", ((string)value!)[8..], StringComparison.Ordinal);
        }
    }

    [Fact]
    [Requirement("RFC8414-2-03", "RFC8414-2-04", "RFC8414-2-06", "RFC8414-2-13")]
    public void The_lists_are_those_that_the_decisions_use()
    {
        Assert.Equal(["code"], List("response_types_supported"));
        Assert.Equal(ClientMetadata.PlainGrantTypes, List("grant_types_supported"));
        Assert.Equal(ClientAuthentication.MethodNames, List("token_endpoint_auth_methods_supported"));
        Assert.Equal(["S256"], List("code_challenge_methods_supported"));
        Assert.Equal(Sample.Catalogue.Published, List("scopes_supported"));
    }

    [Fact]
    [Requirement("RFC8414-2-07", "RFC8414-2-08", "RFC8414-2-09", "RFC9207-2.3-01")]
    public void Algorithms_are_asymmetric_and_never_none()
    {
        foreach (string name in Document.Select(m => m.Key).Where(k => k.Contains("_alg", StringComparison.Ordinal))) Assert.All(List(name), alg => Assert.True(alg != "none" && !alg.StartsWith("HS", StringComparison.Ordinal)));
        Assert.Contains("RS256", List("token_endpoint_auth_signing_alg_values_supported"));
        Assert.True((bool)Document["authorization_response_iss_parameter_supported"]!);
    }

    [Fact]
    [Requirement("RFC8414-3.2-02")]
    public void No_list_is_empty() => Assert.All(Document.Where(m => m.Value is JsonArray), m => Assert.NotEmpty(m.Value!.AsArray()));
}
