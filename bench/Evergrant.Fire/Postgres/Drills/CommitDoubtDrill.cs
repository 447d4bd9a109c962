using Evergrant.Fire.History;
using Evergrant.Fire.Postgres.Proxy;
using Evergrant.Fire.Servers;

namespace Evergrant.Fire.Postgres.Drills;

/// <summary>F12, F14: the answer of a commit is lost, the standby is missing, waits are cancelled and backends ended: never 200 without the commit, never invalid_grant.</summary>
internal sealed class CommitDoubtDrill : IDrill
{
    private const int Closed = 5_000, Silent = 200, Waits = 50, Ended = 500;

    public string Name => "commit-doubt";

    public bool IsOnPostgres => true;

    public string Sentence => "The answers of commits are lost, no standby confirms them, waits are cancelled and backends ended; the client hears 503 and its next try finds the truth.";

    public async Task<DrillResult> RunAsync(DrillSetting setting, CancellationToken cancellationToken)
    {
        await using Solo database = await Solo.StartAsync();
        await using Link link = new(database.Server.Port);
        await using Cluster cluster = await Cluster.OnPostgresAsync(setting, "nodes", 2, node => database.ConnectionString(node == 0 ? link.Port : null), cancellationToken);
        using Load load = Load.Start(cluster, setting);
        int closed = await LoseAsync(new LostAnswers("update grants", every: 7, close: true), setting.Count(Closed, 40));
        setting.Say($"{closed} answers of commits lost, the connection closed");
        int silent = await LoseAsync(new LostAnswers("update grants", every: 11, close: false), setting.Count(Silent, 2));
        setting.Say($"{silent} answers of commits lost in silence");
        List<string> violations = [];
        int waits = setting.Count(Waits);
        for (int i = 0; i < waits; i++) violations.AddRange(await WithoutStandbyAsync(database, load.Pulse, ends: i % 2 == 1, cancellationToken));
        setting.Say($"{waits} times without the standby");
        int ended = setting.Count(Ended, 5);
        for (int i = 0; i < ended; i++)
        {
            await load.SendAsync(20, cancellationToken);
            await database.AskAsync<object>("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'evergrant' order by random() limit 3");
        }
        return load.End("G5",
        [
            new("F12", "answers of commits lost: connection closed; silent", $"{Times.Count(closed)}; {Times.Count(silent)}"),
            new("F14", "waits for a missing standby, half of them cancelled or ended at the server", Times.Count(waits)),
            new("F14", "times that backends were ended under load", Times.Count(ended)),
        ], violations);

        async Task<int> LoseAsync(LostAnswers losing, int count)
        {
            link.Losing = losing;
            while (losing.Lost < count && !load.Crowd.HasEnded) await Task.Delay(10, cancellationToken);
            link.Losing = null;
            return losing.Lost;
        }
    }

    // Commits wait for a standby that does not exist; meanwhile nobody may hear 200.
    private static async Task<IReadOnlyList<string>> WithoutStandbyAsync(Solo database, Pulse pulse, bool ends, CancellationToken cancellationToken)
    {
        await database.Server.SetAsync("synchronous_standby_names", "'missing'");
        // In force for every backend when all of them have read the file again; each does before its next statement, at the latest after the one under way.
        await Task.WhenAll(pulse.AwaitAsync(0, 503, 1, cancellationToken), pulse.AwaitAsync(1, 503, 1, cancellationToken));
        long from = MonotonicClock.Now;
        if (ends)
        {
            foreach (string act in new[] { "pg_cancel_backend", "pg_terminate_backend" })
                await database.AskAsync<object>($"select {act}(pid) from pg_stat_activity where wait_event = 'SyncRep'");
        }
        await Task.WhenAll(pulse.AwaitAsync(0, null, 1, cancellationToken), pulse.AwaitAsync(1, null, 1, cancellationToken));
        long until = MonotonicClock.Now;
        await database.Server.SetAsync("synchronous_standby_names", "''");
        bool recovered = await pulse.AllSucceedAsync(MonotonicClock.Now, cancellationToken) is not null;
        List<string> violations = [.. pulse.Beats.Where(b => b.Sent >= from && b.Answered <= until && b.Status == 200).Select(b => $"node {b.Line} answered 200 while no standby could confirm the commit")];
        if (!recovered) violations.Add("a node did not answer with 200 after the standby was no longer demanded");
        return violations;
    }
}
