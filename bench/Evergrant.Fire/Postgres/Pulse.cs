using Evergrant.Fire.Clients;
using Evergrant.Fire.History;
using Evergrant.Fire.Servers;

namespace Evergrant.Fire.Postgres;

/// <summary>Well-behaved clients, each with one grant at one node, that refresh without end: they show when a node answers, what, and how soon.
/// Whatever goes wrong, the only answers are 200 and 503 with Retry-After, and the same token works in the end.</summary>
internal sealed class Pulse : IDisposable
{
    private const int Looks = 3_000;

    private readonly List<Beat> _beats = [];
    private readonly List<string> _violations = [];
    private readonly List<Thread> _threads = [];
    private readonly int[] _lineNodes;
    private volatile bool _stopping;

    private Pulse(int[] nodes) => _lineNodes = nodes;

    /// <summary>What was answered otherwise.</summary>
    public IReadOnlyList<string> Violations
    {
        get
        {
            lock (_beats) return [.. _violations];
        }
    }

    /// <summary>All that was answered until now.</summary>
    public IReadOnlyList<Beat> Beats
    {
        get
        {
            lock (_beats) return [.. _beats];
        }
    }

    /// <summary>Starts one line for each node, or for each that is named, in this order: their grants are made in it.</summary>
    /// <param name="cluster">The nodes.</param>
    /// <param name="nodes">Node of each line; null for each node once.</param>
    public static Pulse Start(Cluster cluster, int[]? nodes = null)
    {
        Pulse pulse = new(nodes ?? [.. Enumerable.Range(0, cluster.Nodes.Count)]);
        FireClient client = cluster.Client(FireClients.Acknowledged);
        for (int line = 0; line < pulse._lineNodes.Length; line++)
        {
            int number = line, port = cluster.Nodes[pulse._lineNodes[line]].Plan.Port;
            using Visitor visitor = new(cluster.Issuer, port, cluster.UserName, cluster.Password);
            PendingCode code = visitor.Authorize(client) ?? throw new InvalidOperationException("Nobody answers.");
            RequestBuffer requests = new(cluster.Issuer);
            using Wire wire = new(port);
            if (!wire.TryConnect() || !wire.TrySend(requests.Redeem(client, code.Code, code.Verifier)) || !wire.TryReceive(out Answer answer) || answer.RefreshToken is not { } first)
                throw new InvalidOperationException("The code of a pulse was not redeemed.");
            pulse._threads.Add(new Thread(() => pulse.Run(number, port, client, requests, first)) { IsBackground = true, Name = $"pulse {number}" });
        }
        foreach (Thread thread in pulse._threads) thread.Start();
        return pulse;
    }

    /// <summary>Waits for so many answers of a line to requests that are sent from now on.</summary>
    /// <param name="line">The line.</param>
    /// <param name="status">Status that is counted; null for any answer.</param>
    /// <param name="count">How many.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The beats; fewer when they did not come in half a minute.</returns>
    public Task<IReadOnlyList<Beat>> AwaitAsync(int line, int? status, int count, CancellationToken cancellationToken) => AwaitAsync(line, status, count, MonotonicClock.Now, cancellationToken);

    /// <summary>Waits for so many answers of a line to requests that were sent since a moment.</summary>
    public async Task<IReadOnlyList<Beat>> AwaitAsync(int line, int? status, int count, long since, CancellationToken cancellationToken)
    {
        List<Beat> found = [];
        for (int look = 0; look < Looks; look++)
        {
            lock (_beats) found = [.. _beats.Where(b => b.Line == line && b.Sent >= since && (status is null ? b.Status > 0 : b.Status == status)).Take(count)];
            if (found.Count == count || _stopping) break;
            await Task.Delay(10, cancellationToken);
        }
        return found;
    }

    /// <summary>Waits until every line has had a success for a request sent since a moment.</summary>
    /// <returns>How long after that moment the first one was answered, and the last line's; null when a line never had one.</returns>
    public async Task<(long First, long Last)?> AllSucceedAsync(long since, CancellationToken cancellationToken)
    {
        List<long> times = [];
        for (int line = 0; line < _lineNodes.Length; line++)
        {
            // A few of the half minutes: a fail-over of a whole cluster takes longer than a request's patience.
            Beat? success = null;
            for (int again = 0; success is null && again < 4; again++) success = (await AwaitAsync(line, 200, 1, since, cancellationToken)).Cast<Beat?>().FirstOrDefault();
            if (success is null) return null;
            times.Add(success.Value.Answered - since);
        }
        return (times.Min(), times.Max());
    }

    /// <summary>The longest time without a success at any node since a moment.</summary>
    public long LongestSilence(long since)
    {
        long[] successes = [since, .. Beats.Where(b => b.Status == 200 && b.Answered >= since).Select(b => b.Answered).Order()];
        return successes.Zip(successes.Skip(1), (a, b) => b - a).DefaultIfEmpty(0).Max();
    }

    /// <summary>Stops all lines.</summary>
    public void Dispose()
    {
        _stopping = true;
        foreach (Thread thread in _threads) thread.Join();
    }

    private void Run(int line, int port, FireClient client, RequestBuffer requests, string token)
    {
        using Wire wire = new(port);
        while (!_stopping)
        {
            long sent = MonotonicClock.Now;
            if (!wire.TryConnect())
            {
                // Nobody listens: the node is being started.
                Thread.Sleep(20);
                continue;
            }
            if (!wire.TrySend(requests.Refresh(client, token)) || !wire.TryReceive(out Answer answer))
            {
                Note(new(line, sent, MonotonicClock.Now, 0), null);
                continue;
            }
            string? fault = answer.Status switch
            {
                200 when answer.RefreshToken is null => "200 without a refresh token",
                200 => null,
                503 when answer.Head.Span.IndexOf("Retry-After: "u8) < 0 => "503 without Retry-After",
                503 => null,
                _ => $"{answer.Status} {answer.Error} ({answer.Decision})",
            };
            Note(new(line, sent, MonotonicClock.Now, answer.Status), fault);
            if (answer is { Status: 200, RefreshToken: { } next }) token = next;
            // A refused family stays refused: said once.
            if (answer.Status is >= 400 and < 500) return;
            Thread.Sleep(5);
        }
    }

    private void Note(Beat beat, string? fault)
    {
        lock (_beats)
        {
            _beats.Add(beat);
            if (fault is not null) _violations.Add($"a well-behaved client of node {_lineNodes[beat.Line]} was answered {fault}");
        }
    }
}
