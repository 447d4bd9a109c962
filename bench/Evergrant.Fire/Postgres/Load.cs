using Evergrant.Fire.Clients;
using Evergrant.Fire.Servers;
using Evergrant.Fire.Storms;

namespace Evergrant.Fire.Postgres;

/// <summary>What every drill on PostgreSQL sends at its nodes: a crowd whose histories are checked, and a pulse.</summary>
internal sealed class Load : IDisposable
{
    private Load(Crowd crowd, Pulse pulse) => (Crowd, Pulse) = (crowd, pulse);

    public Crowd Crowd { get; }

    public Pulse Pulse { get; }

    /// <summary>What the drill itself found.</summary>
    public List<string> Violations { get; } = [];

    /// <summary>Starts both.</summary>
    /// <param name="cluster">The nodes.</param>
    /// <param name="setting">Whose seed.</param>
    /// <param name="lines">Node of each line of the pulse; null for each node once.</param>
    /// <param name="change">Changes the plan of the crowd.</param>
    public static Load Start(Cluster cluster, DrillSetting setting, int[]? lines = null, Func<CrowdPlan, CrowdPlan>? change = null)
    {
        CrowdPlan plan = new() { Clients = [FireClients.Acknowledged, FireClients.Window, FireClients.Never], Connections = 9, Grants = 9, Seed = setting.Seed };
        Pulse pulse = Pulse.Start(cluster, lines);
        try
        {
            return new(Crowd.Start(cluster, change is null ? plan : change(plan)), pulse);
        }
        catch
        {
            pulse.Dispose();
            throw;
        }
    }

    /// <summary>Waits until the crowd has sent so many more requests.</summary>
    public async Task SendAsync(long more, CancellationToken cancellationToken)
    {
        long until = Crowd.Sent + more;
        while (Crowd.Sent < until && !Crowd.HasEnded) await Task.Delay(10, cancellationToken);
    }

    /// <summary>Waits until every line of the pulse has had a success for a request sent since a moment; it is a violation when one never has.</summary>
    /// <param name="after">What happened at that moment, for the violation.</param>
    /// <param name="since">The moment.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>How long after it the first one was answered, and the last line's; null when there is a violation.</returns>
    public async Task<(long First, long Last)?> RecoveredAsync(string after, long since, CancellationToken cancellationToken)
    {
        (long, long)? times = await Pulse.AllSucceedAsync(since, cancellationToken);
        if (times is null) Violations.Add($"after {after} a node did not answer with 200 again");
        return times;
    }

    /// <summary>Stops both, tries the last token of each grant, and tells what was found.</summary>
    /// <param name="goal">Goal of the rows.</param>
    /// <param name="figures">The drill's own rows, before the common ones.</param>
    public DrillResult End(string goal, IEnumerable<DrillFigure> figures)
    {
        Crowd.Stop();
        Pulse.Dispose();
        IReadOnlyList<Beat> beats = Pulse.Beats;
        CrowdCount count = Crowd.Count;
        List<string> all = [.. Violations, .. Pulse.Violations, .. count.Violations];
        if (count.Undecided > 0) all.Add($"{count.Undecided} histories could not be decided");
        return new(
        [
            .. figures,
            new(goal, "operations checked; unknown", $"{Times.Count(count.Operations)}; {Times.Count(count.Unknown)}"),
            new(goal, "grants; last token tried at the end", $"{Times.Count(count.Grants)}; {Times.Count(count.Probed)}"),
            new(goal, "time of a 503", Times.Of(beats.Where(b => b.Status == 503).Select(b => b.Took))),
            new(goal, "lost acknowledgements (I1); all violations", $"{count.Invariants.GetValueOrDefault("I1")}; {count.Violated + Pulse.Violations.Count}"),
        ], all);
    }

    public void Dispose()
    {
        Crowd.Dispose();
        Pulse.Dispose();
    }
}
