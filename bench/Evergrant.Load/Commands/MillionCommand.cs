using System.CommandLine;
using System.Diagnostics;
using Evergrant.Load.Measure;
using Evergrant.Load.Report;
using Evergrant.Load.Scenarios;
using Evergrant.Load.Server;

namespace Evergrant.Load.Commands;

/// <summary><c>million</c>: one grant refreshed again and again, one durable commit each, over HTTP or straight on the store; the files are weighed on the way.</summary>
internal static class MillionCommand
{
    private sealed record Weight(string When, IReadOnlyDictionary<string, long> Files);

    public static Command Create()
    {
        var (server, results) = (Options.Server(), Options.Results());
        var count = new Option<int>("--count") { Description = "How often the grant is refreshed", DefaultValueFactory = _ => 1_000_000 };
        var inProcess = new Option<bool>("--in-process") { Description = "Find, decide and commit on the embedded store in this process, without HTTP" };
        var command = new Command("million", "One million refreshes of one grant leave the database as it was after the first thousand") { server, results, count, inProcess };
        command.SetAction((arguments, cancellation) => arguments.GetValue(inProcess)
            ? OnStoreAsync(arguments.GetRequiredValue(results), arguments.GetValue(count), cancellation)
            : OverHttpAsync(arguments.GetRequiredValue(server), arguments.GetRequiredValue(results), arguments.GetValue(count), cancellation));
        return command;
    }

    private static async Task<int> OverHttpAsync(string program, string results, int count, CancellationToken cancellation)
    {
        await using var server = await ServerRun.StartAsync(program);
        var target = await server.DeclareAsync(program);
        using var worker = (await Workers.OpenAsync("refresh", target, 1))[0];
        await RunAsync("over HTTP, server on core 0, generator on core 1", worker, server.Folder, results, count, server.Figures, server.StopAsync, cancellation);
        return 0;
    }

    private static async Task<int> OnStoreAsync(string results, int count, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("evergrant-load-").FullName;
        try
        {
            await using var worker = await StoreWorker.OpenAsync(folder);
            await RunAsync("straight on the store, in one process", worker, folder, results, count,
                new ProcessFigures(Environment.ProcessId), () => worker.DisposeAsync().AsTask(), cancellation);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        return 0;
    }

    private static async Task RunAsync(
        string how, IWorker worker, string folder, string results, int count, ProcessFigures process, Func<Task> close, CancellationToken cancellation)
    {
        var weights = new List<Weight> { Weigh("before the first", folder) };
        var (cpu, start) = (process.CpuTime(), Stopwatch.GetTimestamp());
        for (var done = 1; done <= count; done++)
        {
            cancellation.ThrowIfCancellationRequested();
            await worker.StepAsync();
            if (done == count || (done >= 1_000 && IsPowerOfTen(done))) weights.Add(Weigh($"after {done:N0}", folder));
        }

        var elapsed = Stopwatch.GetElapsedTime(start);
        cpu = process.CpuTime() - cpu;
        var peak = process.PeakResidentBytes();
        var machine = Machine.Describe(folder, how).ToList();
        await close();
        weights.Add(Weigh("after it was closed", folder));
        var rows = TableRows.Count(Directory.EnumerateFiles(folder).Single(TableRows.IsDatabase));

        var names = weights.SelectMany(weight => weight.Files.Keys).Distinct().Order().ToList();
        await ResultFile.WriteAsync(results, "million", $"{count:N0} refreshes of one grant", machine,
        [
            $"| bytes | {string.Join(" | ", names)} |",
            $"|---|{string.Concat(names.Select(_ => "--:|"))}",
            .. weights.Select(weight => $"| {weight.When} | {string.Join(" | ", names.Select(name => weight.Files.TryGetValue(name, out var bytes) ? $"{bytes:N0}" : "–"))} |"),
            "",
            $"One worker, each refresh durable and checked before the next: {count / elapsed.TotalSeconds:N0} refreshes/s, {cpu.TotalMicroseconds / count:0} µs of processor time each, "
            + $"resident memory at most {peak / 1e6:0} MB.",
            "",
            "| table | rows at the end |",
            "|---|--:|",
            .. rows.Select(row => $"| {row.Table} | {row.Rows:N0} |"),
        ]);
    }

    private static bool IsPowerOfTen(int number)
    {
        while (number % 10 == 0) number /= 10;
        return number == 1;
    }

    /// <summary>The database and what stands beside it.</summary>
    private static Weight Weigh(string when, string folder) => new(when, new DirectoryInfo(folder).EnumerateFiles()
        .Where(file => file.Name.Contains(".db", StringComparison.Ordinal)).ToDictionary(file => file.Name, file => file.Length));
}
