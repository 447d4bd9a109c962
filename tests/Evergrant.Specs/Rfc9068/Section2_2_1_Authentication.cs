namespace Evergrant.Specs.Rfc9068;

/// <summary>RFC 9068 section 2.2.1: what an access token says about the sign-in does not change with time.</summary>
[Collection(typeof(ClockCollection))]
public sealed class Section2_2_1_Authentication(ClockServer server)
{
    [Fact]
    [Requirement("RFC9068-2.2.1-01", "RFC9068-2.2.1-02")]
    public async Task The_sign_in_keeps_its_time_and_manner_through_refreshes()
    {
        var web = server.Client(Clients.Web);
        var browser = await server.NewSignedIn(Users.Alice);
        var first = await server.Authorize(Clients.Web, "openid offline_access mail:read", browser, ("max_age", "86400"));

        await server.Advance(TimeSpan.FromHours(2));
        var second = Tokens.Of(await web.Refresh(first.Refresh));
        await server.Advance(TimeSpan.FromDays(2));
        var third = Tokens.Of(await web.Refresh(second.Refresh, ("scope", "mail:read")));

        Assert.Equal(first.IdJwt.Number("auth_time"), first.AccessJwt.Number("auth_time"));
        foreach (var later in new[] { second, third })
        {
            foreach (var claim in new[] { "auth_time", "acr", "amr" })
                Assert.Equal(Raw(first.AccessJwt, claim), Raw(later.AccessJwt, claim));
            Assert.NotEqual(first.AccessJwt.Number("iat"), later.AccessJwt.Number("iat"));
        }

        Assert.Equal(first.IdJwt.Number("auth_time"), second.IdJwt.Number("auth_time"));
    }

    private static string? Raw(Jwt jwt, string claim) => jwt.Payload.TryGetProperty(claim, out var value) ? value.GetRawText() : null;
}
