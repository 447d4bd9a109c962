using System.Globalization;
using Evergrant.Fire.Clients;
using Evergrant.Fire.Servers;

namespace Evergrant.Fire.Storms;

/// <summary>G5: long random histories of many grants, with retries, thieves, strangers, revocations, parallel requests and kills, all of them checked.</summary>
internal sealed class ChaosDrill(Place place) : IDrill
{
    // On SQLite the ten million of G5, and the redemptions of codes, with which histories begin; on PostgreSQL, where each commit costs a round trip more, a part of them.
    private const int Whole = 10_300_000, WholeOfPostgres = 1_000_000;
    private const int OperationsPerKill = 100_000;

    public string Name => "chaos" + place.Suffix;

    public bool IsOnPostgres => place.IsPostgres;

    public string Sentence => $"Random clients of all kinds while a node is killed now and then; every history is checked ({place}).";

    public async Task<DrillResult> RunAsync(DrillSetting setting, CancellationToken cancellationToken)
    {
        await using Site site = await place.OpenAsync(setting, Name, cancellationToken);
        Cluster cluster = site.Cluster;
        long wanted = setting.Count(place.IsPostgres ? WholeOfPostgres : Whole, 10_000);
        using Crowd crowd = Crowd.Start(cluster, new CrowdPlan { Clients = [FireClients.Acknowledged, FireClients.Window, FireClients.Never], Operations = wanted, Seed = setting.Seed });
        long nextKill = Math.Min(OperationsPerKill, wanted / 3), nextWord = wanted / 10;
        int kills = 0;
        while (!crowd.IsStopping)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await Task.Delay(20, cancellationToken);
            if (crowd.Sent >= nextWord)
            {
                setting.Say(string.Create(CultureInfo.InvariantCulture, $"{crowd.Sent:N0} requests, {kills} kills, {crowd.Count.Violated} violations"));
                nextWord += wanted / 10;
            }
            if (crowd.Sent < nextKill) continue;
            int node = kills % cluster.Nodes.Count;
            await site.KillAsync(node, crowd);
            await cluster.Nodes[node].StartAgainAsync(cancellationToken);
            kills++;
            nextKill = crowd.Sent + Math.Min(OperationsPerKill, wanted / 3);
        }
        crowd.Stop();
        return Report(place.Words, crowd, kills);
    }

    /// <summary>The rows of a crowd.</summary>
    public static DrillResult Report(string store, Crowd crowd, int kills)
    {
        CrowdCount count = crowd.Count;
        List<string> violations = [.. count.Violations];
        if (count.Undecided > 0) violations.Add($"{count.Undecided} histories could not be decided");
        return new DrillResult(
        [
            new("G5", $"operations checked, {store}", count.Operations.ToString("N0", CultureInfo.InvariantCulture)),
            new("G5", "of them of unknown outcome", count.Unknown.ToString("N0", CultureInfo.InvariantCulture)),
            new("G5", "grants; last token tried at the end", string.Create(CultureInfo.InvariantCulture, $"{count.Grants:N0}; {count.Probed:N0}")),
            new("G5", "kill -9 meanwhile", kills.ToString(CultureInfo.InvariantCulture)),
            new("G5", "violations", count.Violated.ToString(CultureInfo.InvariantCulture)),
            new("G5", "checked per second and core", count.CheckRate.ToString("N0", CultureInfo.InvariantCulture)),
        ], violations);
    }
}
