using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Evergrant.Program.Tests.Harness;
using Evergrant.Sqlite;
using Evergrant.Tests;
using Xunit;

namespace Evergrant.Program.Tests.Commands;

/// <summary>Commands that reach a running server through its socket.</summary>
public sealed class WhileServingTests(DevelopmentServer server) : IClassFixture<DevelopmentServer>
{
    private const string Declared = """
        { "resources": [ { "identifier": "https://mail.example", "name": "Mail", "scopes": [ { "name": "mail:read", "description": "Read your mail" } ] } ],
          "scopes": [ { "name": "extra", "description": "Something extra" } ],
          "clients": [ { "client_id": "twice", "redirect_uris": [ "https://a.example/cb" ], "scope": "openid mail:read extra", "resources": [ "https://mail.example" ], "policy": { "rotate": true } } ],
          "users": [ { "username": "twice", "password": "correct horse battery", "claims": { "name": "Twice" } } ] }
        """;

    [Fact]
    public void Everything_needed_is_announced_to_the_owner_only()
    {
        JsonElement dev = server.Announced;
        Assert.Equal(server.Issuer, dev.GetProperty("issuer").GetString());
        Assert.Equal(server.Issuer + "/playground", dev.GetProperty("playground").GetString());
        Assert.Equal(server.Program.Id, dev.GetProperty("pid").GetInt32());
        JsonElement web = dev.GetProperty("clients").GetProperty("web"), native = dev.GetProperty("clients").GetProperty("native");
        Assert.Equal("demo-web", web.GetProperty("client_id").GetString());
        Assert.StartsWith("evs_", web.GetProperty("client_secret").GetString(), StringComparison.Ordinal);
        Assert.Equal(server.Issuer + "/playground/callback", web.GetProperty("redirect_uris")[0].GetString());
        Assert.False(native.TryGetProperty("client_secret", out _));
        Assert.Contains("offline_access", native.GetProperty("scope").GetString()!, StringComparison.Ordinal);
        Assert.Equal("demo", dev.GetProperty("user").GetProperty("username").GetString());
        Assert.Equal("operator", dev.GetProperty("operator").GetProperty("username").GetString());
        foreach (string name in (string[])["dev.json", "root.key", "evergrant.sock", "evergrant.db"])
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(server.Folder, name)));
        }
        Assert.Contains(server.Issuer + "/playground", server.Program.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_server_on_the_same_folder_is_refused()
    {
        Said said = await RunningProgram.Run("start", "--urls", $"http://localhost:{RunningProgram.FreePort()}", "--data", server.Folder);
        Assert.Equal(3, said.ExitCode);
        Assert.Contains($"{server.Folder} is in use by process {server.Program.Id}", said.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(server.Folder, "dev.json")));
    }

    [Fact]
    public async Task A_second_server_on_the_same_address_is_told_how_to_choose_another()
    {
        using var folder = new TemporaryFolder();
        Said said = await RunningProgram.Run("start", "--urls", server.Issuer, "--data", folder.At("data"));
        Assert.Equal(2, said.ExitCode);
        Assert.Equal($"evergrant: {server.Issuer} is taken by another program; choose another address: evergrant start --urls http://localhost:5001", said.Error.Trim());
        Assert.False(File.Exists(folder.At("data/dev.json")));
    }

    [Fact]
    public async Task A_client_that_is_added_changed_and_removed_is_known_to_the_server_at_once()
    {
        JsonElement added = (await server.Json("client", "add", "quick", "--grant-type", "client_credentials", "--scope", "notes:read", "--resource", "https://notes.example")).GetProperty("changes")[0];
        string secret = added.GetProperty("client_secret").GetString()!;
        Assert.Equal("created", added.GetProperty("action").GetString());
        Assert.Equal(HttpStatusCode.OK, await server.AskForToken("quick", secret));

        string second = (await server.Json("client", "rotate-secret", "quick")).GetProperty("client_secret").GetString()!;
        Assert.Equal(HttpStatusCode.OK, await server.AskForToken("quick", secret));
        Assert.Equal(HttpStatusCode.OK, await server.AskForToken("quick", second));
        Assert.Equal(0, (await server.Run("client", "rotate-secret", "quick", "--finish")).ExitCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await server.AskForToken("quick", secret));
        Assert.Equal(HttpStatusCode.OK, await server.AskForToken("quick", second));

        Said shown = await server.Run("client", "show", "quick");
        Assert.DoesNotContain("evs_", shown.Output, StringComparison.Ordinal);
        Assert.Equal(1, (await server.Run("client", "add", "quick")).ExitCode);
        Assert.Equal(0, (await server.Run("client", "remove", "quick")).ExitCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await server.AskForToken("quick", second));
        Assert.Equal(1, (await server.Run("client", "show", "quick")).ExitCode);
        Assert.DoesNotContain(secret, server.Program.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Applying_twice_changes_nothing_the_second_time()
    {
        JsonElement first = await server.Apply(Declared), second = await server.Apply(Declared);
        Assert.Equal(["resource created", "scope created", "client created", "user created"], Actions(first));
        Assert.Equal(["resource unchanged", "scope unchanged", "client unchanged", "user unchanged"], Actions(second));
        Assert.True(first[2].TryGetProperty("client_secret", out _));
        Assert.False(second[2].TryGetProperty("client_secret", out _));

        string changed = Declared.Replace("openid mail:read extra", "openid extra", StringComparison.Ordinal).Replace("battery", "bakery", StringComparison.Ordinal).Replace("\"Twice\"", "\"Twain\"", StringComparison.Ordinal);
        Said shown = await server.RunWith(changed, "apply", "-f", "-", "--dry-run");
        Assert.Contains("scope: \"openid mail:read extra\" -> \"openid extra\"", shown.Output, StringComparison.Ordinal);
        Assert.Contains("password: none -> changed", shown.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("bakery", shown.Output, StringComparison.Ordinal);
        Assert.Equal(["resource unchanged", "scope unchanged", "client updated", "user updated"], Actions(await server.Apply(changed)));
        Assert.All(Actions(await server.Apply(changed)), action => Assert.EndsWith("unchanged", action, StringComparison.Ordinal));
    }

    [Fact]
    [Requirement("ATTACK-354", "ATTACK-373")]
    public async Task All_faults_of_a_declared_state_come_at_once_and_nothing_is_changed()
    {
        Said said = await server.RunWith("""
            { "resources": [ { "identifier": "https://never.example", "scopes": [ { "name": "two words" } ], "colour": "red" } ],
              "clients": [ { "client_id": "never", "redirect_uri": "x" }, { "client_id": "x y", "scope": "nope", "redirect_uris": ["http://a.example/"] } ],
              "users": [ { "password": "short" } ], "extra": 1 }
            """, "apply", "-f", "-", "--yes");
        Assert.Equal(2, said.ExitCode);
        foreach (string fault in (string[])["extra: is not known", "resources[0].colour: is not known", "resources[0].scopes[0].name: two words is not a scope value", "clients[0].redirect_uri ", "clients[1].client_id ", "clients[1].scope ", "clients[1].redirect_uris ", "users[0].username: is missing"])
        {
            Assert.Contains(fault, said.Error, StringComparison.Ordinal);
        }
        Assert.DoesNotContain("https://never.example", (await server.RunWith("""{"resources":[]}""", "apply", "-f", "-", "--dry-run")).Output, StringComparison.Ordinal);
        Assert.Equal(1, (await server.Run("client", "show", "never")).ExitCode);
    }

    [Fact]
    public async Task Where_nobody_can_be_asked_nothing_is_applied_without_a_yes()
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("state.json", """{"scopes":[{"name":"unasked"}]}""");
        Said said = await server.Run("apply", "-f", file);
        Assert.Equal(2, said.ExitCode);
        Assert.Contains("+ scope    unasked  created", said.Output, StringComparison.Ordinal);
        Assert.Contains("--yes", said.Error, StringComparison.Ordinal);
        Assert.Equal(["scope created"], Actions(await server.Apply("""{"scopes":[{"name":"unasked"}]}""")));
    }

    [Fact]
    public async Task A_user_is_made_with_a_password_from_standard_input()
    {
        Assert.Equal(0, (await server.RunWith("a long enough phrase\n", "user", "add", "ada", "--claim", "email=ada@example.com", "--claim", "email_verified=true")).ExitCode);
        JsonElement ada = (await server.Json("user", "list")).GetProperty("users").EnumerateArray().Single(u => u.GetProperty("username").GetString() == "ada");
        Assert.True(ada.GetProperty("claims").GetProperty("email_verified").GetBoolean());
        Assert.Equal(1, (await server.RunWith("a long enough phrase", "user", "add", "ADA")).ExitCode);
        Assert.Equal(2, (await server.RunWith("", "user", "add", "eve")).ExitCode);
        Assert.Equal(2, (await server.RunWith("short", "user", "set-password", "ada")).ExitCode);
        Assert.Equal(0, (await server.RunWith("another long phrase", "user", "set-password", "ada")).ExitCode);
        Assert.Equal(1, (await server.RunWith("another long phrase", "user", "set-password", "nobody")).ExitCode);
        Assert.Equal(0, (await server.Run("user", "remove", "ada")).ExitCode);
        Assert.Equal(1, (await server.Run("user", "remove", "ada")).ExitCode);
    }

    [Fact]
    public async Task A_backup_taken_while_serving_opens_as_a_store()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.At("copy"));
        Assert.Equal(0, (await server.Run("backup", folder.At("copy/evergrant.db"))).ExitCode);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder.At("copy/evergrant.db")));
        Assert.Equal(1, (await server.Run("backup", folder.At("copy/evergrant.db"))).ExitCode);
        await using SqliteStore store = await SqliteStore.OpenAsync(new SqliteOptions(folder.At("copy")));
        Assert.Equal("ok", await store.CheckIntegrityAsync());
        Assert.NotNull(await store.Clients.FindClientAsync(server.Issuer, "demo-web", CancellationToken.None));
    }

    [Fact]
    public async Task A_refusal_is_explained_by_its_reference()
    {
        using HttpResponseMessage reply = await server.Http.PostAsync(server.Issuer + "/token", new FormUrlEncodedContent([new("grant_type", "client_credentials"), new("client_id", "nobody"), new("client_secret", "x")]));
        string reference = Regex.Match(await reply.Content.ReadAsStringAsync(), "Reference ([0-9A-Z-]{9})").Groups[1].Value;
        JsonElement explanation = await server.Json("explain", reference);
        Assert.Contains("ClientUnknown", explanation.GetProperty("title").GetString()!, StringComparison.Ordinal);
        Assert.Contains("ClientUnknown", (await server.RunWith(reference.ToLowerInvariant() + "\n", "explain")).Output, StringComparison.Ordinal);
        Assert.Equal(1, (await server.Run("explain", "0000-0000")).ExitCode);
        Assert.Equal(2, (await server.RunWith("", "explain")).ExitCode);
    }

    [Fact]
    public async Task A_grant_is_listed_explained_by_its_token_and_revoked()
    {
        JsonElement tokens = await CodeFlow.Run(server);
        string refresh = tokens.GetProperty("refresh_token").GetString()!;
        JsonElement grant = (await server.Json("grant", "list", "--user", "demo", "--client", "demo-web", "--live")).GetProperty("grants")[0];
        string id = grant.GetProperty("id").GetString()!;
        Assert.Equal("active", grant.GetProperty("state").GetString());

        Said explained = await server.RunWith(refresh + "\n", "explain");
        Assert.Equal(0, explained.ExitCode);
        Assert.Contains(id, explained.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(refresh, explained.Output, StringComparison.Ordinal);

        Assert.Equal(0, (await server.Run("grant", "revoke", id)).ExitCode);
        Assert.Equal(1, (await server.Run("grant", "revoke", id)).ExitCode);
        Assert.Equal("invalid_grant", (await CodeFlow.Token(server, new("grant_type", "refresh_token"), new("refresh_token", refresh))).GetProperty("error").GetString());
        Said shown = await server.Run("grant", "show", id);
        Assert.Contains("RevokedByOperator", shown.Output, StringComparison.Ordinal);
        Assert.Contains("GrantRevoked", shown.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await server.Run("grant", "revoke", "--user", "demo")).ExitCode);
        Assert.DoesNotContain(refresh, server.Program.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_are_rotated_and_withdrawn()
    {
        JsonElement made = (await server.Json("key", "rotate", "--alg", "ES256")).GetProperty("keys")[0];
        Assert.Equal("announced", made.GetProperty("state").GetString());
        string kid = made.GetProperty("kid").GetString()!;
        Assert.Contains(kid, await server.Http.GetStringAsync(server.Issuer + "/jwks"), StringComparison.Ordinal);
        Assert.Equal(0, (await server.Run("key", "withdraw", kid)).ExitCode);
        Assert.DoesNotContain(kid, await server.Http.GetStringAsync(server.Issuer + "/jwks"), StringComparison.Ordinal);
        Said again = await server.Run("key", "withdraw", kid);
        Assert.Equal((1, $"evergrant: {kid} was withdrawn before"), (again.ExitCode, again.Error.Trim()));
        Assert.Equal(1, (await server.Run("key", "withdraw", "none")).ExitCode);
        Assert.Equal(2, (await server.Run("key", "rotate", "--alg", "HS256")).ExitCode);
    }

    [Fact]
    public async Task A_declared_state_with_half_a_character_is_refused_as_the_input_that_it_is()
    {
        foreach (string text in (string[])["""{"scopes":[{"name":"a","description":"\ud800"}]}""", """{"scopes":[{"name":"\udc00"}]}""", """{"\ud800":1}"""])
        {
            Said said = await server.RunWith(text, "apply", "-f", "-", "--yes");
            Assert.Equal((2, "evergrant: the declared state cannot be used: a text in it is not Unicode"), (said.ExitCode, said.Error.Trim()));
        }
        foreach (string metadata in (string[])["""{"client_name":"\ud800"}""", """{"client_name":"a","client_name":"b"}"""])
        {
            Assert.Equal(2, (await server.RunWith(metadata, "client", "add", "half", "--metadata", "-")).ExitCode);
        }
    }

    [Fact]
    public async Task A_disabled_account_is_refused_as_if_nobody_were_called_so_and_its_grants_have_ended()
    {
        string refresh = (await CodeFlow.Run(server)).GetProperty("refresh_token").GetString()!;
        Assert.Equal(0, (await server.Run("user", "disable", "demo")).ExitCode);
        try
        {
            Assert.Contains("disabled", (await server.Run("user", "list")).Output, StringComparison.Ordinal);
            Assert.Equal("invalid_grant", (await CodeFlow.Token(server, new("grant_type", "refresh_token"), new("refresh_token", refresh))).GetProperty("error").GetString());
            string password = server.Announced.GetProperty("user").GetProperty("password").GetString()!;
            Assert.Equal(await SignInPage("nobody-at-all", password), await SignInPage("demo", password));
        }
        finally
        {
            Assert.Equal(0, (await server.Run("user", "enable", "demo")).ExitCode);
        }
        Assert.True((await CodeFlow.Run(server)).TryGetProperty("access_token", out _));
        Assert.Equal(1, (await server.Run("user", "disable", "nobody-at-all")).ExitCode);
    }

    [Fact]
    public async Task A_new_root_key_is_used_at_once_and_whoever_lost_an_answer_gets_the_same_successor()
    {
        string secret = (await server.Json("client", "add", "rooted", "--grant-type", "client_credentials", "--scope", "notes:read", "--resource", "https://notes.example")).GetProperty("changes")[0].GetProperty("client_secret").GetString()!;
        string first = (await CodeFlow.Run(server)).GetProperty("refresh_token").GetString()!, lost = await Refresh(first);
        Said rotated = await server.Run("key", "rotate-root");
        Assert.True(rotated.ExitCode == 0, rotated.Error);
        int active = (await RootKeys()).Single(k => k.State == "active").Number;
        Assert.Equal("accepted", (await RootKeys())[0].State);
        // The row says which key made the present generation; a retry is answered with that one.
        Assert.Equal(lost, await Refresh(first));
        string next = await Refresh(lost);
        Assert.Equal((active - 1, active), (KeyNumberOf(lost), KeyNumberOf(next)));
        Assert.Equal(next, await Refresh(lost));

        Assert.Equal(0, (await server.Run("key", "rewrap")).ExitCode);
        Assert.All((await server.Json("key", "list")).GetProperty("keys").EnumerateArray(), k => Assert.Equal(active, k.GetProperty("root_key").GetInt32()));
        Assert.Contains("rooted", (await server.Run("key", "drop-root", "1")).Error, StringComparison.Ordinal);
        // The secret is at hand when it is shown: from then on its hash is of the new key.
        Assert.Equal(HttpStatusCode.OK, await server.AskForToken("rooted", secret));
        Assert.Equal(HttpStatusCode.OK, await server.AskForToken("rooted", secret));
        Assert.DoesNotContain("rooted", (await server.Run("key", "drop-root", "1")).Error, StringComparison.Ordinal);
        Assert.DoesNotContain(" AAAA", rotated.Output, StringComparison.Ordinal);
        foreach (string line in await File.ReadAllLinesAsync(Path.Combine(server.Folder, "root.key"))) Assert.DoesNotContain(line.Split(' ')[1], rotated.Output + (await server.Run("key", "list")).Output, StringComparison.Ordinal);
    }

    private static int KeyNumberOf(string token) => System.Buffers.Binary.BinaryPrimitives.ReadUInt16BigEndian(Microsoft.AspNetCore.WebUtilities.WebEncoders.Base64UrlDecode(token[4..]));

    private async Task<string> Refresh(string token) =>
        (await CodeFlow.Token(server, new("grant_type", "refresh_token"), new("refresh_token", token))).GetProperty("refresh_token").GetString()!;

    private async Task<List<(int Number, string? State)>> RootKeys() =>
        [.. (await server.Json("key", "list")).GetProperty("root_keys").EnumerateArray().Select(k => (k.GetProperty("number").GetInt32(), k.GetProperty("state").GetString()))];

    // The page after a failed attempt, without what is new in every answer.
    private async Task<string> SignInPage(string name, string password)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() });
        string page = await http.GetStringAsync(server.Issuer + "/sign-in?return=account");
        string token = Regex.Match(page, "name=\"form_token\" value=\"([^\"]*)\"").Groups[1].Value;
        using HttpResponseMessage reply = await http.PostAsync(server.Issuer + "/sign-in", new FormUrlEncodedContent([new("form_token", token), new("return", "account"), new("username", name), new("password", password)]));
        string answer = $"{(int)reply.StatusCode} {await reply.Content.ReadAsStringAsync()}";
        return Regex.Replace(answer.Replace(token, "", StringComparison.Ordinal).Replace(name, "", StringComparison.Ordinal), "[0-9A-Z]{4}-[0-9A-Z]{4}|nonce[-=\"][^ \"']*", "");
    }

    [Fact]
    public async Task What_cannot_be_said_ends_with_two_and_what_is_not_there_with_one()
    {
        Assert.Equal(2, (await server.Run("client")).ExitCode);
        Assert.Equal(2, (await server.Run("client", "add", "x", "--colour", "red")).ExitCode);
        Assert.Equal(2, (await server.Run("client", "list", "--issuer", "https://other.example")).ExitCode);
        Assert.Equal(2, (await server.Run("grant", "show", "not-an-id")).ExitCode);
        Assert.Equal(1, (await server.Run("grant", "show", "0198c5a0-0000-7000-8000-000000000000")).ExitCode);
        Assert.Equal(1, (await server.Run("grant", "revoke", "0198c5a0-0000-7000-8000-000000000000")).ExitCode);
        Assert.Equal(2, (await server.Run("grant", "revoke")).ExitCode);
        Assert.Equal(0, (await server.Run("grant", "list", "--live")).ExitCode);
        Assert.Equal(0, (await server.Run("doctor")).ExitCode);
        Assert.Equal(0, (await RunningProgram.Run("--help")).ExitCode);
    }

    [Fact]
    public async Task Health_is_told_to_whoever_asks_and_a_foreign_host_is_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, server.Issuer + "/health/ready") { Headers = { Host = "10.1.2.3" } };
        Assert.Equal(HttpStatusCode.OK, (await server.Http.SendAsync(request)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await server.Http.GetAsync(server.Issuer + "/health/live")).StatusCode);
        using var foreign = new HttpRequestMessage(HttpMethod.Get, server.Issuer + "/jwks") { Headers = { Host = "evil.example" } };
        Assert.Equal(HttpStatusCode.BadRequest, (await server.Http.SendAsync(foreign)).StatusCode);
    }

    [Theory]
    [InlineData("GET /jwks HTTP/1.1\r\nHost: localhost\r\nX-Long: {16500}\r\n\r\n", "431")]
    [InlineData("GET /jwks?{8300} HTTP/1.1\r\nHost: localhost\r\n\r\n", "414")]
    [InlineData("GET /jwks HTTP/1.1\r\n\r\n", "400")]
    [InlineData("GET /jwks HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", "200")]
    public async Task Requests_beyond_the_limits_are_refused_without_details(string request, string status)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync("localhost", new Uri(server.Issuer).Port);
        NetworkStream stream = socket.GetStream();
        string sent = Regex.Replace(request, @"\{(\d+)\}", m => new string('x', int.Parse(m.Groups[1].Value)));
        await stream.WriteAsync(Encoding.ASCII.GetBytes(sent));
        using var reader = new StreamReader(stream);
        string reply = await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.StartsWith("HTTP/1.1 " + status, reply, StringComparison.Ordinal);
        Assert.DoesNotContain("Server:", reply, StringComparison.OrdinalIgnoreCase);
    }

    private static string[] Actions(JsonElement changes) =>
        [.. changes.EnumerateArray().Select(c => $"{c.GetProperty("kind").GetString()} {c.GetProperty("action").GetString()}")];
}
