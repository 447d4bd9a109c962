using System.Globalization;
using Evergrant.Fire.Clients;
using Evergrant.Fire.History;
using Evergrant.Fire.Servers;

namespace Evergrant.Fire.Storms;

/// <summary>G7: refreshes against a revocation. Whoever wins, nothing of the grant lives when the revocation is confirmed.</summary>
internal sealed class RevokeRaceDrill(Place place) : IDrill
{
    private const int Whole = 100_000;
    private const int Together = 8;
    private const int Connections = 48;

    public string Name => "revoke-race" + place.Suffix;

    public bool IsOnPostgres => place.IsPostgres;

    public string Sentence => $"Refreshes and a revocation of one grant at the same time; then every token of the grant is tried ({place}).";

    public async Task<DrillResult> RunAsync(DrillSetting setting, CancellationToken cancellationToken)
    {
        await using Site site = await place.OpenAsync(setting, Name, cancellationToken);
        return Race(site.Cluster, place.Words, setting.Count(Whole, 50), setting);
    }

    /// <summary>Plays the rounds at a cluster.</summary>
    public static DrillResult Race(Cluster cluster, string where, int rounds, DrillSetting setting)
    {
        int played = 0, survivors = 0, refreshFirst = 0;
        CrowdCount count = RaceLane.Run(cluster, Connections, setting.Seed, lane =>
        {
            IReadOnlyList<HeldGrant> grants = lane.Begin(lane.Random.Next(2) == 0 ? FireClients.Acknowledged : FireClients.Never, Together);
            Play(lane, grants, ref survivors, ref refreshFirst);
            Interlocked.Add(ref played, grants.Count);
            return grants.Count;
        }, rounds, sum => setting.Say(string.Create(CultureInfo.InvariantCulture, $"{where}: {sum:N0} rounds")));
        List<string> violations = [.. count.Violations];
        if (survivors > 0) violations.Add($"I3: {survivors} grants lived on after their revocation was confirmed");
        return new DrillResult(
        [
            new("G7", $"rounds of refreshes against a revocation, {where}", played.ToString("N0", CultureInfo.InvariantCulture)),
            new("G7", "of them with a refresh that came first", refreshFirst.ToString("N0", CultureInfo.InvariantCulture)),
            new("G7", "survivors", survivors.ToString(CultureInfo.InvariantCulture)),
            new("G7", "operations checked; violations", string.Create(CultureInfo.InvariantCulture, $"{count.Operations:N0}; {count.Violated}")),
        ], violations);
    }

    // Two to four refreshes of each grant, and the revocation somewhere among them.
    private static void Play(RaceLane lane, IReadOnlyList<HeldGrant> grants, ref int survivors, ref int refreshFirst)
    {
        foreach (HeldGrant grant in grants)
        {
            string token = grant.Newest!;
            int refreshes = lane.Random.Next(2, 5), at = lane.Random.Next(refreshes + 1);
            for (int i = 0; i <= refreshes; i++) lane.Lane.Send(grant, i == at ? OperationKind.Revoke : OperationKind.Refresh, token);
        }
        lane.Lane.Receive();
        foreach (HeldGrant grant in grants)
        {
            lane.Lane.Send(grant, OperationKind.Refresh, grant.Newest!);
            if (grant.Older(1) is { } older)
            {
                Interlocked.Increment(ref refreshFirst);
                lane.Lane.Send(grant, OperationKind.Refresh, older);
            }
            lane.Lane.Send(grant, OperationKind.Ask, grant.Newest!);
            lane.Lane.Send(grant, OperationKind.AskAccess, grant.AccessToken!);
        }
        lane.Lane.Receive();
        for (int i = 0; i < grants.Count; i++)
        {
            IReadOnlyList<Operation> operations = grants[i].History.Operations;
            Operation revocation = operations.First(o => o.Kind == OperationKind.Revoke);
            if (revocation.Outcome == Outcome.Ok && operations.Any(o => o.Outcome == Outcome.Ok && o.Invoked > revocation.Returned)) Interlocked.Increment(ref survivors);
            lane.Count.Take(grants[i].History, probed: false);
        }
    }
}
