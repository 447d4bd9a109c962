using System.Text.Json;
using System.Text.RegularExpressions;

namespace Evergrant.Specs.OauthMultipleResponseTypes;

/// <summary>response_mode web_message (client-demands.md R25): the answer goes to the window that opened or frames the page.</summary>
public sealed partial class WebMessage(Server server)
{
    [Fact]
    [Requirement("RFC9700-4.17.2-01", "RFC9700-4.17.2-02")]
    public async Task The_answer_goes_to_the_origin_of_the_redirect_URI_and_to_no_other()
    {
        var client = server.Client(Clients.Spa);
        var request = new AuthorizationRequest(client).With("response_mode", "web_message").With("state", "</script><script>alert(1)</script>");
        var page = await (await server.SignedIn()).Complete(request);
        Assert.Equal(200, page.Status);
        var call = CallPattern().Match(page.Html);
        Assert.True(call.Success, page.Html);
        Assert.Equal("https://spa.example", JsonSerializer.Deserialize<string>(call.Groups[2].Value));
        using var message = JsonDocument.Parse(call.Groups[1].Value);
        Assert.Equal("authorization_response", message.RootElement.GetProperty("type").GetString());
        var response = message.RootElement.GetProperty("response");
        Assert.Equal((request["state"], server.Issuer), (response.GetProperty("state").GetString(), response.GetProperty("iss").GetString()));
        Assert.Single(Regex.Matches(page.Html, "<script"));
        Assert.Contains("frame-ancestors https://spa.example;", page.Header("Content-Security-Policy"), StringComparison.Ordinal);
        Assert.Null(page.Header("X-Frame-Options"));
        Assert.Equal("unsafe-none", page.Header("Cross-Origin-Opener-Policy"));
        Assert.Contains("no-store", page.Header("Cache-Control"), StringComparison.Ordinal);
        Tokens.Of(await client.Redeem(request, response.GetProperty("code").GetString()!));
    }

    [Fact]
    public async Task A_silent_question_in_a_frame_is_answered_and_a_page_in_a_popup_keeps_its_opener()
    {
        var client = server.Client(Clients.Spa);
        var silent = await server.NewBrowser().Authorize(new AuthorizationRequest(client).With("response_mode", "web_message").With("prompt", "none"));
        Assert.Contains("login_required", CallPattern().Match(silent.Html).Groups[1].Value, StringComparison.Ordinal);
        var browser = server.NewBrowser();
        var popup = (await browser.Authorize(new AuthorizationRequest(client).With("response_mode", "web_message"))).Expect(PageKind.SignIn);
        popup = (await browser.SignIn(popup, Users.Alice.Username, "wrong")).Expect(PageKind.SignIn);
        Assert.Equal("unsafe-none", popup.Header("Cross-Origin-Opener-Policy"));
        Assert.Contains("frame-ancestors 'none'", popup.Header("Content-Security-Policy"), StringComparison.Ordinal);
        Assert.Equal("same-origin", (await server.NewBrowser().Authorize(new AuthorizationRequest(client))).Header("Cross-Origin-Opener-Policy"));
    }

    [Fact]
    public async Task An_application_that_has_no_origin_is_sent_no_message() =>
        (await (await server.SignedIn()).Authorize(new AuthorizationRequest(server.Client(Clients.Native)).With("response_mode", "web_message"))).ExpectErrorPage();

    [GeneratedRegex("""postMessage\((\{.*\}),("[^"]*")\)</script>""")]
    private static partial Regex CallPattern();
}
