using System.Text.Json;
using System.Text.Json.Nodes;

namespace Evergrant.Specs.Rfc9728;

/// <summary>RFC 9728: metadata of protected resources, of our own endpoint and of declared APIs on our origin.</summary>
public sealed class Section3_ProtectedResources(Server server)
{
    [Fact]
    [Requirement("RFC9728-2-01", "RFC9728-2-02", "RFC9728-3-01", "RFC9728-3.2-01", "RFC9728-5.1-01", "RFC9728-7.10-01")]
    public async Task The_challenge_of_userinfo_leads_to_its_metadata()
    {
        var challenge = (await server.Api.Get("/userinfo")).Expect(401).Header("WWW-Authenticate")!;
        var url = challenge.Split("resource_metadata=\"")[1].Split('"')[0];
        Assert.Equal(server.Issuer + "/.well-known/oauth-protected-resource/userinfo", url);
        Assert.Contains("resource_metadata=", (await server.Api.Get("/userinfo", "nonsense")).Expect(401).Header("WWW-Authenticate"), StringComparison.Ordinal);

        var reply = (await server.Api.Get(url)).Expect(200);
        Assert.Equal("application/json", reply.MediaType);
        Assert.Contains("max-age", reply.Header("Cache-Control"), StringComparison.Ordinal);
        Assert.Equal("*", reply.Header("Access-Control-Allow-Origin"));
        Assert.Equal(server.Issuer + "/userinfo", reply.Text("resource"));
        Assert.Equal([server.Issuer], reply.Json.GetProperty("authorization_servers").EnumerateArray().Select(v => v.GetString()));
        foreach (var member in reply.Json.EnumerateObject()) Assert.False(member.Value.ValueKind == JsonValueKind.Array && member.Value.GetArrayLength() == 0, member.Name);
    }

    [Fact]
    [Requirement("RFC9728-3-01", "RFC9728-3.2-01")]
    public async Task A_declared_API_on_our_origin_has_metadata_and_others_have_none()
    {
        var applied = await server.Apply(new JsonObject
        {
            ["resources"] = new JsonArray(
                new JsonObject { ["identifier"] = server.Issuer + "/mcp", ["name"] = "Tools", ["scopes"] = new JsonArray(new JsonObject { ["name"] = "tools:use" }, new JsonObject { ["name"] = "tools:secret", ["hidden"] = true }) },
                new JsonObject { ["identifier"] = server.Issuer + "/bare" }),
        }.ToJsonString());
        Assert.True(applied.ExitCode == 0, applied.Errors);

        var reply = (await server.Api.Get("/.well-known/oauth-protected-resource/mcp")).Expect(200);
        Assert.Equal(server.Issuer + "/mcp", reply.Text("resource"));
        Assert.Equal("Tools", reply.Text("resource_name"));
        Assert.Equal(["tools:use"], reply.Json.GetProperty("scopes_supported").EnumerateArray().Select(v => v.GetString()));
        Assert.False((await server.Api.Get("/.well-known/oauth-protected-resource/bare")).Expect(200).Has("scopes_supported"));
        foreach (var path in new[] { "", "/", "/nothing", "/mcp/deeper", "/userinfo/x" }) (await server.Api.Get("/.well-known/oauth-protected-resource" + path)).Expect(404);
    }

    [Fact]
    [Requirement("RFC9728-7.10-01")]
    public async Task Scripts_may_ask_with_headers_of_their_own()
    {
        var request = new HttpRequestMessage(HttpMethod.Options, server.Issuer + "/.well-known/oauth-protected-resource/userinfo");
        request.Headers.Add("Origin", "https://inspector.example");
        request.Headers.Add("Access-Control-Request-Method", "GET");
        request.Headers.Add("Access-Control-Request-Headers", "mcp-protocol-version");
        var reply = await server.Api.Send(request);
        Assert.Equal(204, reply.Status);
        Assert.Contains("mcp-protocol-version", reply.Header("Access-Control-Allow-Headers"), StringComparison.Ordinal);
    }
}
