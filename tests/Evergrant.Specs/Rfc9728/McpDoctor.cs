using System.Text.Json.Nodes;

namespace Evergrant.Specs.Rfc9728;

/// <summary>evergrant doctor mcp, asked about a server that is well and about what is wrong.</summary>
public sealed class McpDoctor(Server server)
{
    [Fact]
    public async Task A_declared_server_of_tools_with_its_metadata_is_well()
    {
        await using var tools = new DocumentServer();
        var resource = tools.Origin + "/mcp";
        await Declare(resource);
        var metadata = tools.Put(new JsonObject { ["resource"] = resource, ["authorization_servers"] = new JsonArray(server.Issuer) }.ToJsonString(), "/.well-known/oauth-protected-resource/mcp");
        tools.Put("", "/mcp", status: 401, headers: ("WWW-Authenticate", $"Bearer resource_metadata=\"{metadata}\""));

        var told = await server.Run("doctor", "mcp", "--resource", resource);
        Assert.True(told.ExitCode == 0, told.Output + told.Errors);
        Assert.Contains("All is well.", told.Output, StringComparison.Ordinal);
        Assert.Contains($"leads to {server.Issuer}", told.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_would_fail_is_said_with_what_to_do()
    {
        await using var tools = new DocumentServer();
        var resource = tools.Origin + "/mcp";
        tools.Put(new JsonObject { ["resource"] = tools.Origin + "/other", ["authorization_servers"] = new JsonArray("https://elsewhere.example") }.ToJsonString(), "/.well-known/oauth-protected-resource/mcp");
        tools.Put("hello", "/mcp");

        var told = await server.Run("doctor", "mcp", "--resource", resource);
        Assert.NotEqual(0, told.ExitCode);
        foreach (var sentence in new[] { "answers 200 without a token", "resource is not", "authorization_servers does not name", "is not declared as a resource" }) Assert.Contains(sentence, told.Output, StringComparison.Ordinal);

        await Declare(resource + "/");
        Assert.Contains($"is declared as {resource}/", (await server.Run("doctor", "mcp", "--resource", resource)).Output, StringComparison.Ordinal);
    }

    private async Task Declare(string identifier)
    {
        var applied = await server.Apply(new JsonObject { ["resources"] = new JsonArray(new JsonObject { ["identifier"] = identifier }) }.ToJsonString());
        Assert.True(applied.ExitCode == 0, applied.Errors);
    }
}
