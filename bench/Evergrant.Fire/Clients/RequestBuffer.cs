using System.Globalization;
using System.Text;

namespace Evergrant.Fire.Clients;

/// <summary>Writes whole HTTP/1.1 requests into one reused buffer. Not thread-safe; a request is valid until the next.</summary>
internal sealed class RequestBuffer(string issuer)
{
    private readonly string _host = new Uri(issuer).Authority;
    private readonly string _origin = new Uri(issuer).GetLeftPart(UriPartial.Authority);
    private byte[] _bytes = new byte[4096];

    /// <summary>Refreshes a token.</summary>
    public ReadOnlySpan<byte> Refresh(FireClient client, string token, string? authorization = null) =>
        Post("/token", $"grant_type=refresh_token&refresh_token={token}{client.Identification}", authorization ?? client.Authorization);

    /// <summary>Redeems a code.</summary>
    public ReadOnlySpan<byte> Redeem(FireClient client, string code, string verifier) =>
        Post("/token", $"grant_type=authorization_code&code={code}&redirect_uri={Uri.EscapeDataString(FireClient.RedirectUri)}&code_verifier={verifier}{client.Identification}", client.Authorization);

    /// <summary>Revokes a token.</summary>
    public ReadOnlySpan<byte> Revoke(FireClient client, string token) => Post("/revoke", $"token={token}{client.Identification}", client.Authorization);

    /// <summary>Asks whether a token is good; the caller must be confidential.</summary>
    public ReadOnlySpan<byte> Introspect(FireClient caller, string token) => Post("/introspect", "token=" + token, caller.Authorization);

    /// <summary>A GET; <paramref name="headers"/> are whole lines, each ending in CR LF.</summary>
    public ReadOnlySpan<byte> Get(string path, string headers = "") => Encoded($"GET {path} HTTP/1.1\r\nHost: {_host}\r\n{headers}\r\n");

    /// <summary>A form post of a program.</summary>
    public ReadOnlySpan<byte> Post(string path, string form, string headers = "") =>
        Encoded(string.Create(CultureInfo.InvariantCulture,
            $"POST {path} HTTP/1.1\r\nHost: {_host}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {form.Length}\r\n{headers}\r\n{form}"));

    /// <summary>A form post of a browser.</summary>
    public ReadOnlySpan<byte> PostAsBrowser(string path, string form, string headers) => Post(path, form, $"{headers}Origin: {_origin}\r\n");

    /// <summary>A JSON post.</summary>
    public ReadOnlySpan<byte> PostJson(string path, string json) =>
        Encoded(string.Create(CultureInfo.InvariantCulture, $"POST {path} HTTP/1.1\r\nHost: {_host}\r\nContent-Type: application/json\r\nContent-Length: {json.Length}\r\n\r\n{json}"));

    private ReadOnlySpan<byte> Encoded(string whole)
    {
        if (whole.Length > _bytes.Length) _bytes = new byte[whole.Length * 2];
        return _bytes.AsSpan(0, Encoding.ASCII.GetBytes(whole, _bytes));
    }
}
