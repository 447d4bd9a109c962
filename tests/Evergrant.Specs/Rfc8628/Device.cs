using System.Text.Json;

namespace Evergrant.Specs.Rfc8628;

/// <summary>A device that has begun, and a person with a browser.</summary>
public sealed class Device(DevelopmentServer server, ClientDefinition definition, Reply begun)
{
    /// <summary>Scope of the tests.</summary>
    public const string Scope = "openid offline_access mail:read";

    public Reply Begun => begun;

    public string Code => begun.Text("device_code")!;

    public string UserCode => begun.Text("user_code")!;

    /// <summary>Begins.</summary>
    public static async Task<Device> Begin(DevelopmentServer server, ClientDefinition definition, string? scope = Scope) =>
        new(server, definition, (await Ask(server, definition, scope)).Expect(200));

    /// <summary>Asks for codes.</summary>
    public static Task<Reply> Ask(DevelopmentServer server, ClientDefinition definition, string? scope = Scope) =>
        server.Client(definition).Call("/device_authorization", scope is null ? [] : [("scope", scope)]);

    /// <summary>Asks for tokens.</summary>
    public Task<Reply> Poll(ClientDefinition? by = null) => server.Client(by ?? definition).Token(("grant_type", DeviceClients.GrantType), ("device_code", Code));

    /// <summary>The person types the code; gives the page that comes.</summary>
    public Task<Page> Type(Browser browser, string? code = null) => Type(server, browser, code ?? UserCode);

    /// <summary>Types any code.</summary>
    public static async Task<Page> Type(DevelopmentServer server, Browser browser, string code)
    {
        var page = await browser.Get("/device");
        return await browser.Submit(page, page.FormWith("user_code"), [("user_code", code)]);
    }

    /// <summary>A person who is signed in types the code and answers.</summary>
    public async Task<Page> Answer(string decision, IReadOnlyCollection<string>? scopes = null) => await Answer(await server.NewSignedIn(Users.Alice), decision, scopes);

    /// <summary>The same with this browser.</summary>
    public async Task<Page> Answer(Browser browser, string decision, IReadOnlyCollection<string>? scopes = null) => await browser.Decide(await Type(browser), decision, scopes);

    /// <summary>The tokens of a device whose user agrees.</summary>
    public async Task<Tokens> Allowed(IReadOnlyCollection<string>? scopes = null)
    {
        await Answer("allow", scopes);
        return Tokens.Of(await Poll());
    }
}
