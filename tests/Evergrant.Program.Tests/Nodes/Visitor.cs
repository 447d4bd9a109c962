using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Web;
using Evergrant.Program.Tests.Harness;
using Microsoft.AspNetCore.WebUtilities;
using Xunit;

namespace Evergrant.Program.Tests.Nodes;

/// <summary>A browser and the client "web", before a proxy that sends each request to the node the test names.</summary>
internal sealed class Visitor(NodeSet nodes) : IDisposable
{
    private const string Redirect = "https://web.example/cb";
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
    private readonly CookieContainer _cookies = new();
    private readonly string _verifier = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));

    public string Secret { get; set; } = nodes.Secret;

    /// <summary>The code flow: authorize and sign in at the nodes in turn, beginning with the first named.</summary>
    public async Task<string> CodeAsync(params int[] at)
    {
        string query = $"response_type=code&client_id=web&redirect_uri={Uri.EscapeDataString(Redirect)}&scope=openid%20offline_access&state=s"
            + $"&code_challenge_method=S256&code_challenge={WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(_verifier)))}";
        int step = 0;
        HttpResponseMessage reply = await SendAsync(at[0], HttpMethod.Get, "/authorize?" + query);
        while (reply.StatusCode == HttpStatusCode.OK && step < 4)
        {
            string html = await reply.Content.ReadAsStringAsync();
            string action = WebUtility.HtmlDecode(Regex.Match(html, "<form[^>]*action=\"([^\"]*)\"").Groups[1].Value);
            List<KeyValuePair<string, string>> form = html.Contains("name=\"password\"", StringComparison.Ordinal)
                ? [new("username", NodeSet.User), new("password", NodeSet.Password)]
                : [new("decision", "allow")];
            foreach (Match input in Regex.Matches(html, "<input[^>]*>"))
            {
                if (Attribute(input.Value, "type") == "hidden" || input.Value.Contains(" checked", StringComparison.Ordinal)) form.Add(new(Attribute(input.Value, "name"), Attribute(input.Value, "value")));
            }
            reply = await SendAsync(at[++step % at.Length], HttpMethod.Post, new Uri(new Uri(NodeSet.Issuer), action).PathAndQuery, form);
        }
        Assert.True(reply.StatusCode == HttpStatusCode.SeeOther, $"{reply.StatusCode} {await reply.Content.ReadAsStringAsync()}");
        return HttpUtility.ParseQueryString(reply.Headers.Location!.Query)["code"] ?? throw new InvalidOperationException(reply.Headers.Location.ToString());
    }

    /// <summary>Asks the token endpoint of a node to redeem a code.</summary>
    public Task<Answer> RedeemAsync(int node, string code) =>
        PostAsync(node, "/token", new("grant_type", "authorization_code"), new("code", code), new("redirect_uri", Redirect), new("code_verifier", _verifier));

    /// <summary>Asks for a refresh.</summary>
    public Task<Answer> RefreshAsync(int node, string token) => PostAsync(node, "/token", new("grant_type", "refresh_token"), new("refresh_token", token));

    /// <summary>Revokes a token.</summary>
    public Task<Answer> RevokeAsync(int node, string token) => PostAsync(node, "/revoke", new KeyValuePair<string, string>("token", token));

    /// <summary>Whether a token is active.</summary>
    public async Task<bool> IsActiveAsync(int node, string token) =>
        (await PostAsync(node, "/introspect", new KeyValuePair<string, string>("token", token))).Json!.Value.GetProperty("active").GetBoolean();

    /// <summary>Asks for a token of the client's own; tells whether its secret is known.</summary>
    public Task<Answer> AskAsync(int node, string? secret = null, string client = "web") => PostAsAsync(node, "/token", client, secret ?? Secret, new KeyValuePair<string, string>("grant_type", "client_credentials"));

    /// <summary>The key ids of a node's JWK Set.</summary>
    public async Task<IReadOnlyList<string>> KeysAsync(int node)
    {
        HttpResponseMessage reply = await SendAsync(node, HttpMethod.Get, "/jwks");
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        return [.. JsonDocument.Parse(await reply.Content.ReadAsStringAsync()).RootElement.GetProperty("keys").EnumerateArray().Select(k => k.GetProperty("kid").GetString()!).Order()];
    }

    /// <summary>The key that signed a token.</summary>
    public static string KeyOf(string token) => JsonDocument.Parse(WebEncoders.Base64UrlDecode(token[..token.IndexOf('.')])).RootElement.GetProperty("kid").GetString()!;

    public void Dispose() => _http.Dispose();

    private Task<Answer> PostAsync(int node, string path, params IEnumerable<KeyValuePair<string, string>> form) => PostAsAsync(node, path, "web", Secret, form);

    private async Task<Answer> PostAsAsync(int node, string path, string client, string secret, params IEnumerable<KeyValuePair<string, string>> form)
    {
        HttpResponseMessage reply = await SendAsync(node, HttpMethod.Post, path, form.Concat([new("client_id", client), new("client_secret", secret)]), cookies: false);
        string text = await reply.Content.ReadAsStringAsync();
        return new(reply.StatusCode, text.Length > 0 ? JsonDocument.Parse(text).RootElement : null);
    }

    private async Task<HttpResponseMessage> SendAsync(int node, HttpMethod method, string path, IEnumerable<KeyValuePair<string, string>>? form = null, bool cookies = true)
    {
        var issuer = new Uri(NodeSet.Issuer);
        using var request = new HttpRequestMessage(method, $"http://127.0.0.1:{nodes[node].Port}{path}");
        request.Headers.Host = issuer.Host;
        request.Headers.Add("X-Forwarded-Proto", "https");
        request.Headers.Add("X-Forwarded-For", "203.0.113.7");
        if (cookies && _cookies.GetCookieHeader(issuer) is { Length: > 0 } cookie) request.Headers.Add("Cookie", cookie);
        if (form is not null) request.Content = new FormUrlEncodedContent(form);
        HttpResponseMessage reply = await _http.SendAsync(request);
        if (cookies && reply.Headers.TryGetValues("Set-Cookie", out IEnumerable<string>? set))
        {
            foreach (string one in set) _cookies.SetCookies(issuer, one);
        }
        return reply;
    }

    private static string Attribute(string tag, string name) => WebUtility.HtmlDecode(Regex.Match(tag, name + "=\"([^\"]*)\"").Groups[1].Value);
}

/// <summary>What an endpoint for clients answered.</summary>
internal sealed record Answer(HttpStatusCode Status, JsonElement? Json)
{
    public string? this[string member] => Json is { } json && json.TryGetProperty(member, out JsonElement value) ? value.GetString() : null;

    public string RefreshToken => this["refresh_token"] ?? throw new InvalidOperationException($"{Status} {Json}");
}
