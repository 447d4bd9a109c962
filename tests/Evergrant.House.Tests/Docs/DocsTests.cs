using Xunit;

namespace Evergrant.House.Tests.Docs;

public class DocsTests
{
    // Their freshness is checked by those who generate them; here they count as present, so that a first run can write them.
    private static readonly string[] GeneratedPages = ["docs/specs.md", "docs/attacks.md", "docs/certification.md", "docs/refusals.md", "docs/options.md"];

    private static IEnumerable<string> Pages => Tree.Files.Where(f => f.EndsWith(".md", StringComparison.Ordinal));

    [Fact]
    public void Every_link_of_the_docs_leads_somewhere() => Fault.None(Pages.SelectMany(p => Markdown.Faults(p, Tree.Read(p), Target)));

    [Fact]
    public void Every_file_that_the_docs_name_is_there() => Fault.None(Pages.Where(p => p != "CHANGELOG.md").SelectMany(p => Markdown.NamedFaults(p, Tree.Read(p), [.. Tree.Files, .. GeneratedPages])));

    [Fact]
    public void No_page_is_left_half_merged() => Fault.None(Pages.Where(p => Tree.Read(p).Split('\n').Any(l => l.StartsWith("<<<<<<< ", StringComparison.Ordinal) || l.StartsWith(">>>>>>> ", StringComparison.Ordinal))).Select(p => $"{p} has marks of a merge"));

    [Fact]
    public void A_link_that_leads_nowhere_is_found()
    {
        const string Text = "# One `thing`, two\n[a](b.md) [c](#one-thing-two) [d](#three) [e](../README.md#top) [f](https://x.example/#y) `[g](h)`\n```\n[i](j)\n```\n";
        string? Read(string file) => file == "README.md" ? "# Top\n" : null;
        Assert.Equal(["docs/x.md: b.md is not there", "docs/x.md: #three has no such heading"], Markdown.Faults("docs/x.md", Text, Read));
    }

    [Fact]
    public void A_named_file_that_is_not_there_is_found() => Assert.Equal(
        ["p: `Protocol/Token/Gone.cs` is not there"],
        Markdown.NamedFaults("p", "`Protocol/Token/Gone.cs` `Protocol/Token/Here.cs` `src/Evergrant.Protocol/`", ["src/Evergrant.Protocol/Token/Here.cs"]));

    [Fact]
    public void The_tour_of_a_refresh_enters_at_most_ten_files_each_once()
    {
        if (!File.Exists(Tree.At("docs/house-tour.md")))
        {
            Assert.Skip("docs/house-tour.md is not written yet; its presence is another test");
        }
        Fault.None(Tour.Faults(Tree.Read("docs/house-tour.md")));
    }

    [Fact]
    public void A_tour_that_enters_a_file_twice_is_found()
    {
        Assert.Empty(Tour.Faults("| 1 | `A/X.cs` | x |\n| 2 | [`A/Y.cs`](../src/A/Y.cs) | y |\n"));
        Assert.Single(Tour.Faults("| 1 | `A/X.cs` | x |\n| 2 | `A/X.cs` | y |\n"));
        Assert.Single(Tour.Faults(string.Concat(Enumerable.Range(1, 11).Select(i => $"| {i} | `A/X{i}.cs` | x |\n"))));
        Assert.Single(Tour.Faults("nothing"));
    }

    [Fact]
    public void Every_refusal_is_explained_in_the_docs()
    {
        if (RefusalsPage.Refusal is Type refusal)
        {
            Fault.None(Generated.Faults("docs/refusals.md", RefusalsPage.Write(refusal)));
        }
    }

    [Fact]
    public void Every_option_is_explained_in_the_docs()
    {
        if (OptionsPage.Options is { Count: > 0 } options)
        {
            Fault.None(Generated.Faults("docs/options.md", OptionsPage.Write(options)));
        }
    }

    [Fact]
    public void Every_grant_stands_in_the_table_of_refresh_tokens()
    {
        var survey = (System.Collections.IEnumerable)Tree.AssemblyOf("Evergrant.Protocol").GetType("Evergrant.Protocol.Token.GrantSurvey", throwOnError: true)!.GetProperty("All")!.GetValue(null)!;
        string page = Tree.Read("docs/guides/refresh-tokens.md");
        foreach (object grant in survey)
        {
            string Of(string name) => (string)grant.GetType().GetProperty(name)!.GetValue(grant)!;
            Assert.Contains($"| {Of("Title")} | {Of("Word")} | {Of("Source")} | {Of("Since")} | {(Of("Here").Length == 0 ? "by policy" : Of("Here"))} |", page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_refusal_says_what_happened_and_who_does_what_about_it() => Assert.Equal(
        ("The client is unknown.", "Operator: register it."),
        RefusalsPage.Split("The client is unknown. Operator: register it."));

    [Fact]
    public void A_stale_page_is_found() => Assert.Equal(["- b", "+ c"], Generated.Difference("a\nb\n", "a\nc\n"));

    private static string? Target(string file) =>
        Directory.Exists(Tree.At(file)) ? "" : File.Exists(Tree.At(file)) ? Tree.Read(file) : GeneratedPages.Contains(file) ? "" : null;
}
