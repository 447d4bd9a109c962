namespace Evergrant.Specs.Ciba;

/// <summary>A request over the back channel that was accepted, and how it is answered.</summary>
public sealed class CibaRequest(DevelopmentServer server, ClientDefinition definition, Reply begun)
{
    public Reply Begun => begun;

    public string Id => begun.Text("auth_req_id")!;

    /// <summary>Asks for a person.</summary>
    public static Task<Reply> Ask(DevelopmentServer server, ClientDefinition definition, params (string Name, string? Value)[] changes)
    {
        var form = new Dictionary<string, string?> { ["scope"] = "openid offline_access mail:read", ["login_hint"] = "alice" };
        foreach (var (name, value) in changes) form[name] = value;
        return server.Client(definition).Call("/bc-authorize", [.. form.Where(p => p.Value is not null).Select(p => (p.Key, p.Value!))]);
    }

    /// <summary>Asks, and fails the test unless that is accepted.</summary>
    public static async Task<CibaRequest> Begin(DevelopmentServer server, ClientDefinition definition, params (string Name, string? Value)[] changes) =>
        new(server, definition, (await Ask(server, definition, changes)).Expect(200));

    /// <summary>Asks for tokens.</summary>
    public Task<Reply> Poll(ClientDefinition? by = null) => server.Client(by ?? definition).Token(("grant_type", CibaClients.GrantType), ("auth_req_id", Id));

    /// <summary>The person finds the newest request on the account page and opens it.</summary>
    public static async Task<Page> Open(Browser browser)
    {
        var account = await browser.Get("/account");
        var link = System.Text.RegularExpressions.Regex.Match(account.Html, "href=\"([^\"]*/backchannel\\?request=[0-9a-f]{32})\"");
        Assert.True(link.Success, "No request waits on the account page");
        return await browser.Get(link.Groups[1].Value);
    }

    /// <summary>The person answers on the page.</summary>
    public async Task<Page> Answer(string decision, Browser? browser = null)
    {
        browser ??= await server.NewSignedIn(Users.Alice);
        return await browser.Decide(await Open(browser), decision);
    }

    /// <summary>The tokens of a person who agrees.</summary>
    public async Task<Tokens> Allowed(Browser? browser = null)
    {
        await Answer("allow", browser);
        return Tokens.Of(await Poll());
    }
}
