using Evergrant.Tests;
using Xunit;

namespace Evergrant.Pages.Tests.Browser;

public sealed class ConsentPageTests(Server server, Chrome chrome)
{
    [Fact]
    [Requirement("RFC6749-4.1.2.1-02", "OIDC-CORE-3.1.2.4-01", "OIDC-CORE-3.1.2.6-01")]
    public async Task Who_does_not_allow_sends_the_client_away_empty_handed()
    {
        await using Landing landing = await Landing.OpenAsync();
        await using Visitor visitor = await chrome.VisitAsync(server);

        await visitor.AuthorizeAsync(landing);
        await visitor.SignInAsync("denies");
        await visitor.DecideAsync("deny");

        IReadOnlyDictionary<string, string> answer = await visitor.ArriveAsync(landing);
        Assert.Equal("access_denied", answer["error"]);
        Assert.Equal("s-1", answer["state"]);
    }

    [Fact]
    [Requirement("RFC6819-4.2.2-01")]
    public async Task What_is_left_out_is_not_granted()
    {
        await using Landing landing = await Landing.OpenAsync();
        await using Visitor visitor = await chrome.VisitAsync(server);

        await visitor.AuthorizeAsync(landing, "openid profile email notes:read");
        await visitor.SignInAsync("partly");
        await visitor.Page.CheckAsync("input[name=without][value=email]");
        await visitor.Page.CheckAsync("input[name=without][value='notes:read']");
        await visitor.DecideAsync("allow");

        Assert.Equal("openid profile", (await visitor.RedeemAsync(landing, await visitor.ArriveAsync(landing))).GetProperty("scope").GetString());
    }

    [Fact]
    public async Task Who_leaves_everything_out_grants_nothing()
    {
        await using Landing landing = await Landing.OpenAsync();
        await using Visitor visitor = await chrome.VisitAsync(server);

        await visitor.AuthorizeAsync(landing, "notes:read");
        await visitor.SignInAsync("leaves-out");
        await visitor.Page.CheckAsync("input[name=without][value='notes:read']");
        await visitor.DecideAsync("allow");

        Assert.Equal("access_denied", (await visitor.ArriveAsync(landing))["error"]);
    }

    [Fact]
    [Requirement("OIDC-CORE-3.1.2.4-02")]
    public async Task Consent_is_remembered_until_more_is_asked_for()
    {
        await using Landing landing = await Landing.OpenAsync();
        await using Visitor visitor = await chrome.VisitAsync(server, client: "demo-web");
        await visitor.AuthorizeAsync(landing, "openid profile");
        await visitor.SignInAsync("remembered");
        await visitor.DecideAsync("allow");
        await visitor.ArriveAsync(landing);

        await visitor.AuthorizeAsync(landing, "openid profile");
        Assert.Contains("code", (await visitor.ArriveAsync(landing)).Keys);

        await visitor.AuthorizeAsync(landing, "openid profile email");
        Assert.True(await visitor.Page.IsVisibleAsync("input[value=email]"));
    }

    [Fact]
    [Requirement("RFC6749-10.2-02", "RFC8252-8.6-01")]
    public async Task A_client_that_cannot_prove_who_it_is_is_asked_about_each_time()
    {
        await using Landing landing = await Landing.OpenAsync();
        await using Visitor visitor = await chrome.VisitAsync(server);
        await visitor.AuthorizeAsync(landing, "openid profile");
        await visitor.SignInAsync("asked-again");
        await visitor.DecideAsync("allow");
        await visitor.ArriveAsync(landing);

        await visitor.AuthorizeAsync(landing, "openid profile");

        Assert.Contains("cannot prove who it is", await visitor.Page.InnerTextAsync(".note"), StringComparison.Ordinal);
    }
}
