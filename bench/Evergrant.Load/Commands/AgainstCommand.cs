using System.CommandLine;
using Evergrant.Load.Measure;
using Evergrant.Load.Report;
using Evergrant.Load.Scenarios;
using Evergrant.Load.Server;

namespace Evergrant.Load.Commands;

/// <summary><c>against</c>: another build of the server and this one in turn, in one run on one core, scenario by scenario: whether anything has become slower.</summary>
internal static class AgainstCommand
{
    private const string Before = "before", Now = "now";

    public static Command Create()
    {
        var (server, results, workers, seconds, warmUp) = (Options.Server(), Options.Results(), Options.Workers(), Options.Seconds(), Options.WarmUp());
        var (postgres, databaseCores) = (Options.Postgres(), Options.DatabaseCores());
        var names = new Argument<string[]>("scenario") { Description = $"{string.Join(", ", Workers.Names)}; all when none is named", DefaultValueFactory = _ => [.. Workers.Names] };
        var other = new Option<string>("--other") { Description = "The program of the other build", Required = true };
        var words = new Option<string>("--words") { Description = "The commit of the other build, for the page", DefaultValueFactory = _ => "another commit" };
        var rounds = new Option<int>("--rounds") { Description = "How often the two take turns", DefaultValueFactory = _ => 3 };
        var command = new Command("against", "Another build and this one, in turn") { names, other, words, server, results, workers, seconds, warmUp, rounds, postgres, databaseCores };
        command.SetAction(arguments => RunAsync(
            (arguments.GetRequiredValue(other), arguments.GetRequiredValue(server)), arguments.GetRequiredValue(words), arguments.GetRequiredValue(results), arguments.GetRequiredValue(names),
            arguments.GetValue(workers), TimeSpan.FromSeconds(arguments.GetValue(seconds)), TimeSpan.FromSeconds(arguments.GetValue(warmUp)), arguments.GetValue(rounds),
            arguments.GetValue(postgres), arguments.GetRequiredValue(databaseCores)));
        return command;
    }

    private static async Task<int> RunAsync(
        (string Before, string Now) programs, string words, string results, string[] names, int workers, TimeSpan duration, TimeSpan warmUp, int rounds, bool postgres, string databaseCores)
    {
        await using var before = await Site.OpenAsync(programs.Before, postgres, databaseCores);
        await using var now = await Site.OpenAsync(programs.Now, postgres, databaseCores);
        var (targetBefore, targetNow) = (await before.Server.DeclareAsync(programs.Before), await now.Server.DeclareAsync(programs.Now));
        var (runs, ratios) = (new List<Figures>(), new List<string>());
        foreach (var name in names)
        {
            (string When, Site Site, IReadOnlyList<IWorker> Workers)[] both =
            [
                (Before, before, await Workers.OpenAsync(name, targetBefore, workers)), (Now, now, await Workers.OpenAsync(name, targetNow, workers)),
            ];
            foreach (var one in both) await ClosedLoop.RunAsync(name, one.Workers, one.Site.Server.Figures, warmUp);
            for (var round = 0; round < rounds; round++)
            {
                // Each begins as often as the other: what the machine does meanwhile meets both.
                foreach (var one in round % 2 == 0 ? both : both.Reverse())
                {
                    runs.Add(await ClosedLoop.RunAsync($"{name}, {one.When}", one.Workers, one.Site.Server.Figures, duration, one.Site.DatabaseFigures));
                }
            }

            var (old, present) = (Cost(runs, $"{name}, {Before}"), Cost(runs, $"{name}, {Now}"));
            ratios.Add($"| {name} | {old:0.0} | {present:0.0} | {present / old:0.00} | {Rate(runs, $"{name}, {Now}") / Rate(runs, $"{name}, {Before}"):0.00} |");
            foreach (var worker in both.SelectMany(one => one.Workers)) worker.Dispose();
        }

        await ResultFile.WriteAsync(results, "against", "Another build and this one, in turn", [.. await now.DescribeAsync(), $"Before: the server of {words}"],
        [
            "| scenario | before, CPU µs/request | now, CPU µs/request | now / before, CPU | now / before, rate |",
            "|---|--:|--:|--:|--:|",
            .. ratios,
            "",
            "Medians of the rounds below.",
            "",
            .. ResultFile.Table(runs),
            .. CompareCommand.Errors(runs),
        ]);
        return runs.Sum(run => run.Errors) == 0 ? 0 : 1;
    }

    private static double Cost(IEnumerable<Figures> runs, string name) => Median(runs, name, run => run.ServerMicrosecondsPerRequest);

    private static double Rate(IEnumerable<Figures> runs, string name) => Median(runs, name, run => run.Requests / run.Elapsed.TotalSeconds);

    // The median: a round in which the machine did something else is no figure of the server's.
    private static double Median(IEnumerable<Figures> runs, string name, Func<Figures, double> figure)
    {
        double[] of = [.. runs.Where(run => run.Scenario == name).Select(figure).Order()];
        return (of[(of.Length - 1) / 2] + of[of.Length / 2]) / 2;
    }
}
