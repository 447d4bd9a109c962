using System.Net;
using System.Net.Sockets;

namespace Evergrant.Tests;

/// <summary>Ports for servers that are started in a moment.</summary>
internal static class Ports
{
    /// <summary>One that nobody listens at, below those that the system gives to outgoing connections: none of them takes it meanwhile.</summary>
    public static int Free()
    {
        while (true)
        {
            int port = Random.Shared.Next(10_000, 32_768);
            try
            {
                using TcpListener listener = new(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it.
            }
        }
    }
}
