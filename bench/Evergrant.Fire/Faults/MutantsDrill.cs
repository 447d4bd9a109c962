using System.Globalization;
using Evergrant.Faults.Mutants;
using Evergrant.Fire.Clients;
using Evergrant.Fire.Servers;
using Evergrant.Fire.Storms;

namespace Evergrant.Fire.Faults;

/// <summary>Servers that are wrong in one way each, in the real program: each must be caught. Without that, a run in which nothing is violated says nothing.</summary>
internal sealed class MutantsDrill : IDrill
{
    // The long form gives the rare ones more time; the first violation ends it.
    private const int Whole = 100_000;
    private const int Rounds = 3;

    public string Name => "mutants";

    public string Sentence => "Servers with one fault each; a run counts only if every one of them is caught.";

    public async Task<DrillResult> RunAsync(DrillSetting setting, CancellationToken cancellationToken)
    {
        List<DrillFigure> figures = [];
        List<string> violations = [];
        CrowdCount right = await RunAsync(setting, null, cancellationToken);
        if (right.Violated > 0) violations.AddRange(right.Violations.Select(v => "without a fault: " + v));
        figures.Add(new("G5", "no fault (control)", string.Create(CultureInfo.InvariantCulture, $"{right.Violated} violations in {right.Operations:N0} operations")));
        foreach ((string name, string sentence) in Catalogue.Names)
        {
            CrowdCount count = await RunAsync(setting, name, cancellationToken);
            // What a mutant does wrong may need luck to meet: a second try with other dice.
            if (count.First is null) count = await RunAsync(setting with { Seed = setting.Seed + 1 }, name, cancellationToken);
            string caught = count.First is { } first ? string.Create(CultureInfo.InvariantCulture, $"{first.Invariant} after {first.Operations:N0} operations") : "not caught";
            setting.Say($"{name}: {caught}");
            figures.Add(new("G5", $"{name}: {sentence}", caught));
            if (count.First is null) violations.Add(string.Create(CultureInfo.InvariantCulture, $"the mutant {name} was not caught in {count.Operations:N0} operations"));
        }
        figures.Add(new("G5", "mutants caught", string.Create(CultureInfo.InvariantCulture, $"{Catalogue.Names.Count - violations.Count} of {Catalogue.Names.Count}")));
        return new DrillResult(figures, violations);
    }

    // Hostile clients, a kill, hostile clients, a kill …, and a directed part for what only shows when a window has run out meanwhile.
    private static async Task<CrowdCount> RunAsync(DrillSetting setting, string? mutant, CancellationToken cancellationToken)
    {
        await using Cluster cluster = await Cluster.OnSqliteAsync(setting, $"{mutant ?? "none"}-{setting.Seed}", cancellationToken, FaultyServer.Mutant(mutant));
        long each = setting.Count(Whole, 6_000) / Rounds;
        var plan = new CrowdPlan { Clients = [FireClients.Acknowledged, FireClients.Window, FireClients.Never], Behaviour = Behaviour.Hostile, Lanes = 1, Grants = 32, Connections = 32, Longest = 60, Seed = setting.Seed };
        using Crowd crowd = Crowd.Start(cluster, plan);
        try
        {
            for (int round = 1; ; round++)
            {
                while (crowd.Sent < each * round && crowd.Count.First is null && !crowd.IsStopping) await Task.Delay(5, cancellationToken);
                if (round == Rounds || crowd.Count.First is not null) break;
                if (round == 1 && mutant is null or "window-reopened") await WindowAsync(cluster, crowd, cancellationToken);
                else await RestartAsync(cluster, crowd, cancellationToken);
            }
            crowd.Stop();
        }
        catch (AggregateException) when (crowd.Count.First is not null)
        {
            // A mutant may also break what no client understands.
        }
        return crowd.Count;
    }

    private static async Task RestartAsync(Cluster cluster, Crowd crowd, CancellationToken cancellationToken)
    {
        await cluster.Nodes[0].KillAsync();
        crowd.Died(0);
        await cluster.Nodes[0].StartAgainAsync(cancellationToken);
    }

    // Every grant rests until its window has run out, and the node is killed meanwhile; then the predecessors come.
    private static async Task WindowAsync(Cluster cluster, Crowd crowd, CancellationToken cancellationToken)
    {
        crowd.Pause();
        await cluster.Nodes[0].KillAsync();
        crowd.Died(0);
        await Task.Delay(FireClients.WindowLength, cancellationToken);
        await cluster.Nodes[0].StartAgainAsync(cancellationToken);
        crowd.Behaviour = Behaviour.Late;
        long from = crowd.Sent;
        crowd.Resume();
        while (crowd.Sent < from + (2 * crowd.Plan.Grants) && !crowd.IsStopping) await Task.Delay(1, cancellationToken);
        crowd.Behaviour = crowd.Plan.Behaviour;
    }
}
