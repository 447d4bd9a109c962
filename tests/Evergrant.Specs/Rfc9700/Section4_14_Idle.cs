namespace Evergrant.Specs.Rfc9700;

/// <summary>RFC 9700 section 4.14.2: a refresh token that nobody uses ends.</summary>
[Collection(typeof(ClockCollection))]
public sealed class Section4_14_Idle(ClockServer server)
{
    [Fact]
    [Requirement("RFC9700-4.14.2-06", "RFC6749-5.2-05")]
    public async Task Unused_for_two_weeks_it_is_dead_and_used_it_lives()
    {
        var client = server.Client(Clients.Web);
        var browser = await server.NewSignedIn(Users.Alice);
        var idle = await server.Authorize(Clients.Web, "openid offline_access", browser);
        var used = await server.Authorize(Clients.Web, "openid offline_access", browser);

        await server.Advance(TimeSpan.FromDays(13));
        used = Tokens.Of(await client.Refresh(used.Refresh));
        await server.Advance(TimeSpan.FromDays(2));

        (await client.Refresh(idle.Refresh)).Expect(400, "invalid_grant");
        Assert.False(await client.Finds(idle.Refresh));
        (await client.Refresh(used.Refresh)).Expect(200);
    }
}
