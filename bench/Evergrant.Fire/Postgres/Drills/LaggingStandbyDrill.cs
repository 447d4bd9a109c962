using Evergrant.Fire.Clients;
using Evergrant.Fire.History;
using Evergrant.Fire.Servers;
using Evergrant.Fire.Storms;

namespace Evergrant.Fire.Postgres.Drills;

/// <summary>Acceptance 3: an asynchronous standby that lags becomes the primary. Whoever holds a token that is ahead of the store goes on; nobody is revoked; an alarm is raised.</summary>
internal sealed class LaggingStandbyDrill : IDrill
{
    private const int Whole = 20;

    public string Name => "lagging-standby";

    public bool IsOnPostgres => true;

    public string Sentence => "The primary and its synchronous standby are lost at once, and a standby that lags takes over: clients whose tokens are ahead go on, nobody is revoked, and an alarm is raised.";

    public async Task<DrillResult> RunAsync(DrillSetting setting, CancellationToken cancellationToken)
    {
        await using Trio trio = await Trio.StartAsync();
        await using Cluster cluster = await Cluster.OnPostgresAsync(setting, "nodes", 2, _ => trio.ConnectionString(), cancellationToken);
        // Grants that are made while the standby lags would be unknown to it: all are made before, and live to the end. So all are of clients whom no retry of theirs can kill.
        using Load load = Load.Start(cluster, setting, change: plan => plan with { Clients = [FireClients.Acknowledged], Behaviour = Behaviour.Peaceful, Longest = int.MaxValue });
        await load.SendAsync(500, cancellationToken);
        List<long> recovered = [];
        int rounds = setting.Count(Whole);
        long caughtUp = 0;
        for (int round = 1; round <= rounds; round++)
        {
            // What is there now, the lagging standby gets; the rest it never sees.
            long kept = MonotonicClock.Now;
            string? end = await trio.Primary.AskAsync<string>("select pg_current_wal_flush_lsn()::text");
            await trio.Primary.HasAsync(trio.Asynchronous, end!);
            await trio.Asynchronous.FollowAsync(null);
            await load.SendAsync(500, cancellationToken);
            long killed = MonotonicClock.Now;
            await trio.FailOverToLaggingAsync(() => load.Crowd.Lose(kept));
            if (await load.RecoveredAsync($"fail-over {round}", killed, cancellationToken) is { } times) recovered.Add(times.Last);
            await load.SendAsync(500, cancellationToken);
            long events = await trio.AskAsync<long>("select count(*) from events where decision = 'CaughtUp'");
            if (events == 0) load.Violations.Add($"after fail-over {round} no client was ahead of the store: the standby did not lag");
            caughtUp += events;
            await trio.AskAsync<object>("delete from events where decision = 'CaughtUp'");
            await trio.RejoinBothAsync();
        }
        DrillResult result = load.End("G5",
        [
            new("A3", "fail-overs to a standby that lagged", Times.Count(rounds)),
            new("A3", "clients that went on with a token ahead of the store (CaughtUp)", Times.Count(caughtUp)),
            new("A3", "kill to success at both nodes", Times.Of(recovered)),
        ]);
        List<string> all = [.. result.Violations];
        if (await trio.AskAsync<long>("select count(*) from grants where state = 2") is var revoked and > 0) all.Add($"{revoked} grants were revoked");
        if (cluster.Nodes.Sum(n => File.ReadLines(n.LogFile).Count(l => l.Contains("CaughtUp", StringComparison.Ordinal))) == 0) all.Add("no node has told of it in its log");
        return result with { Violations = all };
    }
}
