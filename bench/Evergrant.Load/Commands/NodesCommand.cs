using System.CommandLine;
using Evergrant.Load.Measure;
using Evergrant.Load.Report;
using Evergrant.Load.Scenarios;
using Evergrant.Load.Server;

namespace Evergrant.Load.Commands;

/// <summary><c>nodes</c>: refreshes over one, two and three nodes on one PostgreSQL, beside one node on SQLite, in turn; what a refresh costs the nodes and the database, and what the database counted.</summary>
internal static class NodesCommand
{
    /// <param name="Name">As the table shows it.</param>
    /// <param name="Site">Its store.</param>
    /// <param name="Nodes">The nodes that are asked.</param>
    /// <param name="Stays">Whether each grant stays at one node; otherwise it is refreshed at any of them.</param>
    /// <param name="Workers">Workers that have their grants for themselves: what a node remembers of them is not disturbed by the other setups.</param>
    private sealed record Setup(string Name, SeededSite Site, IReadOnlyList<ServerRun> Nodes, bool Stays, IReadOnlyList<SpreadRefreshWorker> Workers)
    {
        /// <summary>Refreshes for a time.</summary>
        public Task<Figures> RunAsync(TimeSpan duration, PostgresRun database)
        {
            for (var worker = 0; worker < Workers.Count; worker++) Workers[worker].Ask(Stays ? [Nodes[worker % Nodes.Count].Address] : [.. Nodes.Select(node => node.Address)]);
            return ClosedLoop.RunAsync(Name, Workers, new ProcessSum([.. Nodes.Select(node => node.Figures)]), duration, Site.DatabaseName is null ? null : database.Figures);
        }
    }

    public static Command Create()
    {
        var (server, results, workers, seconds, warmUp) = (Options.Server(), Options.Results(), Options.Workers(), Options.Seconds(), Options.WarmUp());
        var (nodeCores, databaseCores) = (Options.NodeCores(), Options.DatabaseCores());
        var nodes = new Option<int>("--nodes") { Description = "The most nodes", DefaultValueFactory = _ => 3 };
        var grants = new Option<int>("--grants") { Description = "Grants in each store, refreshed in no order", DefaultValueFactory = _ => 10_000 };
        var rounds = new Option<int>("--rounds") { Description = "How often each takes its turn", DefaultValueFactory = _ => 2 };
        var command = new Command("nodes", "Refreshes over one and more nodes on one PostgreSQL, beside SQLite") { server, results, workers, seconds, warmUp, rounds, grants, nodes, nodeCores, databaseCores };
        command.SetAction((arguments, cancellation) => RunAsync(
            arguments.GetRequiredValue(server), arguments.GetRequiredValue(results), (arguments.GetValue(workers), arguments.GetValue(grants), arguments.GetValue(rounds)),
            TimeSpan.FromSeconds(arguments.GetValue(seconds)), TimeSpan.FromSeconds(arguments.GetValue(warmUp)),
            [.. Enumerable.Range(0, arguments.GetValue(nodes)).Select(node => arguments.GetRequiredValue(nodeCores)[node % arguments.GetRequiredValue(nodeCores).Length])],
            arguments.GetRequiredValue(databaseCores), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(
        string program, string results, (int Workers, int Grants, int Rounds) sizes, TimeSpan duration, TimeSpan warmUp, string[] cores, string databaseCores, CancellationToken cancellation)
    {
        await using var file = await SeededSite.OpenAsync(program, sizes.Grants, null, cores[0], cancellation);
        await using var database = await PostgresRun.StartAsync(databaseCores);
        await using var site = await SeededSite.OpenAsync(program, sizes.Grants, database, cores[0], cancellation);
        await using var more = await Nodes.JoinAsync(program, site.Server, site.Postgres!, cores[1..]);
        ServerRun[] nodes = [site.Server, .. more.Joined];
        List<Setup> setups = [new("SQLite", file, [file.Server], true, file.Open(GrantShare.Of(sizes.Workers, sizes.Grants, sizes.Grants))), .. OnDatabase(site, nodes, sizes.Workers)];
        if (warmUp > TimeSpan.Zero)
        {
            foreach (var setup in setups) await setup.RunAsync(warmUp, database);
            await database.CountAsync(site.DatabaseName!);
        }

        var runs = new List<DatabaseFigures>();
        for (var round = 0; round < sizes.Rounds; round++)
        {
            foreach (var setup in setups)
            {
                cancellation.ThrowIfCancellationRequested();
                runs.Add(await MeasureAsync(setup, duration, database));
            }
        }

        var placement = Placement.Of([.. nodes.Select(node => node.Figures)], database.Figures) + $"; the SQLite server on {file.Server.Figures.Cores()}";
        await ResultFile.WriteAsync(results, "nodes", "Refreshes over one and more nodes on one PostgreSQL, beside SQLite",
            [.. Machine.Describe(file.Server.Folder, placement), .. await database.DescribeAsync(), $"Grants: {sizes.Grants:N0} in each store, refreshed in no order"], NodesReport.Lines(runs));
        foreach (var worker in setups.SelectMany(setup => setup.Workers)) worker.Dispose();
        return runs.Sum(run => run.Run.Errors) == 0 ? 0 : 1;
    }

    /// <summary>One node; and for each number of nodes, grants that stay at one and grants that are refreshed at any. All have as many grants.</summary>
    private static IEnumerable<Setup> OnDatabase(SeededSite site, ServerRun[] nodes, int workers)
    {
        List<(string Name, int Count, bool Stays)> kinds = [("PostgreSQL, 1 node", 1, true)];
        for (var count = 2; count <= nodes.Length; count++) kinds.AddRange([($"PostgreSQL, {count} nodes, a grant at one", count, true), ($"PostgreSQL, {count} nodes, a grant at any", count, false)]);
        var shares = GrantShare.Of(workers * kinds.Count, site.Count, site.Count).Chunk(workers).ToList();
        return kinds.Zip(shares, (kind, share) => new Setup(kind.Name, site, nodes[..kind.Count], kind.Stays, site.Open(share)));
    }

    private static async Task<DatabaseFigures> MeasureAsync(Setup setup, TimeSpan duration, PostgresRun database)
    {
        if (setup.Site.DatabaseName is not { } name) return new(await setup.RunAsync(duration, database), null, []);
        await database.ForgetStatementsAsync(name);
        var before = await database.CountNowAsync(name);
        var run = await setup.RunAsync(duration, database);
        var statements = await database.StatementsAsync(name);
        return new(run, (await database.CountAsync(name)).Since(before), statements);
    }
}
