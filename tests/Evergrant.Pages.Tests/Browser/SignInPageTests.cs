using System.Text.Json;
using Evergrant.Tests;
using Microsoft.Playwright;
using Xunit;

namespace Evergrant.Pages.Tests.Browser;

public sealed class SignInPageTests(Server server, Chrome chrome)
{
    [Fact]
    [Requirement("RFC6749-3.1-01", "OIDC-CORE-3.1.2.3-01", "RFC9700-4.12-01", "RFC9700-4.12-02")]
    public async Task A_person_signs_in_agrees_and_arrives_at_the_client()
    {
        await using Landing landing = await Landing.OpenAsync();
        await using Visitor visitor = await chrome.VisitAsync(server);

        await visitor.AuthorizeAsync(landing);
        Assert.Equal("username", await visitor.Page.GetAttributeAsync("#username", "autocomplete"));
        Assert.Equal("current-password", await visitor.Page.GetAttributeAsync("#password", "autocomplete"));
        await visitor.SignInAsync("arrives");
        Assert.Contains("Demo native application", await visitor.HeadingAsync(), StringComparison.Ordinal);
        await visitor.DecideAsync("allow");

        IReadOnlyDictionary<string, string> answer = await visitor.ArriveAsync(landing);
        Assert.Equal("s-1", answer["state"]);
        Assert.Equal(server.Issuer, answer["iss"]);
        Assert.Equal([303], visitor.Redirects);
        Assert.Equal("openid profile offline_access notes:read", (await visitor.RedeemAsync(landing, answer)).GetProperty("scope").GetString());
    }

    [Fact]
    public async Task A_wrong_password_and_an_unknown_name_are_told_in_the_same_words()
    {
        await using Landing landing = await Landing.OpenAsync();
        await using Visitor visitor = await chrome.VisitAsync(server);
        List<string> told = [];
        foreach (string name in (string[])["typo", "nobody-has-this-name"])
        {
            await visitor.AuthorizeAsync(landing);
            await visitor.SignInAsync(name, "not the password");
            told.Add(await visitor.Page.InnerTextAsync("#fault"));
            Assert.Equal(name, await visitor.Page.InputValueAsync("#username"));
            Assert.Equal("", await visitor.Page.InputValueAsync("#password"));
            Assert.True(await visitor.Page.EvaluateAsync<bool>("document.activeElement.id === 'password'"));
            Assert.Contains("Demo native application", await visitor.Page.InnerTextAsync("main"), StringComparison.Ordinal);
        }
        Assert.Equal(told[0], told[1]);

        await visitor.SignInAsync("typo");
        await visitor.Page.WaitForSelectorAsync("button[name=decision]");
    }

    [Fact]
    public async Task Signing_in_needs_no_more_than_a_keyboard()
    {
        await using Landing landing = await Landing.OpenAsync();
        await using Visitor visitor = await chrome.VisitAsync(server);
        await visitor.AuthorizeAsync(landing);

        await visitor.Page.WaitForSelectorAsync("#username:focus");
        await visitor.Page.Keyboard.TypeAsync("keys");
        await visitor.Page.Keyboard.PressAsync("Tab");
        await visitor.Page.Keyboard.TypeAsync(Server.Password);
        await visitor.Page.Keyboard.PressAsync("Enter");
        await visitor.Page.WaitForSelectorAsync("button[name=decision]");
        await visitor.Page.WaitForLoadStateAsync();
        for (int i = 0; i < 20 && !await visitor.Page.EvaluateAsync<bool>("document.activeElement.value === 'allow'"); i++) await visitor.Page.Keyboard.PressAsync("Tab");
        await visitor.Page.Keyboard.PressAsync("Enter");

        Assert.Contains("code", (await visitor.ArriveAsync(landing)).Keys);
    }

    [Fact]
    public async Task Signing_in_and_agreeing_work_without_JavaScript()
    {
        await using Landing landing = await Landing.OpenAsync();
        await using Visitor visitor = await chrome.VisitAsync(server, new() { JavaScriptEnabled = false });

        await visitor.AuthorizeAsync(landing, extra: "&response_mode=form_post");
        await visitor.SignInAsync("noscript");
        await visitor.DecideAsync("allow");
        await visitor.Page.ClickAsync("noscript button, form button");

        await visitor.Page.WaitForURLAsync(landing.Uri);
        Assert.Contains("state=s-1", await visitor.Page.InnerTextAsync("pre"), StringComparison.Ordinal);
    }

    [Fact]
    [Requirement("FORM-POST-2-01", "ATTACK-343")]
    public async Task A_response_by_form_post_sends_itself()
    {
        await using Landing landing = await Landing.OpenAsync();
        await using Visitor visitor = await chrome.VisitAsync(server);

        await visitor.AuthorizeAsync(landing, extra: "&response_mode=form_post");
        await visitor.SignInAsync("posted");
        await visitor.DecideAsync("allow");

        await visitor.Page.WaitForURLAsync(landing.Uri);
        Assert.Contains("code=", await visitor.Page.InnerTextAsync("pre"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_person_can_give_up()
    {
        await using Landing landing = await Landing.OpenAsync();
        await using Visitor visitor = await chrome.VisitAsync(server);

        await visitor.AuthorizeAsync(landing);
        await visitor.Page.ClickAsync("button[name=cancel]");

        Assert.Equal("access_denied", (await visitor.ArriveAsync(landing))["error"]);
    }

    [Fact]
    public async Task One_of_two_accounts_is_chosen_without_a_password()
    {
        await using Landing landing = await Landing.OpenAsync();
        await using Visitor visitor = await chrome.VisitAsync(server, client: "demo-web");
        foreach (string name in (string[])["two-one", "two-two"])
        {
            await visitor.AuthorizeAsync(landing, extra: "&prompt=login");
            await visitor.SignInAsync(name);
            await visitor.DecideAsync("allow");
            await visitor.ArriveAsync(landing);
        }

        await visitor.AuthorizeAsync(landing, extra: "&prompt=select_account");
        Assert.Equal(3, await visitor.Page.Locator("button[name=sid]").CountAsync());
        await visitor.Page.ClickAsync("text=The Person two-one");

        string first = Subject(await visitor.RedeemAsync(landing, await visitor.ArriveAsync(landing)));
        await visitor.AuthorizeAsync(landing);
        Assert.Equal(first, Subject(await visitor.RedeemAsync(landing, await visitor.ArriveAsync(landing))));
        await visitor.AuthorizeAsync(landing, extra: "&prompt=select_account");
        await visitor.Page.ClickAsync("text=The Person two-two");
        Assert.NotEqual(first, Subject(await visitor.RedeemAsync(landing, await visitor.ArriveAsync(landing))));
    }

    [Fact]
    [Requirement("ATTACK-227", "ATTACK-231")]
    public async Task Each_sign_in_has_a_new_session_value_that_no_script_can_read()
    {
        await using Visitor visitor = await chrome.VisitAsync(server);
        List<string> values = [];
        for (int i = 0; i < 2; i++)
        {
            await visitor.GoAsync("/sign-in?return=account");
            await visitor.SignInAsync("fresh-id");
            Assert.Equal("The Person fresh-id", await visitor.HeadingAsync());
            BrowserContextCookiesResult cookie = Assert.Single(await visitor.Context.CookiesAsync(), c => c.Name == "evergrant-session");
            Assert.True(cookie is { HttpOnly: true, SameSite: SameSiteAttribute.Lax, Path: "/" });
            Assert.Equal(43, cookie.Value.Length);
            values.Add(cookie.Value);
        }
        Assert.Equal(200, await AccountWithAsync($"evergrant-session={values[1]}"));
        Assert.Equal(303, await AccountWithAsync($"evergrant-session={values[1]}; evergrant-session={values[1]}"));
        Assert.NotEqual(values[0], values[1]);

        await visitor.Context.AddCookiesAsync([new() { Name = "evergrant-session", Value = values[0], Url = server.Issuer }]);
        await visitor.GoAsync("/account");
        Assert.Equal("Sign in", await visitor.HeadingAsync());
    }

    // Status of the account page for these cookies: 303 leads to the sign-in page.
    private async Task<int> AccountWithAsync(string cookies)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, server.Issuer + "/account");
        request.Headers.Add("Cookie", cookies);
        using HttpResponseMessage response = await server.Http.SendAsync(request);
        return (int)response.StatusCode;
    }

    private static string Subject(JsonElement tokens)
    {
        byte[] claims = Microsoft.AspNetCore.WebUtilities.Base64UrlTextEncoder.Decode(tokens.GetProperty("id_token").GetString()!.Split('.')[1]);
        return JsonDocument.Parse(claims).RootElement.GetProperty("sub").GetString()!;
    }
}
