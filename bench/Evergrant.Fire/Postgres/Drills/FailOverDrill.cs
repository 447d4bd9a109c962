using Evergrant.Fire.History;
using Evergrant.Fire.Servers;

namespace Evergrant.Fire.Postgres.Drills;

/// <summary>G4, F9: the primary is killed under load and the synchronous standby promoted, again and again.</summary>
internal sealed class FailOverDrill : IDrill
{
    private const int Whole = 200;

    public string Name => "failover";

    public bool IsOnPostgres => true;

    public string Sentence => "PostgreSQL's primary is killed under load and its synchronous standby promoted; three nodes find it again, and nothing that was acknowledged is lost.";

    public async Task<DrillResult> RunAsync(DrillSetting setting, CancellationToken cancellationToken)
    {
        await using Trio trio = await Trio.StartAsync();
        await using Cluster cluster = await Cluster.OnPostgresAsync(setting, "nodes", 3, _ => trio.ConnectionString(), cancellationToken);
        using Load load = Load.Start(cluster, setting);
        List<long> first = [], last = [], promotions = [];
        List<string> violations = [];
        int count = setting.Count(Whole, 2);
        for (int i = 1; i <= count; i++)
        {
            await load.SendAsync(200, cancellationToken);
            long killed = MonotonicClock.Now, promoted = 0;
            await trio.FailOverAsync(() => promoted = MonotonicClock.Now);
            if (await load.Pulse.AllSucceedAsync(killed, cancellationToken) is { } times)
            {
                first.Add(times.First);
                last.Add(times.Last);
            }
            else violations.Add($"after promotion {i} a node did not answer with 200 again");
            promotions.Add(promoted - killed);
            await trio.RejoinAsync();
            if (i % 10 == 0 || i == count) setting.Say($"{i} promotions, {Times.Count(load.Crowd.Sent)} requests, {load.Crowd.Count.Violated} violations");
        }
        return load.End("G4",
        [
            new("G4", "scripted promotions under load", Times.Count(count)),
            new("G4", "kill to promotion (the script)", Times.Of(promotions)),
            new("G4", "kill to the first success at any node", Times.Of(first)),
            new("G4", "kill to success at all three nodes", Times.Of(last)),
        ], violations);
    }
}
