using System.Collections.Concurrent;
using Xunit;

namespace Evergrant.Specs.Harness;

/// <summary>A browser: it keeps cookies, follows nothing by itself, and fills in the pages of the server.</summary>
public sealed class Browser(HttpClient http, string issuer)
{
    private readonly ConcurrentDictionary<(string Name, string Path), string> cookies = new();

    /// <summary>The <c>Set-Cookie</c> headers received, as they came.</summary>
    public ConcurrentQueue<string> SetCookies { get; } = new();

    /// <summary>The authorization endpoint.</summary>
    public string AuthorizationEndpoint { get; } = issuer.TrimEnd('/') + "/authorize";

    /// <summary>GETs a URL, absolute or below the issuer.</summary>
    public Task<Page> Get(string url) => Send(new HttpRequestMessage(HttpMethod.Get, Absolute(url)));

    /// <summary>POSTs a form to a URL, absolute or below the issuer.</summary>
    public Task<Page> Post(string url, IEnumerable<(string Name, string Value)> form) =>
        Send(new HttpRequestMessage(HttpMethod.Post, Absolute(url)) { Content = Api.Form(form) });

    /// <summary>Sends any request with this browser's cookies and keeps those that come.</summary>
    public async Task<Page> Send(HttpRequestMessage request)
    {
        using (request)
        {
            var address = request.RequestUri!;
            if (CookiesFor(address) is { Length: > 0 } header) request.Headers.TryAddWithoutValidation("Cookie", header);
            using var response = await http.SendAsync(request);
            if (response.Headers.TryGetValues("Set-Cookie", out var values))
            {
                foreach (var value in values) Keep(value);
            }

            return await Page.Read(address.AbsoluteUri, response);
        }
    }

    /// <summary>The authorization request by GET; gives whatever page comes first.</summary>
    public Task<Page> Authorize(AuthorizationRequest request) => Get(AuthorizationEndpoint + "?" + request.Query);

    /// <summary>The authorization request by POST; gives whatever page comes first.</summary>
    public Task<Page> AuthorizeByPost(AuthorizationRequest request) => Post(AuthorizationEndpoint, request.Parameters);

    /// <summary>The authorization request; consent is allowed when it is asked for.</summary>
    public async Task<Page> Complete(AuthorizationRequest request)
    {
        var page = await Authorize(request);
        return page.Kind == PageKind.Consent ? await Decide(page, "allow") : page;
    }

    /// <summary>The code of a request that this browser's user allows; fails the test when none comes.</summary>
    public async Task<string> Code(AuthorizationRequest request)
    {
        var page = await Complete(request);
        Assert.True(page.Code is not null, $"No code came for '{request.Client.Id}': {page}");
        return page.Code;
    }

    /// <summary>Fills in the sign-in form.</summary>
    public Task<Page> SignIn(Page page, string username, string password)
    {
        page.Expect(PageKind.SignIn);
        return Submit(page, page.FormWith("password"), [("username", username), ("password", password)]);
    }

    /// <summary>Presses a button of the consent form: <c>allow</c> or <c>deny</c>. With <paramref name="scopes"/>, all others that can be left out are.</summary>
    public Task<Page> Decide(Page page, string decision, IReadOnlyCollection<string>? scopes = null)
    {
        page.Expect(PageKind.Consent);
        var form = page.FormWith("decision");
        var leftOut = form.Fields.Where(field => field.Name == "without" && scopes is not null && !scopes.Contains(field.Value)).Select(field => (field.Name, field.Value));
        return Send(page, form, [.. form.Sent, .. leftOut, ("decision", decision)]);
    }

    /// <summary>Sends a form with its hidden fields and these values.</summary>
    public Task<Page> Submit(Page page, PageForm form, IEnumerable<(string Name, string Value)> values)
    {
        var given = values.ToList();
        return Send(page, form, [.. form.Sent.Where(field => given.All(value => value.Name != field.Name)), .. given]);
    }

    /// <summary>Takes over the cookies that another browser has now.</summary>
    public void CopyCookiesOf(Browser other)
    {
        foreach (var (key, value) in other.cookies) cookies[key] = value;
    }

    private Task<Page> Send(Page page, PageForm form, IReadOnlyList<(string Name, string Value)> values)
    {
        var target = form.Action.Length == 0 ? page.Address : new Uri(new Uri(page.Address), form.Action).AbsoluteUri;
        return Post(target, values);
    }

    private string Absolute(string url) => url.StartsWith("http", StringComparison.Ordinal) ? url : issuer.TrimEnd('/') + url;

    private string CookiesFor(Uri address) =>
        string.Join("; ", cookies.Where(cookie => Covers(cookie.Key.Path, address.AbsolutePath)).Select(cookie => $"{cookie.Key.Name}={cookie.Value}"));

    private static bool Covers(string path, string asked) =>
        asked == path || asked.StartsWith(path.EndsWith('/') ? path : path + "/", StringComparison.Ordinal);

    private void Keep(string setCookie)
    {
        SetCookies.Enqueue(setCookie);
        var parts = setCookie.Split(';', StringSplitOptions.TrimEntries);
        var pair = parts[0].Split('=', 2);
        var path = Attribute(parts, "Path") ?? "/";
        var gone = Attribute(parts, "Max-Age") is "0" or ['-', ..] || (Attribute(parts, "Expires") is { } expires
            && DateTimeOffset.TryParse(expires, out var at) && at < DateTimeOffset.UnixEpoch.AddYears(1));
        if (gone) cookies.TryRemove((pair[0], path), out _);
        else cookies[(pair[0], path)] = pair[1];
    }

    private static string? Attribute(IEnumerable<string> parts, string name) =>
        parts.Skip(1).Select(part => part.Split('=', 2)).FirstOrDefault(part => part[0].Equals(name, StringComparison.OrdinalIgnoreCase))?.ElementAtOrDefault(1);
}
