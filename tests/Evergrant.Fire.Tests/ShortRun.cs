using Xunit;

namespace Evergrant.Fire.Tests;

/// <summary>Runs the short form of a drill on the program that was built beside the tests.</summary>
internal static class ShortRun
{
    /// <summary>Path of the program under fire: this build's.</summary>
    public static string Program { get; } = Path.Combine(Root(), "src", "Evergrant", "bin", Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd('/'))!), "net10.0", "evergrant.dll");

    /// <summary>Runs it; everything must hold.</summary>
    /// <param name="drill">The drill.</param>
    /// <param name="scale">Part of the long form.</param>
    /// <param name="output">Takes what it says.</param>
    public static async Task<DrillResult> HeldAsync(IDrill drill, double scale, ITestOutputHelper output)
    {
        string scratch = Directory.CreateTempSubdirectory("evergrant-fire-test-").FullName;
        try
        {
            DrillResult result = await drill.RunAsync(new DrillSetting(Program, scratch, scale, Seed: 1, output.WriteLine), TestContext.Current.CancellationToken);
            foreach (DrillFigure figure in result.Figures) output.WriteLine($"{figure.Goal} {figure.What}: {figure.Value}");
            Assert.True(result.Held, string.Join('\n', result.Violations));
            return result;
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private static string Root()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Evergrant.slnx"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("The tests do not run in the repository.");
    }
}
