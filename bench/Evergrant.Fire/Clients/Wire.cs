using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;

namespace Evergrant.Fire.Clients;

/// <summary>
/// One HTTP/1.1 connection that is kept open, with blocking calls and one reused buffer: sending and receiving are apart, so that one thread
/// can have requests under way on many connections at no cost. Not thread-safe.
/// </summary>
internal sealed class Wire(int port) : IDisposable
{
    private static readonly IPAddress Loopback = IPAddress.Loopback;
    private Socket? _socket;
    private byte[] _buffer = new byte[16 * 1024];
    private int _filled;
    private int _headEnd;

    /// <summary>Where it connects to.</summary>
    public int Port => port;

    /// <summary>How long an answer is waited for; what did not come by then is unknown.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Whether there is a connection.</summary>
    public bool IsOpen => _socket is not null;

    /// <summary>Connects unless it is connected. A connection that the server has closed meanwhile, as it may with one that nothing came over for long, is made anew, as every client does.</summary>
    /// <returns>False when nobody listens.</returns>
    public bool TryConnect()
    {
        if (_socket is { Available: 0 } open && open.Poll(0, SelectMode.SelectRead) && open.Available == 0) Abort();
        if (_socket is not null) return true;
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = (int)Patience.TotalMilliseconds, SendTimeout = (int)Patience.TotalMilliseconds };
        try
        {
            socket.Connect(Loopback, port);
            _socket = socket;
            return true;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return false;
        }
    }

    /// <summary>Sends a whole request.</summary>
    /// <returns>False when the connection broke; the server may have got the request all the same.</returns>
    public bool TrySend(ReadOnlySpan<byte> request)
    {
        try
        {
            while (request.Length > 0) request = request[_socket!.Send(request)..];
            return true;
        }
        catch (SocketException)
        {
            Abort();
            return false;
        }
    }

    /// <summary>Receives a whole answer.</summary>
    /// <returns>False when the connection broke or nothing came in time: what became of the request is unknown.</returns>
    public bool TryReceive(out Answer answer)
    {
        answer = default;
        if (_socket is null) return false;
        try
        {
            _filled = 0;
            while ((_headEnd = _buffer.AsSpan(0, _filled).IndexOf("\r\n\r\n"u8)) < 0)
            {
                if (!Receive()) return false;
            }
            _headEnd += 4;
            ReadOnlySpan<byte> head = _buffer.AsSpan(0, _headEnd);
            if (!head.StartsWith("HTTP/1.1 "u8) || !Utf8Parser.TryParse(head[9..12], out int status, out _)) throw new InvalidDataException("not an answer of HTTP/1.1");
            if (!TryReadBody(status, out ReadOnlyMemory<byte> body)) return false;
            answer = new Answer(status, _buffer.AsMemory(0, _headEnd), body);
            if (answer.Head.Span.IndexOf("\r\nConnection: close\r\n"u8) >= 0) Abort();
            return true;
        }
        catch (SocketException)
        {
            Abort();
            return false;
        }
    }

    /// <summary>Closes the connection at once (RST), with whatever is under way on it.</summary>
    public void Abort()
    {
        if (_socket is null) return;
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Dispose();
        _socket = null;
    }

    /// <inheritdoc/>
    public void Dispose() => Abort();

    private bool TryReadBody(int status, out ReadOnlyMemory<byte> body)
    {
        body = default;
        ReadOnlySpan<byte> head = _buffer.AsSpan(0, _headEnd);
        int at = head.IndexOf("\r\nContent-Length: "u8);
        if (at >= 0 && Utf8Parser.TryParse(head[(at + 18)..], out int length, out _))
        {
            while (_filled < _headEnd + length)
            {
                if (!Receive()) return false;
            }
            body = _buffer.AsMemory(_headEnd, length);
            return true;
        }
        return status is 204 or 304 || head.IndexOf("\r\nTransfer-Encoding: chunked\r\n"u8) < 0 || TryReadChunks(out body);
    }

    private bool TryReadChunks(out ReadOnlyMemory<byte> body)
    {
        var whole = new MemoryStream();
        body = default;
        for (int at = _headEnd; ;)
        {
            int line;
            while ((line = _buffer.AsSpan(at, _filled - at).IndexOf("\r\n"u8)) < 0)
            {
                if (!Receive()) return false;
            }
            if (!Utf8Parser.TryParse(_buffer.AsSpan(at, line), out int size, out _, 'x')) throw new InvalidDataException("a chunk without a size");
            at += line + 2;
            while (_filled < at + size + 2)
            {
                if (!Receive()) return false;
            }
            whole.Write(_buffer, at, size);
            at += size + 2;
            if (size == 0) break;
        }
        body = whole.ToArray();
        return true;
    }

    private bool Receive()
    {
        if (_filled == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
        int received = _socket!.Receive(_buffer.AsSpan(_filled));
        _filled += received;
        if (received > 0) return true;
        Abort();
        return false;
    }
}
