using System.CommandLine;
using Evergrant.Load.Measure;
using Evergrant.Load.Report;
using Evergrant.Load.Scenarios;
using Evergrant.Load.Server;

namespace Evergrant.Load.Commands;

/// <summary><c>grown</c>: refreshes in a table of a few grants and all over one of very many, in turn, on SQLite and on PostgreSQL; how large a grant is; how soon a killed server answers again.
/// In the large table as many grants are in use as the small one has, far apart; and, as another run, any of the others.</summary>
internal static class GrownCommand
{
    private static readonly string[] Stores = ["sqlite", "postgres"];

    public static Command Create()
    {
        var (server, results, workers, seconds, warmUp) = (Options.Server(), Options.Results(), Options.Workers(), Options.Seconds(), Options.WarmUp());
        var databaseCores = Options.DatabaseCores();
        var count = new Option<int>("--count") { Description = "Very many grants, at least twice as many as few (10 million take some 15 GB of disk)", DefaultValueFactory = _ => 10_000_000 };
        var few = new Option<int>("--few") { Description = "A few grants", DefaultValueFactory = _ => 10_000 };
        var rounds = new Option<int>("--rounds") { Description = "How often few and many take turns", DefaultValueFactory = _ => 3 };
        var starts = new Option<int>("--starts") { Description = "How often each server is killed and started again", DefaultValueFactory = _ => 3 };
        var stores = new Option<string[]>("--store") { Description = "sqlite, postgres; both without", DefaultValueFactory = _ => Stores, AllowMultipleArgumentsPerToken = true };
        stores.AcceptOnlyFromAmong(Stores);
        count.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 2 * result.GetValue(few)) result.AddError("--count: at least twice as many as --few");
        });
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
            all.AddRange(await MeasureAsync(store == "postgres" ? "PostgreSQL" : "SQLite", few, many, plan, database, cancellation));
        }

        await ResultFile.WriteAsync(results, "grown", $"Refreshes with {counts.Few:N0} and with {counts.Many:N0} grants", head, GrownReport.Lines(all));
        return all.SelectMany(figures => figures.Runs).Sum(run => run.Errors) == 0 ? 0 : 1;
    }

    /// <summary>Who refreshes what: all of the few, as many of the many, any of the many.</summary>
    private sealed record Load(SeededSite Site, IReadOnlyList<SpreadRefreshWorker> Workers, GrownFigures Figures);

    private static async Task<IReadOnlyList<GrownFigures>> MeasureAsync(string store, SeededSite few, SeededSite many, GrownPlan plan, PostgresRun? database, CancellationToken cancellation)
    {
        Load[] loads = [Use(few, "all of them", false), Use(many, $"{few.Count:N0} of them", false), Use(many, "any of them", true)];
        foreach (var load in loads) await ClosedLoop.RunAsync("", load.Workers, load.Site.Server.Figures, plan.WarmUp);
        for (var round = 0; round < plan.Rounds; round++)
        {
            foreach (var load in loads)
            {
                cancellation.ThrowIfCancellationRequested();
                await RunAsync(load, plan.Duration, database);
            }
        }

        foreach (var load in loads)
        {
            load.Figures.Touched = load.Workers.Sum(worker => worker.Touched);
            for (var start = 0; start < plan.Starts; start++) load.Figures.Starts.Add(await load.Site.StartAgainAsync(load.Workers));
            foreach (var worker in load.Workers) worker.Dispose();
        }

        return [.. loads.Select(load => load.Figures)];

        Load Use(SeededSite site, string use, bool any) =>
            new(site, site.Open(GrantShare.Of(plan.Workers, site.Count, few.Count, any)), new GrownFigures(store, site.Count, use, site.Bytes, site.Seeding));
    }

    private static async Task RunAsync(Load load, TimeSpan duration, PostgresRun? database)
    {
        var name = load.Site.DatabaseName;
        if (database is not null) await database.ForgetStatementsAsync(name!);
        var before = database is null ? 0 : await database.LogBytesAsync();
        var run = await ClosedLoop.RunAsync(load.Figures.Name, load.Workers, load.Site.Server.Figures, duration, database?.Figures);
        load.Figures.Runs.Add(run);
        if (database is null) return;
        var statements = await database.StatementsAsync(name!);
        load.Figures.Logs.Add(PerRefresh(await database.LogBytesAsync() - before));
        load.Figures.Pages.Add(PerRefresh(statements.Sum(statement => statement.PageImages)));
        load.Figures.Statements.Add(PerRefresh(statements.Sum(statement => statement.Calls)));

        double PerRefresh(long all) => (double)all / Math.Max(1, run.Requests);
    }
}
