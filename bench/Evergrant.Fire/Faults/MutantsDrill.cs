using System.Globalization;
using Evergrant.Faults.Mutants;
using Evergrant.Fire.Clients;
using Evergrant.Fire.Servers;
using Evergrant.Fire.Storms;

namespace Evergrant.Fire.Faults;

/// <summary>Servers that are wrong in one way each, in the real program: each must be caught. Without that, a run in which nothing is violated says nothing.</summary>
internal sealed class MutantsDrill(Place place) : IDrill
{
    // The long form gives the rare ones more time; the first violation ends it.
    private const int Whole = 100_000;
    private const int Rounds = 3;

    // Wrong in what they do with the store, or in keeping for themselves what other nodes must see. The rest are wrong in the same way whatever store there is.
    private static readonly HashSet<string> OfSeveralNodes =
        ["unlocked-race", "answer-before-commit", "lost-on-restart", "volatile-revocation", "late-revocation", "refresh-beats-revocation", "killed-by-fault", "two-successors", "cached-rows"];

    /// <summary>All mutants on SQLite, and those that concern it on PostgreSQL with three nodes.</summary>
    public static IReadOnlyList<IDrill> All { get; } = [new MutantsDrill(Place.Sqlite), new MutantsDrill(Place.ThreeNodes)];

    public string Name => "mutants" + place.Suffix;

    public bool IsOnPostgres => place.IsPostgres;

    public string Sentence => $"Servers with one fault each; a run counts only if every one of them is caught ({place}).";

    public async Task<DrillResult> RunAsync(DrillSetting setting, CancellationToken cancellationToken)
    {
        List<DrillFigure> figures = [];
        List<string> violations = [];
        await using Site site = await place.OpenAsync(setting, Name, cancellationToken, FaultyServer.Mutant(null));
        CrowdCount right = await RunAsync(site, setting, null, cancellationToken);
        if (right.Violated > 0) violations.AddRange(right.Violations.Select(v => "without a fault: " + v));
        figures.Add(new("G5", "no fault (control)", string.Create(CultureInfo.InvariantCulture, $"{right.Violated} violations in {right.Operations:N0} operations")));
        (string Name, string Sentence)[] mutants = [.. Catalogue.Names.Where(m => !place.IsPostgres || OfSeveralNodes.Contains(m.Name))];
        int missed = 0;
        foreach ((string name, string sentence) in mutants)
        {
            CrowdCount count = await RunAsync(site, setting, name, cancellationToken);
            bool again = count.First is null;
            // What a mutant does wrong may need luck to meet: a second try with other dice.
            if (again) count = await RunAsync(site, setting with { Seed = setting.Seed + 1 }, name, cancellationToken);
            string caught = count.First is { } first ? string.Create(CultureInfo.InvariantCulture, $"{first.Invariant} after {first.Operations:N0} operations{(again ? $", in a second try with seed {setting.Seed + 1}" : "")}") : "not caught";
            setting.Say($"{name}: {caught}");
            figures.Add(new("G5", $"{name}: {sentence}", caught));
            if (count.First is not null) continue;
            missed++;
            violations.Add(string.Create(CultureInfo.InvariantCulture, $"the mutant {name} was not caught in {count.Operations:N0} operations, twice"));
        }
        figures.Add(new("G5", "mutants caught", string.Create(CultureInfo.InvariantCulture, $"{mutants.Length - missed} of {mutants.Length}")));
        return new DrillResult(figures, violations);
    }

    // Hostile clients, all nodes killed, hostile clients …, and a directed part for what only shows when a window has run out meanwhile.
    private static async Task<CrowdCount> RunAsync(Site site, DrillSetting setting, string? mutant, CancellationToken cancellationToken)
    {
        foreach (ServerProcess node in site.Cluster.Nodes)
        {
            await node.KillAsync();
            node.Plan = node.Plan with { Environment = FaultyServer.Mutant(mutant) };
        }
        await StartAsync(site, cancellationToken);
        long each = setting.Count(Whole, 6_000) / Rounds;
        var plan = new CrowdPlan { Clients = [FireClients.Acknowledged, FireClients.Window, FireClients.Never], Behaviour = Behaviour.Hostile, Lanes = 1, Grants = 32, Connections = 32, Longest = 60, Seed = setting.Seed };
        using Crowd crowd = Crowd.Start(site.Cluster, plan);
        try
        {
            for (int round = 1; ; round++)
            {
                while (crowd.Sent < each * round && crowd.Count.First is null && !crowd.IsStopping) await Task.Delay(5, cancellationToken);
                if (round == Rounds || crowd.Count.First is not null) break;
                if (round == 1 && mutant is null or "window-reopened") await WindowAsync(site, crowd, cancellationToken);
                else await RestartAsync(site, crowd, TimeSpan.Zero, cancellationToken);
            }
            crowd.Stop();
        }
        catch (AggregateException) when (crowd.Count.First is not null)
        {
            // A mutant may also break what no client understands.
        }
        return crowd.Count;
    }

    // All of them: a node that comes back alone finds that the clients have gone on at the others.
    private static async Task RestartAsync(Site site, Crowd crowd, TimeSpan rest, CancellationToken cancellationToken)
    {
        for (int node = 0; node < site.Cluster.Nodes.Count; node++) await site.KillAsync(node, crowd);
        await Task.Delay(rest, cancellationToken);
        await StartAsync(site, cancellationToken);
    }

    private static Task StartAsync(Site site, CancellationToken cancellationToken) => Task.WhenAll(site.Cluster.Nodes.Select(node => node.StartAgainAsync(cancellationToken)));

    // Every grant rests until its window has run out, and the nodes are killed meanwhile; then the predecessors come.
    private static async Task WindowAsync(Site site, Crowd crowd, CancellationToken cancellationToken)
    {
        crowd.Pause();
        await RestartAsync(site, crowd, FireClients.WindowLength, cancellationToken);
        crowd.Behaviour = Behaviour.Late;
        long from = crowd.Sent;
        crowd.Resume();
        while (crowd.Sent < from + (2 * crowd.Plan.Grants) && !crowd.IsStopping) await Task.Delay(1, cancellationToken);
        crowd.Behaviour = crowd.Plan.Behaviour;
    }
}
