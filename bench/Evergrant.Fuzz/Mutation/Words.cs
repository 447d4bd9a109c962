using System.Text;

namespace Evergrant.Fuzz.Mutation;

/// <summary>Pieces that mean something to one parser or another; a mutation puts them where they do not belong.</summary>
internal static class Words
{
    private static readonly string[] Texts =
    [
        "\0", "\r\n", "\t", " ", "%", "%00", "%0d%0a", "%c0%af", "%ed%a0%80", "%ff", "%2e%2e%2f", "%252e", "+", "&", "=", ";", "?", "#", "\\", "/", "//", "..", "@", ":", "://", "'", "\"", "<", ">", "<script>", "`", "{", "}", "[", "]", ",",
        "null", "true", "false", "-1", "0", "1e400", "9223372036854775808", "-9223372036854775809", "1.5", "1E+5", "0x10", "NaN", "\"a\":1", "\"a\":1,\"a\":2", "\\u0000", "\\ud800", "\\u212a", "[[[[[[[[", "{\"a\":{\"a\":{\"a\":",
        "alg", "none", "HS256", "RS256", "ES256", "PS256", "kid", "typ", "crit", "b64", "zip", "jku", "x5u", "x5c", "jwk", "cty", "enc", "exp", "nbf", "iat", "iss", "aud", "sub", "jti", "nonce", "at+jwt", "JWT",
        "kty", "RSA", "EC", "oct", "OKP", "crv", "P-256", "AQAB", "AQ", "AAAA", "x", "y", "n", "e", "d", "k", "use", "sig", "key_ops", "verify",
        "openid", "offline_access", "profile", "email", "notes:read", "scope", "state", "response_type", "code", "token", "id_token", "none", "response_mode", "form_post", "query", "fragment", "jwt", "web_message",
        "client_id", "client_secret", "demo-web", "demo-native", "redirect_uri", "http://localhost/callback", "http://127.0.0.1/callback", "http://[::1]/", "https://evil.test/", "javascript:", "data:", "com.example.demo:/callback",
        "grant_type", "authorization_code", "refresh_token", "client_credentials", "password", "urn:ietf:params:oauth:grant-type:device_code", "urn:ietf:params:oauth:grant-type:jwt-bearer", "urn:ietf:params:oauth:grant-type:token-exchange", "urn:openid:params:grant-type:ciba",
        "code_challenge", "code_challenge_method", "S256", "plain", "code_verifier", "prompt", "login", "consent", "select_account", "max_age", "claims", "userinfo", "essential", "acr_values", "ui_locales", "login_hint", "id_token_hint", "request", "request_uri", "resource", "audience", "https://notes.example",
        "authorization_details", "type", "actions", "assertion", "subject_token", "subject_token_type", "actor_token", "dpop_jkt", "client_assertion", "client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "device_code", "user_code", "auth_req_id", "logout_token", "post_logout_redirect_uri", "Basic ", "Bearer ", "DPoP ", "Negotiate ", "application/x-www-form-urlencoded", "application/json", "multipart/form-data; boundary=a", "charset=utf-7",
        "\u00e9", "\u0130", "\u212a", "\ufeff", "\u202e", "\u2028", "\ud83d\ude00", "e\u0301", "\uff0f", "\u3002",
    ];

    /// <summary>The pieces in UTF-8, with a few that are none.</summary>
    public static IReadOnlyList<byte[]> All { get; } = [.. Texts.Select(Encoding.UTF8.GetBytes), [0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82], [0x80]];
}
