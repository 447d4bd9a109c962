using System.Net;
using Evergrant.Hosting.Settings;

namespace Evergrant.Hosting;

/// <summary>Takes the header of client certificates away from requests that do not come from a trusted proxy: whoever could send it would be whom they like.</summary>
internal sealed class CertificateHeaderGuard(RequestDelegate next, ServerSettings settings)
{
    private readonly string _header = settings.MutualTls!.Header!;

    /// <summary>Passes the request on, with or without the header.</summary>
    public Task InvokeAsync(HttpContext http)
    {
        if (http.Request.Headers.ContainsKey(_header) && !IsProxy(http.Connection.RemoteIpAddress)) http.Request.Headers.Remove(_header);
        return next(http);
    }

    private bool IsProxy(IPAddress? address)
    {
        if (address is null) return false;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return settings.TrustedProxies.Any(p => p.Contains(address));
    }
}
