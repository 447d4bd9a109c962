using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Evergrant.AspNetCore.Tests;

public class EndpointTests
{
    [Fact]
    public async Task Every_route_says_what_it_is()
    {
        await using Host host = await Host.StartAsync();
        List<RouteEndpoint> routes = [.. host.App.Services.GetRequiredService<IEnumerable<EndpointDataSource>>().SelectMany(s => s.Endpoints).Cast<RouteEndpoint>().DistinctBy(e => e.RoutePattern.RawText)];
        Assert.True(routes.Count >= 16);
        Assert.All(routes, route =>
        {
            EndpointRule? rule = route.Metadata.GetMetadata<EndpointRule>();
            Assert.NotNull(rule);
            Assert.NotEmpty(rule.Name);
            Assert.Contains("section", rule.Source, StringComparison.Ordinal);
            Assert.NotEmpty(route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods);
            // Whatever is posted has a bound; whatever may be kept is public.
            Assert.True(rule.BodyLimit > 0 || !route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Contains("POST"));
            Assert.True(rule.Caching == Caching.NoStore || rule.Caller == Caller.Anyone);
            Assert.True(rule.Cors == Cors.Never || rule.Caller != Caller.Browser);
        });
    }

    [Fact]
    public void All_faults_of_the_settings_come_in_one_exception()
    {
        var options = new EvergrantOptions
        {
            Issuers =
            [
                new() { Issuer = "id.example" }, new() { Issuer = "http://id.example" }, new() { Issuer = "https://id.example/?x" }, new() { Issuer = "https://u@id.example/a" },
                new() { Issuer = "https://id.example/b" }, new() { Issuer = "https://id.example/b/" },
            ],
            KeyTimes = new() { Sign = TimeSpan.FromHours(1), Announce = TimeSpan.FromHours(2) },
        };
        string message = Assert.Throws<ArgumentException>(() => new ServiceCollection().AddEvergrant(options)).Message;
        Assert.All((string[])["not an absolute https URL", "is http;", "query or a fragment", "user information", "there twice", "key times"], part => Assert.Contains(part, message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task No_secret_is_ever_logged()
    {
        await using Host host = await Host.StartAsync();
        string code = await host.CodeAsync();
        JsonElement tokens = await Host.Json(await host.RedeemAsync(code));
        string refresh = tokens.GetProperty("refresh_token").GetString()!;
        string access = tokens.GetProperty("access_token").GetString()!;
        await host.RedeemAsync(code);
        await host.RefreshAsync(refresh);
        await host.PostAsync("/introspect", ("token", access));
        await host.PostAsync("/revoke", ("token", access));
        host.Store.CommitsFail = true;
        await host.RefreshAsync(refresh);
        host.Store.ReadsFail = true;
        await host.RefreshAsync(refresh);
        await host.AuthorizeAsync();
        Assert.NotEmpty(host.Log);
        string log = string.Join('\n', host.Log);
        Assert.All((string[])[code, refresh, access, tokens.GetProperty("id_token").GetString()!, Host.Secret], secret => Assert.DoesNotContain(secret, log, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_fault_of_the_host_is_a_500_that_tells_only_its_reference()
    {
        await using Host host = await Host.StartAsync((_, _) => throw new InvalidOperationException("a detail of the host"));
        using HttpResponseMessage response = await host.RedeemAsync(await host.CodeAsync());
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        JsonElement json = await Host.Json(response);
        Assert.Equal("server_error", json.GetProperty("error").GetString());
        string description = json.GetProperty("error_description").GetString()!;
        Assert.DoesNotContain("detail", description, StringComparison.Ordinal);
        string reference = description[(description.IndexOf("Reference ", StringComparison.Ordinal) + 10)..].TrimEnd('.');
        Assert.Contains(host.Log, line => line.StartsWith("Error", StringComparison.Ordinal) && line.Contains(reference, StringComparison.Ordinal) && line.Contains("a detail of the host", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("client_id")]
    [InlineData("client_secret")]
    [InlineData("refresh_token")]
    [InlineData("scope")]
    [InlineData("grant_type")]
    [InlineData("token")]
    [InlineData("unheard")]
    public async Task A_value_of_any_length_is_answered_and_never_a_500(string parameter)
    {
        await using Host host = await Host.StartAsync();
        foreach (int length in (int[])[200, 5_000, 50_000, 200_000])
        {
            foreach (string path in (string[])["/token", "/introspect", "/revoke"])
            {
                using var content = new FormUrlEncodedContent([new("grant_type", "refresh_token"), new(parameter, new string('x', length))]);
                using HttpResponseMessage response = await host.Http.PostAsync(new Uri(path, UriKind.Relative), content);
                Assert.InRange((int)response.StatusCode, 400, 499);
            }
            using HttpResponseMessage authorize = await host.Http.GetAsync(new Uri($"/authorize?{parameter}={new string('x', Math.Min(length, 50_000))}", UriKind.Relative));
            Assert.InRange((int)authorize.StatusCode, 400, 499);
        }
    }

    [Fact]
    [Requirement("RFC6749-5.1-04", "RFC6749-5.1-01", "RFC6750-4-01")]
    public async Task Tokens_come_as_json_that_nobody_keeps()
    {
        await using Host host = await Host.StartAsync();
        using HttpResponseMessage response = await host.RedeemAsync(await host.CodeAsync());
        Assert.Equal((HttpStatusCode.OK, "application/json"), (response.StatusCode, response.Content.Headers.ContentType!.MediaType));
        Assert.True(response.Headers.CacheControl!.NoStore);
        Assert.Contains("no-cache", response.Headers.Pragma.ToString(), StringComparison.Ordinal);
        JsonElement json = await Host.Json(response);
        Assert.Equal("Bearer", json.GetProperty("token_type").GetString());
        Assert.Equal(300, json.GetProperty("expires_in").GetInt32());
    }
}
