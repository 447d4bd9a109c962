using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Evergrant.Fire.Report;

/// <summary>Runs drills one after the other, prints their table and keeps it as bench/results/DATE-TIME-COMMIT-fire.md.</summary>
internal static class FireRun
{
    /// <returns>0 when everything held, 1 when something was violated.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<IDrill> drills, DrillSetting setting, string? folder, CancellationToken cancellationToken)
    {
        List<string> table = ["| goal | drill | what | figure |", "|---|---|---|--:|"];
        List<string> violations = [];
        foreach (IDrill drill in drills)
        {
            setting.Say($"{drill.Name}: {drill.Sentence}");
            string scratch = Directory.CreateDirectory(Path.Combine(setting.Scratch, drill.Name)).FullName;
            long started = Stopwatch.GetTimestamp();
            DrillResult result = await drill.RunAsync(setting with { Scratch = scratch }, cancellationToken);
            foreach (DrillFigure figure in result.Figures) table.Add($"| {figure.Goal} | {drill.Name} | {figure.What} | {figure.Value} |");
            table.Add($"| | {drill.Name} | took | {Stopwatch.GetElapsedTime(started).TotalSeconds:0} s |");
            violations.AddRange(result.Violations.Select(v => $"- {drill.Name}: {v}"));
        }
        string[] lines =
        [
            "# Under fire", "", .. Head(setting), "", .. table, "",
            violations.Count == 0 ? "Nothing was violated." : "## Violated", .. violations,
        ];
        foreach (string line in lines) Console.WriteLine(line);
        if (folder is not null)
        {
            string name = drills.Count == 1 ? $"fire-{drills[0].Name}" : "fire";
            string path = Path.Combine(Directory.CreateDirectory(folder).FullName, $"{DateTimeOffset.UtcNow:yyyy-MM-dd-HHmm}-{Git("rev-parse", "--short", "HEAD")}-{name}.md");
            await File.WriteAllLinesAsync(path, lines, cancellationToken);
            Console.WriteLine($"\nWritten to {path}");
        }
        return violations.Count == 0 ? 0 : 1;
    }

    private static IEnumerable<string> Head(DrillSetting setting)
    {
        yield return $"- Machine: {Environment.ProcessorCount} cores, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1L << 30)} GiB memory, {RuntimeInformation.OSDescription}";
        yield return $"- Runtime: {RuntimeInformation.FrameworkDescription}";
        yield return $"- Commit: {Git("rev-parse", "--short", "HEAD")}{(Git("status", "--porcelain", "--untracked-files=no").Length > 0 ? " with uncommitted changes" : "")}";
        yield return $"- Date: {DateTimeOffset.UtcNow:yyyy-MM-dd HH:mm} UTC; scale {setting.Scale}; seed {setting.Seed}";
    }

    private static string Git(params string[] arguments)
    {
        using Process git = Process.Start(new ProcessStartInfo("git", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        string said = git.StandardOutput.ReadToEnd().Trim();
        git.WaitForExit();
        return said;
    }
}
