using System.Globalization;
using Evergrant.Load.Measure;

namespace Evergrant.Load.Report;

/// <summary>A result: printed, and kept as bench/results/DATE-TIME-COMMIT-NAME.md.</summary>
internal static class ResultFile
{
    public static async Task WriteAsync(string folder, string name, string title, IEnumerable<string> machine, IEnumerable<string> body)
    {
        string[] lines = [$"# {title}", "", .. machine.Select(line => $"- {line}"), $"- Command: bench/run {string.Join(' ', Environment.GetCommandLineArgs().Skip(1).TakeWhile(a => a != "--server"))}", "", .. body];
        foreach (var line in lines) Console.WriteLine(line);
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, $"{DateTimeOffset.UtcNow:yyyy-MM-dd-HHmm}-{Machine.Commit}-{name}.md");
        await File.WriteAllLinesAsync(path, lines);
        Console.WriteLine($"\nWritten to {path}");
    }

    /// <summary>A table of runs; with the database's processor time where there is one.</summary>
    public static IEnumerable<string> Table(IReadOnlyList<Figures> runs)
    {
        var withDatabase = runs.Any(run => run.DatabaseCpu is not null);
        yield return $"| scenario | workers | requests | requests/s | p50 ms | p99 ms | max ms | errors | server CPU µs/request | {(withDatabase ? "database CPU µs/request | " : "")}server core | {(withDatabase ? "database core | " : "")}generator core | server RSS MB |";
        yield return $"|---|--:|--:|--:|--:|--:|--:|--:|--:|{(withDatabase ? "--:|--:|" : "")}--:|--:|--:|";
        foreach (var run in runs)
        {
            var database = withDatabase ? $"{run.DatabaseMicrosecondsPerRequest?.ToString("0.0", CultureInfo.InvariantCulture) ?? "–"} | " : "";
            yield return $"| {run.Scenario} | {run.Workers} | {run.Requests:N0} | {run.RequestsPerSecond:N0} | {run.P50.TotalMilliseconds:0.00} | {run.P99.TotalMilliseconds:0.00} | "
                + $"{run.Max.TotalMilliseconds:0.0} | {run.Errors} | {run.ServerMicrosecondsPerRequest:0.0} | {database}{run.ServerUtilization:P0} | {(withDatabase ? $"{run.DatabaseUtilization?.ToString("P0", CultureInfo.InvariantCulture) ?? "–"} | " : "")}{run.GeneratorUtilization:P0} | {run.ResidentBytes / 1e6:0} |";
        }
    }
}
