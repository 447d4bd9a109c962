using System.Net;

namespace Evergrant.Protocol.Outbound;

/// <summary>Where this server may connect to on somebody else's word: URLs in requests, client metadata and documents. Pure: names are resolved elsewhere and come back here as addresses.</summary>
/// <param name="AllowedHosts">Hosts that the operator trusts, as host or host:port, in lower case: they may have private addresses, and with a port that port.</param>
/// <param name="AllowLoopback">Whether http and https on loopback are allowed with any port (development mode).</param>
/// <param name="Own">This server's own authorities, as host:port: fetching from oneself ends in a circle.</param>
public sealed record OutboundRules(IReadOnlyList<string> AllowedHosts, bool AllowLoopback, IReadOnlyList<string> Own)
{
    private const int LongestUrl = 2048;

    /// <summary>Judges a URL before any name is resolved: https, no user information, no fragment, port 443 unless the operator has named another.</summary>
    /// <param name="url">The URL as it was given.</param>
    /// <returns>The URL, or null when nothing is fetched from it.</returns>
    public Uri? Judge(string? url)
    {
        if (url is null or { Length: 0 or > LongestUrl } || url.Any(c => c is <= ' ' or > '~' or '\\' or '"' or '<' or '>' or '#')) return null;
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("https" or "http") || uri.UserInfo.Length > 0 || uri.Host.Length == 0) return null;
        if (uri.Host.EndsWith('.') || Own.Contains(AuthorityOf(uri))) return null;
        if (AllowLoopback && IsLoopback(uri)) return Own.Any(own => own.EndsWith(":" + uri.Port, StringComparison.Ordinal) && IsLoopbackName(own[..own.LastIndexOf(':')])) ? null : uri;
        if (uri.Scheme != "https") return null;
        return uri.Port == 443 || AllowedHosts.Contains(AuthorityOf(uri)) ? uri : null;
    }

    /// <summary>Whether a connection may be made for a URL that <see cref="Judge"/> let pass, to the addresses that its name has: all of them have to be public, one that is not makes the name suspect.</summary>
    /// <param name="uri">The URL.</param>
    /// <param name="addresses">What its host resolved to just now; the connection is then made to one of these and no other.</param>
    public bool MayConnect(Uri uri, IReadOnlyList<IPAddress> addresses)
    {
        if (addresses.Count == 0) return false;
        if (AllowedHosts.Contains(uri.IdnHost.ToLowerInvariant()) || AllowedHosts.Contains(AuthorityOf(uri))) return true;
        return AllowLoopback && IsLoopback(uri) ? addresses.All(IPAddress.IsLoopback) : addresses.All(OutboundAddress.IsPublic);
    }

    /// <summary>The authority of a URL as the lists have it: host:port in lower case.</summary>
    /// <param name="uri">The URL.</param>
    public static string AuthorityOf(Uri uri) => $"{uri.IdnHost.ToLowerInvariant()}:{uri.Port}";

    // The names by which loopback is written down; 127.1 and the like are read by nobody but resolvers.
    private static bool IsLoopback(Uri uri) => IsLoopbackName(uri.Host);

    private static bool IsLoopbackName(string host) => host is "localhost" or "127.0.0.1" or "[::1]" or "::1";
}
