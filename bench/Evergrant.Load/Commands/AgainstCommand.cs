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
        var rounds = new Option<int>("--rounds") { Description = "How often the two processes of a pair take turns", DefaultValueFactory = _ => 3 };
        var pairs = new Option<int>("--pairs") { Description = "Processes of each build, a new pair after the other", DefaultValueFactory = _ => 4 };
        var command = new Command("against", "Another build and this one, in turn") { names, other, words, server, results, workers, seconds, warmUp, rounds, pairs, postgres, databaseCores };
        command.SetAction(async arguments =>
        {
            var plan = new Plan(
                arguments.GetRequiredValue(names), arguments.GetValue(workers), TimeSpan.FromSeconds(arguments.GetValue(seconds)), TimeSpan.FromSeconds(arguments.GetValue(warmUp)), arguments.GetValue(rounds));
            List<Figures>[] measured = new List<Figures>[arguments.GetValue(pairs)];
            string[] machine = [];
            for (var pair = 0; pair < measured.Length; pair++)
            {
                await using var before = await Site.OpenAsync(arguments.GetRequiredValue(other), arguments.GetValue(postgres), arguments.GetRequiredValue(databaseCores));
                await using var now = await Site.OpenAsync(arguments.GetRequiredValue(server), arguments.GetValue(postgres), arguments.GetRequiredValue(databaseCores));
                var (targetBefore, targetNow) = (await before.Server.DeclareAsync(arguments.GetRequiredValue(other)), await now.Server.DeclareAsync(arguments.GetRequiredValue(server)));
                measured[pair] = await plan.RunAsync([(Before, before, targetBefore), (Now, now, targetNow)]);
                machine = [.. await now.DescribeAsync()];
            }

            await ResultFile.WriteAsync(arguments.GetRequiredValue(results), "against", "Another build and this one, in turn",
                [.. machine, $"Before: the server of {arguments.GetRequiredValue(words)}"], Page(plan.Names, measured));
            return measured.Sum(runs => runs.Sum(run => run.Errors)) == 0 ? 0 : 1;
        });
        return command;
    }

    private static IEnumerable<string> Page(string[] names, List<Figures>[] measured)
    {
        yield return "| scenario | before, CPU µs/request | now, CPU µs/request | now / before, CPU | now / before, rate |";
        yield return "|---|--:|--:|--:|--:|";
        foreach (var name in names)
        {
            var (before, now) = (Costs(name, Before), Costs(name, Now));
            yield return $"| {name} | {Median(before):0.0} | {Median(now):0.0} | {Median(now) / Median(before):0.00} | {Median(Rates(name, Now)) / Median(Rates(name, Before)):0.00} |";
        }

        yield return "";
        yield return $"Medians over the processes ({measured.Length} of each build), of each the median of its rounds: how fast a process is depends on how the runtime happened to compile it. Every process, CPU µs/request, in the order in which they ran:";
        yield return "";
        yield return "| scenario | before | now |";
        yield return "|---|---|---|";
        foreach (var name in names) yield return $"| {name} | {string.Join(" · ", Costs(name, Before).Select(cost => $"{cost:0.0}"))} | {string.Join(" · ", Costs(name, Now).Select(cost => $"{cost:0.0}"))} |";
        for (var pair = 0; pair < measured.Length; pair++)
        {
            foreach (var line in (string[])["", $"Pair {pair + 1}:", "", .. ResultFile.Table(measured[pair]), .. CompareCommand.Errors(measured[pair])]) yield return line;
        }

        double[] Costs(string name, string when) => Processes(name, when, run => run.ServerMicrosecondsPerRequest);

        double[] Rates(string name, string when) => Processes(name, when, run => run.RequestsPerSecond);

        double[] Processes(string name, string when, Func<Figures, double> figure) => [.. measured.Select(runs => Median([.. runs.Where(run => run.Scenario == Run(name, when)).Select(figure)]))];
    }

    private static string Run(string scenario, string when) => $"{scenario}, {when}";

    // The median: a round in which the machine did something else is no figure of the server's.
    private static double Median(double[] of)
    {
        double[] ordered = [.. of.Order()];
        return (ordered[(ordered.Length - 1) / 2] + ordered[ordered.Length / 2]) / 2;
    }

    /// <summary>What one pair of processes does.</summary>
    private sealed record Plan(string[] Names, int Workers, TimeSpan Duration, TimeSpan WarmUp, int Rounds)
    {
        public async Task<List<Figures>> RunAsync((string When, Site Site, Target Target)[] pair)
        {
            List<Figures> runs = [];
            foreach (var name in Names)
            {
                List<(string When, Site Site, IReadOnlyList<IWorker> Workers)> both = [];
                foreach (var (when, site, target) in pair) both.Add((when, site, await Scenarios.Workers.OpenAsync(name, target, Workers)));
                foreach (var one in both) await ClosedLoop.RunAsync(name, one.Workers, one.Site.Server.Figures, WarmUp);
                for (var round = 0; round < Rounds; round++)
                {
                    // Each begins as often as the other: what the machine does meanwhile meets both.
                    foreach (var one in round % 2 == 0 ? both : Enumerable.Reverse(both))
                    {
                        runs.Add(await ClosedLoop.RunAsync(Run(name, one.When), one.Workers, one.Site.Server.Figures, Duration, one.Site.DatabaseFigures));
                    }
                }

                foreach (var worker in both.SelectMany(one => one.Workers)) worker.Dispose();
            }

            return runs;
        }
    }
}
