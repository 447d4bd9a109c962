using System.Net;
using System.Text;
using Evergrant.Tests;
using Xunit;

namespace Evergrant.Pages.Tests.Browser;

/// <summary>Forms that our pages did not make, or that other sites send.</summary>
public sealed class ForgeryTests(Server server)
{
    [Theory]
    [InlineData("/sign-in", "cross-site", null, HttpStatusCode.Forbidden)]
    [InlineData("/sign-in", "same-site", null, HttpStatusCode.Forbidden)]
    [InlineData("/sign-in", null, "https://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("/sign-in", "same-origin", null, HttpStatusCode.BadRequest)]
    [InlineData("/sign-out", null, null, HttpStatusCode.BadRequest)]
    [InlineData("/account", null, "null", HttpStatusCode.BadRequest)]
    [InlineData("/select-account", "cross-site", null, HttpStatusCode.Forbidden)]
    [InlineData("/admin/explain", "cross-site", null, HttpStatusCode.Forbidden)]
    [InlineData("/consent", "cross-site", null, HttpStatusCode.Forbidden)]
    [InlineData("/consent", null, null, HttpStatusCode.BadRequest)]
    [Requirement("RFC6749-10.12-01", "OIDC-CORE-3.1.2.3-04", "ATTACK-219", "ATTACK-220")]
    public async Task A_form_of_another_site_or_without_our_token_does_nothing(string path, string? site, string? origin, HttpStatusCode status)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, server.Issuer + path) { Content = new FormUrlEncodedContent([new("username", "demo"), new("password", "x"), new("return", "account")]) };
        if (site is not null) request.Headers.Add("Sec-Fetch-Site", site);
        if (origin is not null) request.Headers.Add("Origin", origin);

        using HttpResponseMessage response = await server.Http.SendAsync(request);

        Assert.Equal(status, response.StatusCode);
        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
        Assert.DoesNotContain(response.Headers, h => h.Key == "Set-Cookie" && h.Value.Any(v => v.Contains("evergrant-session", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("a=1&a=2", "application/x-www-form-urlencoded", 400)]
    [InlineData("username=%00", "application/x-www-form-urlencoded", 400)]
    [InlineData("{}", "application/json", 415)]
    [InlineData("a=1", null, 415)]
    public async Task A_body_that_is_no_form_of_ours_is_refused_and_never_an_error_of_the_server(string body, string? type, int status)
    {
        using StringContent content = new(body, Encoding.UTF8);
        content.Headers.ContentType = type is null ? null : new(type);

        using HttpResponseMessage response = await server.Http.PostAsync(server.Issuer + "/sign-in", content);

        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task Too_many_fields_or_bytes_are_refused()
    {
        using FormUrlEncodedContent many = new(Enumerable.Range(0, 100).Select(i => KeyValuePair.Create("k" + i, "v")));
        using HttpResponseMessage refused = await server.Http.PostAsync(server.Issuer + "/sign-in", many);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);

        using StringContent large = new(new string('a', 70_000), Encoding.UTF8, "application/x-www-form-urlencoded");
        using HttpResponseMessage tooLarge = await server.Http.PostAsync(server.Issuer + "/sign-in", large);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, tooLarge.StatusCode);
    }

    [Theory]
    [Requirement("ATTACK-226")]
    [InlineData("/consent")]
    [InlineData("/select-account")]
    public async Task What_changes_something_is_not_done_by_GET(string path)
    {
        using HttpResponseMessage response = await server.Http.GetAsync(server.Issuer + path + "?decision=allow");

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
    }

    [Theory]
    [InlineData("/sign-in")]
    [InlineData("/sign-out")]
    [InlineData("/")]
    [InlineData("/playground")]
    [InlineData("/authorize?client_id=nobody")]
    [Requirement("RFC9700-4.16-01", "RFC9700-4.16-02", "RFC9700-4.2.4-02", "ATTACK-228")]
    public async Task Every_page_forbids_frames_storing_and_foreign_scripts(string path)
    {
        using HttpResponseMessage response = await server.Http.GetAsync(server.Issuer + path);

        string policy = string.Join(' ', response.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("DENY", response.Headers.GetValues("X-Frame-Options").Single());
        Assert.Equal("no-referrer", response.Headers.GetValues("Referrer-Policy").Single());
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
        Assert.False(response.Headers.Contains("Server"));
    }
}
