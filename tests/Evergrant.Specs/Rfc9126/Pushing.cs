using System.Text.Json.Nodes;

namespace Evergrant.Specs.Rfc9126;

/// <summary>The clients of the tests about pushed requests, and what they do.</summary>
public static class Pushing
{
    /// <summary>What a request_uri begins with.</summary>
    public const string Prefix = "urn:ietf:params:oauth:request_uri:";

    /// <summary>Only pushed requests of it are answered.</summary>
    public static ClientDefinition Required { get; } = new("par-required") { Consent = "ask", Further = Members(("require_pushed_authorization_requests", true)) };

    /// <summary>May name any redirect URI in a pushed request.</summary>
    public static ClientDefinition Free { get; } = new("par-free") { Further = Members(("unregistered_redirect_uris", true)) };

    /// <summary>Asserts with the audiences of old.</summary>
    public static ClientDefinition Legacy { get; } = Clients.Asserting with { Id = "par-legacy", RedirectUris = ["https://par-legacy.example/callback"], Further = Members(("legacy_assertion_audience", true)) };

    /// <summary>Asserts, with the one right audience.</summary>
    public static ClientDefinition Strict { get; } = Clients.Asserting with { Id = "par-strict", RedirectUris = ["https://par-strict.example/callback"] };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ClientDefinition> All => [Required, Free, Legacy, Strict];

    /// <summary>Further members of a declaration.</summary>
    public static IReadOnlyDictionary<string, JsonNode> Members(params (string Name, JsonNode Value)[] members) => members.ToDictionary(m => m.Name, m => m.Value);

    /// <summary>Pushes a request.</summary>
    public static Task<Reply> Push(this AuthorizationRequest request, Client? by = null)
    {
        var client = by ?? request.Client;
        var form = request.Parameters.Where(p => p.Name != "client_id" || client.Definition.Method is "client_secret_basic" or "private_key_jwt");
        return client.Call("/par", [.. form]);
    }

    /// <summary>The request by which a browser brings the request_uri of an answer.</summary>
    public static AuthorizationRequest Bring(this Reply pushed, Client client)
    {
        var request = new AuthorizationRequest(client);
        request.Without([.. request.Parameters.Select(p => p.Name)]);
        return request.With("client_id", client.Id).With("request_uri", pushed.Expect(201).Text("request_uri"));
    }

    /// <summary>Pushes a request and gives what a browser brings.</summary>
    public static async Task<AuthorizationRequest> Pushed(this AuthorizationRequest request) => (await request.Push()).Bring(request.Client);
}
