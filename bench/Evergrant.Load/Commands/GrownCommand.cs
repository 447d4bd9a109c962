using System.CommandLine;
using Evergrant.Load.Measure;
using Evergrant.Load.Report;
using Evergrant.Load.Scenarios;
using Evergrant.Load.Server;

namespace Evergrant.Load.Commands;

/// <summary><c>grown</c>: refreshes all over a table of a few grants and of very many, in turn, on SQLite and on PostgreSQL; how large a grant is; how soon a killed server answers again.</summary>
internal static class GrownCommand
{
    private static readonly string[] Stores = ["sqlite", "postgres"];

    public static Command Create()
    {
        var (server, results, workers, seconds, warmUp) = (Options.Server(), Options.Results(), Options.Workers(), Options.Seconds(), Options.WarmUp());
        var databaseCores = Options.DatabaseCores();
        var count = new Option<int>("--count") { Description = "Very many grants (10 million take some 15 GB of disk)", DefaultValueFactory = _ => 10_000_000 };
        var few = new Option<int>("--few") { Description = "A few grants", DefaultValueFactory = _ => 10_000 };
        var rounds = new Option<int>("--rounds") { Description = "How often few and many take turns", DefaultValueFactory = _ => 3 };
        var starts = new Option<int>("--starts") { Description = "How often each server is killed and started again", DefaultValueFactory = _ => 3 };
        var stores = new Option<string[]>("--store") { Description = "sqlite, postgres; both without", DefaultValueFactory = _ => Stores, AllowMultipleArgumentsPerToken = true };
        stores.AcceptOnlyFromAmong(Stores);
        var command = new Command("grown", "Refreshes with ten thousand and with ten million grants") { server, results, workers, seconds, warmUp, rounds, starts, few, count, stores, databaseCores };
        command.SetAction((arguments, cancellation) => RunAsync(
            arguments.GetRequiredValue(server), arguments.GetRequiredValue(results), arguments.GetRequiredValue(stores), (arguments.GetValue(few), arguments.GetValue(count)),
            new GrownPlan(arguments.GetValue(workers), TimeSpan.FromSeconds(arguments.GetValue(seconds)), TimeSpan.FromSeconds(arguments.GetValue(warmUp)), arguments.GetValue(rounds), arguments.GetValue(starts)),
            arguments.GetRequiredValue(databaseCores), cancellation));
        return command;
    }

    private sealed record GrownPlan(int Workers, TimeSpan Duration, TimeSpan WarmUp, int Rounds, int Starts);

    private static async Task<int> RunAsync(string program, string results, string[] stores, (int Few, int Many) counts, GrownPlan plan, string databaseCores, CancellationToken cancellation)
    {
        List<string> head = [];
        List<GrownFigures> all = [];
        // One store after the other: together they would compete for memory.
        foreach (var store in stores)
        {
            await using var database = store == "postgres" ? await PostgresRun.StartAsync(databaseCores) : null;
            await using var few = await SeededSite.OpenAsync(program, counts.Few, database, Core.Measured, cancellation);
            await using var many = await SeededSite.OpenAsync(program, counts.Many, database, Core.Measured, cancellation);
            head.AddRange(head.Count == 0 ? Machine.Describe(many.Server.Folder, Placement.Of([many.Server.Figures], database?.Figures))
                : [$"On {store}: {Placement.Of([many.Server.Figures], database?.Figures)}"]);
            if (database is not null) head.AddRange(await database.DescribeAsync());
            all.AddRange(await MeasureAsync(store == "postgres" ? "PostgreSQL" : "SQLite", [few, many], plan, database, cancellation));
        }

        await ResultFile.WriteAsync(results, "grown", $"Refreshes with {counts.Few:N0} and with {counts.Many:N0} grants", head, GrownReport.Lines(all));
        return all.SelectMany(figures => figures.Runs).Sum(run => run.Errors) == 0 ? 0 : 1;
    }

    private static async Task<IReadOnlyList<GrownFigures>> MeasureAsync(string store, SeededSite[] sites, GrownPlan plan, PostgresRun? database, CancellationToken cancellation)
    {
        var workers = sites.Select(site => site.Open(plan.Workers)).ToArray();
        var figures = sites.Select(site => new GrownFigures(store, site.Count, site.Bytes, site.Seeding)).ToArray();
        for (var site = 0; site < sites.Length; site++) await ClosedLoop.RunAsync("", workers[site], sites[site].Server.Figures, plan.WarmUp);
        for (var round = 0; round < plan.Rounds; round++)
        {
            for (var site = 0; site < sites.Length; site++)
            {
                cancellation.ThrowIfCancellationRequested();
                var name = sites[site].DatabaseName;
                if (database is not null) await database.ForgetStatementsAsync(name!);
                var before = database is null ? 0 : await database.LogBytesAsync();
                var run = await ClosedLoop.RunAsync($"{store}, {sites[site].Count:N0} grants", workers[site], sites[site].Server.Figures, plan.Duration, database?.Figures);
                figures[site].Runs.Add(run);
                if (database is null) continue;
                var statements = await database.StatementsAsync(name!);
                figures[site].Logs.Add((double)(await database.LogBytesAsync() - before) / Math.Max(1, run.Requests));
                figures[site].Pages.Add((double)statements.Sum(statement => statement.PageImages) / Math.Max(1, run.Requests));
            }
        }

        for (var site = 0; site < sites.Length; site++)
        {
            figures[site].Touched = workers[site].Sum(worker => worker.Touched);
            for (var start = 0; start < plan.Starts; start++) figures[site].Starts.Add(await sites[site].StartAgainAsync(workers[site]));
            foreach (var worker in workers[site]) worker.Dispose();
        }

        return figures;
    }
}
