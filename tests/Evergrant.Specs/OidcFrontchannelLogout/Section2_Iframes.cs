using System.Text.Json.Nodes;
using Evergrant.Specs.OidcRpInitiatedLogout;

namespace Evergrant.Specs.OidcFrontchannelLogout;

/// <summary>OpenID Connect Front-Channel Logout sections 2 and 3: the page with the iframes, and what is registered for it.</summary>
public sealed class Section2_Iframes(Server server)
{
    private string AddressOf(string sid) => $"https://framed.example/front?x=1&iss={Uri.EscapeDataString(server.Issuer)}&sid={sid}";

    [Fact]
    [Requirement("OIDC-FRONT-2-02", "OIDC-FRONT-2-04", "OIDC-FRONT-2-05", "OIDC-FRONT-2-06", "OIDC-FRONT-3-01", "OIDC-FRONT-3-04", "OIDC-RPINIT-2-14", "OIDC-RPINIT-3-03", "ATTACK-419")]
    [Module("oidcc-frontchannel-rp-initiated-logout")]
    public async Task Each_client_of_the_session_is_loaded_in_an_iframe_before_the_browser_goes_on()
    {
        var alice = await Leaving.SignIn(server, LogoutClients.Framed);
        var plain = await Leaving.SignIn(server, LogoutClients.PlainlyFramed, browser: alice.Browser);
        await Leaving.SignIn(server, LogoutClients.PlainlyFramed, browser: alice.Browser);
        Assert.Equal(alice.SessionId, plain.SessionId);
        var page = await alice.Get(("id_token_hint", alice.IdToken), ("post_logout_redirect_uri", "https://framed.example/out"), ("state", "s"));
        Assert.Equal((200, (string?)null), (page.Status, page.Location));
        Assert.Equal([AddressOf(alice.SessionId), "https://plainly-framed.example/front"], Leaving.Frames(page));
        Assert.Equal(["https://framed.example/front", "https://plainly-framed.example/front"], Sources(page));
        Assert.Contains("frame-ancestors 'none'", page.Header("Content-Security-Policy"), StringComparison.Ordinal);
        Assert.Contains("sandbox=\"allow-scripts allow-same-origin allow-forms\"", page.Html, StringComparison.Ordinal);
        Assert.Contains("href=\"https://framed.example/out?state=s\"", page.Html, StringComparison.Ordinal);
        Assert.False(await alice.IsSignedIn());
    }

    [Fact]
    [Requirement("OIDC-FRONT-3-01", "OIDC-FRONT-2-04")]
    public async Task Only_clients_of_this_session_are_loaded_also_when_the_person_leaves_here()
    {
        var elsewhere = await Leaving.SignIn(server, LogoutClients.PlainlyFramed);
        var alice = await Leaving.SignIn(server, LogoutClients.Framed, "openid offline_access");
        var page = await alice.Browser.Get("/sign-out");
        page = await alice.Browser.Submit(page, page.FormWith("form_token"), []);
        Assert.Equal([AddressOf(alice.SessionId)], Leaving.Frames(page));
        Assert.Contains("You are signed out", page.Text, StringComparison.Ordinal);
        Assert.Equal(["https://plainly-framed.example/front"], Leaving.Frames(await elsewhere.Get(("id_token_hint", elsewhere.IdToken))));
        // Whoever leaves a second time has nobody to tell.
        Assert.Empty(Leaving.Frames(await alice.Get(("id_token_hint", alice.IdToken))));
    }

    [Fact]
    [Requirement("OIDC-FRONT-3-05", "OIDC-FRONT-5-01")]
    public async Task Sessions_have_names_that_differ_and_cannot_be_guessed()
    {
        HashSet<string> names = [];
        for (var i = 0; i < 4; i++)
        {
            var name = (await Leaving.SignIn(server, LogoutClients.Framed)).SessionId;
            Assert.Matches("^[A-Za-z0-9_-]{22}$", name);
            Assert.True(names.Add(name));
        }
    }

    [Fact]
    [Requirement("OIDC-FRONT-3-02", "OIDC-FRONT-3-03")]
    public async Task The_metadata_says_that_it_is_offered_with_sessions()
    {
        var metadata = (await server.Api.Metadata()).Json;
        Assert.True(metadata.GetProperty("frontchannel_logout_supported").GetBoolean());
        Assert.True(metadata.GetProperty("frontchannel_logout_session_supported").GetBoolean());
    }

    [Fact]
    [Requirement("OIDC-FRONT-2-01", "OIDC-FRONT-2-02", "OIDC-FRONT-2-03", "OIDC-FRONT-2-09", "ATTACK-419")]
    public async Task Addresses_that_are_not_of_the_client_are_not_registered()
    {
        string[] addresses =
        [
            "https://elsewhere.example/front", "https://framed.example:8443/front", "http://framed.example/front", "https://framed.example/front#f", "/front", "javascript:alert(1)",
            "https://user@framed.example/front", "https://framed.example/front;script-src *", "https://framed.example/\"><script>",
        ];
        foreach (var address in addresses)
        {
            var definition = LogoutClients.Framed with { Id = "framed-badly", RedirectUris = ["https://framed.example/callback"], Further = LogoutClients.Members(("frontchannel_logout_uri", JsonValue.Create(address))) };
            var refused = await server.Apply(DeclaredState.Json(server.Issuer, definition));
            Assert.True(refused.ExitCode != 0 && (refused.Errors + refused.Output).Contains("frontchannel_logout_uri", StringComparison.Ordinal), address);
        }
    }

    [Fact]
    [Requirement("ATTACK-419")]
    public async Task An_address_whose_path_could_end_the_directive_is_named_by_its_origin()
    {
        var definition = new ClientDefinition("framed-oddly") { Further = LogoutClients.Members(("frontchannel_logout_uri", "https://framed-oddly.example/a;b,c/front")) };
        Assert.Equal(0, (await server.Apply(DeclaredState.Json(server.Issuer, definition))).ExitCode);
        var alice = await Leaving.SignIn(server, LogoutClients.Framed);
        await alice.Browser.Code(new AuthorizationRequest(server.Client(LogoutClients.PlainlyFramed)));
        await alice.Browser.Code(new AuthorizationRequest(new Client(server.Api, definition, null)));
        var page = await alice.Get(("id_token_hint", alice.IdToken));
        Assert.Equal(["https://framed-oddly.example", "https://framed.example/front", "https://plainly-framed.example/front"], Sources(page));
    }

    private static IEnumerable<string> Sources(Page page) =>
        page.Header("Content-Security-Policy")!.Split("; ").Single(d => d.StartsWith("frame-src ", StringComparison.Ordinal)).Split(' ').Skip(1).Order(StringComparer.Ordinal);
}
