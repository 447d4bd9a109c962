using Evergrant.Fire.History;
using Evergrant.Fire.Servers;

namespace Evergrant.Fire.Postgres.Drills;

/// <summary>F17, F18, G17: nodes are replaced one by one under load, also by another build, while the tables are one version ahead of what runs.</summary>
internal sealed class RollingDrill : IDrill
{
    /// <summary>Environment variable with the path of another build of the program; without it each node is replaced by the same build.</summary>
    public const string OtherProgram = "FIRE_OTHER_PROGRAM";

    private const int Whole = 50, Nodes = 2;

    // As the next version's script would: it only adds. A wait for the lock would hold up everybody behind it, so it does not wait long.
    private const string Expand = """
        begin;
        set local lock_timeout = '1s';
        alter table grants add column fire_later text;
        insert into evergrant_versions select max(version) + 1 from evergrant_versions;
        commit
        """;

    public string Name => "rolling";

    public string Sentence => "Nodes are stopped in order and replaced one by one under load, forth and back between two builds, and the tables go one version ahead of them.";

    public async Task<DrillResult> RunAsync(DrillSetting setting, CancellationToken cancellationToken)
    {
        string other = Environment.GetEnvironmentVariable(OtherProgram) is { Length: > 0 } path ? path : setting.Program;
        await using Solo database = await Solo.StartAsync();
        await using Cluster cluster = await Cluster.OnPostgresAsync(setting, "nodes", Nodes, _ => database.ConnectionString(), cancellationToken);
        using Load load = Load.Start(cluster, setting);
        List<string> violations = [];
        List<long> drains = [];
        int rounds = setting.Count(Whole);
        for (int round = 0; round < rounds; round++)
        {
            for (int node = 0; node < Nodes; node++)
            {
                await load.SendAsync(100, cancellationToken);
                ServerProcess server = cluster.Nodes[node];
                long asked = MonotonicClock.Now;
                if (!await server.StopAsync()) violations.Add($"node {node} did not end by itself within fifteen seconds");
                drains.Add(MonotonicClock.Now - asked);
                server.Plan = server.Plan with { Program = round % 2 == 0 ? other : setting.Program };
                await server.StartAgainAsync(cancellationToken);
                if (await load.Pulse.AllSucceedAsync(asked, cancellationToken) is null) violations.Add($"after node {node} was replaced, a node did not answer with 200");
                int others = load.Pulse.Beats.Count(b => b.Line != node && b.Sent >= asked && b.Status is not 200);
                if (others > 0) violations.Add($"the other node answered {others} requests otherwise while node {node} was being replaced");
            }
            if (round == 0)
            {
                long from = MonotonicClock.Now;
                await ExpandAsync(database);
                if (await load.Pulse.AllSucceedAsync(from, cancellationToken) is null) violations.Add("a node did not answer with 200 after the tables went one version ahead");
            }
        }
        int unanswered = load.Pulse.Beats.Count(b => b.Status == 0);
        return load.End("G17",
        [
            new("G17", "nodes replaced under load" + (other == setting.Program ? " by the same build" : ", forth and back between two builds"), Times.Count(rounds * Nodes)),
            new("G17", "from the signal to the end of the process", Times.Of(drains)),
            new("G17", "connections that ended without an answer, at the node that stopped", Times.Count(unanswered)),
        ], violations);
    }

    private static async Task ExpandAsync(Solo database)
    {
        for (int attempt = 0; attempt < 20; attempt++)
        {
            try
            {
                await database.AskAsync<object>(Expand);
                return;
            }
            catch (Npgsql.PostgresException e) when (e.SqlState == "55P03")
            {
                // Somebody holds the table; the next version's migration tries again as well.
            }
        }
        throw new InvalidOperationException("The table was never free for a second.");
    }
}
