using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Evergrant.Fire.Report;

/// <summary>A page of bench/results: its head and its name.</summary>
internal static class ResultPage
{
    /// <summary>The lines that say where and when a run was.</summary>
    /// <param name="setting">What is needed besides to do it again.</param>
    public static IEnumerable<string> Head(string setting)
    {
        yield return $"- Machine: {Environment.ProcessorCount} cores, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1L << 30)} GiB memory, {RuntimeInformation.OSDescription}";
        yield return $"- Runtime: {RuntimeInformation.FrameworkDescription}";
        yield return $"- Commit: {Git("rev-parse", "--short", "HEAD")}{(Git("status", "--porcelain", "--untracked-files=no").Length > 0 ? " with uncommitted changes" : "")}";
        yield return $"- Date: {DateTimeOffset.UtcNow:yyyy-MM-dd HH:mm} UTC; {setting}";
    }

    /// <summary>Where a page is kept: FOLDER/DATE-TIME-COMMIT-NAME.md. Makes the folder.</summary>
    public static string PathIn(string folder, string name) =>
        Path.Combine(Directory.CreateDirectory(folder).FullName, $"{DateTimeOffset.UtcNow:yyyy-MM-dd-HHmm}-{Git("rev-parse", "--short", "HEAD")}-{name}.md");

    /// <summary>Keeps a page and says so.</summary>
    public static async Task WriteAsync(string folder, string name, IReadOnlyList<string> lines, CancellationToken cancellationToken)
    {
        string path = PathIn(folder, name);
        await File.WriteAllLinesAsync(path, lines, cancellationToken);
        Console.WriteLine($"\nWritten to {path}");
    }

    private static string Git(params string[] arguments)
    {
        using Process git = Process.Start(new ProcessStartInfo("git", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        string said = git.StandardOutput.ReadToEnd().Trim();
        git.WaitForExit();
        return said;
    }
}
