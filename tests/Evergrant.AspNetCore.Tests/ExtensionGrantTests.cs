using System.Net.Http.Headers;
using System.Text.Json;
using Evergrant.AspNetCore.Token;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Policies;
using Microsoft.Extensions.DependencyInjection;

namespace Evergrant.AspNetCore.Tests;

/// <summary>A grant type that a host adds (RFC 6749 section 4.5), from registration to what becomes of its tokens.</summary>
public class ExtensionGrantTests
{
    private const string WithRefreshTokens = """{"refresh_tokens":"always","refresh_token_grants":["https://shop.example/grants/voucher"]}""";

    private static Task<Host> StartAsync(string? policy = null) => Host.StartAsync(more: (services, store) =>
    {
        services.AddExtensionGrant<VoucherGrant>();
        Client web = store.Clients.Single(c => c.ClientId == "web");
        store.Clients.Add(web with
        {
            ClientId = "shop",
            GrantTypes = [VoucherGrant.Name, "refresh_token"],
            Policy = policy is null ? null : PolicyDocument.Parse(JsonDocument.Parse(policy).RootElement, "policy.", [], isPublic: false),
        });
    });

    private static Task<HttpResponseMessage> PostAsync(Host host, string path, params (string Name, string Value)[] form) =>
        host.Http.PostAsync(new Uri(path, UriKind.Relative), new FormUrlEncodedContent([new("client_id", "shop"), new("client_secret", Host.Secret), .. form.Select(f => KeyValuePair.Create(f.Name, f.Value))]));

    private static Task<HttpResponseMessage> RedeemAsync(Host host, string voucher, params (string Name, string Value)[] more) =>
        PostAsync(host, "/token", [("grant_type", VoucherGrant.Name), ("voucher", voucher), .. more]);

    private static async Task<string> ErrorAsync(HttpResponseMessage response)
    {
        Assert.Equal(400, (int)response.StatusCode);
        return (await Host.Json(response)).GetProperty("error").GetString()!;
    }

    [Fact]
    public async Task It_issues_an_access_token_that_works_until_it_is_revoked()
    {
        await using Host host = await StartAsync();
        JsonElement tokens = await Host.Json(await RedeemAsync(host, "made-out-to-alice", ("scope", "openid extra")));
        string access = tokens.GetProperty("access_token").GetString()!;
        Assert.True(tokens.TryGetProperty("id_token", out _));
        Assert.False(tokens.TryGetProperty("refresh_token", out _));
        using var userinfo = new HttpRequestMessage(HttpMethod.Get, "/userinfo") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", access) } };
        Assert.Equal("alice", (await Host.Json(await host.Http.SendAsync(userinfo))).GetProperty("sub").GetString());

        await PostAsync(host, "/revoke", ("token", access));
        Assert.False((await Host.Json(await PostAsync(host, "/introspect", ("token", access)))).GetProperty("active").GetBoolean());
    }

    [Fact]
    public async Task Where_the_policy_gives_it_a_refresh_token_that_one_is_like_any_other()
    {
        await using Host host = await StartAsync(WithRefreshTokens);
        string refresh = (await Host.Json(await RedeemAsync(host, "made-out-to-alice"))).GetProperty("refresh_token").GetString()!;
        JsonElement second = await Host.Json(await PostAsync(host, "/token", ("grant_type", "refresh_token"), ("refresh_token", refresh)));
        string next = second.GetProperty("refresh_token").GetString()!;
        JsonElement third = await Host.Json(await PostAsync(host, "/token", ("grant_type", "refresh_token"), ("refresh_token", next)));
        // The first one once more is a replay, which ends the grant.
        Assert.Equal("invalid_grant", await ErrorAsync(await PostAsync(host, "/token", ("grant_type", "refresh_token"), ("refresh_token", refresh))));
        Assert.Equal("invalid_grant", await ErrorAsync(await PostAsync(host, "/token", ("grant_type", "refresh_token"), ("refresh_token", third.GetProperty("refresh_token").GetString()!))));
    }

    [Fact]
    public async Task No_refresh_token_comes_of_a_permission_that_allows_none()
    {
        await using Host host = await StartAsync(WithRefreshTokens);
        Assert.False((await Host.Json(await RedeemAsync(host, "reading-only", ("scope", "extra offline_access")))).TryGetProperty("refresh_token", out _));
        Assert.False((await Host.Json(await RedeemAsync(host, "short", ("scope", "extra")))).GetProperty("expires_in").GetInt32() > 30);
    }

    [Fact]
    public async Task What_it_says_is_bounded_by_what_the_client_may_have()
    {
        await using Host host = await StartAsync();
        Assert.Equal("invalid_scope", await ErrorAsync(await RedeemAsync(host, "made-out-to-alice", ("scope", "everything"))));
        Assert.Equal("invalid_scope", await ErrorAsync(await RedeemAsync(host, "reading-only", ("scope", "openid extra"))));
        Assert.Equal("invalid_target", await ErrorAsync(await RedeemAsync(host, "made-out-to-alice", ("resource", "https://other.example/"))));
    }

    [Fact]
    public async Task Somebody_without_an_account_becomes_the_subject_of_an_access_token()
    {
        await using Host host = await StartAsync();
        JsonElement tokens = await Host.Json(await RedeemAsync(host, "to-bearer"));
        JsonElement told = await Host.Json(await PostAsync(host, "/introspect", ("token", tokens.GetProperty("access_token").GetString()!)));
        Assert.Equal("somebody@elsewhere.example", told.GetProperty("sub").GetString());
        Assert.Equal("extra", told.GetProperty("scope").GetString());
    }

    [Fact]
    public async Task Its_own_refusals_reach_the_client_with_a_reference()
    {
        await using Host host = await StartAsync();
        Assert.Equal("invalid_request", await ErrorAsync(await PostAsync(host, "/token", ("grant_type", VoucherGrant.Name))));
        JsonElement refused = await Host.Json(await RedeemAsync(host, "forged"));
        Assert.Equal("invalid_grant", refused.GetProperty("error").GetString());
        Assert.Contains("Reference", refused.GetProperty("error_description").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metadata_and_registration_know_its_name()
    {
        await using Host host = await StartAsync();
        JsonElement metadata = await Host.Json(await host.Http.GetAsync(new Uri("/.well-known/openid-configuration", UriKind.Relative)));
        Assert.Contains(VoucherGrant.Name, metadata.GetProperty("grant_types_supported").EnumerateArray().Select(g => g.GetString()));
        JsonElement client = JsonDocument.Parse($$"""{"client_id":"shop","grant_types":["{{VoucherGrant.Name}}"]}""").RootElement;
        var context = new ClientRegistrationContext(Host.Issuer, ScopeCatalogue.Empty, false, DateTimeOffset.UnixEpoch);
        Assert.Null(ClientMetadata.Parse(client, context).Value);
        Assert.NotNull(ClientMetadata.Parse(client, context with { ExtensionGrants = [VoucherGrant.Name] }).Value);
    }

    [Fact]
    public async Task A_client_that_is_not_registered_for_it_is_refused()
    {
        await using Host host = await StartAsync();
        Assert.Equal("unauthorized_client", await ErrorAsync(await host.PostAsync("/token", ("grant_type", VoucherGrant.Name), ("voucher", "made-out-to-alice"))));
        Assert.Equal("unsupported_grant_type", await ErrorAsync(await host.PostAsync("/token", ("grant_type", "https://shop.example/grants/other"))));
    }

    [Fact]
    public async Task A_name_that_is_no_URI_or_is_taken_stops_the_start()
    {
        string message = (await Assert.ThrowsAsync<InvalidOperationException>(() => Host.StartAsync(more: (services, _) =>
            services.AddSingleton<IExtensionGrant>(new Named("voucher")).AddSingleton<IExtensionGrant>(new Named("urn:ietf:params:oauth:grant-type:device_code"))))).Message;
        Assert.Contains("voucher is not an absolute URI", message, StringComparison.Ordinal);
        Assert.Contains("device_code is taken", message, StringComparison.Ordinal);
    }

    private sealed class Named(string name) : IExtensionGrant
    {
        public string GrantType => name;

        public ValueTask<ExtensionAnswer> DecideAsync(ExtensionRequest request, CancellationToken cancellationToken) => new(ExtensionAnswer.Refuse("invalid_grant", "No."));
    }
}
