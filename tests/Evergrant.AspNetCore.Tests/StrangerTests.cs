using System.Net;
using Evergrant.AspNetCore.Clients;
using Evergrant.Protocol.Clients;
using Microsoft.Extensions.DependencyInjection;

namespace Evergrant.AspNetCore.Tests;

/// <summary>What strangers choose is neither kept without a bound nor takes a place from others; what is kept is what is true now.</summary>
public class StrangerTests
{
    [Fact]
    [Requirement("ATTACK-386")]
    public async Task Names_that_no_client_has_share_one_budget_of_stored_events()
    {
        await using Host host = await Host.StartAsync();
        for (int i = 0; i < 1_900; i++) Assert.Equal(HttpStatusCode.Unauthorized, (await TryAsync(host, $"nobody-{i}")).StatusCode);
        Assert.InRange(host.Store.Events.Count, 1, 1_300); // Twice the share, should a minute end meanwhile; every name its own would be all of them.
        int before = host.Store.Events.Count;
        await host.RefreshAsync("garbage");
        Assert.Equal(before + 1, host.Store.Events.Count);
    }

    [Fact]
    [Requirement("ATTACK-387", "ATTACK-372")]
    public async Task However_many_names_strangers_invent_the_measurements_stay_as_many_as_they_are()
    {
        await using Host host = await Host.StartAsync();
        using var listener = new System.Diagnostics.Metrics.MeterListener();
        var series = new System.Collections.Concurrent.ConcurrentDictionary<string, bool>();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Name == "Evergrant") l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => series.TryAdd(instrument.Name + string.Join(',', tags.ToArray().Select(t => $"{t.Key}={t.Value}")), true));
        listener.Start();
        for (int i = 0; i < 20; i++) await TryAsync(host, $"first-{i}");
        int before = series.Count;
        for (int i = 0; i < 200; i++) await TryAsync(host, $"stranger-{i}-{Guid.NewGuid():n}");
        Assert.InRange(before, 1, 20);
        // Other tests of this process count as well, by the same few names.
        Assert.InRange(series.Count, before, before + 20);
        Assert.DoesNotContain(series.Keys, key => key.Contains("stranger", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Names_too_long_for_any_client_are_counted_together()
    {
        await using Host host = await Host.StartAsync();
        for (int i = 0; i < 45; i++) await TryAsync(host, new string('n', 200 + i));
        Assert.Equal(HttpStatusCode.TooManyRequests, (await TryAsync(host, new string('n', 300))).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await TryAsync(host, "nobody")).StatusCode);
    }

    [Fact]
    public async Task Scopes_read_before_a_change_do_not_outlive_it()
    {
        await using Host host = await Host.StartAsync();
        var catalogue = host.App.Services.GetRequiredService<ClientCatalogue>();
        host.Store.ScopesHeld = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<ScopeCatalogue> early = catalogue.ScopesAsync(default).AsTask();
        await host.Store.ReadingScopes.Task;
        host.Store.Scopes.Add(new ScopeDescription("later"));
        catalogue.Invalidate();
        TaskCompletionSource held = host.Store.ScopesHeld;
        host.Store.ScopesHeld = null;
        held.SetResult();
        Assert.False((await early).Knows("later"));
        Assert.True((await catalogue.ScopesAsync(default)).Knows("later"));
    }

    [Fact]
    public async Task A_public_document_that_fails_is_not_kept()
    {
        await using Host host = await Host.StartAsync();
        host.Store.ReadsFail = true;
        using HttpResponseMessage response = await host.Http.GetAsync(new Uri("/other/jwks", UriKind.Relative));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.True(response.Headers.CacheControl is { NoStore: true, Public: false, MaxAge: null });
    }

    private static Task<HttpResponseMessage> TryAsync(Host host, string clientId) =>
        host.Http.PostAsync(new Uri("/token", UriKind.Relative), new FormUrlEncodedContent([new("client_id", clientId), new("grant_type", "client_credentials")]));
}
