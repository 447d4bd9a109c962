using Xunit;

namespace Evergrant.House.Tests.Files;

public class FilesTests
{
    private static readonly string[] Written = [".cs", ".razor", ".css", ".js", ".mjs", ".sql"];

    private static IEnumerable<string> TestSources => Tree.Under("tests", ".cs");

    private static IEnumerable<string> SrcTexts => Tree.Files.Where(f => f.StartsWith("src/", StringComparison.Ordinal) && Path.GetExtension(f) is ".cs" or ".razor" or ".js");

    [Fact]
    public void A_long_file_opens_with_the_reason_why_it_is_one_piece() =>
        Fault.None(Tree.Files.Where(f => Written.Contains(Path.GetExtension(f))).Select(f => SourceRules.Length(f, Tree.Read(f))).OfType<string>());

    [Fact]
    public void A_long_file_without_a_reason_is_found()
    {
        string body = string.Concat(Enumerable.Repeat("x\n", SourceRules.LongFile));
        Assert.Null(SourceRules.Length("f", body));
        Assert.NotNull(SourceRules.Length("f", "// long\n" + body));
        Assert.Null(SourceRules.Length("f", "// One piece because the table and its reader belong together.\n" + body));
    }

    [Fact]
    public void Nothing_is_suppressed_without_a_reason_on_its_line() => Fault.None(Tree.Sources.SelectMany(f => SourceRules.Suppressions(f, Tree.Read(f))));

    [Fact]
    public void A_suppression_without_a_reason_is_found()
    {
        Assert.Single(SourceRules.Suppressions("f", "#pragma warning disable CA1"));
        Assert.Empty(SourceRules.Suppressions("f", "#pragma warning disable CA1 // the caller owns the stream"));
        Assert.Single(SourceRules.Suppressions("f", "[SuppressMessage(\"A\", \"B\")]"));
        Assert.Empty(SourceRules.Suppressions("f", "[SuppressMessage(\"A\", \"B\", Justification = \"the caller owns the stream\")]"));
    }

    [Fact]
    public void No_test_is_skipped_without_a_reason_in_words() => Fault.None(TestSources.SelectMany(f => SourceRules.Skips(f, Tree.Read(f))));

    [Fact]
    public void A_skip_without_a_reason_is_found()
    {
        Assert.Single(SourceRules.Skips("f", "[Fact(Skip = \"flaky\")]"));
        Assert.Empty(SourceRules.Skips("f", "[Fact(Skip = \"needs a second machine\")]"));
        Assert.Single(SourceRules.Skips("f", "Assert.SkipWhen(x, \"no\");"));
    }

    [Fact]
    public void No_test_sleeps() => Fault.None(TestSources.SelectMany(f => SourceRules.Sleeps(f, Tree.Read(f))));

    [Fact]
    public void A_sleep_is_found()
    {
        Assert.Equal(["f:2: await Task.Delay(5);"], SourceRules.Sleeps("f", "// Task.Delay\nawait Task.Delay(5);"));
        Assert.Single(SourceRules.Sleeps("f", "Thread.Sleep(1);"));
    }

    [Fact]
    public void The_scripts_of_a_schema_are_numbered_one_after_the_other() =>
        Fault.None(Tree.Files.Where(f => f.Contains("/Schema/", StringComparison.Ordinal) && f.EndsWith(".sql", StringComparison.Ordinal))
            .GroupBy(f => Path.GetDirectoryName(f)!).SelectMany(folder => SourceRules.Numbering(folder.Key, folder.Select(f => Path.GetFileName(f)))));

    [Fact]
    public void A_gap_between_scripts_and_a_number_that_two_have_are_found()
    {
        Assert.Empty(SourceRules.Numbering("s", ["0002_b.sql", "0001_a.sql"]));
        Assert.Single(SourceRules.Numbering("s", ["0001_a.sql", "0003_c.sql"]));
        Assert.Single(SourceRules.Numbering("s", ["0001_a.sql", "0001_b.sql"]));
    }

    [Fact]
    public void Nothing_is_left_for_later() => Fault.None(Tree.Sources.SelectMany(f => SourceRules.Unfinished(f, Tree.Read(f))));

    [Fact]
    public void Work_left_for_later_is_found() => Assert.Single(SourceRules.Unfinished("f", "// TO" + "DO: finish"));

    [Fact]
    public void No_source_of_the_product_names_what_only_tests_have() => Fault.None(SrcTexts.SelectMany(f => SourceRules.TestOnly(f, Tree.Read(f))));

    [Fact]
    public void A_name_of_tests_is_found()
    {
        Assert.Single(SourceRules.TestOnly("f", "[assembly: InternalsVisibleTo(\"Evergrant.Jose.Tests\")]"));
        Assert.Empty(SourceRules.TestOnly("f", "// tests a token"));
    }

    [Fact]
    public void Nothing_in_the_tree_names_the_machine_it_was_written_on() =>
        Fault.None(Tree.Files.Where(Machine.IsText).SelectMany(f => Machine.Faults(f, Tree.Read(f))));

    [Fact]
    public void A_name_of_a_machine_is_found()
    {
        Assert.Single(Machine.Faults("f", "see /wo" + "rk/x"));
        Assert.Single(Machine.Faults("f", "\"resolved\": \"https://npm-mirror.corp.example/x.tgz\""));
        Assert.Empty(Machine.Faults("f", "\"resolved\": \"https://registry.npmjs.org/x.tgz\" and the browser's session"));
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("CHANGELOG.md")]
    [InlineData("SECURITY.md")]
    [InlineData("CONTRIBUTING.md")]
    [InlineData("LICENSE")]
    [InlineData("start")]
    [InlineData("test")]
    [InlineData(".ci/run")]
    [InlineData("docs/house-tour.md")]
    [InlineData("docs/add-a-grant.md")]
    [InlineData("docs/add-a-store.md")]
    public void The_file_is_there(string file) => Assert.True(File.Exists(Tree.At(file)), file + " is missing");

    [Theory]
    [InlineData("start")]
    [InlineData("test")]
    [InlineData(".ci/run")]
    public void The_script_is_executable_and_strict(string file)
    {
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(Tree.At(file)).HasFlag(UnixFileMode.UserExecute));
        Assert.Contains("\nset -euo pipefail\n", Tree.Read(file), StringComparison.Ordinal);
    }
}
