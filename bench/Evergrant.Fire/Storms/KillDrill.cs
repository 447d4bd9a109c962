using System.Globalization;
using Evergrant.Fire.Clients;
using Evergrant.Fire.Faults;
using Evergrant.Fire.Servers;

namespace Evergrant.Fire.Storms;

/// <summary>G1: kill -9 at any instruction (F1). Half of the cycles kill at a random moment, half at a named place inside a refresh; then the node starts again and clients go on with what they have.</summary>
internal sealed class KillDrill(Place place) : IDrill
{
    private const int Whole = 1_000;
    private const int MostPasses = 300;
    private static readonly string[] Places = ["before-commit", "after-commit", "before-send", "after-send"];
    private static readonly TimeSpan PlacePatience = TimeSpan.FromSeconds(20);

    public string Name => "kill" + place.Suffix;

    public bool IsOnPostgres => place.IsPostgres;

    public string Sentence => $"kill -9 under load, at random moments and at the four places of a refresh where it matters; the clients retry ({place}).";

    public async Task<DrillResult> RunAsync(DrillSetting setting, CancellationToken cancellationToken)
    {
        var random = new Random(setting.Seed);
        await using Site site = await place.OpenAsync(setting, Name, cancellationToken);
        // Well-behaved clients only, with every retry within the rule: whatever dies was killed by the server.
        using Crowd crowd = Crowd.Start(site.Cluster, new CrowdPlan { Clients = [FireClients.Acknowledged], Behaviour = Behaviour.Peaceful, Grants = 21, Connections = 24, Seed = setting.Seed });
        int cycles = setting.Count(Whole, 6), atPlaces = 0, broken = 0;
        List<string> violations = [];
        List<double> starts = [];
        for (int cycle = 0; cycle < cycles && !crowd.IsStopping; cycle++)
        {
            int number = cycle % site.Cluster.Nodes.Count;
            ServerProcess node = site.Cluster.Nodes[number];
            bool atPlace = node.Plan.Environment.Count > 0;
            if (atPlace && await node.WaitForExitAsync(PlacePatience)) atPlaces++;
            else await Task.Delay(random.Next(20, 400), cancellationToken);
            await site.KillAsync(number, crowd);
            // Others go on while a node of several is down; a file is looked at while nobody has it.
            if (!place.IsPostgres) crowd.Pause();
            if (!place.IsPostgres && IntegrityCheck.Fault(node.Plan.Folder, setting.Scratch) is { } fault)
            {
                broken++;
                violations.Add($"I1: after cycle {cycle} the database is not whole: {fault}");
            }
            node.Plan = node.Plan with { Environment = random.Next(2) == 0 ? FaultyServer.Failpoint(Places[random.Next(Places.Length)], random.Next(1, MostPasses)) : new Dictionary<string, string>() };
            await node.StartAgainAsync(cancellationToken);
            starts.Add(node.StartTook.TotalMilliseconds);
            crowd.Resume();
            if (cycle % 100 == 99) setting.Say(string.Create(CultureInfo.InvariantCulture, $"{cycle + 1} kills, {crowd.Sent:N0} requests, {crowd.Count.Violated} violations"));
        }
        // The last starts may have a failpoint: the end is probed without one.
        for (int number = 0; number < site.Cluster.Nodes.Count; number++)
        {
            ServerProcess node = site.Cluster.Nodes[number];
            await site.KillAsync(number, crowd);
            node.Plan = node.Plan with { Environment = new Dictionary<string, string>() };
            await node.StartAgainAsync(cancellationToken);
        }
        crowd.Stop();
        CrowdCount count = crowd.Count;
        violations.AddRange(count.Violations);
        if (count.Undecided > 0) violations.Add($"{count.Undecided} histories could not be decided");
        starts.Sort();
        return new DrillResult(
        [
            new("G1", $"kill -9 under load, {place}", cycles.ToString(CultureInfo.InvariantCulture)),
            new("G1", "of them at a named place of a refresh", atPlaces.ToString(CultureInfo.InvariantCulture)),
            new("G1", "operations; without an answer", string.Create(CultureInfo.InvariantCulture, $"{count.Operations:N0}; {count.Unknown:N0}")),
            new("G1", "lost answers asked for again: the same successor", count.AskedAgain.ToString("N0", CultureInfo.InvariantCulture)),
            new("G1", "lost acknowledgements", count.Of("I1", "I2", "I3", "I7").ToString(CultureInfo.InvariantCulture)),
            new("G1", "false kills", count.Of("I4", "I6").ToString(CultureInfo.InvariantCulture)),
            .. place.IsPostgres ? Array.Empty<DrillFigure>() : [new("G1", "databases that were not whole", broken.ToString(CultureInfo.InvariantCulture))],
            new("G1", "grants; last token tried at the end", string.Create(CultureInfo.InvariantCulture, $"{count.Grants:N0}; {count.Probed:N0}")),
            new("G19", "start after a kill, median and longest", string.Create(CultureInfo.InvariantCulture, $"{starts[starts.Count / 2]:0} ms, {starts[^1]:0} ms")),
        ], violations);
    }
}
