using System.Collections.Concurrent;
using Evergrant.Fire.Clients;
using Evergrant.Fire.Servers;

namespace Evergrant.Fire.Postgres.Drills;

/// <summary>F13: a proxy before the nodes sends a request a second time, to another node, at the same time or after the answer.</summary>
internal sealed class DuplicateDrill : IDrill
{
    private const int Whole = 50_000, Lanes = 4;

    public string Name => "duplicate-delivery";

    public bool IsOnPostgres => true;

    public string Sentence => "A proxy delivers each refresh twice, to two nodes: both answer with the same successor.";

    public async Task<DrillResult> RunAsync(DrillSetting setting, CancellationToken cancellationToken)
    {
        await using Solo database = await Solo.StartAsync();
        await using Cluster cluster = await Cluster.OnPostgresAsync(setting, "nodes", 2, _ => database.ConnectionString(), cancellationToken);
        ConcurrentBag<string> violations = [];
        int rounds = setting.Count(Whole, 400) / Lanes;
        int again = 0;
        await Task.WhenAll(Enumerable.Range(0, Lanes).Select(lane => Task.Factory.StartNew(() =>
        {
            try
            {
                Run(cluster, lane, rounds, () => Interlocked.Increment(ref again), cancellationToken);
            }
            catch (InvalidOperationException e)
            {
                violations.Add(e.Message);
            }
        }, cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        return new(
        [
            new("F13", "requests delivered twice; answered once more with 503 before", $"{Times.Count(rounds * Lanes)}; {Times.Count(again)}"),
            new("F13", "different successors, or refusals", Times.Count(violations.Count)),
        ], [.. violations]);
    }

    private static void Run(Cluster cluster, int lane, int rounds, Action again, CancellationToken cancellationToken)
    {
        FireClient client = cluster.Client(FireClients.Acknowledged);
        RequestBuffer requests = new(cluster.Issuer);
        using Wire one = new(cluster.Nodes[lane % 2].Plan.Port), other = new(cluster.Nodes[(lane + 1) % 2].Plan.Port);
        using Visitor visitor = new(cluster.Issuer, one.Port, cluster.UserName, cluster.Password);
        PendingCode code = visitor.Authorize(client) ?? throw new InvalidOperationException("Nobody answers.");
        (string? token, _) = Send(one, requests.Redeem(client, code.Code, code.Verifier)) ? Receive(one) : default;
        for (int round = 0; round < rounds && !cancellationToken.IsCancellationRequested; round++)
        {
            bool atOnce = round % 2 == 0;
            bool sent = Send(one, requests.Refresh(client, token!));
            if (atOnce) sent &= Send(other, requests.Refresh(client, token!));
            (string? first, int firstStatus) = Receive(one);
            if (!atOnce) sent &= Send(other, requests.Refresh(client, token!));
            (string? second, int secondStatus) = Receive(other);
            if (!sent || firstStatus is not (200 or 503) || secondStatus is not (200 or 503))
                throw new InvalidOperationException($"round {round}, {(atOnce ? "at once" : "one after the other")}: {firstStatus} and {secondStatus}");
            if (first is not null && second is not null && first != second) throw new InvalidOperationException($"round {round}: two successors of one token");
            // Too many at once for the loop that decides again: the client tries again, and it is still the same token.
            if ((first ?? second) is { } next) token = next;
            else again();
        }
    }

    private static bool Send(Wire wire, ReadOnlySpan<byte> request) => wire.TryConnect() && wire.TrySend(request);

    private static (string? Token, int Status) Receive(Wire wire) => wire.TryReceive(out Answer answer) ? (answer.RefreshToken, answer.Status) : default;
}
