using System.Net;
using System.Net.Sockets;
using System.Text;
using Evergrant.Jose;

namespace Evergrant.AspNetCore.Tests;

/// <summary>Somebody who vouches for clients: a signing key, and a web server on this machine that publishes its public half.</summary>
internal sealed class KeyServer : IAsyncDisposable
{
    private readonly SigningKey _key = SigningKey.Create(SignatureAlgorithm.ES256, "vouch");
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _loop;

    public KeyServer()
    {
        _listener.Start();
        Url = $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/jwks";
        _loop = ServeAsync();
    }

    public string Url { get; }

    public async Task<string> SignAsync(string claims) => await SoftwareStatement.WriteAsync(_key, Encoding.UTF8.GetBytes(claims), default);

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _loop;
        _key.Dispose();
    }

    private async Task ServeAsync()
    {
        byte[] body = new JwkSet([_key.PublicKey]).ToUtf8Json();
        try
        {
            while (true)
            {
                using TcpClient client = await _listener.AcceptTcpClientAsync();
                NetworkStream stream = client.GetStream();
                byte[] buffer = new byte[8192];
                await stream.ReadAtLeastAsync(buffer, 1);
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/jwk-set+json\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n"));
                await stream.WriteAsync(body);
            }
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException or IOException)
        {
            // The test is over.
        }
    }
}
