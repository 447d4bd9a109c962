using System.Net;
using System.Net.Sockets;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Storage;

namespace Evergrant.AspNetCore.Registration;

/// <summary>Limits what strangers may register: so many of one address in an hour, so many altogether.</summary>
internal sealed class RegistrationThrottle(EvergrantOptions options, IClientStore store, TimeProvider clock)
{
    private const int MaximumAddresses = 50_000;
    private static readonly TimeSpan Window = TimeSpan.FromHours(1);
    private static readonly TimeSpan CountEvery = TimeSpan.FromMinutes(10);

    private readonly Dictionary<IPAddress, int> _of = [];
    private readonly Lock _lock = new();
    private DateTimeOffset _since, _countedAt;
    private int _clients;

    /// <summary>Seconds to wait; 0 when one more may register, which is counted.</summary>
    /// <param name="address">Who registers.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<int> EnterAsync(IPAddress? address, CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        if (now - _countedAt >= CountEvery || now < _countedAt)
        {
            int count = (await store.ListClientsAsync(null, cancellationToken)).Count(c => c.IsSelfAsserted);
            lock (_lock) (_clients, _countedAt) = (count, now);
        }
        lock (_lock)
        {
            if (now >= _since + Window || now < _since || _of.Count > MaximumAddresses)
            {
                _of.Clear();
                _since = now;
            }
            if (_clients >= options.Registration.MaximumClients) return (int)CountEvery.TotalSeconds;
            IPAddress key = KeyOf(address);
            int before = _of.GetValueOrDefault(key);
            if (before >= options.Registration.PerAddress) return Math.Max(1, (int)Math.Ceiling((_since + Window - now).TotalSeconds));
            _of[key] = before + 1;
            _clients++;
            return 0;
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
