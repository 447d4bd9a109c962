using Evergrant.Cli;
using Evergrant.Program.Tests.Harness;
using Xunit;

namespace Evergrant.Program.Tests.Commands;

public class ManualPagesTests
{
    [Fact]
    public void The_manual_says_what_the_settings_are() => Compare("settings.md", ManualPages.Settings());

    [Fact]
    public void The_manual_says_what_the_commands_are() => Compare("commands.md", ManualPages.Commands());

    // ./test --accept rewrites them.
    private static void Compare(string name, string wanted)
    {
        string path = Path.Combine(RunningProgram.Repository, "docs", "operations", name);
        if (Environment.GetEnvironmentVariable("EVERGRANT_ACCEPT") == "1") File.WriteAllText(path, wanted);
        Assert.Equal(wanted, File.Exists(path) ? File.ReadAllText(path) : "");
    }
}
