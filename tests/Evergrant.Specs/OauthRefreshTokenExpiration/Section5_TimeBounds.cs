using Evergrant.Specs.RefreshToken;

namespace Evergrant.Specs.OauthRefreshTokenExpiration;

/// <summary>draft-ietf-oauth-refresh-token-expiration section 5: nothing outlives the authorization.</summary>
[Collection(typeof(ClockCollection))]
public sealed class Section5_TimeBounds(ClockServer server)
{
    private const string Exchange = Rfc8693.ExchangeClients.Exchange;
    private const string Types = Rfc8693.ExchangeClients.Types;

    [Fact]
    [Requirement("RTEXP-5-01", "RTEXP-5-02", "RTEXP-6.1-01")]
    public async Task The_ends_come_nearer_and_none_lies_behind_that_of_the_authorization()
    {
        var client = server.Client(RefreshClients.ShortLived);
        var tokens = await server.Authorize(RefreshClients.ShortLived, Families.Scope, await server.NewSignedIn(Users.Alice));
        var left = Ends.Authorization(tokens);
        for (var hour = 1; hour <= 23; hour++)
        {
            await server.Advance(TimeSpan.FromHours(1));
            tokens = Tokens.Of(await client.Refresh(tokens.Refresh));
            Assert.InRange(Ends.Authorization(tokens), left - 3660, left - 3600);
            left = Ends.Authorization(tokens);
            Assert.True(Ends.Timeout(tokens) <= left);
        }
        // The idle end is cut off by the absolute one, and so is the access token's.
        Assert.Equal(left, Ends.Timeout(tokens));
        await server.Advance(TimeSpan.FromSeconds(left - 60));
        tokens = Tokens.Of(await client.Refresh(tokens.Refresh));
        Assert.InRange(tokens.Reply.Json.GetProperty("expires_in").GetInt64(), 0, 60);
        await server.Advance(TimeSpan.FromSeconds(61));
        (await client.Refresh(tokens.Refresh)).Expect(400, "invalid_grant");
    }

    [Fact]
    [Requirement("RTEXP-5-04")]
    public async Task A_token_at_its_end_is_good_for_nothing()
    {
        await server.Declare(Ends.Exchanging);
        var client = server.Client(Ends.Exchanging);
        var tokens = await server.Authorize(Ends.Exchanging, Families.Scope, await server.NewSignedIn(Users.Alice));
        Task<Reply> Swap() => client.Token(("grant_type", Exchange), ("subject_token", tokens.Refresh), ("subject_token_type", Types + "refresh_token"), ("audience", DeclaredState.Mail));
        (await Swap()).Expect(200);
        Assert.True(await client.Finds(tokens.Refresh));
        await server.Advance(TimeSpan.FromSeconds(Ends.Timeout(tokens) + 1));
        (await Swap()).Expect(400, "invalid_request");
        Assert.False(await client.Finds(tokens.Refresh));
        (await client.Refresh(tokens.Refresh)).Expect(400, "invalid_grant");
    }
}
