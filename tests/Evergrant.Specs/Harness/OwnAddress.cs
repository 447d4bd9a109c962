using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Xunit;

namespace Evergrant.Specs.Harness;

/// <summary>
/// The address that a test connects from: one of 127.0.0.0/8 for each test, so that what the server counts against an address is that test's doing alone.
/// </summary>
public static class OwnAddress
{
    /// <summary>The address of the test that runs; 127.0.0.1 outside of any test.</summary>
    public static IPAddress OfTest
    {
        get
        {
            if (TestContext.Current.Test is not { } test) return IPAddress.Loopback;
            var hash = SHA256.HashData(Encoding.UTF8.GetBytes(test.UniqueID));
            // 127.16.0.0 and above: those below are given to proxies.
            return new IPAddress([127, (byte)(16 + hash[0] % 224), hash[1], (byte)(1 + hash[2] % 254)]);
        }
    }

    /// <summary>A connection without redirects and cookies, from the address of the test that runs or from another one.</summary>
    public static HttpClient NewHttp(SslClientAuthenticationOptions? ssl = null, IPAddress? from = null)
    {
        var address = from ?? OfTest;
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };
        if (ssl is not null) handler.SslOptions = ssl;
        handler.ConnectCallback = async (context, cancellationToken) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                socket.Bind(new IPEndPoint(address, 0));
                await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (Exception)
            {
                socket.Dispose();
                throw;
            }
        };
        return new HttpClient(handler);
    }
}
