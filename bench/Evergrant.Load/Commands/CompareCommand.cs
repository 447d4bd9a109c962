using System.CommandLine;
using Evergrant.Load.Measure;
using Evergrant.Load.Report;
using Evergrant.Load.Scenarios;
using Evergrant.Load.Server;

namespace Evergrant.Load.Commands;

/// <summary><c>compare</c>: refresh and baseline in turn, in one run on one core; the ratio of their processor time is the headline.</summary>
internal static class CompareCommand
{
    public static Command Create()
    {
        var (server, results, workers, seconds, warmUp) = (Options.Server(), Options.Results(), Options.Workers(), Options.Seconds(), Options.WarmUp());
        var (postgres, databaseCores) = (Options.Postgres(), Options.DatabaseCores());
        var rounds = new Option<int>("--rounds") { Description = "How often refresh and baseline take turns", DefaultValueFactory = _ => 2 };
        var command = new Command("compare", "Refresh against a bare Kestrel endpoint that signs one ES256 JWT") { server, results, workers, seconds, warmUp, rounds, postgres, databaseCores };
        command.SetAction(arguments => RunAsync(
            arguments.GetRequiredValue(server), arguments.GetRequiredValue(results), arguments.GetValue(workers),
            TimeSpan.FromSeconds(arguments.GetValue(seconds)), TimeSpan.FromSeconds(arguments.GetValue(warmUp)), arguments.GetValue(rounds),
            arguments.GetValue(postgres), arguments.GetRequiredValue(databaseCores)));
        return command;
    }

    private static async Task<int> RunAsync(string program, string results, int workers, TimeSpan duration, TimeSpan warmUp, int rounds, bool postgres, string databaseCores)
    {
        await using var site = await Site.OpenAsync(program, postgres, databaseCores);
        var server = site.Server;
        var target = await server.DeclareAsync(program);
        var refreshing = await Workers.OpenAsync("refresh", target, workers);
        var sample = (RefreshWorker)refreshing[0];
        await sample.StepAsync();
        await using var baseline = await BaselineRun.StartAsync(sample.Sizes);
        var bare = baseline.Open(workers, target, sample.Sizes.RefreshToken);

        await ClosedLoop.RunAsync("refresh", refreshing, server.Figures, warmUp);
        await ClosedLoop.RunAsync("baseline", bare, baseline.Figures, warmUp);
        var runs = new List<Figures>();
        for (var round = 0; round < rounds; round++)
        {
            runs.Add(await ClosedLoop.RunAsync("refresh", refreshing, server.Figures, duration, site.DatabaseFigures));
            runs.Add(await ClosedLoop.RunAsync("baseline", bare, baseline.Figures, duration));
        }

        var (ours, floor) = (Cost("refresh"), Cost("baseline"));
        await ResultFile.WriteAsync(results, "compare", "A refresh against a bare endpoint that signs", await site.DescribeAsync(),
        [
            .. ResultFile.Table(runs),
            "",
            $"**The server's CPU time per refresh is {ours / floor:0.00} times the baseline's** ({ours:0.0} µs against {floor:0.0} µs{(postgres ? "" : "; aim: at most 2.5")}).",
            "",
            $"Answers: {sample.Sizes.Body} bytes with an access token of {sample.Sizes.AccessToken} characters; the baseline's {bare[0].Sizes.Body} and {bare[0].Sizes.AccessToken}.",
            $"Highest resident memory of the server: {server.Figures.PeakResidentBytes() / 1e6:0} MB.",
            .. Errors(runs),
        ]);
        foreach (var worker in refreshing.Concat(bare)) worker.Dispose();
        return runs.Sum(run => run.Errors) == 0 ? 0 : 1;

        double Cost(string name) => runs.Where(run => run.Scenario == name).Sum(run => run.ServerCpu.TotalMicroseconds)
            / runs.Where(run => run.Scenario == name).Sum(run => run.Requests);
    }

    /// <summary>What went wrong, if anything did.</summary>
    public static IEnumerable<string> Errors(IEnumerable<Figures> runs) =>
        from run in runs from error in run.FirstErrors select $"Error in {run.Scenario}: {error}";
}
