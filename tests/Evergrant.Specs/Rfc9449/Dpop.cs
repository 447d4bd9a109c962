using System.Text.Json.Nodes;

namespace Evergrant.Specs.Rfc9449;

/// <summary>Flows with proofs.</summary>
public static class Dpop
{
    /// <summary>The client with a fresh proof for the token endpoint in its next request.</summary>
    public static Client With(this Client client, DpopKey key, RunningServer server, params (string Name, JsonNode? Value)[] changes) => client.Sending(key.ForToken(server, changes));

    /// <summary>A code of the shared browser, with its request.</summary>
    public static async Task<(AuthorizationRequest Request, string Code)> Code(RunningServer server, ClientDefinition definition, params (string Name, string? Value)[] parameters)
    {
        var request = new AuthorizationRequest(server.Client(definition)).With("scope", "openid offline_access mail:read").With(parameters);
        return (request, await (await server.SignedIn()).Code(request));
    }

    /// <summary>Tokens of a code that is redeemed with a proof.</summary>
    public static async Task<Tokens> Tokens(RunningServer server, ClientDefinition definition, DpopKey key)
    {
        var (request, code) = await Code(server, definition);
        return Harness.Tokens.Of(await server.Client(definition).With(key, server).Redeem(request, code));
    }

    /// <summary>Fails the test unless the answer is of type DPoP and, where its access token is a JWT, bound to the key.</summary>
    public static Tokens IsBoundTo(this Tokens tokens, DpopKey key)
    {
        Assert.Equal("DPoP", tokens.Reply.Text("token_type"));
        if (tokens.AccessToken.StartsWith("eyJ", StringComparison.Ordinal)) Assert.Equal(key.Thumbprint, tokens.AccessJwt.Payload.GetProperty("cnf").GetProperty("jkt").GetString());
        return tokens;
    }
}
