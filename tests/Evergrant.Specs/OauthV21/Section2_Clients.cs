using System.Text.Json.Nodes;

namespace Evergrant.Specs.OauthV21;

/// <summary>OAuth 2.1 section 2: of which kind a client is, and what follows from it.</summary>
public sealed class Section2_Clients(Server server)
{
    [Fact]
    [Requirement("OAUTH21-2.1-01")]
    public async Task A_client_is_of_the_kind_it_was_registered_as_in_every_request()
    {
        // A confidential client is none without its secret, whichever endpoint it calls.
        var web = server.Client(Clients.Web);
        var tokens = await server.Authorize(Clients.Web, "openid offline_access");
        (string, string)[] public_ = [("client_id", web.Id), ("refresh_token", tokens.Refresh), ("token", tokens.Refresh), ("grant_type", "refresh_token")];
        foreach (var path in new[] { "/token", "/revoke", "/introspect", "/par", "/device_authorization" })
            (await server.Api.Post(path, public_)).Expect(401, "invalid_client");
        // A public client has none, and does not become confidential by sending one.
        (await server.Api.Post("/token", [("client_id", Clients.Native.Id), ("client_secret", "made up"), ("grant_type", "client_credentials")])).Expect(400, "unauthorized_client");
        (await server.Client(Clients.Native).ClientCredentials()).Expect(400, "unauthorized_client");
        (await web.Refresh(tokens.Refresh)).Expect(200);
    }

    [Fact]
    [Requirement("OAUTH21-2.3.1-01")]
    public async Task Nobody_has_codes_without_a_registered_redirect_URI()
    {
        foreach (var definition in new[] { Clients.Web with { Id = "nowhere-web", RedirectUris = [] }, Clients.Native with { Id = "nowhere-native", RedirectUris = [] } })
        {
            var refused = await server.Apply(DeclaredState.Json(server.Issuer, definition));
            Assert.NotEqual(0, refused.ExitCode);
            Assert.Contains("redirect_uris", refused.Errors + refused.Output, StringComparison.Ordinal);
        }

        // A client for itself alone has none, and gets an error page.
        var page = await (await server.SignedIn()).Authorize(new AuthorizationRequest(server.Client(Clients.Machine)).With("redirect_uri", "https://machine.example/callback"));
        page.ExpectErrorPage();
    }

    [Fact]
    [Requirement("OAUTH21-2.4-01")]
    public async Task What_a_client_without_credentials_holds_is_worth_less()
    {
        var publicly = await Policy(Clients.Native);
        var confidentially = await Policy(Clients.Web);
        Assert.True(publicly["rotate"]!.GetValue<bool>());
        Assert.False(publicly["public_without_rotation"]!.GetValue<bool>());
        // A lost answer is made good for a minute and three times, not until the next token is used.
        Assert.Equal(("00:01:00", 3), (publicly["retry"]!.ToString(), publicly["retry_budget"]!.GetValue<int>()));
        Assert.Equal("acknowledged", confidentially["retry"]!.ToString());
        Assert.Null(confidentially["retry_budget"]);
    }

    [Fact]
    [Requirement("OAUTH21-8.1-01")]
    public async Task An_application_on_a_device_needs_no_secret_and_none_is_taken_for_a_proof()
    {
        var tokens = await server.Authorize(Clients.OtherNative, "openid offline_access");
        Tokens.Of(await server.Client(Clients.OtherNative).Refresh(tokens.Refresh));
        var refused = await server.Apply(DeclaredState.Json(server.Issuer, Clients.Native with { Id = "secretive-native", Further = new Dictionary<string, JsonNode> { ["client_secret"] = "in every copy" } }));
        Assert.NotEqual(0, refused.ExitCode);
    }

    [Fact]
    [Requirement("OAUTH21-7.9-02", "OAUTH21-7.9-03")]
    public async Task People_and_operators_see_who_has_access_and_end_it_and_scopes_are_given_by_client()
    {
        var definition = Clients.Asking with { Id = "seen-and-ended", RedirectUris = ["https://seen-and-ended.example/callback"], Scope = "openid offline_access mail:read" };
        await server.Declare(definition);
        var alice = await server.NewSignedIn(Users.Alice);
        var listed = await server.Authorize(definition, "openid offline_access mail:send", alice);
        Assert.Equal(["offline_access", "openid"], listed.Scopes);
        Assert.Contains(definition.Name, (await alice.Get("/account")).Text, StringComparison.Ordinal);
        using var grants = System.Text.Json.JsonDocument.Parse((await server.Run("grant", "list", "--client", definition.Id, "--live", "--json")).Output);
        var id = Assert.Single(grants.RootElement.GetProperty("grants").EnumerateArray()).GetProperty("id").GetString()!;
        Assert.Equal(0, (await server.Run("grant", "revoke", id)).ExitCode);
        (await server.Client(definition).Refresh(listed.Refresh)).Expect(400, "invalid_grant");
    }

    private async Task<JsonObject> Policy(ClientDefinition definition) =>
        (JsonObject)JsonNode.Parse((await server.Run("client", "show", definition.Id, "--json")).Output)!["policy"]!;
}
