using System.Net;
using System.Net.Sockets;

namespace Evergrant.Protocol.Outbound;

/// <summary>Which addresses belong to the public Internet (IANA special-purpose registries, RFC 6890).</summary>
public static class OutboundAddress
{
    // Everything that is not a public host: this network, private (RFC 1918), shared (RFC 6598), loopback, link-local with the metadata services of clouds,
    // IETF assignments, documentation, 6to4 relays, benchmarking, multicast, reserved, broadcast.
    private static readonly IPNetwork[] Special =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24",
            "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        }.Select(IPNetwork.Parse),
    ];

    // Of IPv6 only global unicast is public; within it these are not. 2002::/16 and 64:ff9b::/96 carry an IPv4 address inside and could lead anywhere.
    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork[] SpecialV6 = [.. new[] { "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "2620:4f:8000::/48" }.Select(IPNetwork.Parse)];

    /// <summary>Whether an address is that of a public host. IPv4 addresses written as IPv6 are judged as what they are.</summary>
    /// <param name="address">The address.</param>
    public static bool IsPublic(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.AddressFamily == AddressFamily.InterNetwork) return !Special.Any(n => n.Contains(address));
        return address.AddressFamily == AddressFamily.InterNetworkV6 && address.ScopeId == 0 && GlobalUnicast.Contains(address) && !SpecialV6.Any(n => n.Contains(address));
    }
}
