using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Web;
using Microsoft.AspNetCore.WebUtilities;

namespace Evergrant.Program.Tests.Harness;

/// <summary>The demo person signs in to the demo web application and allows everything.</summary>
internal static class CodeFlow
{
    /// <summary>Walks the flow and gives the token endpoint's answer.</summary>
    public static async Task<JsonElement> Run(DevelopmentServer server)
    {
        JsonElement client = server.Announced.GetProperty("clients").GetProperty("web"), user = server.Announced.GetProperty("user");
        string redirect = client.GetProperty("redirect_uris")[0].GetString()!, verifier = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() });
        string query = $"response_type=code&client_id=demo-web&redirect_uri={Uri.EscapeDataString(redirect)}&scope={Uri.EscapeDataString(client.GetProperty("scope").GetString()!)}&state=s"
            + $"&code_challenge_method=S256&code_challenge={WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)))}";
        HttpResponseMessage reply = await http.GetAsync($"{server.Issuer}/authorize?{query}");
        reply = await Post(http, server, reply, new() { ["username"] = user.GetProperty("username").GetString()!, ["password"] = user.GetProperty("password").GetString()! });
        if (reply.StatusCode == HttpStatusCode.OK) reply = await Post(http, server, reply, new() { ["decision"] = "allow" });
        string code = HttpUtility.ParseQueryString(reply.Headers.Location!.Query)["code"]!;
        return await Token(server, new("grant_type", "authorization_code"), new("code", code), new("redirect_uri", redirect), new("code_verifier", verifier));
    }

    /// <summary>Asks the token endpoint as the demo web application.</summary>
    public static async Task<JsonElement> Token(DevelopmentServer server, params IEnumerable<KeyValuePair<string, string>> form)
    {
        JsonElement client = server.Announced.GetProperty("clients").GetProperty("web");
        form = form.Concat([new("client_id", "demo-web"), new("client_secret", client.GetProperty("client_secret").GetString()!)]);
        using HttpResponseMessage reply = await server.Http.PostAsync(server.Issuer + "/token", new FormUrlEncodedContent(form));
        return JsonDocument.Parse(await reply.Content.ReadAsStringAsync()).RootElement;
    }

    // Every hidden field goes back as it came; check boxes that are ticked do as well.
    private static async Task<HttpResponseMessage> Post(HttpClient http, DevelopmentServer server, HttpResponseMessage page, Dictionary<string, string> fields)
    {
        string html = await page.Content.ReadAsStringAsync();
        string action = WebUtility.HtmlDecode(Regex.Match(html, "<form[^>]*action=\"([^\"]*)\"").Groups[1].Value);
        List<KeyValuePair<string, string>> form = [.. fields];
        foreach (Match input in Regex.Matches(html, "<input[^>]*>"))
        {
            string name = Attribute(input.Value, "name"), type = Attribute(input.Value, "type");
            if (type == "hidden" || (type == "checkbox" && input.Value.Contains(" checked", StringComparison.Ordinal))) form.Add(new(name, Attribute(input.Value, "value")));
        }
        return await http.PostAsync(new Uri(new Uri(server.Issuer), action), new FormUrlEncodedContent(form));
    }

    private static string Attribute(string tag, string name) => WebUtility.HtmlDecode(Regex.Match(tag, name + "=\"([^\"]*)\"").Groups[1].Value);
}
