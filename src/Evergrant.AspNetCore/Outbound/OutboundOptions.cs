using System.Net;

namespace Evergrant.AspNetCore.Outbound;

/// <summary>What this server may fetch from others, and how. Nothing is fetched before a feature that needs it is used.</summary>
public sealed class OutboundOptions
{
    /// <summary>Hosts that may have private addresses, as host or host:port in lower case; with a port, that port is allowed beside 443.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>The longest that one fetch takes from its name to its last byte; 1 to 30 seconds.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Fetches at a time at most, 1 to 1,000; a quarter of them for one host.</summary>
    public int Concurrent { get; init; } = 32;

    /// <summary>How host names become addresses; null asks the operating system.</summary>
    public Func<string, CancellationToken, Task<IPAddress[]>>? Resolve { get; init; }

    /// <summary>Everything that is wrong; empty when the settings can be used.</summary>
    internal IEnumerable<string> Faults()
    {
        foreach (string host in AllowedHosts)
        {
            if (host.Length == 0 || host.Any(c => !(char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-' or ':' or '[' or ']'))) yield return $"outbound allowed hosts: {host} is neither a host nor host:port, in lower case";
        }
        if (Timeout < TimeSpan.FromSeconds(1) || Timeout > TimeSpan.FromSeconds(30)) yield return "outbound timeout: is not from 1 to 30 seconds";
        if (Concurrent is < 1 or > 1000) yield return "outbound concurrent: is not from 1 to 1,000";
    }
}
