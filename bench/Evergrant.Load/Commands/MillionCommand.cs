using System.CommandLine;
using System.Diagnostics;
using Evergrant.Load.Report;
using Evergrant.Load.Scenarios;
using Evergrant.Load.Server;

namespace Evergrant.Load.Commands;

/// <summary><c>million</c>: one grant refreshed over HTTP again and again, one durable commit each; the files are weighed on the way.</summary>
internal static class MillionCommand
{
    public static Command Create()
    {
        var (server, results) = (Options.Server(), Options.Results());
        var count = new Option<int>("--count") { Description = "How often the grant is refreshed", DefaultValueFactory = _ => 1_000_000 };
        var command = new Command("million", "One million refreshes of one grant leave the database as it was after the first thousand") { server, results, count };
        command.SetAction((arguments, cancellation) => RunAsync(
            arguments.GetRequiredValue(server), arguments.GetRequiredValue(results), arguments.GetValue(count), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(string program, string results, int count, CancellationToken cancellation)
    {
        await using var server = await ServerRun.StartAsync(program);
        var target = await server.DeclareAsync(program);
        using var worker = (RefreshWorker)(await Workers.OpenAsync("refresh", target, 1))[0];
        var weights = new List<(string When, IReadOnlyDictionary<string, long> Files)> { ("before the first", Weigh(server.Folder)) };
        var start = Stopwatch.GetTimestamp();
        for (var done = 1; done <= count; done++)
        {
            cancellation.ThrowIfCancellationRequested();
            await worker.StepAsync();
            if (done == count || (done >= 1_000 && IsPowerOfTen(done))) weights.Add(($"after {done:N0}", Weigh(server.Folder)));
        }

        var elapsed = Stopwatch.GetElapsedTime(start);
        var machine = Machine.Describe(server.Folder).ToList();
        var peak = server.Figures.PeakResidentBytes();
        await server.StopAsync();
        weights.Add(("after the server ended", Weigh(server.Folder)));
        var rows = TableRows.Count(Directory.EnumerateFiles(server.Folder).Single(TableRows.IsDatabase));

        var names = weights.SelectMany(w => w.Files.Keys).Distinct().Order().ToList();
        await ResultFile.WriteAsync(results, "million", $"{count:N0} refreshes of one grant", machine,
        [
            $"| bytes | {string.Join(" | ", names)} |",
            $"|---|{string.Concat(names.Select(_ => "--:|"))}",
            .. weights.Select(w => $"| {w.When} | {string.Join(" | ", names.Select(n => w.Files.TryGetValue(n, out var bytes) ? $"{bytes:N0}" : "–"))} |"),
            "",
            $"One worker, {count / elapsed.TotalSeconds:N0} refreshes/s, each answered after its own durable commit and checked. Resident memory of the server at most {peak / 1e6:0} MB.",
            "",
            "| table | rows at the end |",
            "|---|--:|",
            .. rows.Select(row => $"| {row.Table} | {row.Rows:N0} |"),
        ]);
        return 0;
    }

    private static bool IsPowerOfTen(int number)
    {
        while (number % 10 == 0) number /= 10;
        return number == 1;
    }

    /// <summary>The database and what stands beside it.</summary>
    private static Dictionary<string, long> Weigh(string folder) =>
        new DirectoryInfo(folder).EnumerateFiles().Where(file => file.Name.Contains(".db", StringComparison.Ordinal))
            .ToDictionary(file => file.Name, file => file.Length);
}
