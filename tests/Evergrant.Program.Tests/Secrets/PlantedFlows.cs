using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Web;
using Evergrant.Cli;
using Evergrant.Hosting;
using Evergrant.Protocol.Keys;

namespace Evergrant.Program.Tests.Secrets;

/// <summary>Whole flows with all the mistakes that clients and people make; every secret that comes up is planted.</summary>
internal sealed class PlantedFlows(WatchedServer server, Canaries canaries)
{
    private const string Callback = "http://127.0.0.1/callback";

    /// <summary>Something that is no secret and stands in every place that is searched: if it is not found, the search finds nothing.</summary>
    public string Control { get; } = "control" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    /// <summary>Everything, in the order in which it happens.</summary>
    public async Task RunAsync()
    {
        canaries.Plant("client secret", server.Development.WebSecret!);
        canaries.Plant("password", server.Development.Password);
        canaries.Plant("operator's password", server.Development.OperatorPassword);
        (string opaqueSecret, ECDsa key) = await RegisterAsync();
        (string refresh, string access, string idToken) = await SignInAsync("demo-web", server.Development.WebSecret!);
        await UseAsync(refresh, access, idToken);
        await AssertAsync(key);
        await MistakeAsync(refresh, access, idToken);
        await OpaqueAsync(opaqueSecret);
        await OperateAsync(refresh, access);
        await RotateAsync();
        PlantKeys();
    }

    /// <summary>What is asked of a store that does not answer.</summary>
    public async Task FailAsync()
    {
        (HttpClient http, _) = server.Client();
        using (http)
        {
            await Post(http, "/token", ("grant_type", "refresh_token"), ("refresh_token", canaries.PlantToken("forged refresh token", "evr_" + new string('A', 90))), ("client_id", "demo-web"), ("client_secret", server.Development.WebSecret!));
            await server.KeepAsync(await http.GetAsync($"/authorize?client_id=demo-web&response_type=code&redirect_uri={Callback}"));
        }
    }

    private async Task<(string Secret, ECDsa Key)> RegisterAsync()
    {
        ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        ECParameters parameters = key.ExportParameters(includePrivateParameters: true);
        canaries.Plant("private key of a client", parameters.D!);
        string jwk = $$"""{"kty":"EC","crv":"P-256","kid":"k","x":"{{Base64Url.EncodeToString(parameters.Q.X)}}","y":"{{Base64Url.EncodeToString(parameters.Q.Y)}}"}""";
        string state = $$"""
            { "clients": [
                { "client_id": "opaque", "client_name": "{{Control}}", "redirect_uris": ["{{Callback}}"], "scope": "openid offline_access notes:read", "resources": ["https://notes.example"], "access_token_format": "opaque", "consent": "implied", "grant_types": ["authorization_code", "refresh_token", "client_credentials"] },
                { "client_id": "asserting", "redirect_uris": ["{{Callback}}"], "token_endpoint_auth_method": "private_key_jwt", "jwks": { "keys": [{{jwk}}] }, "grant_types": ["client_credentials"], "scope": "notes:read", "resources": ["https://notes.example"] } ],
              "users": [ { "username": "ada", "password": "{{canaries.Plant("password in a file", "Pa55 phrase/of+ada & \"co\"").Replace("\"", "\\\"", StringComparison.Ordinal)}}" } ] }
            """;
        // This answer hands out the secret: it is not kept.
        CommandReply reply = await ServedExecution.RunAsync(server.Operations, new(["apply", "-f", "-", "--json", "--yes"], state, Path.GetTempPath(), 0), default);
        Xunit.Assert.Equal(0, reply.ExitCode);
        using JsonDocument json = JsonDocument.Parse(reply.Output);
        return (canaries.Plant("client secret", json.RootElement.GetProperty("changes")[0].GetProperty("client_secret").GetString()!), key);
    }

    private async Task<(string Refresh, string Access, string IdToken)> SignInAsync(string client, string secret)
    {
        (HttpClient http, CookieContainer cookies) = server.Client();
        using (http)
        {
            string verifier = canaries.Plant("PKCE verifier", Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32)));
            string challenge = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));
            HttpResponseMessage reply = await http.GetAsync($"/authorize?client_id={client}&response_type=code&redirect_uri={Uri.EscapeDataString(Callback)}&scope=openid%20offline_access%20notes:read&state={Control}&code_challenge={challenge}&code_challenge_method=S256");
            string page = await server.KeepAsync(reply);
            // A password that is wrong, one that was typed as the name, and the right one.
            page = await server.KeepAsync(await Submit(http, page, ("username", "demo"), ("password", canaries.Plant("wrong password", "not the Passw0rd/at all"))));
            page = await server.KeepAsync(await Submit(http, page, ("username", canaries.Plant("password typed as a name", "typed1nto-the wrong field")), ("password", "x")).WithoutEcho());
            reply = await Submit(http, page, ("username", "demo"), ("password", server.Development.Password));
            while (reply.StatusCode == HttpStatusCode.OK) reply = await Submit(http, await server.KeepAsync(reply), ("decision", "allow"));
            PlantCookies(cookies);
            string code = canaries.PlantToken("code", HttpUtility.ParseQueryString(reply.Headers.Location!.Query)["code"]!);
            (string, string)[] form = [("grant_type", "authorization_code"), ("code", code), ("code_verifier", verifier), ("redirect_uri", Callback), ("client_id", client), ("client_secret", secret)];
            await Post(http, "/token", [.. form.Where(f => f.Item1 != "code_verifier"), ("code_verifier", canaries.Plant("wrong verifier", new string('w', 43)))]);
            using JsonDocument tokens = await Tokens(http, form);
            await Post(http, "/token", form); // the code once more: the grant is revoked
            if (client == "demo-web") return await AgainAsync(http);
            return (tokens.RootElement.GetProperty("refresh_token").GetString()!, tokens.RootElement.GetProperty("access_token").GetString()!, tokens.RootElement.GetProperty("id_token").GetString()!);
        }
    }

    // In the same session, for tokens that stand.
    private async Task<(string Refresh, string Access, string IdToken)> AgainAsync(HttpClient http)
    {
        string verifier = canaries.Plant("PKCE verifier", Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32)));
        HttpResponseMessage reply = await http.GetAsync($"/authorize?client_id=demo-web&response_type=code&redirect_uri={Uri.EscapeDataString(Callback)}&scope=openid%20offline_access%20notes:read&code_challenge={Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)))}&code_challenge_method=S256");
        while (reply.StatusCode == HttpStatusCode.OK) reply = await Submit(http, await server.KeepAsync(reply), ("decision", "allow"));
        string code = canaries.PlantToken("code", HttpUtility.ParseQueryString(reply.Headers.Location!.Query)["code"]!);
        using JsonDocument tokens = await Tokens(http, ("grant_type", "authorization_code"), ("code", code), ("code_verifier", verifier), ("redirect_uri", Callback), ("client_id", "demo-web"), ("client_secret", server.Development.WebSecret!));
        await server.KeepAsync(await http.GetAsync("/account"));
        return (tokens.RootElement.GetProperty("refresh_token").GetString()!, tokens.RootElement.GetProperty("access_token").GetString()!, tokens.RootElement.GetProperty("id_token").GetString()!);
    }

    private async Task UseAsync(string refresh, string access, string idToken)
    {
        (HttpClient http, _) = server.Client();
        using (http)
        {
            (string, string)[] client = [("client_id", "demo-web"), ("client_secret", server.Development.WebSecret!)];
            await Post(http, "/introspect", [("token", access), .. client]);
            await Post(http, "/introspect", [("token", refresh), .. client]);
            using var asks = new HttpRequestMessage(HttpMethod.Get, "/userinfo") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", access) } };
            await server.KeepAsync(await http.SendAsync(asks));
            // The specification has this token in the URL.
            await server.KeepAsync(await http.GetAsync($"/authorize?client_id=demo-web&response_type=code&redirect_uri={Uri.EscapeDataString(Callback)}&scope=openid&prompt=none&id_token_hint={idToken}&code_challenge={new string('c', 43)}&code_challenge_method=S256"));
            string next = refresh;
            for (int i = 0; i < 3; i++)
            {
                using JsonDocument tokens = await Tokens(http, [("grant_type", "refresh_token"), ("refresh_token", next), .. client]);
                next = tokens.RootElement.GetProperty("refresh_token").GetString()!;
            }
            await Post(http, "/token", [("grant_type", "refresh_token"), ("refresh_token", next), ("scope", "openid admin"), .. client]);
            await Post(http, "/token", [("grant_type", "refresh_token"), ("refresh_token", refresh), .. client]); // a replay
            await Post(http, "/revoke", [("token", next), .. client]);
        }
    }

    private async Task AssertAsync(ECDsa key)
    {
        (HttpClient http, _) = server.Client();
        using (http)
        {
            long now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
            string signed = Base64Url.EncodeToString("""{"alg":"ES256","typ":"JWT","kid":"k"}"""u8) + "." + Base64Url.EncodeToString(Encoding.UTF8.GetBytes(
                $$"""{"iss":"asserting","sub":"asserting","aud":"{{server.Issuer}}","jti":"{{Guid.NewGuid()}}","iat":{{now}},"exp":{{now + 60}}}"""));
            string assertion = canaries.PlantToken("assertion", signed + "." + Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256)));
            (string, string)[] form = [("grant_type", "client_credentials"), ("client_assertion", assertion), ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")];
            using (JsonDocument tokens = await Tokens(http, form)) Xunit.Assert.True(tokens.RootElement.TryGetProperty("access_token", out _));
            await Post(http, "/token", form); // used up
            await Post(http, "/token?client_assertion=" + Uri.EscapeDataString(assertion), form);
        }
        key.Dispose();
    }

    private async Task MistakeAsync(string refresh, string access, string idToken)
    {
        (HttpClient http, _) = server.Client();
        using (http)
        {
            string secret = server.Development.WebSecret!, wrong = canaries.Plant("wrong client secret", "evs_wrong-but-nearly-the-secret-of-somebody");
            await Post(http, "/token", ("grant_type", "client_credentials"), ("client_id", "demo-web"), ("client_secret", wrong));
            // Name and secret in each other's place, in the URL, in the wrong header, in the path, in JSON.
            await Post(http, "/token", ("grant_type", "client_credentials"), ("client_id", secret), ("client_secret", "demo-web"));
            await Post(http, $"/token?client_id=demo-web&client_secret={secret}&refresh_token={refresh}", ("grant_type", "refresh_token"));
            foreach (string header in (string[])["Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{secret}:demo-web")), "Basic " + secret, "Bearer " + refresh, "DPoP " + access])
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, "/token") { Content = new FormUrlEncodedContent([new("grant_type", "client_credentials")]) };
                request.Headers.TryAddWithoutValidation("Authorization", header);
                await server.KeepAsync(await http.SendAsync(request));
            }
            await server.KeepAsync(await http.PostAsync("/token", new StringContent($$"""{"refresh_token":"{{refresh}}","client_secret":"{{secret}}"}""", Encoding.UTF8, "application/json")));
            await server.KeepAsync(await http.PostAsync("/token", new StringContent($"refresh_token={refresh}&refresh_token={refresh}&client_secret={secret}&client_id=demo-web%ff", Encoding.UTF8, "application/x-www-form-urlencoded")));
            await server.KeepAsync(await http.GetAsync($"/userinfo?access_token={access}"));
            await server.KeepAsync(await http.GetAsync($"/{Control}/introspect?token={access}"));
            await server.KeepAsync(await http.GetAsync($"/authorize?client_id=demo-web&response_type=code&redirect_uri=https://evil.example/&id_token_hint={idToken}&password={Uri.EscapeDataString(server.Development.Password)}"));
            await server.KeepAsync(await http.GetAsync($"/authorize?client_id={secret}&response_type=code"));
            await Post(http, "/revoke", ("token", access), ("client_id", "demo-native"));
            await Post(http, "/introspect", ("token", access), ("client_id", "demo-native"));
            foreach (string kind in (string[])["code", "refresh_token"])
            {
                await Post(http, "/token", ("grant_type", kind == "code" ? "authorization_code" : kind), (kind, access), ("client_id", "demo-web"), ("client_secret", secret), ("redirect_uri", Callback));
            }
        }
    }

    private async Task OpaqueAsync(string secret)
    {
        (string refresh, string access, _) = await SignInAsync("opaque", secret);
        (HttpClient http, _) = server.Client();
        using (http)
        {
            (string, string)[] client = [("client_id", "opaque"), ("client_secret", secret)];
            using JsonDocument own = await Tokens(http, [("grant_type", "client_credentials"), .. client]);
            await Post(http, "/revoke", [("token", own.RootElement.GetProperty("access_token").GetString()!), .. client]);
            await Post(http, "/introspect", [("token", access), .. client]);
            await Post(http, "/introspect", [("token", refresh), .. client]);
        }
    }

    private async Task OperateAsync(string refresh, string access)
    {
        foreach (string token in (string[])[refresh, access]) await server.CommandAsync(token, "explain");
        string reference = Regex.Match(Encoding.UTF8.GetString(server.Answers), "Reference ([0-9A-Z]{4}-[0-9A-Z]{4})").Groups[1].Value;
        foreach (string line in (string[])[$"explain {reference}", "client list", "client show opaque", "client show demo-web --json", "user list --json", "grant list", "grant list --json", "key list --all --json", "key list", "doctor"])
        {
            await server.CommandAsync(null, line.Split(' '));
        }
        await server.CommandAsync(canaries.Plant("new password", "another Pa55 phrase"), "user", "set-password", "ada");
        (HttpClient http, CookieContainer cookies) = server.Client();
        using (http)
        {
            string page = await server.KeepAsync(await http.GetAsync("/sign-in?return=explain"));
            using HttpResponseMessage signedIn = await Submit(http, page, ("username", "operator"), ("password", server.Development.OperatorPassword));
            Xunit.Assert.Equal(HttpStatusCode.SeeOther, signedIn.StatusCode);
            PlantCookies(cookies);
            await server.KeepAsync(await http.GetAsync("/admin/explain?reference=" + reference));
            await server.KeepAsync(await http.GetAsync("/admin/explain?reference=" + Uri.EscapeDataString(refresh)).WithoutEcho());
        }
    }

    private async Task RotateAsync()
    {
        await server.CommandAsync(null, "key", "rotate-root");
        await server.CommandAsync(null, "key", "rewrap");
        await server.CommandAsync(null, "key", "rotate", "--alg", "ES256");
        await server.CommandAsync(null, "key", "drop-root", "1");
    }

    private void PlantKeys()
    {
        foreach (string line in File.ReadAllLines(server.RootFile)) canaries.Plant("root key", Convert.FromBase64String(line.Split(' ')[1]));
        foreach (string purpose in (string[])["client-secret", "signing-key-wrap", "secret-wrap", "interaction-ticket", "page-form", "known-device", "pairwise-subject"])
        {
            foreach (int number in server.Root.Numbers) canaries.Plant("key of " + purpose, server.Root.Derive(purpose).Find(number)!);
        }
        foreach (SigningKeyRecord record in server.Store.Keys.ListKeysAsync(null, default).AsTask().Result)
        {
            byte[] wrapped = record.WrappedKey, pkcs8 = new byte[wrapped.Length - 28];
            using var aes = new AesGcm(server.Root.Derive("signing-key-wrap").Find(record.KeyNumber)!, 16);
            aes.Decrypt(wrapped.AsSpan(0, 12), wrapped.AsSpan(12, pkcs8.Length), wrapped.AsSpan(wrapped.Length - 16), pkcs8, Encoding.UTF8.GetBytes(record.Issuer + "\n" + record.KeyId));
            canaries.Plant("signing key", pkcs8);
            if (record.Algorithm != "ES256") continue;
            using var curve = ECDsa.Create();
            curve.ImportPkcs8PrivateKey(pkcs8, out _);
            canaries.Plant("signing key (D)", curve.ExportParameters(true).D!);
        }
    }

    private void PlantCookies(CookieContainer cookies)
    {
        foreach (Cookie cookie in cookies.GetAllCookies())
        {
            foreach (string part in cookie.Value.Split('.').Where(v => v.Length >= 20)) canaries.Plant("cookie " + cookie.Name, part);
        }
    }

    private async Task<JsonDocument> Tokens(HttpClient http, params (string Name, string Value)[] form)
    {
        using HttpResponseMessage reply = await http.PostAsync("/token", new FormUrlEncodedContent(form.Select(f => KeyValuePair.Create(f.Name, f.Value))));
        string body = await reply.Content.ReadAsStringAsync();
        Xunit.Assert.True(reply.IsSuccessStatusCode, body);
        JsonDocument json = JsonDocument.Parse(body);
        foreach (string name in (string[])["access_token", "refresh_token", "id_token"])
        {
            if (json.RootElement.TryGetProperty(name, out JsonElement token)) canaries.PlantToken(name.Replace('_', ' '), token.GetString()!);
        }
        return json;
    }

    private async Task Post(HttpClient http, string path, params (string Name, string Value)[] form) =>
        await server.KeepAsync(await http.PostAsync(path, new FormUrlEncodedContent(form.Select(f => KeyValuePair.Create(f.Name, f.Value)))));

    // The form of a page goes back with its hidden fields and ticked boxes.
    private async Task<HttpResponseMessage> Submit(HttpClient http, string html, params (string Name, string Value)[] fields)
    {
        string form = Regex.Match(html, "<form[^>]*method=\"post\".*?</form>", RegexOptions.Singleline | RegexOptions.IgnoreCase).Value;
        string action = WebUtility.HtmlDecode(Attribute(form, "action"));
        List<KeyValuePair<string, string>> sent = [.. fields.Select(f => KeyValuePair.Create(f.Name, f.Value))];
        foreach (Match input in Regex.Matches(form, "<input[^>]*>"))
        {
            if (Attribute(input.Value, "type") == "hidden") sent.Add(new(Attribute(input.Value, "name"), WebUtility.HtmlDecode(Attribute(input.Value, "value"))));
        }
        return await http.PostAsync(new Uri(new Uri(server.Issuer), action), new FormUrlEncodedContent(sent));
    }

    private static string Attribute(string tag, string name) => Regex.Match(tag, $" {name}=\"([^\"]*)\"").Groups[1].Value;
}

/// <summary>Pages that show a person what they have just typed themselves.</summary>
internal static class Echoes
{
    /// <summary>The answer without the value of the field in which it was typed: it goes to whoever typed it, and nowhere else.</summary>
    public static async Task<HttpResponseMessage> WithoutEcho(this Task<HttpResponseMessage> answering)
    {
        HttpResponseMessage reply = await answering;
        string body = await reply.Content.ReadAsStringAsync();
        reply.Content = new StringContent(Regex.Replace(body, "(<input[^>]* name=\"(?:username|reference)\"[^>]* value=\")[^\"]*", "$1"), Encoding.UTF8, "text/html");
        return reply;
    }
}
