using Evergrant.Specs.OidcRpInitiatedLogout;

namespace Evergrant.Specs.OidcBackchannelLogout;

/// <summary>OpenID Connect Back-Channel Logout section 2.5: what could not be delivered is, later, and not for ever.</summary>
[Collection(typeof(ClockCollection))]
public sealed class Section2_5_Retries(ClockServer server)
{
    [Fact]
    [Requirement("OIDC-BACK-2.5-02", "ATTACK-418")]
    public async Task A_failure_that_may_pass_is_repeated_after_a_delay_with_the_same_jti()
    {
        await using var receiver = new LogoutReceiver();
        var definition = receiver.Client("back-again", false, 502, 503, 200);
        await server.Declare(definition);
        var alice = await Leaving.SignIn(server, definition);
        await alice.Get(("id_token_hint", alice.IdToken));
        var first = (await receiver.Next("back-again")).Token;
        await server.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(0, receiver.Waiting("back-again"));
        await server.Advance(TimeSpan.FromSeconds(15));
        var second = (await receiver.Next("back-again")).Token;
        await server.Advance(TimeSpan.FromMinutes(3));
        var third = (await receiver.Next("back-again")).Token;
        Assert.Equal((first.Claim("jti"), first.Claim("jti"), first.Claim("sid")), (second.Claim("jti"), third.Claim("jti"), third.Claim("sid")));
        Assert.True(third.Number("iat") > second.Number("iat") && second.Number("iat") > first.Number("iat"));
        await server.Advance(TimeSpan.FromHours(3));
        Assert.Equal(0, receiver.Waiting("back-again"));
    }

    [Fact]
    [Requirement("ATTACK-418", "ATTACK-265")]
    public async Task Tries_are_five_at_most_and_the_operator_is_told()
    {
        await using var receiver = new LogoutReceiver();
        var definition = receiver.Client("back-never", false, 500);
        await server.Declare(definition);
        var alice = await Leaving.SignIn(server, definition);
        await alice.Get(("id_token_hint", alice.IdToken));
        for (var i = 0; i < 5; i++)
        {
            await receiver.Next("back-never");
            await server.Advance(TimeSpan.FromMinutes(i == 3 ? 61 : 11));
        }
        await server.Printed("client back-never was given up after 5 tries");
        Assert.Equal(0, receiver.Waiting("back-never"));
    }
}
