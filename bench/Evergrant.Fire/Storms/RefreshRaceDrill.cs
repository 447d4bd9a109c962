using System.Collections.Concurrent;
using System.Globalization;
using Evergrant.Fire.Clients;
using Evergrant.Fire.History;
using Evergrant.Fire.Servers;

namespace Evergrant.Fire.Storms;

/// <summary>G6: 8 to 50 refreshes of one token at once. Where no retry is allowed exactly one succeeds; where it is, all get one successor.</summary>
internal sealed class RefreshRaceDrill(Place place) : IDrill
{
    private const int Whole = 100_000;
    private const int Fewest = 8, Most = 50;
    private const int RoundsOfOneGrant = 20;

    public string Name => "refresh-race" + place.Suffix;

    public bool IsOnPostgres => place.IsPostgres;

    public string Sentence => $"8 to 50 parallel refreshes of one token, with the retry rule off and on ({place}).";

    public async Task<DrillResult> RunAsync(DrillSetting setting, CancellationToken cancellationToken)
    {
        await using Site site = await place.OpenAsync(setting, Name, cancellationToken);
        return Race(site.Cluster, place.Words, setting.Count(Whole, 50), setting);
    }

    /// <summary>Plays the rounds at a cluster.</summary>
    public static DrillResult Race(Cluster cluster, string where, int rounds, DrillSetting setting)
    {
        ConcurrentQueue<string> examples = [];
        int off = 0, on = 0, notOne = 0, notSame = 0;
        CrowdCount count = RaceLane.Run(cluster, Most, setting.Seed, lane =>
        {
            Interlocked.Add(ref on, PlayOn(lane, ref notSame, examples));
            for (int i = 0; i < RoundsOfOneGrant; i++) Interlocked.Add(ref off, PlayOff(lane, ref notOne));
            return 2 * RoundsOfOneGrant;
        }, rounds, played => setting.Say(string.Create(CultureInfo.InvariantCulture, $"{where}: {played:N0} rounds")));
        List<string> violations = [.. count.Violations];
        if (notOne > 0) violations.Add($"I2: in {notOne} rounds without a retry rule not exactly one refresh succeeded");
        if (notSame > 0) violations.Add($"I2: in {notSame} rounds with a retry rule not all refreshes brought one successor: {string.Join("; ", examples.Take(3))}");
        return new DrillResult(
        [
            new("G6", $"rounds without retries, {where}", off.ToString("N0", CultureInfo.InvariantCulture)),
            new("G6", "of them with other than one success", notOne.ToString(CultureInfo.InvariantCulture)),
            new("G6", $"rounds with retries, {where}", on.ToString("N0", CultureInfo.InvariantCulture)),
            new("G6", "of them with other than one successor for all", notSame.ToString(CultureInfo.InvariantCulture)),
            new("G6", "operations checked; violations", string.Create(CultureInfo.InvariantCulture, $"{count.Operations:N0}; {count.Violated}")),
        ], violations);
    }

    // One grant lives through many rounds.
    private static int PlayOn(RaceLane lane, ref int notSame, ConcurrentQueue<string> examples)
    {
        HeldGrant grant = lane.Begin(FireClients.Acknowledged, 1)[0];
        for (int round = 0; round < RoundsOfOneGrant; round++)
        {
            Operation[] raced = Race(lane, grant);
            if (raced.Any(o => o.Outcome != Outcome.Ok) || raced.Select(o => o.Given).Distinct().Count() != 1)
            {
                Interlocked.Increment(ref notSame);
                examples.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{raced.Count(o => o.Outcome == Outcome.Ok)} of {raced.Length} succeeded with {raced.Where(o => o.Outcome == Outcome.Ok).Select(o => o.Given).Distinct().Count()} tokens, the others: ")
                    + string.Join(", ", raced.Where(o => o.Outcome != Outcome.Ok).Select(o => $"{o.Outcome} {o.Status}").Distinct()));
            }
            if (raced.Any(o => o.Outcome == Outcome.Error)) break;
        }
        lane.Count.Take(grant.History, probed: false);
        return RoundsOfOneGrant;
    }

    // The second refresh is a replay and ends the grant: one round each.
    private static int PlayOff(RaceLane lane, ref int notOne)
    {
        HeldGrant grant = lane.Begin(FireClients.Never, 1)[0];
        if (Race(lane, grant).Count(o => o.Outcome == Outcome.Ok) != 1) Interlocked.Increment(ref notOne);
        // The family is dead: its newest token is worth nothing.
        lane.Lane.Send(grant, OperationKind.Refresh, grant.Newest!);
        lane.Lane.Receive();
        lane.Count.Take(grant.History, probed: false);
        return 1;
    }

    private static Operation[] Race(RaceLane lane, HeldGrant grant)
    {
        // Small races are the more likely ones: they are as sharp, and cost less.
        int parallel = Math.Min(lane.Random.Next(Fewest, Most + 1), lane.Random.Next(Fewest, Most + 1)), before = grant.History.Operations.Count;
        string token = grant.Newest!;
        for (int i = 0; i < parallel; i++) lane.Lane.Send(grant, OperationKind.Refresh, token);
        lane.Lane.Receive();
        return [.. grant.History.Operations.Skip(before)];
    }
}
