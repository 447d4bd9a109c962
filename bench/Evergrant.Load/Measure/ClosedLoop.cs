using System.Diagnostics;
using Evergrant.Load.Http;
using Evergrant.Load.Scenarios;

namespace Evergrant.Load.Measure;

/// <summary>Runs every worker of a scenario as fast as the answers come, for a time, and measures.</summary>
internal static class ClosedLoop
{
    /// <summary>A worker that meets so many errors stops: what follows would only repeat them.</summary>
    private const int ErrorsPerWorker = 20;

    /// <param name="name">Name of the run.</param>
    /// <param name="workers">The loops.</param>
    /// <param name="server">The server's process or processes.</param>
    /// <param name="duration">How long new steps are begun.</param>
    /// <param name="database">The database's processes; null where the server's process is its own database.</param>
    public static async Task<Figures> RunAsync(string name, IReadOnlyList<IWorker> workers, IProcessorTime server, TimeSpan duration, IProcessorTime? database = null)
    {
        var generator = new ProcessFigures(Environment.ProcessId);
        var (serverBefore, databaseBefore, generatorBefore) = (server.CpuTime(), database?.CpuTime(), generator.CpuTime());
        var start = Stopwatch.GetTimestamp();
        var logs = await Task.WhenAll(workers.Select(worker => Task.Run(() => WorkAsync(worker, start, duration))));
        var elapsed = Stopwatch.GetElapsedTime(start);
        var (serverAfter, databaseAfter, generatorAfter) = (server.CpuTime(), database?.CpuTime(), generator.CpuTime());

        var latencies = logs.SelectMany(log => log.Latencies).ToArray();
        Array.Sort(latencies);
        var errors = logs.SelectMany(log => log.Errors).ToList();
        return new Figures(name, workers.Count, latencies.Length, errors.Count, [.. errors.Distinct().Take(5)], elapsed,
            Percentile(latencies, 0.50), Percentile(latencies, 0.99), Percentile(latencies, 1),
            serverAfter - serverBefore, generatorAfter - generatorBefore, server.ResidentBytes())
        {
            DatabaseCpu = databaseAfter - databaseBefore,
        };
    }

    private static async Task<(List<long> Latencies, List<string> Errors)> WorkAsync(IWorker worker, long start, TimeSpan duration)
    {
        var latencies = new List<long>(100_000);
        var errors = new List<string>();
        while (Stopwatch.GetElapsedTime(start) < duration && errors.Count < ErrorsPerWorker)
        {
            var before = Stopwatch.GetTimestamp();
            try
            {
                await worker.StepAsync().ConfigureAwait(false);
                latencies.Add(Stopwatch.GetTimestamp() - before);
            }
            catch (WrongAnswerException fault)
            {
                errors.Add(fault.Message);
            }
        }

        return (latencies, errors);
    }

    private static TimeSpan Percentile(long[] sorted, double part) =>
        sorted.Length == 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(0, sorted[Math.Clamp((int)Math.Ceiling(part * sorted.Length) - 1, 0, sorted.Length - 1)]);
}
