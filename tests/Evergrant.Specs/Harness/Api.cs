using System.Net.Http.Headers;
using System.Text;

namespace Evergrant.Specs.Harness;

/// <summary>The endpoints of one issuer, called without cookies.</summary>
public sealed class Api(HttpClient http, string issuer)
{
    /// <summary>The issuer identifier.</summary>
    public string Issuer => issuer;

    /// <summary>The scheme, host and port.</summary>
    public string Origin { get; } = new Uri(issuer).GetLeftPart(UriPartial.Authority);

    /// <summary>The URL of a path below the issuer; an absolute URL stays what it is.</summary>
    public string Url(string path) =>
        path.StartsWith("http", StringComparison.Ordinal) ? path : issuer.TrimEnd('/') + path;

    /// <summary>GETs a path below the issuer or an absolute URL.</summary>
    public Task<Reply> Get(string path, string? bearer = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, Url(path));
        if (bearer is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        return Send(request);
    }

    /// <summary>POSTs a form.</summary>
    public Task<Reply> Post(string path, IEnumerable<(string Name, string Value)> form, string? authorization = null, IReadOnlyList<(string Name, string Value)>? headers = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Url(path)) { Content = Form(form) };
        if (authorization is not null) request.Headers.TryAddWithoutValidation("Authorization", authorization);
        foreach (var (name, value) in headers ?? []) request.Headers.TryAddWithoutValidation(name, value);
        return Send(request);
    }

    /// <summary>GETs a path below the issuer with these headers.</summary>
    public Task<Reply> GetWith(string path, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, Url(path));
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return Send(request);
    }

    /// <summary>POSTs a JSON text.</summary>
    public Task<Reply> PostJson(string path, string json) =>
        Send(new HttpRequestMessage(HttpMethod.Post, Url(path)) { Content = new StringContent(json, Encoding.UTF8, "application/json") });

    /// <summary>Sends any request.</summary>
    public async Task<Reply> Send(HttpRequestMessage request)
    {
        using (request)
        {
            using var response = await http.SendAsync(request);
            return await Reply.Read(response);
        }
    }

    /// <summary>The server's metadata as OpenID Connect Discovery names it.</summary>
    public async Task<Reply> Discovery() => (await Get("/.well-known/openid-configuration")).Expect(200);

    /// <summary>The server's metadata as RFC 8414 names it.</summary>
    public async Task<Reply> Metadata() =>
        (await Get(Origin + "/.well-known/oauth-authorization-server" + new Uri(issuer).AbsolutePath.TrimEnd('/'))).Expect(200);

    /// <summary>The published keys.</summary>
    public async Task<Reply> Jwks() => (await Get("/jwks")).Expect(200);

    /// <summary>A form body; names and values as UTF-8, spaces as <c>%20</c>.</summary>
    public static HttpContent Form(IEnumerable<(string Name, string Value)> form) =>
        new StringContent(Encode(form), Encoding.UTF8, new MediaTypeHeaderValue("application/x-www-form-urlencoded"));

    /// <summary>The form-urlencoded text of parameters.</summary>
    public static string Encode(IEnumerable<(string Name, string Value)> parameters) =>
        string.Join('&', parameters.Select(p => $"{Uri.EscapeDataString(p.Name)}={Uri.EscapeDataString(p.Value)}"));

    /// <summary>An <c>Authorization</c> header of HTTP Basic, its parts encoded as RFC 6749 section 2.3.1 says.</summary>
    public static string Basic(string id, string secret) => RawBasic(Uri.EscapeDataString(id) + ":" + Uri.EscapeDataString(secret));

    /// <summary>An <c>Authorization</c> header of HTTP Basic with these characters.</summary>
    public static string RawBasic(string credentials) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials));
}
