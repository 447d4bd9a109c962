using System.Collections.Concurrent;
using System.Net;

namespace Evergrant.AspNetCore.Clients;

/// <summary>Slows down whoever guesses client secrets (RFC 6749 section 2.3.1): per client and address, so that nobody can lock a client out from elsewhere.</summary>
/// <param name="clock">The server's clock.</param>
internal sealed class ClientThrottle(TimeProvider clock)
{
    private const int Allowed = 20;
    private const int MaximumEntries = 50_000;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(string Client, IPAddress Address), (long Minute, int Failures)> _failures = new();

    /// <summary>Seconds to wait; 0 when the caller may go on.</summary>
    public int Wait(string? clientId, IPAddress? address)
    {
        if (_failures.IsEmpty) return 0;
        return _failures.TryGetValue(KeyOf(clientId, address), out (long Minute, int Failures) entry) && entry.Minute == Minute && entry.Failures >= Allowed
            ? (int)Window.TotalSeconds : 0;
    }

    /// <summary>Counts a failure.</summary>
    public void Failed(string? clientId, IPAddress? address)
    {
        if (_failures.Count > MaximumEntries) _failures.Clear();
        long minute = Minute;
        _failures.AddOrUpdate(KeyOf(clientId, address), _ => (minute, 1), (_, old) => old.Minute == minute ? (minute, old.Failures + 1) : (minute, 1));
    }

    // An id that no client can have is not kept: strangers choose it, and its length.
    private static (string Client, IPAddress Address) KeyOf(string? clientId, IPAddress? address) =>
        (clientId is { Length: <= ClientCatalogue.LongestClientId } ? clientId : "", address ?? IPAddress.None);

    private long Minute => clock.GetUtcNow().Ticks / Window.Ticks;
}
