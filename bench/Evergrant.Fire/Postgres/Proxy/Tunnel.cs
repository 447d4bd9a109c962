using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Evergrant.Fire.Postgres.Proxy;

/// <summary>One connection through a link.</summary>
internal sealed class Tunnel(Link link, Socket client) : IDisposable
{
    // As the store sets TCP's.
    private static readonly TimeSpan Probe = TimeSpan.FromSeconds(10);

    private readonly Socket _server = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly SentStatements _sent = new();
    private volatile LostAnswers? _losing;
    private readonly long _begun = Stopwatch.GetTimestamp();
    private volatile string _stage = "waits to be let through";
    private volatile bool _deaf, _broken;
    private int _sentUp;

    /// <summary>Where it stands.</summary>
    public override string ToString() => $"{_stage} for {Stopwatch.GetElapsedTime(_begun).TotalSeconds:0.0} s, {_sentUp} bytes up{(_deaf ? ", without its server" : "")}";

    /// <summary>Carries bytes both ways until one end closes or the link does.</summary>
    public async Task RunAsync(CancellationToken end)
    {
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(end);
        try
        {
            client.NoDelay = true;
            await link.PassAsync(up: true, over.Token);
            _stage = "there";
            if (link.State == LinkState.HalfOpen) CloseServer();
            else await _server.ConnectAsync(IPAddress.Loopback, link.Target, over.Token);
            Task up = UpAsync(over.Token), down = _deaf ? up : DownAsync(over.Token);
            Task first = _deaf ? up : await Task.WhenAny(up, down);
            if (_deaf) await Task.WhenAny(up, ForgottenAsync(over.Token));
            else await first;
            // Until the server has read what it got and closes: nothing of this connection is under way any more.
            if (_broken) await down;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The server is not there, or one of the two has gone.
        }
        finally
        {
            await over.CancelAsync();
            Dispose();
        }
    }

    public void Dispose()
    {
        client.Dispose();
        _server.Dispose();
    }

    /// <summary>Ends the connection on both sides without a word.</summary>
    public void Reset()
    {
        client.Close(0);
        _server.Close(0);
    }

    /// <summary>Ends the server's side; the client's stays as it is.</summary>
    public void CloseServer()
    {
        _deaf = true;
        _server.Close();
    }

    // On a line that is whole again, the server's machine answers the next probe of a connection that it does not know with a reset.
    private async Task ForgottenAsync(CancellationToken cancellationToken)
    {
        await link.WholeAsync(cancellationToken);
        await Task.Delay(Probe, cancellationToken);
        Reset();
    }

    private async Task UpAsync(CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[64 * 1024];
        while (await client.ReceiveAsync(buffer, cancellationToken) is var count and > 0)
        {
            _sentUp += count;
            await DelayAsync(cancellationToken);
            await link.PassAsync(up: true, cancellationToken);
            if (_deaf) continue;
            foreach ((string sql, int end) in _sent.Take(buffer.AsSpan(0, count)))
            {
                if (_losing is null && link.Losing is { } losing && losing.Takes(sql)) _losing = losing;
                if (link.Breaking is not { } breaking || !breaking.Takes()) continue;
                await BreakAsync(breaking, buffer.AsMemory(0, end), cancellationToken);
                return;
            }
            await SendAsync(_server, buffer.AsMemory(0, count), cancellationToken);
        }
    }

    private async Task DownAsync(CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[64 * 1024];
        while (await _server.ReceiveAsync(buffer, cancellationToken) is var count and > 0)
        {
            if (_broken) continue;
            await DelayAsync(cancellationToken);
            await link.PassAsync(up: false, cancellationToken);
            // The answer is here, so the statement is done; the client does not get it.
            if (_losing is { Closes: true })
            {
                Reset();
                return;
            }
            if (_losing is not null) continue;
            try
            {
                await SendAsync(client, buffer.AsMemory(0, count), cancellationToken);
            }
            catch (Exception e) when (_broken && e is SocketException or ObjectDisposedException)
            {
                // The client is cut off; the server is listened to until it closes.
            }
        }
    }

    private async Task BreakAsync(BreakPoint breaking, ReadOnlyMemory<byte> last, CancellationToken cancellationToken)
    {
        _broken = true;
        await SendAsync(_server, last, cancellationToken);
        _server.Shutdown(SocketShutdown.Send);
        breaking.Act();
        client.Close(0);
    }

    private async Task DelayAsync(CancellationToken cancellationToken)
    {
        if (link.DelayOfNext() is var delay && delay > TimeSpan.Zero) await Task.Delay(delay, cancellationToken);
    }

    private static async Task SendAsync(Socket to, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (bytes.Length > 0) bytes = bytes[await to.SendAsync(bytes, cancellationToken)..];
    }
}
