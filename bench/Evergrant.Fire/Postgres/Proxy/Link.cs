using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Evergrant.Fire.Postgres.Proxy;

/// <summary>What becomes of the bytes on a link.</summary>
internal enum LinkState
{
    /// <summary>They pass.</summary>
    Open,

    /// <summary>Connections are reset, old ones and new ones.</summary>
    Cut,

    /// <summary>The server's end is closed; the client is told nothing and hears nothing.</summary>
    HalfOpen,

    /// <summary>What the client sends does not arrive until the link is open again.</summary>
    HeldUp,

    /// <summary>What the server sends does not arrive until the link is open again.</summary>
    HeldDown,

    /// <summary>Neither.</summary>
    Held,
}

/// <summary>A port on the loopback interface before a server's, and the faults of the line between them.</summary>
internal sealed class Link : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<Tunnel, Task> _tunnels = new();
    private readonly Task _accepting;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _accepted, _pieces;

    public Link(int target)
    {
        Target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where clients connect.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The server's port.</summary>
    public int Target { get; }

    /// <summary>How long each piece of bytes is on its way.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Every so manieth piece of bytes is lost on its way and arrives when it was sent once more, <see cref="Resent"/> later; 0 for none.</summary>
    public int LosesEvery { get; set; }

    /// <summary>How long the kernel waits at least before it sends a lost packet again.</summary>
    public static TimeSpan Resent { get; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Answers that do not arrive; null for none.</summary>
    public LostAnswers? Losing { get; set; }

    /// <summary>Where the line of one connection breaks; null for nowhere.</summary>
    public BreakPoint? Breaking { get; set; }

    public LinkState State { get; private set; } = LinkState.Open;

    /// <summary>Connections that were ever begun.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>Connections that are there now.</summary>
    public int Present => _tunnels.Count;

    /// <summary>Those connections, for a message.</summary>
    public string PresentOnes => string.Join("; ", _tunnels.Keys);

    /// <summary>How long the next piece of bytes is on its way.</summary>
    public TimeSpan DelayOfNext() => LosesEvery > 0 && Interlocked.Increment(ref _pieces) % LosesEvery == 0 ? Delay + Resent : Delay;

    /// <summary>Changes the state, also for the connections that are there.</summary>
    public void Set(LinkState state)
    {
        lock (_tunnels)
        {
            State = state;
            // Whoever waits looks again.
            _changed.SetResult();
            _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        if (state is LinkState.Cut) foreach (Tunnel tunnel in _tunnels.Keys) tunnel.Reset();
        if (state is LinkState.HalfOpen) foreach (Tunnel tunnel in _tunnels.Keys) tunnel.CloseServer();
    }

    /// <summary>Waits until bytes may pass in a direction.</summary>
    public async Task PassAsync(bool up, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_tunnels)
            {
                if (State is not LinkState.Held && State != (up ? LinkState.HeldUp : LinkState.HeldDown)) return;
                changed = _changed.Task;
            }
            await changed.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Waits until the line is whole.</summary>
    public async Task WholeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_tunnels)
            {
                if (State == LinkState.Open) return;
                changed = _changed.Task;
            }
            await changed.WaitAsync(cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_tunnels.Values);
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            Socket client;
            try
            {
                client = await _listener.AcceptSocketAsync(_end.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
            Interlocked.Increment(ref _accepted);
            if (State == LinkState.Cut)
            {
                client.Close(0);
                continue;
            }
            Tunnel tunnel = new(this, client);
            TaskCompletionSource entered = new();
            _tunnels[tunnel] = entered.Task;
            _ = RunAsync(tunnel, entered);
        }
    }

    private async Task RunAsync(Tunnel tunnel, TaskCompletionSource entered)
    {
        await tunnel.RunAsync(_end.Token);
        _tunnels.TryRemove(tunnel, out _);
        entered.SetResult();
    }
}
