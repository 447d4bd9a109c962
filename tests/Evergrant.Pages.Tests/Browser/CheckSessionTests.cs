using Evergrant.Tests;
using Microsoft.Playwright;
using Xunit;

namespace Evergrant.Pages.Tests.Browser;

/// <summary>OpenID Connect Session Management section 3: a client's page asks the iframe.</summary>
public sealed class CheckSessionTests(Server server, Chrome chrome)
{
    // Puts the iframe into the page and asks it; null when it does not answer within a second.
    private const string Ask = """
        async ([frame, message]) => {
          let iframe = document.querySelector('iframe');
          if (!iframe) {
            iframe = document.createElement('iframe');
            const loaded = new Promise(resolve => iframe.onload = resolve);
            iframe.src = frame;
            document.body.append(iframe);
            await loaded;
          }
          return await new Promise(resolve => {
            const timer = setTimeout(() => resolve(null), 1000);
            addEventListener('message', event => {
              if (event.source !== iframe.contentWindow || event.origin !== new URL(frame).origin) return;
              clearTimeout(timer);
              resolve(event.data);
            });
            iframe.contentWindow.postMessage(message, '*');
          });
        }
        """;

    private Task<string?> AskAsync(IPage page, string message) => page.EvaluateAsync<string?>(Ask, new[] { server.Issuer + "/check_session", message });

    [Fact]
    [Requirement("OIDC-SESS-2-01", "OIDC-SESS-3.2-02", "OIDC-SESS-3.2-03", "OIDC-SESS-3.2-04", "OIDC-SESS-3.2-05", "OIDC-SESS-3.2-06", "ATTACK-229")]
    [Module("oidcc-session-management-rp-initiated-logout")]
    public async Task The_iframe_says_unchanged_until_the_person_leaves()
    {
        await using Landing landing = await Landing.OpenAsync();
        await using Visitor visitor = await chrome.VisitAsync(server, client: "demo-web");
        // The same site as the server's, which another port does not change.
        landing.UseLocalhost();
        await visitor.AuthorizeAsync(landing);
        await visitor.SignInAsync("watched");
        await visitor.DecideAsync("allow");
        string state = (await visitor.ArriveAsync(landing))["session_state"];

        for (int i = 0; i < 3; i++) Assert.Equal("unchanged", await AskAsync(visitor.Page, "demo-web " + state));
        foreach (string garbage in new[] { "", "demo-web", "demo-web ", state, "demo-web " + state.Split('.')[0], "demo-web  " + state, "demo-web a.b.c" }) Assert.Equal("error", await AskAsync(visitor.Page, garbage));
        Assert.Equal("changed", await AskAsync(visitor.Page, "demo-web " + state[..^3] + "AAA"));
        // One that is no client, and one whose page this is not.
        Assert.Null(await AskAsync(visitor.Page, "nobody " + state));

        IPage other = await visitor.Context.NewPageAsync();
        await other.GotoAsync(server.Issuer + "/sign-out");
        await other.ClickAsync("button.primary");
        Assert.Equal("changed", await AskAsync(visitor.Page, "demo-web " + state));
    }

    [Fact]
    [Requirement("OIDC-SESS-5.1-01", "OIDC-SESS-3.2-01")]
    public async Task A_browser_that_keeps_the_cookie_from_the_frame_gets_an_error_and_never_a_change()
    {
        await using Landing landing = await Landing.OpenAsync();
        await using Visitor visitor = await chrome.VisitAsync(server, client: "demo-web");
        await visitor.AuthorizeAsync(landing);
        await visitor.SignInAsync("kept-apart");
        await visitor.DecideAsync("allow");
        string state = (await visitor.ArriveAsync(landing))["session_state"];
        // 127.0.0.1 is another site than localhost, where the server is.
        for (int i = 0; i < 3; i++) Assert.Equal("error", await AskAsync(visitor.Page, "demo-web " + state));
    }
}
