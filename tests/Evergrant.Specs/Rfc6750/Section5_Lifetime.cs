namespace Evergrant.Specs.Rfc6750;

/// <summary>RFC 6750 section 5: access tokens die, and are for somebody.</summary>
[Collection(typeof(ClockCollection))]
public sealed class Section5_Lifetime(ClockServer server)
{
    [Fact]
    [Requirement("RFC6750-5.2-01", "RFC6750-3.1-02", "RFC7662-4-01", "RFC7662-2.2-04", "RFC9068-4-07")]
    public async Task Every_access_token_dies_of_age()
    {
        var browser = await server.NewSignedIn(Users.Alice);
        var jwt = await server.Authorize(Clients.Web, "openid mail:read", browser);
        var opaque = await server.Authorize(Clients.Opaque, "openid mail:read", browser);
        var machine = Tokens.Of(await server.Client(Clients.Machine).ClientCredentials(("scope", "mail:read")));
        (Client Client, string Token)[] tokens =
        [
            (server.Client(Clients.Web), jwt.AccessToken), (server.Client(Clients.Opaque), opaque.AccessToken), (server.Client(Clients.Machine), machine.AccessToken),
        ];
        foreach (var (client, token) in tokens) Assert.True(await client.Finds(token), client.Id);

        await server.Advance(TimeSpan.FromSeconds(3601));

        foreach (var (client, token) in tokens) Assert.False(await client.Finds(token), client.Id);
        foreach (var token in new[] { jwt.AccessToken, opaque.AccessToken })
        {
            var refused = (await server.Api.Get("/userinfo", token)).Expect(401);
            Assert.Contains("invalid_token", refused.Header("WWW-Authenticate") ?? "", StringComparison.Ordinal);
        }
    }
}
