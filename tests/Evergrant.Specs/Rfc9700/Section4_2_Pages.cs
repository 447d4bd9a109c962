using System.Text.RegularExpressions;

namespace Evergrant.Specs.Rfc9700;

/// <summary>RFC 9700 sections 4.2, 4.16 and 4.17: what the pages of the server send along.</summary>
public sealed partial class Section4_2_Pages(Server server)
{
    [Fact]
    [Requirement("RFC9700-4.2.4-01")]
    public async Task Pages_refer_to_nobody_else()
    {
        var references = 0;
        foreach (var page in await Pages())
        {
            foreach (Match reference in ReferencePattern().Matches(page.Html))
            {
                references++;
                var target = new Uri(new Uri(page.Address), System.Net.WebUtility.HtmlDecode(reference.Groups[1].Value));
                Assert.True(target.Scheme == "data" || target.GetLeftPart(UriPartial.Authority) == server.Issuer, $"{page} refers to {target.Host}");
            }
        }

        Assert.NotEqual(0, references);
    }

    [Fact]
    [Requirement("RFC9700-4.2.4-02", "RFC9700-4.16-01", "RFC9700-4.16-02")]
    public async Task Pages_cannot_be_framed_and_tell_no_referrer()
    {
        foreach (var page in await Pages())
        {
            Assert.True(page.Header("Referrer-Policy") == "no-referrer", $"{page}: Referrer-Policy {page.Header("Referrer-Policy")}");
            Assert.True(page.Header("X-Frame-Options") == "DENY", $"{page}: X-Frame-Options {page.Header("X-Frame-Options")}");
            Assert.True((page.Header("Content-Security-Policy") ?? "").Contains("frame-ancestors 'none'", StringComparison.Ordinal), $"{page}: {page.Header("Content-Security-Policy")}");
            Assert.True((page.Header("Cache-Control") ?? "").Contains("no-store", StringComparison.Ordinal), $"{page}: {page.Header("Cache-Control")}");
        }
    }

    [Fact]
    [Requirement("RFC9700-4.2.4-02")]
    public async Task Redirects_tell_no_referrer_and_are_not_stored()
    {
        var page = await (await server.SignedIn()).Authorize(new AuthorizationRequest(server.Client(Clients.Web)));

        page.Expect(PageKind.Redirect);
        Assert.Equal("no-referrer", page.Header("Referrer-Policy"));
        Assert.Contains("no-store", page.Header("Cache-Control") ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_page_posts_messages_to_other_windows()
    {
        foreach (var page in await Pages())
        {
            Assert.DoesNotContain("postMessage", page.Html, StringComparison.Ordinal);
            foreach (Match script in ScriptPattern().Matches(page.Html))
            {
                var source = (await server.Api.Get(new Uri(new Uri(page.Address), script.Groups[1].Value).AbsoluteUri)).Expect(200);
                Assert.DoesNotContain("postMessage", source.Body, StringComparison.Ordinal);
            }
        }
    }

    private async Task<IReadOnlyList<Page>> Pages()
    {
        var alice = await server.SignedIn();
        var web = server.Client(Clients.Web);
        var page = await server.NewBrowser().Authorize(new AuthorizationRequest(web));
        return
        [
            page.Expect(PageKind.SignIn),
            (await alice.Authorize(new AuthorizationRequest(server.Client(Clients.Asking)).With("prompt", "consent"))).Expect(PageKind.Consent),
            (await alice.Authorize(new AuthorizationRequest(web).With("client_id", "nobody"))).ExpectErrorPage(),
            (await alice.Authorize(new AuthorizationRequest(web).With("response_mode", "form_post"))).Expect(PageKind.FormPost),
            await alice.Get("/sign-out"),
            await alice.Get("/end_session"),
            await server.NewBrowser().Get("/end_session"),
            await alice.Get("/account"),
        ];
    }

    [GeneratedRegex("<(?!form\\b)[a-z]+\\b[^>]*?\\s(?:src|href|srcset|poster|data|background)\\s*=\\s*[\"']?([^\"'\\s>]+)", RegexOptions.IgnoreCase)]
    private static partial Regex ReferencePattern();

    [GeneratedRegex("<script\\b[^>]*\\ssrc=\"([^\"]+)\"", RegexOptions.IgnoreCase)]
    private static partial Regex ScriptPattern();
}
