namespace Evergrant.Specs.Rfc9126;

/// <summary>RFC 9126 section 4: how long a reference is good.</summary>
[Collection(typeof(ClockCollection))]
public sealed class Section4_Expiry(ClockServer server)
{
    [Fact]
    [Requirement("RFC9126-4-02", "RFC9101-10.2-02", "ATTACK-202")]
    public async Task After_its_time_no_browser_brings_it_but_a_page_that_lies_open_is_answered()
    {
        var client = server.Client(Pushing.Required);
        var alice = await server.NewSignedIn(Users.Alice);
        var late = await new AuthorizationRequest(client).Pushed();
        var request = new AuthorizationRequest(client);
        var open = (await alice.Authorize(await request.Pushed())).Expect(PageKind.Consent);
        await server.Advance(TimeSpan.FromSeconds(61));
        Assert.Contains("invalid_request_uri", (await alice.Authorize(late)).ExpectErrorPage().Text, StringComparison.Ordinal);
        await server.Advance(TimeSpan.FromMinutes(50));
        var page = (await alice.Decide(open, "allow")).Expect(PageKind.Redirect);
        Tokens.Of(await client.Redeem(request, page.Code!));
    }
}
