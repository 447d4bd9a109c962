using System.Net;
using System.Net.Sockets;
using System.Text;
using Evergrant.Fire.Clients;
using Xunit;

namespace Evergrant.Fire.Tests.Clients;

/// <summary>The connection of the drills behaves as a client's does.</summary>
public sealed class WireTests
{
    private static readonly byte[] Request = Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"), Answer = Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");

    [Fact]
    public async Task A_connection_that_the_server_closed_while_nothing_came_over_it_is_made_anew()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using var wire = new Wire(((IPEndPoint)listener.LocalEndPoint!).Port);
        for (int connection = 0; connection < 2; connection++)
        {
            Assert.True(wire.TryConnect());
            using Socket served = await listener.AcceptAsync();
            // Two requests over each: one that stands is used again.
            for (int i = 0; i < 2; i++)
            {
                Assert.True(wire.TryConnect() && wire.TrySend(Request));
                await served.ReceiveAsync(new byte[1_000]);
                await served.SendAsync(Answer);
                Assert.True(wire.TryReceive(out Answer answer));
                Assert.Equal(200, answer.Status);
            }
            served.Shutdown(SocketShutdown.Both);
        }
        // What has been sent over a connection that closes is unknown, and stays so.
        Assert.True(wire.TryConnect() && wire.TrySend(Request));
        using (Socket last = await listener.AcceptAsync()) await last.ReceiveAsync(new byte[1_000]);
        Assert.False(wire.TryReceive(out _));
    }
}
