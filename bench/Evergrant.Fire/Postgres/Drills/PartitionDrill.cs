using Evergrant.Fire.History;
using Evergrant.Fire.Postgres.Proxy;
using Evergrant.Fire.Servers;

namespace Evergrant.Fire.Postgres.Drills;

/// <summary>F11: the line between one node and the database is cut, half open, lets bytes pass in one direction only, or loses a tenth of them; the other nodes notice nothing.</summary>
internal sealed class PartitionDrill : IDrill
{
    private const int Whole = 20;
    private const int Connections = 6, LossEvery = 10, WholeLost = 1_000;
    private static readonly LinkState[] Faults = [LinkState.Cut, LinkState.HalfOpen, LinkState.HeldUp, LinkState.HeldDown, LinkState.Held];

    public string Name => "partition";

    public bool IsOnPostgres => true;

    public string Sentence => "One node's line to PostgreSQL is cut, half open, one-way or loses a tenth: it answers 503 and is not ready, the others go on; healed, it has all its connections again.";

    public async Task<DrillResult> RunAsync(DrillSetting setting, CancellationToken cancellationToken)
    {
        await using Solo database = await Solo.StartAsync();
        await using Link link = new(database.Server.Port);
        // A small pool: a connection that was never given back would be missed soon.
        await using Cluster cluster = await Cluster.OnPostgresAsync(setting, "nodes", 2,
            node => node == 0 ? database.ConnectionString(link.Port, $";Maximum Pool Size={Connections}") : database.ConnectionString(), cancellationToken);
        using Load load = Load.Start(cluster, setting);
        int rounds = setting.Count(Whole);
        List<long> refused = [], recovered = [];
        for (int round = 0; round < rounds; round++)
        {
            foreach (LinkState fault in Faults)
            {
                await load.SendAsync(50, cancellationToken);
                link.Set(fault);
                long from = MonotonicClock.Now;
                IReadOnlyList<Beat> answers = await load.Pulse.AwaitAsync(0, 503, 2, from, cancellationToken);
                if (answers.Count < 2) load.Violations.Add($"{fault}: the node that was cut off did not answer 503");
                refused.AddRange(answers.Select(a => a.Took));
                if (await cluster.Nodes[0].IsReadyAsync(cancellationToken)) load.Violations.Add($"{fault}: the node that was cut off says that it is ready");
                if ((await load.Pulse.AwaitAsync(1, 200, 1, from, cancellationToken)).Count < 1) load.Violations.Add($"{fault}: the other node did not go on");
                foreach (Beat other in load.Pulse.Beats.Where(b => b.Line == 1 && b.Sent >= from && b.Status != 200)) load.Violations.Add($"{fault}: the other node answered {other.Status}");
                link.Set(LinkState.Open);
                long healed = MonotonicClock.Now;
                if (await load.RecoveredAsync($"{fault}, when the line was whole again,", healed, cancellationToken) is { } times) recovered.Add(times.Last);
                if (!await cluster.Nodes[0].IsReadyAsync(cancellationToken)) load.Violations.Add($"{fault}: the node is not ready although its line is whole");
            }
        }
        link.Delay = TimeSpan.FromMilliseconds(20);
        await load.SendAsync(setting.Count(20_000, 100), cancellationToken);
        link.Delay = TimeSpan.Zero;
        await load.RecoveredAsync("a slow line", MonotonicClock.Now, cancellationToken);
        (int lost, int fine) = await LossAsync(setting, link, load, cancellationToken);
        DrillResult result = load.End("G5",
        [
            new("F11", "partitions: cut, half open, one-way up and down, both", Times.Count(rounds * Faults.Length)),
            new("F11", "time of a 503 of the node that was cut off", Times.Of(refused)),
            new("F11", "healed to the next success", Times.Of(recovered)),
            new("F11", "one packet in ten sent again after 200 ms, one answer in ten never there: answers lost; successes meanwhile", $"{Times.Count(lost)}; {Times.Count(fine)}"),
        ]);
        // Beside the pool there is the connection that listens to the other nodes, and one that may be in the making. The driver gives up a line that is silent when TCP does; a leak stays.
        for (int look = 0; look < 600 && link.Present > Connections + 2; look++) await Task.Delay(100, cancellationToken);
        return link.Present <= Connections + 2 ? result : result with { Violations = [.. result.Violations, $"{link.Present} connections are left of a pool of {Connections}: {link.PresentOnes}"] };
    }

    // A tenth is lost: packets come when the kernel sends them again; a whole answer that is lost leaves a silent connection, which the node gives up at its deadline.
    private static async Task<(int Lost, int Successes)> LossAsync(DrillSetting setting, Link link, Load load, CancellationToken cancellationToken)
    {
        long from = MonotonicClock.Now;
        LostAnswers losing = new("", LossEvery, close: false);
        link.LosesEvery = LossEvery;
        await load.SendAsync(setting.Count(20_000, 50), cancellationToken);
        link.Losing = losing;
        int wanted = setting.Count(WholeLost, 6);
        while (losing.Lost < wanted && !load.Crowd.HasEnded) await Task.Delay(10, cancellationToken);
        (link.Losing, link.LosesEvery) = (null, 0);
        long healed = MonotonicClock.Now;
        List<Beat> meanwhile = [.. load.Pulse.Beats.Where(b => b.Sent >= from)];
        foreach (Beat other in meanwhile.Where(b => b.Line == 1 && b.Status != 200)) load.Violations.Add($"loss: the other node answered {other.Status}");
        await load.RecoveredAsync("loss", healed, cancellationToken);
        return (losing.Lost, meanwhile.Count(b => b.Line == 0 && b.Status == 200));
    }
}
