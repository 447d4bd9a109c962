using Evergrant.Fire.History;
using Evergrant.Fire.Servers;

namespace Evergrant.Fire.Postgres.Drills;

/// <summary>F17, F18, G17: nodes are replaced one by one under load, also by another build, while the tables are one version ahead of what runs.</summary>
internal sealed class RollingDrill : IDrill
{
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

    public bool IsOnPostgres => true;

    public string Sentence => "Nodes are stopped in order and replaced one by one under load, forth and back between two builds, over one database whose tables are or go one version ahead of some.";

    public async Task<DrillResult> RunAsync(DrillSetting setting, CancellationToken cancellationToken)
    {
        OtherBuild? other = setting.Other is { } wanted ? await OtherBuild.MakeAsync(wanted, setting.Scratch, setting.Say, cancellationToken) : null;
        string[] programs = [other?.Program ?? setting.Program, setting.Program];
        await using Solo database = await Solo.StartAsync();
        // All begin with the other build: where its tables are older, the first node that is replaced migrates them while the rest serves.
        await using Cluster cluster = await Cluster.OnPostgresAsync(setting with { Program = programs[0] }, "nodes", Nodes, _ => database.ConnectionString(), cancellationToken);
        int before = await VersionAsync(database);
        using Load load = Load.Start(cluster, setting);
        List<string> violations = [];
        List<long> drains = [];
        // Forth, and back.
        int rounds = setting.Count(Whole, other is null ? 1 : 2);
        for (int round = 0; round < rounds; round++)
        {
            for (int node = 0; node < Nodes; node++)
            {
                await load.SendAsync(100, cancellationToken);
                ServerProcess server = cluster.Nodes[node];
                long asked = MonotonicClock.Now;
                if (!await server.StopAsync()) violations.Add($"node {node} did not end by itself within fifteen seconds");
                drains.Add(MonotonicClock.Now - asked);
                server.Plan = server.Plan with { Program = programs[(round + 1) % 2] };
                await server.StartAgainAsync(cancellationToken);
                if (await load.Pulse.AllSucceedAsync(asked, cancellationToken) is null) violations.Add($"after node {node} was replaced, a node did not answer with 200");
                int others = load.Pulse.Beats.Count(b => b.Line != node && b.Sent >= asked && b.Status is not 200);
                if (others > 0) violations.Add($"the other node answered {others} requests otherwise while node {node} was being replaced");
            }
            if (round == 0 && await VersionAsync(database) == before)
            {
                long from = MonotonicClock.Now;
                await ExpandAsync(database);
                if (await load.Pulse.AllSucceedAsync(from, cancellationToken) is null) violations.Add("a node did not answer with 200 after the tables went one version ahead");
            }
        }
        int unanswered = load.Pulse.Beats.Count(b => b.Status == 0);
        return load.End("G17",
        [
            new("G17", "nodes replaced under load" + (other is null ? " by the same build" : $", forth and back between {other.Words} and this build"), Times.Count(rounds * Nodes)),
            new("G17", "version of the tables before and after", $"{before}; {await VersionAsync(database)}"),
            new("G17", "from the signal to the end of the process", Times.Of(drains)),
            new("G17", "connections that ended without an answer, at the node that stopped", Times.Count(unanswered)),
        ], violations);
    }

    private static Task<int> VersionAsync(Solo database) => database.AskAsync<int>("select max(version) from evergrant_versions");

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
