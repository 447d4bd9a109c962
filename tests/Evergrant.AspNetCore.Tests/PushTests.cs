using System.Net;

namespace Evergrant.AspNetCore.Tests;

/// <summary>Pushed requests cost the store something: whoever pushes without end is told to wait.</summary>
public class PushTests
{
    [Fact]
    [Requirement("ATTACK-206", "RFC9126-2.3-06")]
    public async Task A_client_that_pushes_without_end_is_told_when_to_come_back()
    {
        await using Host host = await Host.StartAsync(options: new EvergrantOptions { Issuers = [new IssuerOptions { Issuer = Host.Issuer }], PushedRequestsPerMinute = 5 });
        List<HttpStatusCode> statuses = [];
        TimeSpan? wait = null;
        // A minute may begin between two of them, once.
        for (int i = 0; i < 12 && wait is null; i++)
        {
            using HttpResponseMessage pushed = await PushAsync(host);
            statuses.Add(pushed.StatusCode);
            wait = pushed.Headers.RetryAfter?.Delta;
        }
        Assert.True(statuses[^1] == HttpStatusCode.TooManyRequests, string.Join(' ', statuses));
        Assert.InRange(statuses.Count(s => s == HttpStatusCode.Created), 5, 10);
        Assert.InRange(wait!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));
        Assert.Equal(statuses.Count - 1, host.Store.Handles.Count);
        Assert.Equal("PushesThrottled", $"{Assert.Single(host.Store.Events).Refusal}");
        // What it got before goes on working.
        Assert.NotNull((await host.TokensAsync()).GetProperty("access_token").GetString());
    }

    private static Task<HttpResponseMessage> PushAsync(Host host) => host.PostAsync("/par", ("response_type", "code"), ("redirect_uri", Host.Redirect), ("scope", "openid"), ("state", "s"));
}
