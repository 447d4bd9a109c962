using System.Text.RegularExpressions;

namespace Evergrant.Specs.OidcRpInitiatedLogout;

/// <summary>A person who has signed in to a client, and how they leave.</summary>
public sealed partial class Leaving(DevelopmentServer server, Browser browser, Tokens tokens, ClientDefinition definition)
{
    public Browser Browser => browser;

    public Tokens Tokens => tokens;

    public string IdToken => tokens.IdToken!;

    public string SessionId => tokens.IdJwt.Claim("sid")!;

    /// <summary>Signs in to a client in a new browser, or one that is there.</summary>
    public static async Task<Leaving> SignIn(DevelopmentServer server, ClientDefinition definition, string scope = "openid", Browser? browser = null, User? user = null)
    {
        browser ??= await server.NewSignedIn(user ?? Users.Alice);
        return new(server, browser, await server.Authorize(definition, scope, browser), definition);
    }

    /// <summary>The logout request by GET.</summary>
    public Task<Page> Get(params (string Name, string? Value)[] parameters) => Get(browser, parameters);

    /// <summary>The same in any browser.</summary>
    public static Task<Page> Get(Browser browser, params (string Name, string? Value)[] parameters) => browser.Get("/end_session?" + Api.Encode(Given(parameters)));

    /// <summary>The logout request by POST.</summary>
    public Task<Page> Post(params (string Name, string? Value)[] parameters) => browser.Post("/end_session", Given(parameters));

    /// <summary>Answers the page that asks.</summary>
    public Task<Page> Answer(Page page, string answer = "yes") => browser.Submit(page, page.FormWith("sign_out"), [("sign_out", answer)]);

    /// <summary>Whether somebody is still signed in: prompt=none gives a code.</summary>
    public async Task<bool> IsSignedIn() => (await browser.Authorize(new AuthorizationRequest(server.Client(definition)).With("prompt", "none"))).Code is not null;

    /// <summary>Fails the test unless the page asks and nothing has ended.</summary>
    public async Task<Page> ExpectQuestion(Page page)
    {
        Assert.True(page.Status == 200 && page.Location is null && page.Forms.Any(f => f.Fields.Any(field => field.Name == "sign_out")), $"Expected the question, got {page}");
        Assert.True(await IsSignedIn());
        return page;
    }

    /// <summary>The addresses of the iframes of a page.</summary>
    public static IReadOnlyList<string> Frames(Page page) => [.. FramePattern().Matches(page.Html).Select(m => System.Net.WebUtility.HtmlDecode(m.Groups[1].Value)).Order(StringComparer.Ordinal)];

    private static IReadOnlyList<(string Name, string Value)> Given((string Name, string? Value)[] parameters) => [.. parameters.Where(p => p.Value is not null).Select(p => (p.Name, p.Value!))];

    [GeneratedRegex("<iframe src=\"([^\"]*)\"")]
    private static partial Regex FramePattern();
}
