using Evergrant.Program.Tests.Secrets;
using Evergrant.Tests;
using Xunit;

namespace Evergrant.Program.Tests.Hosting;

/// <summary>What a stranger meets before a request is understood.</summary>
public sealed class ListenerLimitsTests
{
    [Fact]
    [Requirement("ATTACK-321", "ATTACK-319", "ATTACK-320")]
    public async Task Whoever_sends_or_reads_too_slowly_is_given_up()
    {
        await using WatchedServer server = await WatchedServer.StartAsync(null);
        // Bytes a second, after a time of grace. An answer that nobody reads is held for as long as what waits in its buffers would take at that rate.
        Assert.True(server.Limits.MinResponseDataRate is { BytesPerSecond: >= 240, GracePeriod.TotalSeconds: <= 5 });
        Assert.True(server.Limits.MinRequestBodyDataRate is { BytesPerSecond: >= 240, GracePeriod.TotalSeconds: <= 5 });
        Assert.True(server.Limits.RequestHeadersTimeout <= TimeSpan.FromSeconds(10));
        Assert.True(server.Limits.MaxResponseBufferSize <= 64 * 1024);
        Assert.True(server.Limits.MaxConcurrentConnections is > 0);
    }
}
