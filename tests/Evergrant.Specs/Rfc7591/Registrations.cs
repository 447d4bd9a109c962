using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Evergrant.Specs.Rfc7591;

/// <summary>Clients that register themselves, as the tests of registration do.</summary>
public static class Registrations
{
    /// <summary>A web client with one redirect URI.</summary>
    public static JsonObject Web(string name = "Dynamic") => new() { ["client_name"] = name, ["redirect_uris"] = new JsonArray("https://dynamic.example/callback") };

    /// <summary>The object with one member more; null takes it out.</summary>
    public static JsonObject With(this JsonObject metadata, string name, JsonNode? value)
    {
        var copy = (JsonObject)metadata.DeepClone();
        copy.Remove(name);
        if (value is not null) copy[name] = value;
        return copy;
    }

    /// <summary>Registers.</summary>
    public static Task<Reply> Register(this Api api, JsonObject metadata, string? token = null) => Send(api, HttpMethod.Post, api.Url("/register"), token, metadata.ToJsonString());

    /// <summary>Registers, and expects that it can.</summary>
    public static async Task<Registered> Registered(this Api api, JsonObject metadata, string? token = null) => new(api, (await api.Register(metadata, token)).Expect(201));

    /// <summary>A request to the registration or configuration endpoint.</summary>
    public static Task<Reply> Send(this Api api, HttpMethod method, string url, string? token, string? body = null, string type = "application/json")
    {
        var request = new HttpRequestMessage(method, url);
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, type);
        return api.Send(request);
    }
}

/// <summary>A client that has registered itself.</summary>
public sealed class Registered(Api api, Reply reply)
{
    /// <summary>What the server said.</summary>
    public Reply Reply => reply;

    /// <summary>Its id.</summary>
    public string Id => reply.Text("client_id")!;

    /// <summary>Its registration access token.</summary>
    public string Token => reply.Text("registration_access_token")!;

    /// <summary>Where it manages its registration.</summary>
    public string Uri => reply.Text("registration_client_uri")!;

    /// <summary>A member as JSON text; null when absent.</summary>
    public string? Member(string name) => reply.Json.TryGetProperty(name, out JsonElement value) ? value.GetRawText() : null;

    /// <summary>Texts of a list.</summary>
    public IReadOnlyList<string> List(string name) => reply.Json.TryGetProperty(name, out JsonElement value) ? [.. value.EnumerateArray().Select(v => v.GetString()!)] : [];

    /// <summary>The client as it acts.</summary>
    public Client Client => new(api, new ClientDefinition(Id)
    {
        Method = reply.Text("token_endpoint_auth_method")!, RedirectUris = List("redirect_uris"), Scope = reply.Text("scope") ?? "openid", Consent = "ask",
    }, reply.Text("client_secret"));

    /// <summary>Reads its registration.</summary>
    public Task<Reply> Read(string? token = null) => api.Send(HttpMethod.Get, Uri, token ?? Token);

    /// <summary>Updates its registration.</summary>
    public Task<Reply> Update(JsonObject metadata, string? token = null) => api.Send(HttpMethod.Put, Uri, token ?? Token, metadata.ToJsonString());

    /// <summary>Removes its registration.</summary>
    public Task<Reply> Delete(string? token = null) => api.Send(HttpMethod.Delete, Uri, token ?? Token);
}
