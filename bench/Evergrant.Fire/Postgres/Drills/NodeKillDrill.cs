using System.Security.Cryptography;
using Evergrant.Fire.History;
using Evergrant.Fire.Servers;

namespace Evergrant.Fire.Postgres.Drills;

/// <summary>G1 on PostgreSQL: kill -9 of each of three nodes, while the others go on.</summary>
internal sealed class NodeKillDrill : IDrill
{
    private const int WholeOfEach = 200, Nodes = 3;

    public string Name => "node-kill";

    public bool IsOnPostgres => true;

    public string Sentence => "Each of three nodes over one PostgreSQL is killed at any instruction and started again, while the others go on.";

    public async Task<DrillResult> RunAsync(DrillSetting setting, CancellationToken cancellationToken)
    {
        await using Solo database = await Solo.StartAsync();
        await using Cluster cluster = await Cluster.OnPostgresAsync(setting, "nodes", Nodes, _ => database.ConnectionString(), cancellationToken);
        using Load load = Load.Start(cluster, setting);
        List<string> violations = [];
        List<long> starts = [];
        int cycles = setting.Count(WholeOfEach);
        for (int cycle = 1; cycle <= cycles; cycle++)
        {
            for (int node = 0; node < Nodes; node++)
            {
                await load.SendAsync(RandomNumberGenerator.GetInt32(20, 200), cancellationToken);
                long killed = MonotonicClock.Now;
                await cluster.Nodes[node].KillAsync();
                await cluster.Nodes[node].StartAgainAsync(cancellationToken);
                starts.Add((long)cluster.Nodes[node].StartTook.TotalMicroseconds);
                if (await load.Pulse.AllSucceedAsync(killed, cancellationToken) is null) violations.Add($"after kill {cycle} of node {node} a node did not answer with 200");
                int others = load.Pulse.Beats.Count(b => b.Line != node && b.Sent >= killed && b.Status is not (200 or 0));
                if (others > 0) violations.Add($"the other nodes answered {others} requests otherwise while node {node} was dead");
            }
            if (cycle % 20 == 0) setting.Say($"{cycle} kills of each node, {Times.Count(load.Crowd.Sent)} requests, {load.Crowd.Count.Violated} violations");
        }
        return load.End("G1",
        [
            new("G1", "kill -9 of each of three nodes on PostgreSQL", Times.Count(cycles)),
            new("G1", "start after a kill", Times.Of(starts)),
        ], violations);
    }
}
