using System.Text.Json;
using System.Text.Json.Nodes;

namespace Evergrant.Program.Tests.Harness;

/// <summary>Declares the demo web application again with another policy.</summary>
internal static class Changing
{
    public static async Task PolicyAsync(DevelopmentServer server, string policy)
    {
        JsonElement shown = await server.Json("client", "show", "demo-web");
        JsonObject client = (JsonObject)JsonNode.Parse(shown.GetRawText())!;
        foreach (string told in (string[])["secrets", "created_at"]) client.Remove(told);
        client["policy"] = JsonNode.Parse(policy);
        await server.Apply(new JsonObject { ["clients"] = new JsonArray(client) }.ToJsonString());
    }
}
