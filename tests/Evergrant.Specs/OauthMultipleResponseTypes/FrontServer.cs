using System.Text.Json.Nodes;
using Evergrant.Specs.Rfc9126;

namespace Evergrant.Specs.OauthMultipleResponseTypes;

/// <summary>A server with clients that get tokens through the browser; on the others that is off, and not announced. Tests that share it run one after the other, and may move its clock by a little.</summary>
public sealed class FrontServer : ClockServer
{
    private Task? declared;

    private static readonly IReadOnlyList<string> Types = ["code", "token", "id_token", "id_token token", "code id_token", "code token", "code id_token token"];

    /// <summary>Registered for every response type.</summary>
    public static ClientDefinition Every { get; } = new("front") { ResponseTypes = Types, GrantTypes = ["authorization_code", "refresh_token", "implicit"], RedirectUris = ["https://front.example/callback"] };

    /// <summary>Asks for consent.</summary>
    public static ClientDefinition Asking { get; } = Every with { Id = "front-asking", Consent = "ask" };

    /// <summary>A page of the old kind: public, implicit and nothing else.</summary>
    public static ClientDefinition Page { get; } = new("front-page")
    {
        Type = "browser", Method = "none", ResponseTypes = ["token", "id_token token"], GrantTypes = ["implicit"], RedirectUris = ["https://front-page.example/callback"],
        Further = Pushing.Members(("claims_in_id_token", false)),
    };

    /// <summary>ID Tokens alone, signed with ES256, their claims elsewhere where there is an elsewhere.</summary>
    public static ClientDefinition SignIn { get; } = Every with
    {
        Id = "front-sign-in",
        ResponseTypes = ["id_token", "code id_token token"],
        IdTokenAlgorithm = "ES256",
        Further = Pushing.Members(("claims_in_id_token", false)),
    };

    /// <summary>Opaque access tokens.</summary>
    public static ClientDefinition Opaque { get; } = Every with { Id = "front-opaque", AccessTokenFormat = "opaque" };

    /// <summary>The client, declared on this server.</summary>
    public async Task<Client> Front(ClientDefinition definition)
    {
        await (declared ??= Declare([Every, Asking, Page, SignIn, Opaque, .. Certification.PlanClients.Front]));
        return Client(definition);
    }

    /// <summary>A request for a response type.</summary>
    public async Task<AuthorizationRequest> Request(string type, ClientDefinition? definition = null)
    {
        var request = new AuthorizationRequest(await Front(definition ?? Every)).With("response_type", type).With("nonce", Pkce.Random(12)).With("scope", "openid email mail:read offline_access");
        return type.Split(' ').Contains("code") ? request : request.WithoutPkce();
    }
}

/// <summary>Tests that share it, one after the other.</summary>
[CollectionDefinition]
public sealed class FrontCollection : ICollectionFixture<FrontServer>;
