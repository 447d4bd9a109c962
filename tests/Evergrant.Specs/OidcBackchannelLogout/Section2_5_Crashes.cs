using Evergrant.Specs.OidcRpInitiatedLogout;

namespace Evergrant.Specs.OidcBackchannelLogout;

/// <summary>A server of its own, to be killed.</summary>
public sealed class DyingServer : DevelopmentServer;

/// <summary>OpenID Connect Back-Channel Logout section 2.5, when the server dies before it has told everybody.</summary>
public sealed class Section2_5_Crashes(DyingServer server) : IClassFixture<DyingServer>
{
    [Fact]
    [Requirement("OIDC-BACK-2.3-01", "OIDC-BACK-2.5-02")]
    public async Task What_a_server_that_was_killed_has_not_delivered_the_next_one_delivers()
    {
        await using var receiver = new LogoutReceiver();
        var definition = receiver.Client("back-after-death", false, 503, 200);
        await server.Declare(definition);
        var alice = await Leaving.SignIn(server, definition);
        await alice.Get(("id_token_hint", alice.IdToken));
        var first = (await receiver.Next("back-after-death")).Token;
        await server.Restart();
        Assert.False(await alice.IsSignedIn());
        (await server.Api.PostJson("/dev/clock", """{"advance":"00:00:31"}""")).Expect(200);
        Assert.Equal(first.Claim("jti"), (await receiver.Next("back-after-death")).Token.Claim("jti"));
    }
}
