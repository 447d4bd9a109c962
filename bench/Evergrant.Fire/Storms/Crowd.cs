using System.Collections.Concurrent;
using Evergrant.Fire.Clients;
using Evergrant.Fire.History;
using Evergrant.Fire.Servers;

namespace Evergrant.Fire.Storms;

/// <summary>
/// Many clients at a cluster, at full speed, until they are stopped: well-behaved ones, ones that lose answers, thieves. Nodes may be killed, cut off and started again
/// meanwhile. Each grant's history is checked when it is closed; at the end the last token of each living grant is tried.
/// </summary>
/// <remarks>A drill starts it, hurts the server, says <see cref="Died"/> when a node is certainly dead, heals, and stops it.</remarks>
internal sealed class Crowd : IDisposable
{
    private readonly ConcurrentBag<(Operation Operation, int Node)> _lost = [];
    private readonly ConcurrentQueue<(long At, long? Kept)> _losses = [];
    private readonly ManualResetEventSlim _mayGo = new(true);
    private readonly CountdownEvent _resting;
    private readonly Visitor _visitor;
    private readonly Thread[] _threads;
    private readonly List<Exception> _faults = [];
    private volatile Behaviour _behaviour;
    private volatile bool _stopping;
    private long _sent;
    private int _numbers;

    private Crowd(Cluster cluster, CrowdPlan plan, Visitor visitor)
    {
        (Cluster, Plan, _visitor) = (cluster, plan, visitor);
        _behaviour = plan.Behaviour;
        _resting = new CountdownEvent(plan.Lanes);
        _threads = [.. Enumerable.Range(0, plan.Lanes).Select(i => new Thread(() => Run(i)) { IsBackground = true, Name = $"lane {i}" })];
    }

    /// <summary>The nodes.</summary>
    public Cluster Cluster { get; }

    /// <summary>How it behaves.</summary>
    public CrowdPlan Plan { get; }

    /// <summary>Weights of what is done next; may be changed at any time.</summary>
    public Behaviour Behaviour
    {
        get => _behaviour;
        set => _behaviour = value;
    }

    /// <summary>What was done and found.</summary>
    public CrowdCount Count { get; } = new();

    /// <summary>Requests sent, checked or not yet.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>Whether it shall end.</summary>
    public bool IsStopping => _stopping || Sent >= Plan.Operations;

    /// <summary>Whether all lanes have ended.</summary>
    public bool HasEnded => _threads.All(t => !t.IsAlive);

    /// <summary>Signs in and starts.</summary>
    public static Crowd Start(Cluster cluster, CrowdPlan plan)
    {
        var visitor = new Visitor(cluster.Issuer, cluster.Nodes[0].Plan.Port, cluster.UserName, cluster.Password);
        _ = visitor.Authorize(cluster.Client(plan.Clients[0])) ?? throw new InvalidOperationException("Nobody answers at the first node.");
        var crowd = new Crowd(cluster, plan, visitor);
        foreach (Thread thread in crowd._threads) thread.Start();
        return crowd;
    }

    /// <summary>Lets all requests under way end and sends no more until <see cref="Resume"/>.</summary>
    public void Pause()
    {
        _resting.Reset();
        _mayGo.Reset();
        _resting.Wait();
    }

    /// <summary>Goes on after <see cref="Pause"/>.</summary>
    public void Resume() => _mayGo.Set();

    /// <summary>Says that a node's process is gone, and with it everything that it had under way: on SQLite nothing of it can take effect any more.</summary>
    /// <remarks>Not for PostgreSQL, where a statement that a dead node has sent may still run.</remarks>
    public void Died(int node)
    {
        long now = MonotonicClock.Now;
        foreach ((Operation operation, int at) in _lost)
        {
            if (at == node && operation.Returned == Operation.Pending && operation.Invoked < now) operation.Returned = now;
        }
    }

    /// <summary>Says that the store is gone, and that the one that follows may lack what this one confirmed: tokens ahead of it are expected from now on. Said while no store answers:
    /// what this one was asked, and of which no answer is known, cannot take effect any more.</summary>
    /// <param name="kept">What had been answered by then is still there; null when nothing is known to be.</param>
    public void Lose(long? kept = null)
    {
        long now = MonotonicClock.Now;
        foreach ((Operation operation, int _) in _lost)
        {
            if (operation.Returned == Operation.Pending) operation.Returned = now;
        }
        _losses.Enqueue((now + 1, kept));
    }

    /// <summary>Checks and counts the history of a grant that is closed.</summary>
    public void Close(GrantHistory history, bool probed)
    {
        foreach ((long at, long? kept) in _losses) history.Lose(at, kept);
        Count.Take(history, probed);
    }

    /// <summary>Ends: every lane tries the last token of its living grants, and closes and checks its histories.</summary>
    /// <exception cref="AggregateException">A lane failed: an answer that no client understands.</exception>
    public void Stop()
    {
        _stopping = true;
        Resume();
        Join();
    }

    /// <summary>Waits until the planned operations are done.</summary>
    public void Join()
    {
        foreach (Thread thread in _threads) thread.Join();
        lock (_faults)
        {
            if (_faults.Count > 0) throw new AggregateException(_faults);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping = true;
        Resume();
        foreach (Thread thread in _threads) thread.Join();
        _visitor.Dispose();
        _mayGo.Dispose();
        _resting.Dispose();
    }

    /// <summary>Notes that no answer came.</summary>
    public void Lost(Operation operation) => _lost.Add((operation, operation.Node));

    /// <summary>Nobody listens for the moment: a lane does not hammer at the door.</summary>
    public static void NobodyListens() => Thread.Sleep(2);

    /// <summary>Counts requests.</summary>
    public void Counted(int sent) => Interlocked.Add(ref _sent, sent);

    /// <summary>The next number of a grant.</summary>
    public int NextNumber() => Interlocked.Increment(ref _numbers);

    /// <summary>Waits here while the crowd pauses.</summary>
    public void Rest()
    {
        if (_mayGo.IsSet) return;
        _resting.Signal();
        _mayGo.Wait();
    }

    private void Run(int lane)
    {
        try
        {
            using var actor = new CrowdLane(this, lane, _visitor);
            actor.Run();
        }
        catch (Exception e) // The thread must not end the process; whoever stops the crowd is told.
        {
            lock (_faults) _faults.Add(e);
            _stopping = true;
        }
        finally
        {
            // A pause does not wait for a lane that has ended.
            while (!_mayGo.IsSet && !_resting.IsSet) _resting.Signal();
        }
    }
}
