using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Evergrant.Specs.OidcRpInitiatedLogout;
using Evergrant.Specs.Rfc7591;

namespace Evergrant.Specs.Attacks;

/// <summary>What strangers make the server ask for, and what it tells about the answers.</summary>
public sealed class Outside(Server server) : IAsyncLifetime
{
    private readonly DocumentServer documents = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => documents.DisposeAsync();

    [Fact]
    [Requirement("ATTACK-261")]
    public async Task What_a_client_says_of_its_looks_is_fetched_by_nobody_here()
    {
        var path = "/" + Pkce.Random(8);
        var logo = documents.Put("<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>", type: "image/svg+xml");
        string[] pages = [documents.Put("x"), documents.Put("x"), documents.Put("x")];
        var metadata = Metadata(documents.Origin + path).With("logo_uri", logo).With("client_uri", pages[0]).With("policy_uri", pages[1]).With("tos_uri", pages[2]);
        var client = ClientOf(documents.Put(metadata.ToJsonString(), path));

        var page = (await (await server.NewSignedIn(Users.Alice)).Authorize(new AuthorizationRequest(client))).Expect(PageKind.Consent);

        Assert.Equal(1, documents.Hits(client.Id));
        Assert.All([logo, .. pages], url => Assert.Equal(0, documents.Hits(url)));
        Assert.DoesNotContain("<svg xmlns=\"http://www.w3.org/2000/svg\" onload", page.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", page.Html, StringComparison.OrdinalIgnoreCase);
        var policy = page.Header("Content-Security-Policy")!;
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain(documents.Origin, policy, StringComparison.Ordinal);
        // By registration as well.
        var registered = await server.Api.Registered(Registrations.Web("Looks").With("logo_uri", "https://dynamic.example/logo.svg").With("client_uri", "https://10.0.0.1/").With("policy_uri", "https://169.254.169.254/latest"));
        foreach (var name in new[] { "client_uri", "policy_uri" }) Assert.Null(registered.Member(name));
    }

    [Fact]
    [Requirement("ATTACK-271")]
    public async Task Whatever_goes_wrong_outside_looks_the_same_and_takes_its_time()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        string[] ids =
        [
            $"http://127.0.0.1:{RunningServer.FreePort()}/closed", documents.Put("", status: 404), documents.Put("", status: 500), documents.Put("<html/>", type: "text/html"),
            documents.Put("", status: 302, headers: ("Location", "http://127.0.0.1/")), $"http://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}/silent", "https://nobody-has-this-name.invalid/metadata",
        ];
        var pages = new List<string>();
        foreach (var id in ids)
        {
            var began = Stopwatch.GetTimestamp();
            var page = await server.NewBrowser().Authorize(new AuthorizationRequest(ClientOf(id)));
            Assert.True(Stopwatch.GetElapsedTime(began) >= TimeSpan.FromMilliseconds(250), $"{id} was answered after {Stopwatch.GetElapsedTime(began)}");
            Assert.Equal(400, page.Status);
            pages.Add(System.Text.RegularExpressions.Regex.Replace(page.Text.Replace(id, "", StringComparison.Ordinal), "[0-9A-Z]{4}-[0-9A-Z]{4}", "REFERENCE"));
        }

        Assert.Single(pages.Distinct());
        // And asking again at once asks nobody anything.
        Assert.Equal(1, documents.Hits(ids[1]));
        await server.NewBrowser().Authorize(new AuthorizationRequest(ClientOf(ids[1])));
        Assert.InRange(documents.Hits(ids[1]), 1, 2);
    }

    [Fact]
    [Requirement("ATTACK-347", "RFC9700-4.15.1-01")]
    public async Task What_would_give_a_client_power_cannot_be_registered()
    {
        var greedy = Registrations.Web("Greedy");
        foreach (var (name, value) in new (string, JsonNode)[]
        {
            ("roles", new JsonArray("admin")), ("protocol_mappers", new JsonArray(new JsonObject { ["name"] = "role", ["config"] = new JsonObject { ["claim.value"] = "admin" } })), ("consent", "implied"), ("introspect", true),
            ("policy", new JsonObject { ["rotate"] = false, ["refresh_tokens"] = "always" }), ("resources", new JsonArray("*")), ("exchange", new JsonArray(new JsonObject { ["subject"] = "any" })), ("profile", "legacy"),
            ("require_pkce", false), ("bearer_without_certificate", true), ("allowed_origins", new JsonArray("*")), ("claims", new JsonObject { ["sub"] = "alice" }), ("is_first_party", true), ("client_id", "specs-web"), ("client_secret", "chosen"),
            ("registration_access_token", "chosen"), ("issuer", "https://elsewhere.example"),
        }) greedy[name] = value;

        var registered = await server.Api.Registered(greedy);

        Assert.NotEqual("specs-web", registered.Id);
        Assert.NotEqual("chosen", registered.Reply.Text("client_secret"));
        using var kept = System.Text.Json.JsonDocument.Parse((await server.Run("client", "show", registered.Id, "--json")).Output);
        Assert.Equal("ask", kept.RootElement.GetProperty("consent").GetString());
        Assert.True(kept.RootElement.GetProperty("policy").GetProperty("rotate").GetBoolean());
        foreach (var power in new[] { "introspect", "exchange" })
            Assert.True(!kept.RootElement.TryGetProperty(power, out var set) || set.ValueKind is System.Text.Json.JsonValueKind.False or System.Text.Json.JsonValueKind.Null || set.GetRawText() is "[]" or "{}", $"{power}: {kept.RootElement.GetRawText()}");
        // What everybody may have here, and no more.
        using var plain = System.Text.Json.JsonDocument.Parse((await server.Run("client", "show", (await server.Api.Registered(Registrations.Web("Plain"))).Id, "--json")).Output);
        foreach (var power in new[] { "resources", "scope", "grant_types" }) Assert.Equal(plain.RootElement.GetProperty(power).GetRawText(), kept.RootElement.GetProperty(power).GetRawText());
        Assert.False(await registered.Client.Finds((await server.Authorize(AttackClients.App, "openid offline_access")).AccessToken));
        // A change to another kind, with the same members.
        var changed = Registrations.Web().With("client_id", registered.Id).With("application_type", "native").With("token_endpoint_auth_method", "none").With("grant_types", new JsonArray("client_credentials")).With("roles", new JsonArray("admin")).With("consent", "implied");
        (await registered.Update(changed)).Expect(400, "invalid_client_metadata");
    }

    private static JsonObject Metadata(string id) => new()
    {
        ["client_id"] = id, ["client_name"] = "Described", ["redirect_uris"] = new JsonArray("https://described.example/callback"), ["token_endpoint_auth_method"] = "none",
        ["grant_types"] = new JsonArray("authorization_code", "refresh_token"), ["scope"] = "openid profile offline_access",
    };

    private Client ClientOf(string id) => new(server.Api, new ClientDefinition(id) { Method = "none", Type = "native", RedirectUris = ["https://described.example/callback"], Consent = "ask" }, null);
}
