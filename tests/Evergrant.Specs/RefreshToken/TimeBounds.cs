namespace Evergrant.Specs.RefreshToken;

/// <summary>docs/grants.md, row 5 and the retry window: what time ends.</summary>
[Collection(typeof(ClockCollection))]
public sealed class TimeBounds(ClockServer server)
{
    [Fact]
    [Requirement("RFC9700-4.14.2-06", "ATTACK-110")]
    public async Task Idle_time_ends_a_token_and_each_use_begins_it_anew()
    {
        var client = server.Client(RefreshClients.ShortLived);
        var browser = await server.NewSignedIn(Users.Alice);
        var idle = await server.Authorize(RefreshClients.ShortLived, Families.Scope, browser);
        var used = await server.Authorize(RefreshClients.ShortLived, Families.Scope, browser);

        await server.Advance(TimeSpan.FromMinutes(119));
        used = (await client.Refresh(used.Refresh)).By("Rotated");
        await server.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal("RefreshTokenIdle", await server.Why((await client.Refresh(idle.Refresh)).Expect(400, "invalid_grant")));
        Assert.False(await client.Finds(idle.Refresh));
        (await client.Refresh(used.Refresh)).By("Rotated");
    }

    [Fact]
    [Requirement("ATTACK-109")]
    public async Task No_use_moves_the_absolute_end()
    {
        var client = server.Client(RefreshClients.ShortLived);
        var tokens = await server.Authorize(RefreshClients.ShortLived, Families.Scope, await server.NewSignedIn(Users.Alice));
        for (var hours = 0; hours < 22; hours += 1)
        {
            await server.Advance(TimeSpan.FromHours(1));
            tokens = (await client.Refresh(tokens.Refresh)).By("Rotated");
        }

        await server.Advance(TimeSpan.FromMinutes(118));
        tokens = (await client.Refresh(tokens.Refresh)).By("Rotated");
        Assert.InRange(tokens.Reply.Json.GetProperty("expires_in").GetInt32(), 1, 121);
        await server.Advance(TimeSpan.FromMinutes(3));

        Assert.Equal("GrantExpired", await server.Why((await client.Refresh(tokens.Refresh)).Expect(400, "invalid_grant")));
        (await server.Api.Get("/userinfo", tokens.AccessToken)).Expect(401);
        Assert.False(await client.Finds(tokens.Refresh));
    }

    [Theory]
    [InlineData("refresh-windowed")]
    [InlineData("refresh-public")]
    [InlineData("refresh-page")]
    [Requirement("RFC9700-4.14.2-03", "ATTACK-083")]
    public async Task After_the_window_the_predecessor_revokes(string clientId)
    {
        var definition = RefreshClients.All.Single(one => one.Id == clientId);
        var client = server.Client(definition);
        var browser = await server.NewSignedIn(Users.Alice);
        var first = await server.Authorize(definition, Families.Scope, browser);
        var second = (await client.Refresh(first.Refresh)).By("Rotated");

        await server.Advance(TimeSpan.FromSeconds(55));
        Assert.Equal(second.Refresh, (await client.Refresh(first.Refresh)).By("Repeated").Refresh);
        await server.Advance(TimeSpan.FromSeconds(6));
        var late = (await client.Refresh(first.Refresh)).Expect(400, "invalid_grant");

        Assert.Equal("RefreshTokenReplayed", await server.Why(late));
        Assert.Equal("GrantRevoked", await server.Why((await client.Refresh(second.Refresh)).Expect(400, "invalid_grant")));
    }

    [Fact]
    public async Task Until_it_is_acknowledged_a_lost_answer_can_be_had_days_later()
    {
        var client = server.Client(RefreshClients.Acknowledged);
        var first = await server.Authorize(RefreshClients.Acknowledged, Families.Scope, await server.NewSignedIn(Users.Alice));
        var second = (await client.Refresh(first.Refresh)).By("Rotated");

        await server.Advance(TimeSpan.FromDays(3));

        Assert.Equal(second.Refresh, (await client.Refresh(first.Refresh)).By("Repeated").Refresh);
        (await client.Refresh(second.Refresh)).By("Rotated");
    }

    [Fact]
    public async Task A_late_code_is_told_from_an_unknown_one()
    {
        var browser = await server.NewSignedIn(Users.Alice);
        var request = new AuthorizationRequest(server.Client(RefreshClients.Acknowledged));
        var code = await browser.Code(request);
        await server.Advance(TimeSpan.FromSeconds(61));

        Assert.Equal("CodeExpired", await server.Why((await request.Client.Redeem(request, code)).Expect(400, "invalid_grant")));
    }
}
