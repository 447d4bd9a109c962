using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Evergrant.Jose;

namespace Evergrant.Fuzz.Endpoints;

/// <summary>The shapes for a running server: everything its endpoints take, and each address that has no shape of its own with the parameters of all.</summary>
internal static class RequestShapes
{
    private static readonly string Verifier = new('v', 43);
    private static readonly string Challenge = CanonicalBase64Url.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    /// <summary>Those of a server.</summary>
    public static IReadOnlyList<RequestShape> Of(InProcessServer server)
    {
        JsonElement web = server.Announced.GetProperty("clients").GetProperty("web"), user = server.Announced.GetProperty("user");
        string secret = web.GetProperty("client_secret").GetString()!, redirect = web.GetProperty("redirect_uris")[1].GetString()!, scope = web.GetProperty("scope").GetString()!;
        (string, string)[] basic = [("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("demo-web:" + secret)))];
        (string, string)[] browser = [("Cookie", "$cookie"), ("Accept", "text/html")];
        (string, string)[] authorize =
        [
            ("response_type", "code"), ("client_id", "demo-web"), ("redirect_uri", redirect), ("scope", scope), ("state", "s"), ("nonce", "n"), ("code_challenge", Challenge), ("code_challenge_method", "S256"),
        ];
        (string, string)[] native = [.. authorize.Select(p => p.Item1 == "client_id" ? (p.Item1, "demo-native") : p)];
        RequestShape[] own =
        [
            new("GET", "/authorize", 60, authorize, Headers: browser),
            new("POST", "/authorize", 10, Form: authorize, Headers: browser),
            new("GET", "/authorize", 10, native, Headers: browser),
            new("GET", "/authorize", 15, [.. authorize, ("prompt", "none"), ("max_age", "100"), ("claims", """{"id_token":{"email":{"essential":true}},"userinfo":{"name":null}}"""), ("id_token_hint", "$id_token"), ("login_hint", "demo"), ("ui_locales", "de en"), ("acr_values", "1 2"), ("response_mode", "form_post"), ("resource", "https://notes.example")], Headers: browser),
            new("GET", "/authorize", 5, [.. authorize, ("request", "eyJhbGciOiJub25lIn0.e30."), ("request_uri", "$request_uri"), ("authorization_details", """[{"type":"payment","actions":["a"]}]"""), ("dpop_jkt", Challenge)], Headers: browser),
            new("POST", "/sign-in", 1, Form: [("username", user.GetProperty("username").GetString()!), ("password", user.GetProperty("password").GetString()!), ("ticket", "$ticket"), ("token", "$token")], Headers: browser),
            new("POST", "/sign-in", 4, Form: [("username", "nobody\u00e9"), ("ticket", "$ticket"), ("token", "$token")], Headers: browser),
            new("POST", "/consent", 20, Form: [("decision", "allow"), ("ticket", "$ticket"), ("token", "$token"), ("scope", "openid"), ("scope", "offline_access"), ("scope", "notes:read")], Headers: browser),
            new("POST", "/token", 30, Form: [("grant_type", "authorization_code"), ("code", "$code"), ("redirect_uri", redirect), ("code_verifier", Verifier)], Headers: basic),
            new("POST", "/token", 60, Form: [("grant_type", "refresh_token"), ("refresh_token", "$refresh_token"), ("scope", "openid notes:read")], Headers: basic),
            new("POST", "/token", 10, Form: [("grant_type", "refresh_token"), ("refresh_token", "$refresh_token"), ("client_id", "demo-native")]),
            new("POST", "/token", 10, Form: [("grant_type", "client_credentials"), ("scope", "notes:read"), ("resource", "https://notes.example")], Headers: basic),
            new("POST", "/token", 10, Form: [("grant_type", "urn:ietf:params:oauth:grant-type:device_code"), ("device_code", "$device_code"), ("client_id", "demo-native")]),
            new("POST", "/token", 10, Form: [("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", "$id_token"), ("scope", "notes:read")], Headers: basic),
            new("POST", "/token", 10, Form: [("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"), ("subject_token", "$access_token"), ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"), ("audience", "https://notes.example")], Headers: basic),
            new("POST", "/token", 10, Form: [("grant_type", "client_credentials"), ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"), ("client_assertion", "$id_token")]),
            new("POST", "/introspect", 20, Form: [("token", "$access_token"), ("token_type_hint", "access_token")], Headers: basic),
            new("POST", "/introspect", 20, Form: [("token", "$refresh_token")], Headers: [.. basic, ("Accept", "application/token-introspection+jwt")]),
            new("POST", "/revoke", 5, Form: [("token", "$access_token"), ("token_type_hint", "refresh_token")], Headers: basic),
            new("GET", "/userinfo", 10, Headers: [("Authorization", "Bearer $access_token")]),
            new("POST", "/userinfo", 5, Form: [("access_token", "$access_token")]),
            new("GET", "/userinfo", 5, [("access_token", "$access_token")], Headers: [("Authorization", "DPoP $access_token"), ("DPoP", "$id_token")]),
            new("POST", "/device_authorization", 5, Form: [("scope", "openid"), ("client_id", "demo-native")]),
            new("GET", "/device", 10, [("user_code", "$user_code")], Headers: browser),
            new("POST", "/device", 5, Form: [("user_code", "$user_code"), ("token", "$token")], Headers: browser),
            new("POST", "/device/answer", 5, Form: [("decision", "allow"), ("ticket", "$ticket"), ("token", "$token")], Headers: browser),
            new("POST", "/par", 10, Form: authorize, Headers: basic),
            new("POST", "/register", 5, Json: """{"client_name":"A","redirect_uris":["https://a.example/cb"],"grant_types":["authorization_code"],"token_endpoint_auth_method":"none"}"""),
            new("POST", "/sign-out", 2, Form: [("token", "$token")], Headers: browser),
            new("GET", "/account", 5, Headers: browser),
            new("POST", "/account", 5, Form: [("token", "$token"), ("grant", "$grant")], Headers: browser),
            new("OPTIONS", "/token", 5, Headers: [("Origin", "https://app.example"), ("Access-Control-Request-Method", "POST")]),
        ];
        (string, string)[] all = [.. authorize, ("token", "$access_token"), ("ticket", "$ticket"), ("code", "$code"), ("id_token_hint", "$id_token"), ("post_logout_redirect_uri", redirect), ("reference", "ABCD-EFGH")];
        // What moves the clock would end every token at once.
        IEnumerable<RequestShape> others = server.Addresses.Where(a => !own.Any(o => o.Path == a.Path && o.Method == a.Method) && a.Path != "/dev/clock").Distinct()
            .Select(a => new RequestShape(a.Method, a.Path.Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal), 2, a.Method == "GET" ? all : null, a.Method == "GET" ? null : all, browser));
        return [.. own, .. others];
    }
}
