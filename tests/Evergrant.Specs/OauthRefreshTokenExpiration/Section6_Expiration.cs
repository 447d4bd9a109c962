using Evergrant.Specs.RefreshToken;

namespace Evergrant.Specs.OauthRefreshTokenExpiration;

/// <summary>draft-ietf-oauth-refresh-token-expiration sections 6 and 7: what a client is told of the ends of its refresh token.</summary>
public sealed class Section6_Expiration(Server server)
{
    private const long Idle = 2 * 3600;
    private const long Absolute = 24 * 3600;

    [Fact]
    [Requirement("RTEXP-6.1-01", "RTEXP-6.1.1-01")]
    public async Task Both_ends_stand_beside_every_refresh_token()
    {
        for (var session = 0; session < 2; session++)
        {
            var tokens = await server.Authorize(RefreshClients.ShortLived, Families.Scope);
            for (var refresh = 0; refresh < 3; refresh++)
            {
                Assert.InRange(Ends.Timeout(tokens), Idle - 60, Idle);
                Assert.InRange(Ends.Authorization(tokens), Absolute - 60, Absolute);
                tokens = Tokens.Of(await server.Client(RefreshClients.ShortLived).Refresh(tokens.Refresh));
            }
        }
    }

    [Fact]
    [Requirement("RTEXP-6.1-01")]
    public async Task Without_a_refresh_token_and_without_an_end_nothing_is_said()
    {
        var none = await server.Authorize(Clients.Web, "openid");
        Assert.False(none.Reply.Json.TryGetProperty("refresh_token_timeout", out _));
        Assert.False(none.Reply.Json.TryGetProperty("authorization_expires_in", out _));
        var endless = await server.Authorize(Ends.Endless, Families.Scope);
        Assert.False(endless.Reply.Json.TryGetProperty("refresh_token_timeout", out _));
        Assert.False(endless.Reply.Json.TryGetProperty("authorization_expires_in", out _));
        var sliding = await server.Authorize(Ends.Sliding, Families.Scope);
        Assert.InRange(Ends.Timeout(sliding), Idle - 60, Idle);
        Assert.False(sliding.Reply.Json.TryGetProperty("authorization_expires_in", out _));
        var bounded = await server.Authorize(Ends.Bounded, Families.Scope);
        Assert.InRange(Ends.Timeout(bounded), Absolute - 60, Absolute);
        Assert.Equal(Ends.Authorization(bounded), Ends.Timeout(bounded));
    }

    [Fact]
    [Requirement("RTEXP-6.1-02")]
    public async Task A_token_that_is_kept_is_told_of_though_it_does_not_come_again()
    {
        var tokens = await server.Authorize(Ends.Silent, Families.Scope);
        var reply = (await server.Client(Ends.Silent).Refresh(tokens.Refresh)).Expect(200);
        Assert.Null(reply.Text("refresh_token"));
        Assert.InRange(reply.Json.GetProperty("refresh_token_timeout").GetInt64(), Idle - 60, Idle);
        Assert.InRange(reply.Json.GetProperty("authorization_expires_in").GetInt64(), Absolute - 60, Absolute);
    }

    [Fact]
    [Requirement("RTEXP-7-01")]
    public async Task The_metadata_say_which_ends_there_are() =>
        Assert.Equal(["authorization", "credential"], (await server.Api.Metadata()).Json.GetProperty("refresh_token_expiration_types_supported").EnumerateArray().Select(v => v.GetString()).Order());
}
