using Evergrant.Tests;
using Microsoft.Playwright;
using Xunit;

namespace Evergrant.Pages.Tests.Browser;

/// <summary>What every page owes to people who read, zoom, tab or listen.</summary>
public sealed class AccessibilityTests(Server server, Chrome chrome)
{
    // Controls without an accessible name; the heading count; levels that are skipped; text that is wider than the window.
    private const string Faults = """
        () => {
          const faults = [];
          if (!document.documentElement.lang) faults.push('no lang');
          if (!document.title) faults.push('no title');
          const headings = [...document.querySelectorAll('h1,h2,h3,h4')].filter(h => h.offsetParent);
          if (headings.filter(h => h.tagName === 'H1').length !== 1) faults.push('not one h1');
          headings.reduce((last, h) => { const level = +h.tagName[1]; if (level > last + 1) faults.push('skipped to ' + h.outerHTML); return level; }, 0);
          for (const field of document.querySelectorAll('input:not([type=hidden]), select, textarea'))
            if (!field.labels.length && !field.getAttribute('aria-label')) faults.push('no label: ' + field.outerHTML);
          for (const control of document.querySelectorAll('button, a'))
            if (!(control.getAttribute('aria-label') || control.innerText.trim())) faults.push('no name: ' + control.outerHTML);
          for (const id of document.querySelectorAll('[aria-describedby]')) if (!document.getElementById(id.getAttribute('aria-describedby'))) faults.push('describes nothing: ' + id.outerHTML);
          for (const link of document.querySelectorAll('[href], [src]')) if (new URL(link.getAttribute('href') ?? link.src, location.href).origin !== location.origin) faults.push('leads away: ' + link.outerHTML);
          if (document.querySelectorAll('main').length !== 1) faults.push('not one main');
          if (document.documentElement.scrollWidth > innerWidth) faults.push('scrolls sideways: ' + document.documentElement.scrollWidth);
          for (const control of document.querySelectorAll('main button, main .button')) { const box = control.getBoundingClientRect(); if (box.height && box.height < 44) faults.push('small: ' + control.outerHTML); }
          return faults;
        }
        """;

    [Theory]
    [InlineData(360, ColorScheme.Light)]
    [InlineData(1280, ColorScheme.Dark)]
    [Requirement("RFC9700-4.2.4-01", "RFC9700-4.16-01")]
    public async Task Every_page_is_named_labelled_and_fits_the_window(int width, ColorScheme colours)
    {
        await using Landing landing = await Landing.OpenAsync();
        await using Visitor visitor = await chrome.VisitAsync(server, new() { ViewportSize = new() { Width = width, Height = 800 }, ColorScheme = colours });
        string suffix = $"{(colours == ColorScheme.Dark ? "dark" : "light")}-{width}";

        await visitor.GoAsync("/");
        await LookAsync(visitor, "home-" + suffix);
        await visitor.GoAsync("/playground");
        await LookAsync(visitor, "playground-" + suffix);
        await visitor.GoAsync("/authorize?client_id=nobody");
        await LookAsync(visitor, "error-" + suffix);
        await visitor.AuthorizeAsync(landing);
        await LookAsync(visitor, "sign-in-" + suffix);
        await FocusIsVisibleAsync(visitor);
        if (width == 1280 && Environment.GetEnvironmentVariable("EVERGRANT_DOCS_IMAGES") == "1") await PictureAsync(visitor);
        await visitor.SignInAsync("looks", "not the password");
        await LookAsync(visitor, "sign-in-fault-" + suffix);
        await visitor.SignInAsync("looks");
        await LookAsync(visitor, "consent-" + suffix);
        await visitor.DecideAsync("allow");
        await visitor.RedeemAsync(landing, await visitor.ArriveAsync(landing));
        await visitor.AuthorizeAsync(landing, extra: "&prompt=select_account");
        await LookAsync(visitor, "select-account-" + suffix);
        await visitor.GoAsync("/account");
        await LookAsync(visitor, "account-" + suffix);
        await visitor.GoAsync("/sign-out");
        await LookAsync(visitor, "sign-out-" + suffix);
    }

    private static async Task LookAsync(Visitor visitor, string name)
    {
        await visitor.Page.ScreenshotAsync(new() { Path = Path.Combine(Server.Root, "artifacts", "pages", name + ".png"), FullPage = true });
        string[] faults = await visitor.Page.EvaluateAsync<string[]>(Faults);
        Assert.True(faults.Length == 0, name + ": " + string.Join("; ", faults));
        Assert.Contains("frame-ancestors 'none'", await visitor.Shown!.HeaderValueAsync("Content-Security-Policy"), StringComparison.Ordinal);
        Assert.Equal("no-referrer", await visitor.Shown.HeaderValueAsync("Referrer-Policy"));
        Assert.Equal("no-store", await visitor.Shown.HeaderValueAsync("Cache-Control"));
    }

    private static async Task FocusIsVisibleAsync(Visitor visitor)
    {
        await visitor.Page.FocusAsync("#username");
        for (int i = 0; i < 3; i++)
        {
            Assert.NotEqual("none", await visitor.Page.EvaluateAsync<string>("getComputedStyle(document.activeElement).outlineStyle"));
            await visitor.Page.Keyboard.PressAsync("Tab");
        }
    }

    // The picture in the README, made on demand: light, as wide as the card needs.
    private static async Task PictureAsync(Visitor visitor)
    {
        await visitor.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        await visitor.Page.SetViewportSizeAsync(900, 680);
        await visitor.Page.FillAsync("#username", "demo");
        await visitor.Page.FocusAsync("#username");
        await visitor.Page.ScreenshotAsync(new() { Path = Path.Combine(Server.Root, "docs", "images", "sign-in.png") });
        await visitor.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await visitor.Page.SetViewportSizeAsync(1280, 800);
    }
}
