using Microsoft.Playwright;
using Xunit;

namespace Evergrant.Pages.Tests.Browser;

/// <summary>Chromium as the system has it, driven by Playwright. Each test takes a context of its own: cookies, storage and settings are not shared.</summary>
public sealed class Chrome : IAsyncLifetime
{
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Environment.GetEnvironmentVariable("EVERGRANT_CHROMIUM") ?? "/usr/bin/chromium",
            Args = ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
        });
    }

    /// <summary>Opens a browser window in which nobody has been.</summary>
    public async Task<Visitor> VisitAsync(Server server, BrowserNewContextOptions? options = null, string client = "demo-native")
    {
        IBrowserContext context = await _browser!.NewContextAsync(options);
        context.SetDefaultTimeout(30_000);
        return new Visitor(server, context, await context.NewPageAsync()) { Client = client };
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
    }
}
