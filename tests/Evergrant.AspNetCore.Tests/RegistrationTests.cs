using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Evergrant.AspNetCore.Outbound;
using Evergrant.AspNetCore.Registration;
using Evergrant.Jose;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Registration;
using Evergrant.Protocol.Storage;

namespace Evergrant.AspNetCore.Tests;

/// <summary>Registration as its settings say: with tokens, with software statements, with limits, without management.</summary>
public class RegistrationTests
{
    private const string Web = """{"client_name":"Dynamic","redirect_uris":["https://dynamic.example/cb"]}""";

    [Fact]
    [Requirement("RFC7591-3-02", "OIDC-REG-3-01", "ATTACK-344")]
    public async Task Where_a_token_is_asked_for_nobody_registers_without_one()
    {
        await using Host host = await Host.StartAsync(options: With(new RegistrationOptions { Mode = RegistrationMode.Token }));
        using HttpResponseMessage none = await RegisterAsync(host, Web);
        Assert.Equal(HttpStatusCode.Unauthorized, none.StatusCode);
        Assert.Equal($"Bearer realm=\"{Host.Issuer}\"", none.Headers.WwwAuthenticate.ToString());
        foreach (string token in new[] { "evi_unknown", "nonsense" })
        {
            using HttpResponseMessage wrong = await RegisterAsync(host, Web, token);
            Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
            Assert.Contains("error=\"invalid_token\"", wrong.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    [Requirement("OIDC-DISC-3-10")]
    public async Task The_endpoint_is_published_as_an_https_URL_where_clients_may_register()
    {
        await using Host open = await Host.StartAsync(options: With(new RegistrationOptions { Mode = RegistrationMode.Token }));
        await using Host closed = await Host.StartAsync();
        foreach (string path in new[] { "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server" })
        {
            JsonElement published = JsonElement.Parse(await open.Http.GetStringAsync(path)), without = JsonElement.Parse(await closed.Http.GetStringAsync(path));
            var endpoint = new Uri(published.GetProperty("registration_endpoint").GetString()!);
            Assert.Equal((Uri.UriSchemeHttps, Host.Issuer + "/register"), (endpoint.Scheme, endpoint.ToString()));
            using HttpResponseMessage asked = await open.Http.PostAsync(endpoint, new StringContent(Web, Encoding.UTF8, "application/json"));
            Assert.Equal(HttpStatusCode.Unauthorized, asked.StatusCode);
            Assert.False(without.TryGetProperty("registration_endpoint", out _));
        }
    }

    [Fact]
    [Requirement("OIDC-REG-3-03", "RFC7591-3-02")]
    public async Task A_token_of_the_operator_is_good_until_it_is_used_or_its_time_is_up()
    {
        await using Host host = await Host.StartAsync(options: With(new RegistrationOptions { Mode = RegistrationMode.Token }));
        string once = await TokenAsync(host, true, TimeSpan.FromHours(1)), many = await TokenAsync(host, false, TimeSpan.FromHours(1)), late = await TokenAsync(host, false, TimeSpan.FromSeconds(-1));
        string elsewhere = await TokenAsync(host, false, TimeSpan.FromHours(1), "https://id.example/other");

        Assert.Equal(HttpStatusCode.Created, await StatusAsync(host, Web, once));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(host, Web, once));
        Assert.Equal(HttpStatusCode.Created, await StatusAsync(host, Web, many));
        Assert.Equal(HttpStatusCode.Created, await StatusAsync(host, Web, many));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(host, Web, late));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(host, Web, elsewhere));
        Assert.All(host.Store.Clients.Where(c => c.Registration is not null), c => Assert.False(c.IsSelfAsserted));
    }

    [Fact]
    [Requirement("RFC7591-2.3-01", "RFC7591-3.1.1-01", "RFC7591-3.2.1-06", "RFC7591-3.2.2-01", "ATTACK-353")]
    public async Task A_software_statement_of_somebody_trusted_comes_before_what_the_client_says()
    {
        await using KeyServer keys = await KeyServer.StartAsync();
        var trusted = new RegistrationOptions { Mode = RegistrationMode.Token, SoftwareStatements = [new SoftwareStatementIssuer("https://vouch.example", keys.Url)] };
        await using Host host = await Host.StartAsync(options: With(trusted));
        string statement = await keys.SignAsync("""{"iss":"https://vouch.example","client_name":"Vouched","software_id":"s-1","redirect_uris":["https://vouched.example/cb"]}""");

        using HttpResponseMessage response = await RegisterAsync(host, Body("Self-made", statement));
        Assert.True(response.StatusCode == HttpStatusCode.Created, await response.Content.ReadAsStringAsync() + string.Concat(host.Log.Where(l => l.Contains("fetched", StringComparison.Ordinal))));
        JsonElement json = await Host.Json(response);
        Assert.Equal("Vouched", json.GetProperty("client_name").GetString());
        Assert.Equal("https://vouched.example/cb", json.GetProperty("redirect_uris")[0].GetString());
        Assert.Equal(statement, json.GetProperty("software_statement").GetString());

        string other = await keys.SignAsync("""{"iss":"https://nobody.example","client_name":"x"}""");
        string[] parts = statement.Split('.');
        string unsigned = CanonicalBase64Url.Encode("""{"alg":"none"}"""u8) + "." + parts[1] + ".";
        string late = await keys.SignAsync("""{"iss":"https://vouch.example","exp":1000000000}""");
        string elsewhere = await keys.SignAsync("""{"iss":"https://vouch.example","aud":"https://another.example"}""");
        foreach ((string bad, string error) in new[]
        {
            (other, "unapproved_software_statement"), (parts[0] + "." + parts[1] + "." + parts[2][..^4] + "AAAA", "invalid_software_statement"), (unsigned, "invalid_software_statement"),
            ("x.y.z", "invalid_software_statement"), (late, "invalid_software_statement"), (elsewhere, "invalid_software_statement"),
        })
        {
            using HttpResponseMessage refused = await RegisterAsync(host, Body("x", bad));
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            Assert.Equal(error, (await Host.Json(refused)).GetProperty("error").GetString());
        }
    }

    [Fact]
    [Requirement("RFC7591-3-03", "OIDC-REG-3-02", "ATTACK-351")]
    public async Task Open_registration_is_limited_by_address_and_altogether()
    {
        await using Host host = await Host.StartAsync(options: With(new RegistrationOptions { Mode = RegistrationMode.Open, PerAddress = 3 }));
        for (int i = 0; i < 3; i++) Assert.Equal(HttpStatusCode.Created, await StatusAsync(host, Web));
        using HttpResponseMessage flood = await RegisterAsync(host, Web);
        Assert.Equal(HttpStatusCode.TooManyRequests, flood.StatusCode);
        Assert.NotNull(flood.Headers.RetryAfter);
        Assert.Equal(3, host.Store.Clients.Count(c => c.Registration is not null));

        await using Host small = await Host.StartAsync(options: With(new RegistrationOptions { Mode = RegistrationMode.Open, MaximumClients = 2 }));
        for (int i = 0; i < 2; i++) Assert.Equal(HttpStatusCode.Created, await StatusAsync(small, Web));
        Assert.Equal(HttpStatusCode.TooManyRequests, await StatusAsync(small, Web));
    }

    [Fact]
    [Requirement("RFC7592-2.1-05", "OIDC-REG-4.4-02")]
    public async Task What_the_server_does_not_let_clients_do_is_forbidden()
    {
        await using Host host = await Host.StartAsync(options: With(new RegistrationOptions { Mode = RegistrationMode.Open, Management = RegistrationManagement.Read }));
        JsonElement json = await Host.Json(await RegisterAsync(host, Web));
        string uri = json.GetProperty("registration_client_uri").GetString()!, token = json.GetProperty("registration_access_token").GetString()!;
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(host, HttpMethod.Get, uri, token)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(host, HttpMethod.Put, uri, token, Web)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(host, HttpMethod.Delete, uri, token)).StatusCode);
    }

    [Fact]
    [Requirement("ATTACK-366")]
    public async Task A_client_that_was_changed_while_it_changes_itself_is_told_and_overwrites_nothing()
    {
        await using Host host = await Host.StartAsync(options: With(new RegistrationOptions { Mode = RegistrationMode.Open }));
        JsonElement json = await Host.Json(await RegisterAsync(host, Web));
        string id = json.GetProperty("client_id").GetString()!, uri = json.GetProperty("registration_client_uri").GetString()!, token = json.GetProperty("registration_access_token").GetString()!;
        string update = $$"""{"client_id":"{{id}}","client_name":"Renamed","redirect_uris":["https://dynamic.example/cb"]}""";
        byte[] withdrawn = host.Store.Clients.Find(c => c.ClientId == id)!.SecretHashes[0];
        host.Store.BeforeClientChange = () =>
        {
            int at = host.Store.Clients.FindIndex(c => c.ClientId == id);
            Client row = host.Store.Clients[at];
            host.Store.Clients[at] = row with { Revision = row.Revision + 1, SecretHashes = [new byte[32]] };
        };
        using HttpResponseMessage late = await SendAsync(host, HttpMethod.Put, uri, token, update);
        Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
        Assert.Equal("invalid_request", (await Host.Json(late)).GetProperty("error").GetString());
        Client standing = host.Store.Clients.Find(c => c.ClientId == id)!;
        Assert.DoesNotContain(withdrawn, standing.SecretHashes);
        Assert.Equal("Dynamic", standing.Name);

        host.Store.BeforeClientChange = null;
        Assert.Equal("Renamed", (await Host.Json(await SendAsync(host, HttpMethod.Put, uri, token, update))).GetProperty("client_name").GetString());
        Assert.DoesNotContain(withdrawn, host.Store.Clients.Find(c => c.ClientId == id)!.SecretHashes);
    }

    [Fact]
    public async Task Without_management_no_client_gets_a_token_for_it()
    {
        await using Host host = await Host.StartAsync(options: With(new RegistrationOptions { Mode = RegistrationMode.Open, Management = RegistrationManagement.None }));
        JsonElement json = await Host.Json(await RegisterAsync(host, Web));
        Assert.False(json.TryGetProperty("registration_access_token", out _) || json.TryGetProperty("registration_client_uri", out _));
    }

    [Fact]
    [Requirement("RFC7592-2.1-03")]
    public async Task A_secret_that_has_passed_half_its_life_is_followed_by_another_while_both_are_good()
    {
        await using Host host = await Host.StartAsync(options: With(new RegistrationOptions { Mode = RegistrationMode.Open, SecretLifetime = TimeSpan.FromHours(2) }));
        JsonElement json = await Host.Json(await RegisterAsync(host, Web));
        string id = json.GetProperty("client_id").GetString()!, uri = json.GetProperty("registration_client_uri").GetString()!, token = json.GetProperty("registration_access_token").GetString()!;
        string update = $$"""{"client_id":"{{id}}","redirect_uris":["https://dynamic.example/cb"]}""";
        long end = json.GetProperty("client_secret_expires_at").GetInt64();
        Assert.InRange(end - TimeProvider.System.GetUtcNow().ToUnixTimeSeconds(), 7000, 7201);
        Assert.False((await Host.Json(await SendAsync(host, HttpMethod.Put, uri, token, update))).TryGetProperty("client_secret", out _));

        // Its life is over in half an hour.
        int at = host.Store.Clients.FindIndex(c => c.ClientId == id);
        host.Store.Clients[at] = host.Store.Clients[at] with { SecretExpiresAt = TimeProvider.System.GetUtcNow().AddMinutes(30) };
        JsonElement next = await Host.Json(await SendAsync(host, HttpMethod.Put, uri, token, update));
        Assert.NotEqual(json.GetProperty("client_secret").GetString(), next.GetProperty("client_secret").GetString());
        Assert.Equal(2, host.Store.Clients[at].SecretHashes.Count);
    }

    [Fact]
    [Requirement("CIMD-4-01")]
    public async Task What_is_off_is_neither_there_nor_announced()
    {
        await using Host host = await Host.StartAsync();
        JsonElement metadata = await Host.Json(await host.Http.GetAsync(new Uri("/.well-known/openid-configuration", UriKind.Relative)));
        Assert.False(metadata.TryGetProperty("registration_endpoint", out _) || metadata.TryGetProperty("client_id_metadata_document_supported", out _));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(host, Web));
        using HttpResponseMessage page = await host.Http.GetAsync(new Uri("/authorize?client_id=https%3A%2F%2Fclient.example%2Fmetadata&response_type=code&redirect_uri=https%3A%2F%2Fclient.example%2Fcb", UriKind.Relative));
        Assert.Equal(HttpStatusCode.BadRequest, page.StatusCode);
        Assert.Contains(host.Store.Events, e => e.Refusal == nameof(Protocol.Refusal.ClientUnknown));
    }

    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("127.0.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("93.184.216.34", "10.0.0.1")]
    [Requirement("ATTACK-259", "ATTACK-269", "CIMD-6.5-01", "CIMD-6.10-01")]
    public async Task A_name_that_leads_inside_is_resolved_once_and_not_connected_to(params string[] addresses)
    {
        int asked = 0;
        var options = new EvergrantOptions
        {
            Issuers = [new IssuerOptions { Issuer = Host.Issuer }],
            ClientDocuments = new ClientDocumentOptions { Enabled = true, AllowedHosts = ["client.example", "*.partner.example"] },
            Outbound = new OutboundOptions { Resolve = (_, _) => { Interlocked.Increment(ref asked); return Task.FromResult(addresses.Select(IPAddress.Parse).ToArray()); } },
        };
        await using Host host = await Host.StartAsync(options: options);
        async Task<HttpStatusCode> AuthorizeAsync(string id)
        {
            using HttpResponseMessage page = await host.Http.GetAsync(new Uri($"/authorize?client_id={Uri.EscapeDataString(id)}&response_type=code&redirect_uri=https%3A%2F%2Fclient.example%2Fcb", UriKind.Relative));
            return page.StatusCode;
        }
        Assert.Equal(HttpStatusCode.BadRequest, await AuthorizeAsync("https://client.example/metadata"));
        Assert.Equal(1, asked);
        Assert.Contains(host.Log, line => line.Contains("AddressNotAllowed", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.BadRequest, await AuthorizeAsync("https://evilclient.example/metadata"));
        Assert.Equal(HttpStatusCode.BadRequest, await AuthorizeAsync("https://partner.example/metadata"));
        Assert.Equal(1, asked);
        Assert.Equal(HttpStatusCode.BadRequest, await AuthorizeAsync("https://a.partner.example/metadata"));
        Assert.Equal(2, asked);
    }

    // What is fetched is on this machine, which may be busy with much else.
    private static EvergrantOptions With(RegistrationOptions registration) => new()
    {
        Issuers = [new IssuerOptions { Issuer = Host.Issuer }], Development = true, Registration = registration, Outbound = new OutboundOptions { Timeout = TimeSpan.FromSeconds(30) },
    };

    private static string Body(string name, string statement) => new JsonObject { ["client_name"] = name, ["redirect_uris"] = new JsonArray("https://dynamic.example/cb"), ["software_statement"] = statement }.ToJsonString();

    private static Task<HttpResponseMessage> RegisterAsync(Host host, string body, string? token = null) => SendAsync(host, HttpMethod.Post, "/register", token, body);

    private static async Task<HttpStatusCode> StatusAsync(Host host, string body, string? token = null)
    {
        using HttpResponseMessage response = await RegisterAsync(host, body, token);
        return response.StatusCode;
    }

    private static Task<HttpResponseMessage> SendAsync(Host host, HttpMethod method, string uri, string? token, string? body = null)
    {
        var request = new HttpRequestMessage(method, new Uri(uri, UriKind.RelativeOrAbsolute));
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        return host.Http.SendAsync(request);
    }

    private static async Task<string> TokenAsync(Host host, bool once, TimeSpan lifetime, string issuer = Host.Issuer)
    {
        string token = RegistrationTokens.New(RegistrationTokens.InitialPrefix, RandomNumberGenerator.GetBytes(32));
        await host.Store.CommitAsync(
            new AddHandle(new Handle(RegistrationTokens.HashOf(token), HandleKind.InitialAccessToken, null, new InitialAccess(issuer, once, ["authorization_code"]).Write(), TimeProvider.System.GetUtcNow() + lifetime)), null, default);
        return token;
    }
}
