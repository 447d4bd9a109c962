using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Evergrant.Load.Http;

/// <summary>
/// One HTTP/1.1 connection that is kept open: one request at a time, the answer read into a buffer that the next request reuses.
/// Leaner than HttpClient, so that the generator's core is not the bottleneck. Not thread-safe.
/// </summary>
internal sealed class KeepAliveConnection(Uri server) : IDisposable
{
    private readonly IPEndPoint endpoint = new(IPAddress.Loopback, server.Port);
    private Socket? socket;
    private byte[] buffer = new byte[16 * 1024];
    private int filled;
    private int headEnd;

    /// <summary>Status of the last answer.</summary>
    public int Status { get; private set; }

    /// <summary>Body of the last answer; valid until the next request.</summary>
    public ReadOnlyMemory<byte> Body { get; private set; }

    /// <summary>Sends a whole request (see <see cref="RequestWriter"/>) and reads the whole answer.</summary>
    /// <exception cref="WrongAnswerException">The server closed the connection or did not speak HTTP/1.1.</exception>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> request)
    {
        if (socket is null)
        {
            socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(endpoint).ConfigureAwait(false);
        }

        await socket.SendAsync(request, SocketFlags.None).ConfigureAwait(false);
        filled = 0;
        while ((headEnd = buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8)) < 0) await ReceiveAsync().ConfigureAwait(false);

        headEnd += 4;
        if (!buffer.AsSpan(0, headEnd).StartsWith("HTTP/1.1 "u8) || !Utf8Parser.TryParse(buffer.AsSpan(9, 3), out int status, out _))
        {
            throw new WrongAnswerException("not an HTTP/1.1 answer");
        }

        Status = status;
        if (ContentLength() is { } length) await ReadLengthAsync(length).ConfigureAwait(false);
        else if (Header("Transfer-Encoding") is not null) await ReadChunksAsync().ConfigureAwait(false);
        else Body = default;
        if (buffer.AsSpan(0, headEnd).IndexOf("\r\nConnection: close\r\n"u8) >= 0) Close();
    }

    /// <summary>The first header of this name in the last answer, or null.</summary>
    public string? Header(string name) => Headers(name).FirstOrDefault();

    /// <summary>All headers of this name in the last answer.</summary>
    public IEnumerable<string> Headers(string name)
    {
        var lines = Encoding.ASCII.GetString(buffer, 0, headEnd).Split("\r\n");
        return from line in lines
               where line.Length > name.Length && line[name.Length] == ':' && line.StartsWith(name, StringComparison.OrdinalIgnoreCase)
               select line[(name.Length + 1)..].Trim();
    }

    public void Dispose() => Close();

    /// <summary>Without the strings that <see cref="Header"/> makes: this is asked for every answer.</summary>
    private int? ContentLength()
    {
        var head = buffer.AsSpan(0, headEnd);
        var at = head.IndexOf("\r\nContent-Length: "u8);
        return at >= 0 && Utf8Parser.TryParse(head[(at + 18)..], out int length, out _) ? length : null;
    }

    private void Close()
    {
        socket?.Dispose();
        socket = null;
    }

    private async ValueTask ReadLengthAsync(int length)
    {
        while (filled < headEnd + length) await ReceiveAsync().ConfigureAwait(false);
        Body = buffer.AsMemory(headEnd, length);
    }

    private async ValueTask ReadChunksAsync()
    {
        var body = new MemoryStream();
        for (var at = headEnd; ;)
        {
            int line;
            while ((line = buffer.AsSpan(at, filled - at).IndexOf("\r\n"u8)) < 0) await ReceiveAsync().ConfigureAwait(false);
            if (!Utf8Parser.TryParse(buffer.AsSpan(at, line), out int size, out _, 'x')) throw new WrongAnswerException("a chunk without a size");
            at += line + 2;
            while (filled < at + size + 2) await ReceiveAsync().ConfigureAwait(false);
            body.Write(buffer, at, size);
            at += size + 2;
            if (size == 0) break;
        }

        Body = body.ToArray();
    }

    private async ValueTask ReceiveAsync()
    {
        if (filled == buffer.Length) Array.Resize(ref buffer, buffer.Length * 2);
        var received = await socket!.ReceiveAsync(buffer.AsMemory(filled), SocketFlags.None).ConfigureAwait(false);
        if (received == 0)
        {
            Close();
            throw new WrongAnswerException("the server closed the connection");
        }

        filled += received;
    }
}
