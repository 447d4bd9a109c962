using System.Net;
using System.Text.Json;
using Evergrant.Protocol.Grants;

namespace Evergrant.AspNetCore.Tests;

public class StoreFaultTests
{
    private static async Task IsUnavailableAsync(HttpResponseMessage response)
    {
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter);
        JsonElement json = await Host.Json(response);
        Assert.Equal("temporarily_unavailable", json.GetProperty("error").GetString());
        Assert.Equal(["error", "error_description"], json.EnumerateObject().Select(m => m.Name));
    }

    [Fact]
    [Requirement("RFC7009-2.2.1-02")]
    public async Task A_store_that_cannot_be_read_is_a_503_and_never_a_verdict_on_the_token()
    {
        await using Host host = await Host.StartAsync();
        JsonElement tokens = await host.TokensAsync();
        string refresh = tokens.GetProperty("refresh_token").GetString()!;
        string access = tokens.GetProperty("access_token").GetString()!;
        // A retry, which is decided on the row itself.
        Assert.Equal(HttpStatusCode.OK, (await host.RefreshAsync(refresh)).StatusCode);
        host.Store.ReadsFail = true;
        await IsUnavailableAsync(await host.RefreshAsync(refresh));
        await IsUnavailableAsync(await host.PostAsync("/introspect", ("token", access)));
        await IsUnavailableAsync(await host.PostAsync("/introspect", ("token", refresh)));
        await IsUnavailableAsync(await host.PostAsync("/revoke", ("token", refresh)));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/userinfo") { Headers = { Authorization = new("Bearer", access) } };
        await IsUnavailableAsync(await host.Http.SendAsync(request));
        host.Store.ReadsFail = false;
        Assert.Equal(HttpStatusCode.OK, (await host.RefreshAsync(refresh)).StatusCode);
    }

    [Fact]
    [Requirement("ATTACK-086")]
    public async Task A_commit_that_fails_is_a_503_and_the_token_stays_good()
    {
        await using Host host = await Host.StartAsync();
        string refresh = (await host.TokensAsync()).GetProperty("refresh_token").GetString()!;
        host.Store.CommitsFail = true;
        await IsUnavailableAsync(await host.RefreshAsync(refresh));
        await IsUnavailableAsync(await host.PostAsync("/revoke", ("token", refresh)));
        host.Store.CommitsFail = false;
        Assert.Equal(HttpStatusCode.OK, (await host.RefreshAsync(refresh)).StatusCode);
    }

    [Fact]
    [Requirement("ATTACK-087")]
    public async Task An_unknown_outcome_hands_out_nothing_and_asking_again_gives_the_tokens()
    {
        await using Host host = await Host.StartAsync();
        string refresh = (await host.TokensAsync()).GetProperty("refresh_token").GetString()!;
        host.Store.OutcomeUnknown = true;
        await IsUnavailableAsync(await host.RefreshAsync(refresh));
        host.Store.OutcomeUnknown = false;
        Assert.Equal(HttpStatusCode.OK, (await host.RefreshAsync(refresh)).StatusCode);
        host.Store.OutcomeUnknown = true;
        await IsUnavailableAsync(await host.PostAsync("/revoke", ("token", refresh)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_outcome_that_is_not_known_is_found_out_in_the_same_request(bool made)
    {
        await using Host host = await Host.StartAsync();
        string refresh = (await host.TokensAsync()).GetProperty("refresh_token").GetString()!;
        host.Store.Doubts = (1, made);
        using HttpResponseMessage response = await host.RefreshAsync(refresh);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        string successor = (await Host.Json(response)).GetProperty("refresh_token").GetString()!;
        // The client has shown its token once: that is no retry of its own.
        Assert.DoesNotContain(host.Store.Events, e => e.Decision == "Repeated");
        Assert.Equal(0, Assert.Single(host.Store.Grants).Retries.Total);
        // The client had the answer all the same; should it have been lost, the same one is given again.
        Assert.Equal(successor, (await Host.Json(await host.RefreshAsync(refresh))).GetProperty("refresh_token").GetString());
        Assert.Equal(HttpStatusCode.OK, (await host.RefreshAsync(successor)).StatusCode);
    }

    [Fact]
    public async Task A_redemption_in_doubt_is_never_taken_for_a_replay_by_the_server_itself()
    {
        await using Host host = await Host.StartAsync();
        string code = await host.CodeAsync();
        host.Store.Doubts = (1, true);
        await IsUnavailableAsync(await host.PostAsync("/token", ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", Host.Redirect)));
        Assert.Equal(GrantState.Active, Assert.Single(host.Store.Grants).State);
    }

    [Theory]
    [InlineData("commit")]
    [InlineData("unknown")]
    [InlineData("read")]
    [Requirement("RFC6749-4.1.2.1-04")]
    public async Task An_authorization_request_is_answered_at_the_redirect_uri_once_that_is_verified(string fault)
    {
        await using Host host = await Host.StartAsync();
        await host.CodeAsync();
        host.Store.CommitsFail = fault == "commit";
        host.Store.OutcomeUnknown = fault == "unknown";
        host.Store.ReadsFail = fault == "read";
        Dictionary<string, string> reply = Host.Location(await host.AuthorizeAsync());
        Assert.Equal(("temporarily_unavailable", "s", Host.Issuer), (reply["error"], reply["state"], reply["iss"]));
        Assert.False(reply.ContainsKey("code"));
        Assert.Equal(HttpStatusCode.BadRequest, (await host.AuthorizeAsync(redirect: "https://evil.example")).StatusCode);
    }

    [Theory]
    [InlineData(1, HttpStatusCode.OK)]
    [InlineData(15, HttpStatusCode.OK)]
    [InlineData(16, HttpStatusCode.ServiceUnavailable)]
    public async Task Conflicts_are_decided_again_within_a_bound(int conflicts, HttpStatusCode status)
    {
        await using Host host = await Host.StartAsync();
        string refresh = (await host.TokensAsync()).GetProperty("refresh_token").GetString()!;
        host.Store.Conflicts = conflicts;
        using HttpResponseMessage response = await host.RefreshAsync(refresh);
        Assert.Equal(status, response.StatusCode);
        if (status == HttpStatusCode.ServiceUnavailable) await IsUnavailableAsync(response);
    }

    [Fact]
    public async Task Nothing_is_sent_before_the_commit_has_completed()
    {
        await using Host host = await Host.StartAsync();
        string refresh = (await host.TokensAsync()).GetProperty("refresh_token").GetString()!;
        host.Store.Held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/token")
        {
            Content = new FormUrlEncodedContent([new("client_id", "web"), new("client_secret", Host.Secret), new("grant_type", "refresh_token"), new("refresh_token", refresh)]),
        };
        Task<HttpResponseMessage> pending = host.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await host.Store.Waiting.Task;
        Assert.False(pending.IsCompleted);
        TaskCompletionSource held = host.Store.Held;
        host.Store.Held = null;
        held.SetResult();
        Assert.Equal(HttpStatusCode.OK, (await pending).StatusCode);
    }

    [Fact]
    public async Task A_refusal_stands_though_its_event_cannot_be_recorded()
    {
        await using Host host = await Host.StartAsync();
        host.Store.RecordsFail = true;
        using HttpResponseMessage response = await host.RefreshAsync("garbage");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("invalid_grant", (await Host.Json(response)).GetProperty("error").GetString());
    }

    [Fact]
    [Requirement("RFC9700-4.14.2-03")]
    public async Task A_replay_revokes_with_one_event()
    {
        await using Host host = await Host.StartAsync();
        string first = (await host.TokensAsync()).GetProperty("refresh_token").GetString()!;
        string second = (await Host.Json(await host.RefreshAsync(first))).GetProperty("refresh_token").GetString()!;
        await host.RefreshAsync(second);
        for (int i = 0; i < 3; i++) Assert.Equal(HttpStatusCode.BadRequest, (await host.RefreshAsync(first)).StatusCode);
        Assert.Equal(GrantState.Revoked, Assert.Single(host.Store.Grants).State);
        Assert.Single(host.Store.Events, e => e.Decision == "Replayed");
    }
}
