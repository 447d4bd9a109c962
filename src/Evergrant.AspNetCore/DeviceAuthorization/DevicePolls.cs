using System.Collections.Concurrent;
using Evergrant.Protocol.DeviceAuthorization;
using Decision = Evergrant.Protocol.DeviceAuthorization.DeviceAuthorization;

namespace Evergrant.AspNetCore.DeviceAuthorization;

/// <summary>When each waiting device asked last, and how long it has to wait (RFC 8628 section 3.5). Kept by the node that was asked: a device that goes from node to node is not slowed by all of them.</summary>
internal sealed class DevicePolls
{
    private const int MaximumEntries = 100_000;
    private const int Longest = 60;

    // What the network may take from an interval that the device kept.
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<Guid, (DateTimeOffset At, int Interval)> _asked = new();

    /// <summary>Notes that a device asks; true when it does sooner than it may, and has to wait five seconds longer from now on.</summary>
    /// <param name="grantId">The grant that it waits for.</param>
    /// <param name="now">The instant.</param>
    public bool IsTooFast(Guid grantId, DateTimeOffset now)
    {
        if (_asked.Count > MaximumEntries) _asked.Clear();
        bool tooFast = false;
        _asked.AddOrUpdate(grantId, _ => (now, Decision.Interval), (_, last) =>
        {
            tooFast = now - last.At < TimeSpan.FromSeconds(last.Interval) - Tolerance;
            return (now, tooFast ? Math.Min(Longest, last.Interval + 5) : last.Interval);
        });
        return tooFast;
    }
}
