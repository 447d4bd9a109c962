using System.Net;
using System.Net.Sockets;

namespace Evergrant.AspNetCore.DeviceAuthorization;

/// <summary>Limits guesses at user codes (RFC 8628 section 5.1): ten wrong ones from an address, a hundred from everywhere, within ten minutes. The second limit is what keeps the chance to
/// hit a code below 2^-32; whoever is stopped by it has typed a wrong code, or waits.</summary>
internal sealed class UserCodeThrottle(TimeProvider clock)
{
    private const int OfAddress = 10;
    private const int OfAll = 100;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    private readonly Dictionary<IPAddress, int> _wrong = [];
    private readonly Lock _lock = new();
    private DateTimeOffset _since;
    private int _all;

    /// <summary>How long to wait; zero when a code may be tried.</summary>
    /// <param name="address">Who tries.</param>
    public TimeSpan Wait(IPAddress? address)
    {
        lock (_lock)
        {
            TimeSpan left = _since + Window - clock.GetUtcNow();
            return left > TimeSpan.Zero && (_all >= OfAll || _wrong.GetValueOrDefault(KeyOf(address)) >= OfAddress) ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Counts a wrong code.</summary>
    /// <param name="address">Who tried.</param>
    public void Failed(IPAddress? address)
    {
        lock (_lock)
        {
            DateTimeOffset now = clock.GetUtcNow();
            if (now >= _since + Window || now < _since)
            {
                _wrong.Clear();
                (_since, _all) = (now, 0);
            }
            _all++;
            _wrong[KeyOf(address)] = _wrong.GetValueOrDefault(KeyOf(address)) + 1;
        }
    }

    // A household has a network of 64 bits.
    private static IPAddress KeyOf(IPAddress? address)
    {
        if (address is null) return IPAddress.None;
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address;
        byte[] bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }
}
