using Microsoft.Playwright;
using Xunit;

namespace Evergrant.Pages.Tests.Browser;

/// <summary>The whole tour, as a newcomer takes it.</summary>
public sealed class PlaygroundTests(Server server, Chrome chrome)
{
    [Fact]
    public async Task The_tour_shows_at_each_step_what_happened_and_which_rule_said_so()
    {
        await using Visitor visitor = await chrome.VisitAsync(server);
        IPage page = visitor.Page;
        await visitor.GoAsync("/playground");

        await page.ClickAsync("#sign-in");
        await visitor.SignInAsync("demo", server.Dev("user", "password"));
        await visitor.DecideAsync("allow");
        await StepAsync(page, "redeem", "Redeemed", 3);
        Assert.EndsWith("/playground", page.Url, StringComparison.Ordinal);
        Assert.Contains("generation 1", await page.InnerTextAsync("#refresh-token"), StringComparison.Ordinal);
        await page.ClickAsync("#access-token summary");
        Assert.Contains("who issued it", await page.InnerTextAsync("#access-token"), StringComparison.Ordinal);

        await PressAsync(page, "userinfo", "Answered", 4);
        await PressAsync(page, "introspect", "Active", 5);
        await PressAsync(page, "refresh", "Rotated", 6);
        await PressAsync(page, "refresh-old", "Repeated", 7);
        Assert.Equal("true", await page.GetAttributeAsync("#log li[data-step=refresh-old] .compare", "data-same"));

        await PressAsync(page, "lose-answer", "Lost", 8);
        await PressAsync(page, "refresh", "Repeated", 9);
        Assert.Equal("true", await page.GetAttributeAsync("#log li:first-child .compare", "data-same"));

        await page.SetViewportSizeAsync(1400, 900);
        await page.ScreenshotAsync(new() { Path = Path.Combine(Server.Root, "artifacts", "pages", "playground-tour.png"), FullPage = true });
        await page.SetViewportSizeAsync(360, 800);
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"));
        await PressAsync(page, "refresh-older", "Replayed", 10);
        Assert.Contains("Row 6", await page.InnerTextAsync("#log li:first-child .source"), StringComparison.Ordinal);
        Assert.Contains("grants.md, row 6", await page.InnerTextAsync("#log li:first-child .explanation"), StringComparison.Ordinal);
        await PressAsync(page, "refresh", "Refused", 11);
        Assert.Contains("Row 3", await page.InnerTextAsync("#log li:first-child .source"), StringComparison.Ordinal);
        await PressAsync(page, "introspect", "Inactive", 12);
        await PressAsync(page, "client-credentials", "Issued", 13);

        await page.ClickAsync("#sign-in");
        if (await page.Locator("button[name=decision]").Or(page.Locator("#log li")).First.GetAttributeAsync("name") == "decision") await visitor.DecideAsync("allow");
        await StepAsync(page, "redeem", "Redeemed", 3);
        await PressAsync(page, "revoke", "Revoked", 4);
        await PressAsync(page, "refresh", "Refused", 5);
        await page.ClickAsync("#start-over");
        Assert.Equal(0, await page.Locator("#log li").CountAsync());
    }

    // Moving the clock would end what other tests hold, so that here only the page is asked: the server's part has its own tests.
    [Fact]
    public async Task Moving_the_clock_moves_the_countdowns()
    {
        await using Visitor visitor = await chrome.VisitAsync(server);
        await visitor.Page.RouteAsync("**/dev/clock", route => route.FulfillAsync(new() { ContentType = "application/json", Body = $$"""{"now":"{{TimeProvider.System.GetUtcNow().AddMinutes(6):O}}"}""" }));
        await visitor.GoAsync("/playground");

        await PressAsync(visitor.Page, "advance-clock", "ClockMoved", 1);

        Assert.InRange(await visitor.Page.EvaluateAsync<double>("JSON.parse(sessionStorage.getItem('evergrant-playground')).clock"), 350_000, 370_000);
    }

    private static async Task PressAsync(IPage page, string step, string decision, int entries)
    {
        await page.ClickAsync("#" + step);
        await StepAsync(page, step, decision, entries);
    }

    private static async Task StepAsync(IPage page, string step, string decision, int entries)
    {
        await page.WaitForFunctionAsync("n => document.querySelectorAll('#log li[data-step]').length >= n", entries);
        ILocator latest = page.Locator("#log > li").First;
        Assert.Equal(step, await latest.GetAttributeAsync("data-step"));
        Assert.True(await latest.GetAttributeAsync("data-decision") == decision, await latest.InnerTextAsync());
        Assert.NotEmpty(await latest.Locator(".rule").InnerTextAsync());
    }
}
