namespace Evergrant.Specs.Attacks;

/// <summary>Several issuers in one server, on one host.</summary>
[Collection(typeof(ProductionCollection))]
public sealed class Tenants(ProductionServer server)
{
    [Fact]
    [Requirement("ATTACK-374", "ATTACK-360", "ATTACK-378", "ATTACK-181", "ATTACK-063", "ATTACK-359")]
    public async Task Nothing_of_one_issuer_is_good_at_another_though_the_names_are_the_same()
    {
        // The same client id at both; each has its own secret.
        var shared = AttackClients.App with { Id = "attacked-shared", Policy = null };
        await server.Declare(shared);
        var here = server.Client(shared);
        var (request, code) = await server.NewCode(shared, "openid offline_access");
        var tokens = await server.Authorize(shared, "openid offline_access");
        var there = await server.TenantClient(shared with { Resources = [], Scope = "openid profile offline_access", RedirectUris = ["https://tenant.example/cb"] });
        Assert.NotEqual(here.Secret, there.Secret);

        foreach (var client in new[] { there, new Client(server.Tenant, shared, here.Secret) })
        {
            var wrong = client == there ? "invalid_grant" : "invalid_client";
            Assert.Equal(wrong, (await client.Redeem(request, code)).Error);
            Assert.Equal(wrong, (await client.Refresh(tokens.Refresh)).Error);
        }

        Assert.Equal("{\"active\":false}", (await there.Introspect(tokens.AccessToken)).Expect(200).Body.Replace(" ", "", StringComparison.Ordinal));
        (await there.Revoke(tokens.Refresh)).Expect(200);
        foreach (var token in new[] { tokens.AccessToken, Resigned(tokens) }) (await server.Tenant.Get("/userinfo", token)).Expect(401, "invalid_token");
        // An address of one is not registered for the other.
        var alice = new Browser(server.NewHttp(), server.TenantIssuer);
        Attempts.Judge(AttackClients.App.RedirectUri, await alice.Authorize(new AuthorizationRequest(there).With("redirect_uri", AttackClients.App.RedirectUri)));
        foreach (var (api, issuer) in new[] { (server.Api, server.Issuer), (server.Tenant, server.TenantIssuer), (server.Slash, server.SlashIssuer) })
        {
            var document = await api.Discovery();
            Assert.Equal(issuer, document.Text("issuer"));
            foreach (var member in new[] { "token_endpoint", "authorization_endpoint", "jwks_uri", "userinfo_endpoint" }) Assert.StartsWith(issuer.TrimEnd('/') + "/", document.Text(member), StringComparison.Ordinal);
        }

        // And all at once, again and again.
        var mixed = await Task.WhenAll(Enumerable.Range(0, 300).Select(n => (n % 4) switch
        {
            0 => here.Revoke("x"),
            1 => there.Revoke("x"),
            2 => new Client(server.Tenant, shared, here.Secret).Revoke("x"),
            _ => new Client(server.Api, shared, there.Secret).Revoke("x"),
        }));
        for (var n = 0; n < mixed.Length; n++) Assert.True(n % 4 < 2 ? mixed[n].Status == 200 : mixed[n].Status is 401 or 429, $"{n % 4}: {mixed[n]}");
        (await here.Redeem(request, code)).Expect(200);
        (await here.Refresh(tokens.Refresh)).Expect(200);

        // The claims of a token, under the name of a key of the other issuer.
        static string Resigned(Tokens tokens) => Jwt.Sign(tokens.AccessJwt.Payload, "ES256", ClientKeys.Ec, tokens.AccessJwt.Header.GetProperty("kid").GetString(), "at+jwt");
    }

    [Fact]
    [Requirement("ATTACK-375")]
    public async Task Issuers_of_one_server_have_the_same_people_and_each_asks_for_its_own_consent()
    {
        // One server has one set of accounts (docs/decisions/0005): a session is a person's at all of its issuers; what was agreed to at one counts at none of the others.
        var asking = AttackClients.Asked with { Id = "attacked-asking-twice" };
        await server.Declare(asking);
        var browser = await server.NewSignedIn(Users.Alice);
        Assert.NotNull((await browser.Complete(new AuthorizationRequest(server.Client(asking)).With("scope", "openid profile"))).Code);
        var there = await server.TenantClient(asking with { Resources = [], Scope = "openid profile" });
        var page = await browser.Get(server.TenantIssuer + "/authorize?" + new AuthorizationRequest(there).With("scope", "openid profile").Query);
        page.Expect(PageKind.Consent);
        // A page of one issuer is none of the other's.
        (await browser.Post("/consent", [.. page.FormWith("decision").Sent, ("decision", "allow")])).ExpectErrorPage();
    }

    [Fact]
    [Requirement("ATTACK-376", "ATTACK-377")]
    public async Task A_path_leads_to_its_issuer_or_nowhere()
    {
        foreach (var path in new[] { "/tenant2/token", "/Tenant/token", "/tenant./token", "/tenant%2f/token", "/tenant/../slash/token", "/tenan/token", "/tenant%20/token", "/t%65nant/token", "//tenant/token", "/tenant//token", "/tenant;x/token" })
        {
            var answer = await server.Api.Send(new HttpRequestMessage(HttpMethod.Post, new Uri($"https://localhost:{server.Port}{path}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true })) { Content = Api.Form([("grant_type", "client_credentials")]) });
            Assert.True(answer.Status is 404 or 400 or 401, $"{path}: {answer}");
            // Paths are compared without regard to case and decoded once, as everywhere; the issuer is that of the route, never a first one in its place.
            if (answer.Status == 401) Assert.Contains(path.Contains("slash", StringComparison.Ordinal) ? "/slash" : "/tenant", answer.Header("WWW-Authenticate"), StringComparison.OrdinalIgnoreCase);
        }

        foreach (var host in new[] { "evil.test", "LOCALHOST", "localhost." })
        {
            var request = new HttpRequestMessage(HttpMethod.Get, server.TenantIssuer + "/.well-known/openid-configuration");
            request.Headers.Host = host;
            var reply = await server.Api.Send(request);
            Assert.True(reply.Status == 400 || reply.Text("issuer") == server.TenantIssuer, $"{host}: {reply}");
        }

        foreach (var issuer in new[] { "https://auth.example/a/../b", "https://auth.example/a%2fb", "https://auth.example/\u00fc", "https://auth.example/a b", "https://auth.example/a?b", "https://auth.example/a#b", "https://AUTH.example", "https://user@auth.example" })
            Assert.NotEqual(0, (await Refusals.Of(settings => settings["issuers"] = Refusals.Issuers(issuer))).ExitCode);
        await server.NotRegistered(new[] { "a/b", "..", "a%2e", "\u00fc", "a b", new string('c', 129) }.Select(id => new ClientDefinition(id)).Select((definition, n) => definition with { Further = new Dictionary<string, System.Text.Json.Nodes.JsonNode> { ["client_id"] = definition.Id } }));
    }
}
