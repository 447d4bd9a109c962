using Evergrant.Fire.Clients;
using Evergrant.Fire.History;
using Evergrant.Fire.Servers;

namespace Evergrant.Fire.Storms;

/// <summary>One thread that plays rounds of a race on grants of its own, with its count of what came out.</summary>
internal sealed class RaceLane : IDisposable
{
    private readonly Cluster _cluster;
    private readonly Visitor _visitor;
    private readonly Func<int> _number;

    public RaceLane(Cluster cluster, int connections, int number, int seed, Visitor visitor, CrowdCount count, Func<int> numbers)
    {
        (_cluster, _number) = (cluster, numbers);
        Count = count;
        Lane = new Lane(cluster, connections, number);
        Random = new Random(HashCode.Combine(seed, number));
        _visitor = visitor.SameSession(cluster.Nodes[number % cluster.Nodes.Count].Plan.Port);
    }

    /// <summary>The connections.</summary>
    public Lane Lane { get; }

    /// <summary>The random source.</summary>
    public Random Random { get; }

    /// <summary>Takes the histories.</summary>
    public CrowdCount Count { get; }

    /// <summary>Grants whose code is redeemed, as many as asked for.</summary>
    /// <exception cref="InvalidOperationException">The server does not answer: no race goes over a fault.</exception>
    public IReadOnlyList<HeldGrant> Begin(string client, int count)
    {
        List<HeldGrant> grants = Lane.Begin(_visitor, _cluster.Client(client), count, _number);
        if (grants.Count == 0 && _visitor.Authorize(_cluster.Client(client)) is { } code) grants.Add(HeldGrant.Of(_cluster.Client(client), code, _number()));
        foreach (HeldGrant grant in grants) Lane.Send(grant, OperationKind.Redeem, grant.Code.Code);
        Lane.Receive();
        return grants.Count > 0 && grants.All(g => g.Newest is not null) ? grants : throw new InvalidOperationException("The server did not answer while a race was prepared.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Lane.Dispose();
        _visitor.Dispose();
    }

    /// <summary>Runs a race on some threads until all rounds are played.</summary>
    /// <param name="cluster">The nodes.</param>
    /// <param name="connections">Connections of each thread.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="play">Plays some rounds and gives how many; called until the sum is reached.</param>
    /// <param name="rounds">The sum.</param>
    /// <param name="said">Told of the rounds played, now and then.</param>
    public static CrowdCount Run(Cluster cluster, int connections, int seed, Func<RaceLane, int> play, int rounds, Action<int> said)
    {
        const int Threads = 2;
        var count = new CrowdCount();
        using var visitor = new Visitor(cluster.Issuer, cluster.Nodes[0].Plan.Port, cluster.UserName, cluster.Password);
        _ = visitor.Authorize(cluster.Client(FireClients.Never)) ?? throw new InvalidOperationException("Nobody answers at the first node.");
        int played = 0, numbers = 0, spoken = 0;
        Exception? failed = null;
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(i => new Thread(() =>
        {
            try
            {
                using var lane = new RaceLane(cluster, connections, i, seed, visitor, count, () => Interlocked.Increment(ref numbers));
                while (Volatile.Read(ref played) < rounds && Volatile.Read(ref failed) is null)
                {
                    int sum = Interlocked.Add(ref played, play(lane));
                    if (i == 0 && sum / Math.Max(1, rounds / 10) > spoken)
                    {
                        spoken = sum / Math.Max(1, rounds / 10);
                        said(sum);
                    }
                }
            }
            catch (Exception e) // Told to whoever runs the race.
            {
                Volatile.Write(ref failed, e);
            }
        }) { IsBackground = true })];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        return failed is null ? count : throw new InvalidOperationException(failed.Message, failed);
    }
}
