using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Evergrant.Fire.Disk;

/// <summary>An answer of the server; status 0 is none at all.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="RefreshToken">The refresh token; null for none.</param>
/// <param name="Error">The OAuth error; null for none.</param>
/// <param name="Active">Introspection's answer; null for other endpoints.</param>
/// <param name="Decision">Name of the decision, as development mode tells it; null for none.</param>
internal sealed record TokenReply(int Status, string? RefreshToken = null, string? Error = null, bool? Active = null, string? Decision = null)
{
    /// <summary>The server says that it does not know, or says nothing.</summary>
    public bool IsUnknown => Status is 0 or 503;
}

/// <summary>A confidential client of one server.</summary>
internal sealed class TokenCalls : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(5) }) { Timeout = TimeSpan.FromSeconds(60) };
    private readonly string _issuer;

    public TokenCalls(string issuer, string clientId, string secret)
    {
        _issuer = issuer;
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{clientId}:{secret}")));
    }

    public Task<TokenReply> RefreshAsync(string token) => PostAsync("/token", ("grant_type", "refresh_token"), ("refresh_token", token));

    public Task<TokenReply> RedeemAsync(string code) => PostAsync("/token", ("grant_type", "authorization_code"), ("code", code));

    public Task<TokenReply> RevokeAsync(string token) => PostAsync("/revoke", ("token", token));

    public Task<TokenReply> IntrospectAsync(string token) => PostAsync("/introspect", ("token", token));

    public void Dispose() => _http.Dispose();

    private async Task<TokenReply> PostAsync(string path, params (string Name, string Value)[] form)
    {
        try
        {
            using HttpResponseMessage reply = await _http.PostAsync(_issuer + path, new FormUrlEncodedContent(form.Select(f => new KeyValuePair<string, string>(f.Name, f.Value))));
            byte[] body = await reply.Content.ReadAsByteArrayAsync();
            string? decision = reply.Headers.TryGetValues("Evergrant-Decision", out IEnumerable<string>? named) ? named.First() : null;
            if (body.Length == 0) return new((int)reply.StatusCode, Decision: decision);
            using JsonDocument json = JsonDocument.Parse(body);
            return new((int)reply.StatusCode, Text(json, "refresh_token"), Text(json, "error"),
                json.RootElement.TryGetProperty("active", out JsonElement active) ? active.GetBoolean() : null, decision);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or IOException or JsonException)
        {
            return new(0, Error: e.Message);
        }
    }

    private static string? Text(JsonDocument json, string name) => json.RootElement.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;
}
