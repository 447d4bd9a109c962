using Evergrant.Fire.History;
using Evergrant.Fire.Postgres.Patroni;
using Evergrant.Fire.Servers;

namespace Evergrant.Fire.Postgres.Drills;

/// <summary>G4 and F10 with a real Patroni: three members, etcd, synchronous mode, short timers. In turn the primary's server is killed, its server and its Patroni, and it is asked to hand over.</summary>
internal sealed class PatroniDrill : IDrill
{
    private const int FailOvers = 20, SwitchOvers = 6;

    public string Name => "patroni";

    public bool IsOnPostgres => true;

    public string Sentence => "A real Patroni and etcd on the loopback interface: the primary is killed, alone or with its Patroni, or handed over in order, under load.";

    public async Task<DrillResult> RunAsync(DrillSetting setting, CancellationToken cancellationToken)
    {
        await using PatroniCluster patroni = await PatroniCluster.StartAsync(setting.Say);
        await (await patroni.HealthyAsync()).AskAsync<object>($"create database {FireDatabase.Name}");
        await using Cluster cluster = await Cluster.OnPostgresAsync(setting, "nodes", 3, _ => patroni.ConnectionString(FireDatabase.Name), cancellationToken);
        using Load load = Load.Start(cluster, setting);
        List<string> violations = [];
        List<long> servers = [], machines = [], handed = [];
        int kills = setting.Count(FailOvers, 2), switches = setting.Count(SwitchOvers);
        for (int i = 0; i < kills + switches; i++)
        {
            await load.SendAsync(300, cancellationToken);
            Member leader = await patroni.HealthyAsync();
            bool hands = i >= kills, machine = !hands && i % 2 == 1;
            long from = MonotonicClock.Now;
            if (hands) await patroni.SwitchOverAsync(leader);
            else if (machine) await leader.KillAsync();
            else await leader.KillPostgresAsync();
            // The one that was the primary is silent from now on; whatever succeeds, succeeds at the next.
            if (await load.Pulse.AllSucceedAsync(from, cancellationToken) is { } times)
            {
                if (!hands) (machine ? machines : servers).Add(times.First);
            }
            else violations.Add($"after {(hands ? "switch-over" : "fail-over")} {i + 1} a node did not answer with 200 again");
            if (machine) await leader.StartAsync();
            Member next = await patroni.HealthyAsync();
            if (hands) handed.Add(load.Pulse.LongestSilence(from));
            setting.Say($"{(hands ? "switch-over" : machine ? "machine lost" : "server killed")}: {leader.Name} to {next.Name}, {load.Crowd.Count.Violated} violations");
            if (next == leader) violations.Add($"{leader.Name} stayed the primary");
        }
        return load.End("G4",
        [
            new("G4", "fail-overs by Patroni (ttl 15, loop 5, retry 5); switch-overs", $"{Times.Count(kills)}; {Times.Count(switches)}"),
            new("G4", "primary's server killed to the first success", Times.Of(servers)),
            new("G4", "primary's machine lost (server and Patroni) to the first success", Times.Of(machines)),
            new("G4", "all fail-overs to the first success", Times.Of(servers.Concat(machines))),
            new("G4", "switch-over: longest time without a success", Times.Of(handed)),
        ], violations);
    }
}
