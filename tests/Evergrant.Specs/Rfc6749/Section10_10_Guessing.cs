namespace Evergrant.Specs.Rfc6749;

/// <summary>RFC 6749 section 10.10 and 4.1.2: what needs time to pass.</summary>
[Collection(typeof(ClockCollection))]
public sealed class Section10_10_Guessing(ClockServer server)
{
    [Fact]
    [Requirement("RFC6749-10.10-03")]
    public async Task Guessing_a_password_locks_the_account_for_a_while()
    {
        var browser = server.NewBrowser();
        var request = new AuthorizationRequest(server.Client(Clients.Web));
        var page = await browser.Authorize(request);

        for (var attempt = 0; attempt < 10; attempt++)
        {
            page = await browser.SignIn(page, Users.Locked.Username, $"guess {attempt}");
            if (page.Kind != PageKind.SignIn) page = await browser.Authorize(request);
        }

        var right = await browser.SignIn(page, Users.Locked.Username, Users.Locked.Password);
        Assert.True(right.Code is null, right.ToString());
        await server.Advance(TimeSpan.FromDays(1));
        var later = await browser.SignIn(await browser.Authorize(request), Users.Locked.Username, Users.Locked.Password);
        Assert.True(later.Code is not null, later.ToString());
    }

    [Fact]
    [Requirement("RFC6749-4.1.2-03", "RFC6749-4.1.2-04", "RFC6749-5.2-05")]
    public async Task A_code_dies_of_age()
    {
        var client = server.Client(Clients.Web);
        var request = new AuthorizationRequest(client);
        var browser = await server.NewSignedIn(Users.Alice);
        var code = await browser.Code(request);

        await server.Advance(TimeSpan.FromSeconds(601));
        (await client.Redeem(request, code)).Expect(400, "invalid_grant");

        var fresh = await browser.Code(request);
        await server.Advance(TimeSpan.FromSeconds(30));
        (await client.Redeem(request, fresh)).Expect(200);
    }
}
