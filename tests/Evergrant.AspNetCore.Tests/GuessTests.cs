using System.Net;
using Evergrant.Protocol.Grants;

namespace Evergrant.AspNetCore.Tests;

/// <summary>A node that wrote a row last decides on what it wrote, and the condition of the change proves it: no read, and never another answer.</summary>
public class GuessTests
{
    // A grant that this node has made and refreshed once: it knows it.
    private static async Task<(Host Host, string Refresh)> StartAsync(Func<GrantPolicy, GrantPolicy>? policy = null)
    {
        Host host = await Host.StartAsync();
        if (policy is not null) host.Store.Clients[0] = host.Store.Clients[0] with { Policy = policy(GrantPolicy.Confidential) };
        return (host, (await RefreshAsync(host, await MadeAsync(host))).Token!);
    }

    private static async Task<string> MadeAsync(Host host) => (await host.TokensAsync()).GetProperty("refresh_token").GetString()!;

    // The token that comes back, and how often the row was read for it.
    private static async Task<(string? Token, int Reads)> RefreshAsync(Host host, string token)
    {
        int before = host.Store.Reads;
        using HttpResponseMessage response = await host.RefreshAsync(token);
        if (response.StatusCode != HttpStatusCode.OK) return (null, host.Store.Reads - before);
        return ((await Host.Json(response)).GetProperty("refresh_token").GetString(), host.Store.Reads - before);
    }

    [Fact]
    public async Task A_row_that_this_node_wrote_is_not_read_again()
    {
        (Host host, string refresh) = await StartAsync();
        await using Host _ = host;
        for (int i = 0; i < 3; i++)
        {
            (string? next, int reads) = await RefreshAsync(host, refresh);
            Assert.Equal(0, reads);
            refresh = next!;
        }
        Assert.Equal(5, Assert.Single(host.Store.Grants).Generation);
    }

    [Fact]
    public async Task A_grant_takes_a_place_in_memory_when_it_comes_for_the_second_time()
    {
        await using Host host = await Host.StartAsync();
        List<string> tokens = [await MadeAsync(host), await MadeAsync(host), await MadeAsync(host)];
        foreach (int expected in (int[])[1, 0, 0])
        {
            for (int i = 0; i < tokens.Count; i++)
            {
                (string? next, int reads) = await RefreshAsync(host, tokens[i]);
                Assert.Equal(expected, reads);
                tokens[i] = next!;
            }
        }
    }

    [Fact]
    public async Task A_retry_is_decided_on_the_row_itself()
    {
        (Host host, string refresh) = await StartAsync();
        await using Host _ = host;
        string? next = (await RefreshAsync(host, refresh)).Token;
        Assert.Equal((next, 1), await RefreshAsync(host, refresh));
    }

    [Fact]
    public async Task What_another_node_ended_is_ended_here()
    {
        (Host host, string refresh) = await StartAsync();
        await using Host _ = host;
        host.Store.Change(g => g with { State = GrantState.Revoked, RevokedWhy = RevocationCause.RevokedByUser, RevokedAt = g.GenerationAt });
        Assert.Equal((null, 1), await RefreshAsync(host, refresh));
        Assert.Equal("GrantRevoked", $"{Assert.Single(host.Store.Events).Refusal}");
    }

    [Fact]
    public async Task A_token_that_another_node_has_superseded_is_a_retry_or_a_replay_here()
    {
        (Host host, string refresh) = await StartAsync();
        await using Host _ = host;
        host.Store.Change(g => g with { Generation = g.Generation + 1, Mark = 1 });
        (string? next, int reads) = await RefreshAsync(host, refresh);
        Assert.NotNull(next);
        Assert.Equal(1, reads);
        Assert.Equal("Repeated", Assert.Single(host.Store.Events).Decision);
        host.Store.Change(g => g with { Generation = g.Generation + 1, Mark = 2 });
        Assert.Null((await RefreshAsync(host, refresh)).Token);
        Assert.Equal(GrantState.Revoked, Assert.Single(host.Store.Grants).State);
    }

    [Fact]
    public async Task Retries_that_another_node_has_counted_are_not_lost()
    {
        (Host host, string refresh) = await StartAsync();
        await using Host _ = host;
        refresh = (await RefreshAsync(host, refresh)).Token!;
        host.Store.Change(g => g with { Retries = g.Retries.Counted() });
        (string? next, int reads) = await RefreshAsync(host, refresh);
        Assert.NotNull(next);
        Assert.Equal(1, reads);
        Assert.Equal(0x10, Assert.Single(host.Store.Grants).Retries.Bits);
    }

    [Fact]
    public async Task A_token_that_is_kept_is_renewed_on_the_row_as_it_is()
    {
        (Host host, string refresh) = await StartAsync(p => p with { Rotate = false });
        await using Host _ = host;
        Assert.Equal((refresh, 0), await RefreshAsync(host, refresh));
        Assert.Equal((refresh, 0), await RefreshAsync(host, refresh));
        // Another node has killed the access tokens: they stay dead.
        host.Store.Change(g => g with { AccessFloor = g.AccessSerial + 1, Mark = 1 });
        int floor = Assert.Single(host.Store.Grants).AccessFloor;
        Assert.Equal((refresh, 1), await RefreshAsync(host, refresh));
        Assert.Equal(floor, Assert.Single(host.Store.Grants).AccessFloor);
    }
}
