using System.Collections.Concurrent;

namespace Evergrant.AspNetCore.PushedAuthorization;

/// <summary>Bounds what one client leaves in the store: so many pushed requests in a minute, and no more (RFC 9126 section 2.3). What they leave there ends within minutes by itself.</summary>
internal sealed class PushThrottle(EvergrantOptions options, TimeProvider clock)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    // As many entries as there are clients that push.
    private readonly ConcurrentDictionary<(string Issuer, string Client), (long Minute, int Count)> _pushes = new();

    /// <summary>Seconds to wait; 0 when one more may be pushed, which is counted.</summary>
    public int Enter(string issuer, string clientId)
    {
        DateTimeOffset now = clock.GetUtcNow();
        long minute = now.Ticks / Window.Ticks;
        (_, int count) = _pushes.AddOrUpdate((issuer, clientId), _ => (minute, 1), (_, old) => old.Minute == minute ? (minute, old.Count + 1) : (minute, 1));
        return count <= options.PushedRequestsPerMinute ? 0 : 60 - (int)(now.Ticks % Window.Ticks / TimeSpan.TicksPerSecond);
    }
}
