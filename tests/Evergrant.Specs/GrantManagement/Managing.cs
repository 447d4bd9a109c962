using System.Text.Json.Nodes;
using Evergrant.Specs.Rfc9126;

namespace Evergrant.Specs.GrantManagement;

/// <summary>Clients that manage their grants, and how they do it.</summary>
public static class Managing
{
    private const string Query = "grant_management_query", Revoke = "grant_management_revoke";

    /// <summary>Manages its grants; may have tokens for the mail and the bank.</summary>
    public static ClientDefinition Bank { get; } = new("managing")
    {
        GrantTypes = ["authorization_code", "refresh_token", "client_credentials"], Scope = $"{ClientDefinition.UsualScope} {Query} {Revoke}",
        Resources = [DeclaredState.Mail, Rfc9396.RichClients.Bank], Further = Pushing.Members(("grant_management", true)),
    };

    /// <summary>Manages others.</summary>
    public static ClientDefinition Other { get; } = Bank with { Id = "managing-other", RedirectUris = ["https://managing-other.example/callback"] };

    /// <summary>Asks over the back channel.</summary>
    public static ClientDefinition Backchannel { get; } = Ciba.CibaClients.CallCentre with
    {
        Id = "managing-backchannel",
        GrantTypes = [Ciba.CibaClients.GrantType, "refresh_token", "client_credentials"],
        Scope = $"{ClientDefinition.UsualScope} {Query} {Revoke}",
        Further = Pushing.Members(("backchannel_token_delivery_mode", "poll"), ("grant_management", true)),
    };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ClientDefinition> All { get; } = [Bank, Other, Backchannel];

    /// <summary>A token of a client for the API; for all of it unless said otherwise.</summary>
    public static async Task<string> Token(RunningServer server, ClientDefinition? client = null, string scope = $"{Query} {Revoke}") =>
        Tokens.Of(await server.Client(client ?? Bank).ClientCredentials(("scope", scope))).AccessToken;

    /// <summary>Asks what a grant allows.</summary>
    public static async Task<Reply> Ask(RunningServer server, string grantId, string? token = null) => await server.Api.Get("/grants/" + grantId, token ?? await Token(server));

    /// <summary>Ends a grant.</summary>
    public static async Task<Reply> End(RunningServer server, string grantId, string? token = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Delete, server.Api.Url("/grants/" + grantId));
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + (token ?? await Token(server)));
        return await server.Api.Send(request);
    }

    /// <summary>The scope values that an answer of the API has, in order.</summary>
    public static IEnumerable<string> Scopes(Reply reply) =>
        reply.Expect(200).Json.GetProperty("scopes").EnumerateArray().SelectMany(s => s.GetProperty("scope").GetString()!.Split(' ')).Order(StringComparer.Ordinal);

    /// <summary>The grant_id of a token answer.</summary>
    public static string IdOf(Tokens tokens) => tokens.Reply.Text("grant_id") ?? throw new InvalidOperationException("No grant_id came.");
}
