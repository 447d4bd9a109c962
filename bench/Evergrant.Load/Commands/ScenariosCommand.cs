using System.CommandLine;
using Evergrant.Load.Measure;
using Evergrant.Load.Report;
using Evergrant.Load.Scenarios;
using Evergrant.Load.Server;

namespace Evergrant.Load.Commands;

/// <summary><c>scenarios</c>: each named scenario once, warmed up.</summary>
internal static class ScenariosCommand
{
    public static Command Create()
    {
        var (server, results, workers, seconds, warmUp) = (Options.Server(), Options.Results(), Options.Workers(), Options.Seconds(), Options.WarmUp());
        var (postgres, databaseCores) = (Options.Postgres(), Options.DatabaseCores());
        var names = new Argument<string[]>("scenario") { Description = $"{string.Join(", ", Workers.Names)}; all when none is named", DefaultValueFactory = _ => [.. Workers.Names] };
        var command = new Command("scenarios", "Closed loops of refreshes, client credentials, introspections and code flows") { names, server, results, workers, seconds, warmUp, postgres, databaseCores };
        command.SetAction(arguments => RunAsync(
            arguments.GetRequiredValue(server), arguments.GetRequiredValue(results), arguments.GetRequiredValue(names), arguments.GetValue(workers),
            TimeSpan.FromSeconds(arguments.GetValue(seconds)), TimeSpan.FromSeconds(arguments.GetValue(warmUp)),
            arguments.GetValue(postgres), arguments.GetRequiredValue(databaseCores)));
        return command;
    }

    private static async Task<int> RunAsync(string program, string results, string[] names, int workers, TimeSpan duration, TimeSpan warmUp, bool postgres, string databaseCores)
    {
        await using var site = await Site.OpenAsync(program, postgres, databaseCores);
        var server = site.Server;
        var target = await server.DeclareAsync(program);
        var runs = new List<Figures>();
        foreach (var name in names)
        {
            var open = await Workers.OpenAsync(name, target, workers);
            await ClosedLoop.RunAsync(name, open, server.Figures, warmUp);
            runs.Add(await ClosedLoop.RunAsync(name, open, server.Figures, duration, site.DatabaseFigures));
            foreach (var worker in open) worker.Dispose();
        }

        await ResultFile.WriteAsync(results, "scenarios", "Closed loops, every answer checked", await site.DescribeAsync(),
        [
            .. ResultFile.Table(runs),
            "",
            "A step of `code` is a whole flow: authorization request, consent, redemption; its figures are per flow.",
            .. CompareCommand.Errors(runs),
        ]);
        return runs.Sum(run => run.Errors) == 0 ? 0 : 1;
    }
}
