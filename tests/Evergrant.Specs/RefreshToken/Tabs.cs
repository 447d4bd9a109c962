namespace Evergrant.Specs.RefreshToken;

/// <summary>docs/guides/refresh-tokens.md, "Several tabs": they share a bare bearer token and refresh in the same moment, again and again.</summary>
[Collection(typeof(ClockCollection))]
public sealed class Tabs(ClockServer server)
{
    [Fact]
    [Requirement("BBA-6.3.2.3-04")]
    public async Task Two_tabs_of_an_application_in_a_browser_refresh_at_once_as_often_as_they_like()
    {
        var client = server.Client(RefreshClients.Page);
        var tokens = await server.Authorize(RefreshClients.Page, Families.Scope, await server.NewSignedIn(Users.Alice));
        for (var round = 0; round < 15; round++)
        {
            var both = await Task.WhenAll(client.Refresh(tokens.Refresh), client.Refresh(tokens.Refresh));
            Assert.Equal(["Repeated", "Rotated"], both.Select(reply => reply.Decision()).Order(StringComparer.Ordinal));
            Assert.Single(both.Select(reply => Tokens.Of(reply).Refresh).Distinct());
            foreach (var reply in both) (await server.Api.Get("/userinfo", Tokens.Of(reply).AccessToken)).Expect(200);
            tokens = Tokens.Of(both[round % 2]);
            await server.Advance(TimeSpan.FromMinutes(5));
        }

        (await client.Refresh(tokens.Refresh)).By("Rotated");
    }

    [Theory]
    [InlineData("refresh-public")]
    [InlineData("refresh-page-counted")]
    [Requirement("BBA-6.3.2.3-04", "ATTACK-112")]
    public async Task Elsewhere_or_where_the_policy_counts_them_the_fourth_refresh_of_two_at_once_is_taken_for_a_thief(string clientId)
    {
        var definition = RefreshClients.All.Single(one => one.Id == clientId);
        var client = server.Client(definition);
        var tokens = await server.Authorize(definition, Families.Scope, await server.NewSignedIn(Users.Alice));
        for (var round = 0; round < 3; round++)
        {
            var both = await Task.WhenAll(client.Refresh(tokens.Refresh), client.Refresh(tokens.Refresh));
            Assert.Equal(["Repeated", "Rotated"], both.Select(reply => reply.Decision()).Order(StringComparer.Ordinal));
            tokens = Tokens.Of(both[0]);
            await server.Advance(TimeSpan.FromMinutes(5));
        }

        var fourth = (await Task.WhenAll(client.Refresh(tokens.Refresh), client.Refresh(tokens.Refresh))).OrderBy(reply => reply.Status).ToArray();

        tokens = fourth[0].By("Rotated");
        Assert.Equal("RefreshTokenReplayed", await server.Why(fourth[1].Expect(400, "invalid_grant")));
        (await client.Refresh(tokens.Refresh)).Expect(400, "invalid_grant");
        (await server.Api.Get("/userinfo", tokens.AccessToken)).Expect(401);
    }

    [Fact]
    [Requirement("ATTACK-112")]
    public async Task Whoever_rides_along_in_a_browser_ten_seconds_later_is_thrown_off_with_the_fourth_retry()
    {
        var client = server.Client(RefreshClients.Page);
        var tokens = await server.Authorize(RefreshClients.Page, Families.Scope, await server.NewSignedIn(Users.Alice));
        for (var round = 0; round < 3; round++)
        {
            var next = (await client.Refresh(tokens.Refresh)).By("Rotated");
            // At once is what tabs do: it is not counted, and gives nobody a branch of their own.
            Assert.Equal(next.Refresh, (await client.Refresh(tokens.Refresh)).By("Repeated").Refresh);
            await server.Advance(TimeSpan.FromSeconds(10));
            Assert.Equal(next.Refresh, (await client.Refresh(tokens.Refresh)).By("Repeated").Refresh);
            tokens = next;
        }

        var last = (await client.Refresh(tokens.Refresh)).By("Rotated");
        await server.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("RefreshTokenReplayed", await server.Why((await client.Refresh(tokens.Refresh)).Expect(400, "invalid_grant")));
        Assert.Equal("GrantRevoked", await server.Why((await client.Refresh(last.Refresh)).Expect(400, "invalid_grant")));
    }
}
