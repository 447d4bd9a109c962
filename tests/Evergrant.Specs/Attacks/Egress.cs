using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Evergrant.Specs.OidcRpInitiatedLogout;

namespace Evergrant.Specs.Attacks;

/// <summary>Addresses inside, called for by whoever may write clients but not the server's settings.</summary>
[Collection<ProductionCollection>]
public sealed class Egress(ProductionServer server)
{
    [Fact]
    [Requirement("ATTACK-266")]
    public async Task Nothing_inside_is_called_unless_the_settings_name_it()
    {
        using var inside = new TcpListener(IPAddress.Loopback, 0);
        inside.Start();
        var url = $"https://127.0.0.1:{((IPEndPoint)inside.LocalEndpoint).Port}/hook";
        var keys = AttackClients.Machine with { Id = "egress-keys", Method = "private_key_jwt", Further = LogoutClients.Members(("jwks_uri", JsonValue.Create(url))) };
        var told = AttackClients.App with { Id = "egress-told", RedirectUris = ["https://egress-told.example/cb"], Further = LogoutClients.Members(("backchannel_logout_uri", JsonValue.Create(url))) };
        await server.Declare(keys, told);

        var asserting = new Client(server.Api, keys, null);
        (await server.Api.Post("/token", [("grant_type", "client_credentials"), .. asserting.Assertion("ES256")])).Expect(401, "invalid_client");
        var alice = await server.NewSignedIn(Users.Alice);
        var request = new AuthorizationRequest(server.Client(told)).With("scope", "openid");
        var tokens = Tokens.Of(await request.Client.Redeem(request, await alice.Code(request)));
        await alice.Get("/end_session?" + Api.Encode([("id_token_hint", tokens.IdToken!)]));
        await server.Printed("backchannel_logout_uri");

        Assert.Contains("Nothing was fetched for backchannel_logout_uri", server.Output, StringComparison.Ordinal);
        Assert.False(inside.Pending());
    }
}
