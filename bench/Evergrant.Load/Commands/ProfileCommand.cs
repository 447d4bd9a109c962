using System.CommandLine;
using Evergrant.Load.Measure;
using Evergrant.Load.Report;
using Evergrant.Load.Scenarios;
using Evergrant.Load.Server;

namespace Evergrant.Load.Commands;

/// <summary><c>profile</c>: where the processor time of a refresh goes, beside that of the bare endpoint. Needs perf (Debian: linux-perf) and root.</summary>
internal static class ProfileCommand
{
    public static Command Create()
    {
        var (server, results, workers, seconds, warmUp) = (Options.Server(), Options.Results(), Options.Workers(), Options.Seconds(), Options.WarmUp());
        var (postgres, databaseCores) = (Options.Postgres(), Options.DatabaseCores());
        var command = new Command("profile", "Where the processor time of a refresh goes (needs perf and root)") { server, results, workers, seconds, warmUp, postgres, databaseCores };
        command.SetAction(arguments => RunAsync(
            arguments.GetRequiredValue(server), arguments.GetRequiredValue(results), arguments.GetValue(workers),
            TimeSpan.FromSeconds(arguments.GetValue(seconds)), TimeSpan.FromSeconds(arguments.GetValue(warmUp)),
            arguments.GetValue(postgres), arguments.GetRequiredValue(databaseCores)));
        return command;
    }

    private static async Task<int> RunAsync(string program, string results, int workers, TimeSpan duration, TimeSpan warmUp, bool postgres, string databaseCores)
    {
        // Names for compiled methods, and code mapped where perf can find it.
        Environment.SetEnvironmentVariable("DOTNET_PerfMapEnabled", "3");
        Environment.SetEnvironmentVariable("DOTNET_EnableWriteXorExecute", "0");
        await using var site = await Site.OpenAsync(program, postgres, databaseCores);
        var server = site.Server;
        var target = await server.DeclareAsync(program);
        var refreshing = await Workers.OpenAsync("refresh", target, workers);
        var sample = (RefreshWorker)refreshing[0];
        await sample.StepAsync();
        await using var baseline = await BaselineRun.StartAsync(sample.Sizes);
        var bare = baseline.Open(workers, target, sample.Sizes.RefreshToken);

        var ours = await MeasureAsync("refresh", refreshing, server.Figures);
        var floor = await MeasureAsync("baseline", bare, baseline.Figures);
        await ResultFile.WriteAsync(results, "profile", "Where the processor time of a refresh goes", await site.DescribeAsync(),
        [
            .. ResultFile.Table([ours.Run, floor.Run]),
            "",
            "| area | refresh, µs/request | baseline, µs/request |",
            "|---|--:|--:|",
            .. ours.Parts.Keys.Union(floor.Parts.Keys).OrderByDescending(area => ours.Parts.GetValueOrDefault(area))
                .Select(area => $"| {area} | {ours.Parts.GetValueOrDefault(area):0.0} | {floor.Parts.GetValueOrDefault(area):0.0} |"),
            "",
            "Sampled on the CPU clock with perf; a .NET library counts to the part of Evergrant that called it. Sampling itself makes both a little slower than `bench/run compare`.",
        ]);
        foreach (var worker in refreshing.Concat(bare)) worker.Dispose();
        return 0;

        async Task<(Figures Run, Dictionary<string, double> Parts)> MeasureAsync(string name, IReadOnlyList<IWorker> open, ProcessFigures process)
        {
            await ClosedLoop.RunAsync(name, open, process, warmUp);
            await using var profile = PerfProfile.Start(process.Id);
            var run = await ClosedLoop.RunAsync(name, open, process, duration);
            var parts = await profile.EndAsync();
            return (run, parts.ToDictionary(p => p.Area, p => p.Part * run.ServerMicrosecondsPerRequest));
        }
    }
}
