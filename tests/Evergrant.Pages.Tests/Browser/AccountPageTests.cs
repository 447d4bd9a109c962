using System.Text.Json;
using Evergrant.Tests;
using Xunit;

namespace Evergrant.Pages.Tests.Browser;

public sealed class AccountPageTests(Server server, Chrome chrome)
{
    [Fact]
    [Requirement("ATTACK-105")]
    public async Task Access_that_is_taken_back_ends_the_tokens_and_the_consent()
    {
        await using Landing landing = await Landing.OpenAsync();
        await using Visitor visitor = await chrome.VisitAsync(server);
        await visitor.AuthorizeAsync(landing);
        await visitor.SignInAsync("takes-back");
        await visitor.DecideAsync("allow");
        JsonElement tokens = await visitor.RedeemAsync(landing, await visitor.ArriveAsync(landing));

        await visitor.GoAsync("/account");
        Assert.Contains("Read your notes", await visitor.Page.InnerTextAsync(".apps"), StringComparison.Ordinal);
        await visitor.Page.ClickAsync("text=Remove access");

        Assert.Equal("The access is removed.", await visitor.Page.InnerTextAsync("[role=status]"));
        Assert.Equal(0, await visitor.Page.Locator(".apps > li").CountAsync());
        Assert.Equal("invalid_grant", (await server.TokenAsync("demo-native", ("grant_type", "refresh_token"), ("refresh_token", tokens.GetProperty("refresh_token").GetString()!))).GetProperty("error").GetString());
        await visitor.AuthorizeAsync(landing);
        Assert.True(await visitor.Page.IsVisibleAsync("button[name=decision][value=allow]"));
    }

    [Fact]
    [Requirement("ATTACK-221", "ATTACK-233")]
    public async Task Signing_out_is_asked_for_and_then_done()
    {
        await using Visitor visitor = await chrome.VisitAsync(server);
        await visitor.GoAsync("/account");
        Assert.Equal("Sign in", await visitor.HeadingAsync());
        await visitor.SignInAsync("leaves");
        Assert.Equal("The Person leaves", await visitor.HeadingAsync());

        string session = (await visitor.Context.CookiesAsync()).Single(c => c.Name == "evergrant-session").Value;
        await visitor.Page.ClickAsync("text=Sign out");
        Assert.Equal("Sign out?", await visitor.HeadingAsync());
        await visitor.Page.ClickAsync("button.primary");

        Assert.Equal("You are signed out", await visitor.HeadingAsync());
        Assert.DoesNotContain(await visitor.Context.CookiesAsync(), c => c.Name == "evergrant-session");
        await visitor.Context.AddCookiesAsync([new() { Name = "evergrant-session", Value = session, Url = server.Issuer }]);
        await visitor.GoAsync("/account");
        Assert.Equal("Sign in", await visitor.HeadingAsync());
    }

    [Fact]
    public async Task An_operator_is_told_why_and_nobody_else_is()
    {
        JsonElement refused = await server.TokenAsync("demo-native", ("grant_type", "refresh_token"), ("refresh_token", "evr_nonsense"));
        string reference = refused.GetProperty("error_description").GetString()!.Split("Reference ")[1][..9];

        await using Visitor person = await chrome.VisitAsync(server);
        await person.GoAsync("/admin/explain");
        await person.SignInAsync("mallory");
        Assert.Equal("Operators only", await person.HeadingAsync());

        await using Visitor visitor = await chrome.VisitAsync(server);
        await visitor.GoAsync("/admin/explain");
        await visitor.SignInAsync("operator", server.Dev("operator", "password"));
        await visitor.Page.FillAsync("#query", reference);
        await visitor.Page.ClickAsync("main button");
        Assert.Contains("RefreshTokenUnknown", await visitor.Page.InnerTextAsync(".answer"), StringComparison.Ordinal);
        await visitor.Page.FillAsync("#query", "0000-0000");
        await visitor.Page.ClickAsync("main button");
        Assert.Contains("Nothing is known", await visitor.Page.InnerTextAsync("[role=status]"), StringComparison.Ordinal);
    }
}
